"""The review queue."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from resolvers import proposal as proposals
from schema.connection import After, Connection, First, connection, page_size, paged
from schema.context import Info
from schema.ids import uuid_or_none
from schema.inputs.proposal import ProposalFilter
from schema.queries.walk_session import Id
from schema.types.proposal import Proposal

NOWHERE = UUID(int=0)  # what is no id names no group


@strawberry.type
class ProposalQuery:
    @strawberry.field(description="One proposal. Null when it is unknown or the caller may not see it.")
    async def proposal(self, info: Info, id: Id) -> Proposal | None:  # noqa: A002
        proposal_id = uuid_or_none(id)
        row = await proposals.by_id(info.context, proposal_id) if proposal_id else None
        return Proposal.from_row(row) if row else None

    @strawberry.field(description="The review queue: validated ones first, then group by group (near-duplicates stand together), those that began last first; pending ones unless filtered. For engineers and above and scope FLOWS.")
    async def proposals(
        self, info: Info, first: First = None, after: After = None,
        filter: Annotated[ProposalFilter | None, strawberry.argument(description="What to leave out.")] = None,  # noqa: A002
    ) -> Connection[Proposal] | None:
        given, size = _filter(filter), page_size(first)
        page = await paged(lambda: proposals.page(info.context, given, size, after))
        return connection(Connection[Proposal], page, Proposal.from_row, lambda: proposals.count(info.context, given))


def _filter(given: ProposalFilter | None) -> proposals.ProposalFilter:
    if given is None:
        return proposals.ProposalFilter()
    return proposals.ProposalFilter(
        tuple(one.value for one in given.status) if given.status is not None else None,
        given.is_validated_by_outcome, given.search,
        (uuid_or_none(given.group_id) or NOWHERE) if given.group_id is not None else None,
        given.one_of_each_group is True,
    )

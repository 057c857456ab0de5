"""Reading proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from db.models import FlowProposal
from db.queries.walk_session import PROPOSAL
from domain.flow_tree import FlowTree, parse_tree
from domain.permission import Action, has_right
from domain.vocabulary import ProposalStatus
from resolvers.access import in_account, visible_proposals
from resolvers.context import Context
from resolvers.flow_judging import beside
from resolvers.paging import Key, Page, page_of, paged
from resolvers.public_error import forbidden

ORDER = (
    Key(FlowProposal.is_validated_by_outcome, "is_validated_by_outcome", bool, is_descending=True),
    Key(FlowProposal.grouped_at, "grouped_at", datetime, is_descending=True),
    Key(FlowProposal.group_id, "group_id", UUID),
    Key(FlowProposal.created_at, "created_at", datetime, is_descending=True),
    Key(FlowProposal.id, "id", UUID),
)


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """All conditions hold together. Without ``status`` those that await review."""

    status: tuple[str, ...] | None = None
    is_validated_by_outcome: bool | None = None
    search: str | None = None
    group_id: UUID | None = None
    one_of_each_group: bool = False


async def by_id(context: Context, proposal_id: UUID) -> Any:
    """A proposal the caller may see, or None."""
    return await _one(context, proposal_id, visible_proposals(context.principal))


async def changed(context: Context, proposal_id: UUID) -> Any:
    """A proposal the caller's own command has made or changed."""
    return await _one(context, proposal_id, in_account(FlowProposal, context.account_id))


async def _one(context: Context, proposal_id: UUID, scope: ColumnElement[bool]) -> Any:
    statement = select(*_columns()).where(scope, FlowProposal.id == proposal_id)
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


async def page(context: Context, given: ProposalFilter, first: int, after: str | None) -> Page[Any]:
    """The review queue: validated ones first, then group by group, those that began last first."""
    require_reviewer(context)
    statement = select(*_columns()).where(visible_proposals(context.principal), *_conditions(given))
    async with context.db.read(context.account_id, stale_is_fine=True) as connection:
        rows = (await connection.execute(paged(statement, ORDER, first, after))).all()
    return page_of(rows, ORDER, first, after)


async def count(context: Context, given: ProposalFilter) -> int:
    require_reviewer(context)
    statement = select(func.count()).select_from(FlowProposal).where(
        visible_proposals(context.principal), *_conditions(given)
    )
    async with context.db.read(context.account_id, stale_is_fine=True) as connection:
        return int((await connection.execute(statement)).scalar_one())


async def tree(context: Context, proposal_id: UUID) -> FlowTree | None:
    """Its tree; None for those who do not review."""
    require_reviewer(context)
    data = await context.loaders.proposal_trees.load(proposal_id)
    return await beside(parse_tree, data.tree) if data else None


def _columns() -> list[Any]:
    return [getattr(FlowProposal, name) for name in PROPOSAL]


def require_reviewer(context: Context) -> None:
    """Raises ``PublicError`` FORBIDDEN for those who do not review."""
    if not has_right(context.principal, Action.SEE_DRAFTS):
        raise forbidden("proposals")


def _conditions(given: ProposalFilter) -> list[ColumnElement[bool]]:
    found = _fitting(FlowProposal, given)
    return [*found, _is_first_of_group(given)] if given.one_of_each_group else found


def _fitting(table: Any, given: ProposalFilter) -> list[ColumnElement[bool]]:
    status = (ProposalStatus.PENDING.value,) if given.status is None else given.status
    found: list[ColumnElement[bool]] = [table.status.in_(status)]
    if given.is_validated_by_outcome is not None:
        found.append(table.is_validated_by_outcome.is_(given.is_validated_by_outcome))
    if given.group_id is not None:
        found.append(table.group_id == given.group_id)
    if given.search is not None and given.search.strip():
        like = "%" + given.search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found.append(or_(table.title.ilike(like), func.array_to_string(table.keywords, " ").ilike(like)))
    return found


def _is_first_of_group(given: ProposalFilter) -> ColumnElement[bool]:
    """No other one of its group that fits the filter stands before it in the queue."""
    other = aliased(FlowProposal)
    is_before = or_(
        other.is_validated_by_outcome & ~FlowProposal.is_validated_by_outcome,
        (other.is_validated_by_outcome == FlowProposal.is_validated_by_outcome) & or_(
            other.created_at > FlowProposal.created_at,
            (other.created_at == FlowProposal.created_at) & (other.id < FlowProposal.id),
        ),
    )
    return ~exists().where(
        in_account(other, FlowProposal.account_id), other.group_id == FlowProposal.group_id, is_before,
        *_fitting(other, given),
    )

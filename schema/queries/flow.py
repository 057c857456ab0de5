"""Flows."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.clean_text import required_text
from domain.permission import Action, has_right
from domain.refusal import Refusal
from resolvers import flow as flows
from resolvers import flow_matching, flow_sources, rate_limit
from resolvers.public_error import PublicError, forbidden
from schema.connection import After, Connection, First, connection, page_size, paged
from schema.context import Info
from schema.flow_enums import FlowFormat
from schema.ids import uuid_or_none
from schema.inputs.lists import FlowFilter
from schema.mutations.intake import FlowSuggestion
from schema.queries.walk_session import Id
from schema.types.flow import Flow, flow_of
from schema.types.flow_diff import FlowDiff


@strawberry.type
class FlowQuery:
    @strawberry.field(description="One flow. Null when it is unknown or the caller may not see it.")
    async def flow(self, info: Info, id: Id) -> Flow | None:  # noqa: A002
        flow_id = uuid_or_none(id)
        row = await flows.by_id(info.context, flow_id) if flow_id else None
        return flow_of(row) if row else None

    @strawberry.field(description="Flows by title; unpublished ones for authors only. For every role and scopes READ and FLOWS.")
    async def flows(
        self, info: Info, first: First = None, after: After = None,
        filter: Annotated[FlowFilter | None, strawberry.argument(description="What to leave out.")] = None,  # noqa: A002
    ) -> Connection[Flow] | None:
        given = flows.FlowFilter(filter.category, filter.is_archived, filter.search) if filter else flows.FlowFilter()
        size = page_size(first)
        page = await paged(lambda: flows.page(info.context, given, size, after))
        return connection(Connection[Flow], page, flow_of, lambda: flows.count(info.context, given))

    @strawberry.field(description="Published flows that may fit a problem, best first. Starts nothing. For every role and scopes READ and FLOWS.")
    async def suggest_flows(
        self, info: Info,
        problem: Annotated[str, strawberry.argument(description="What the customer describes.")],
        first: First = None,
    ) -> list[FlowSuggestion] | None:
        if not has_right(info.context.principal, Action.SEE_FLOWS):
            raise forbidden("flows")
        clean = required_text(problem, ("problem",))
        if isinstance(clean, Refusal):
            raise PublicError("BAD_REQUEST", clean.message)
        await rate_limit.consume(info.context, "suggest_flows")
        found = await flow_matching.suggestions(info.context, clean, page_size(first))
        return [FlowSuggestion.of(one) for one in found]

    @strawberry.field(description="What changed from one tree to another. Each id is a version's, a draft's, a proposal's, or a flow's for its published version. Null when one is unknown.")
    async def flow_diff(
        self, info: Info,
        from_: Annotated[strawberry.ID, strawberry.argument(name="from", description="The earlier tree's id.")],
        to: Annotated[strawberry.ID, strawberry.argument(description="The later tree's id.")],
    ) -> FlowDiff | None:
        before, after = uuid_or_none(from_), uuid_or_none(to)
        found = await flow_sources.diff(info.context, before, after) if before and after else None
        return FlowDiff.of(found) if found else None

    @strawberry.field(description="A flow, version, draft or proposal as text that `importFlow` reads back to the same tree. Null when it is unknown.")
    async def export_flow(
        self, info: Info, id: Id,  # noqa: A002
        format: Annotated[FlowFormat, strawberry.argument(description="HANDRAIL_JSON or MARKDOWN.")] = FlowFormat.HANDRAIL_JSON,  # noqa: A002
    ) -> str | None:
        found = uuid_or_none(id)
        return await flow_sources.export(info.context, found, format) if found else None

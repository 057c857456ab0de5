"""Sessions and escalations."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from domain.permission import Action, has_right
from domain.walk_replay import replay
from domain.walk_session import node_from_json, path_from_json
from resolvers import ai_record
from resolvers.escalation import queue
from resolvers.public_error import forbidden
from resolvers.walk_session import reading
from schema.connection import After, Connection, First, connection, page_size, paged
from schema.context import Info, wanted, wanted_any
from schema.enums import OrderDirection
from schema.ids import uuid_or_none
from schema.inputs.escalation import EscalationFilter, EscalationOrder
from schema.inputs.lists import WalkSessionFilter, WalkSessionOrder
from schema.order_fields import QueueOrderField, SessionOrderField
from schema.types.ai_record import WalkReplay
from schema.types.escalation import Escalation
from schema.types.flow_tree import FlowTree
from schema.types.walk_session import WalkSession

NOBODY = UUID(int=0)
Id = Annotated[strawberry.ID, strawberry.argument(description="A UUID.")]


def session_filter(given: WalkSessionFilter | None) -> reading.SessionFilter:
    """An id that cannot exist finds nothing."""
    if given is None:
        return reading.SessionFilter()
    return reading.SessionFilter(
        tuple(one.value for one in given.status) if given.status is not None else None,
        tuple(one.value for one in given.kind) if given.kind is not None else None,
        (uuid_or_none(given.assigned_to_id) or NOBODY) if given.assigned_to_id is not None else None,
        (uuid_or_none(given.flow_id) or NOBODY) if given.flow_id is not None else None,
        given.company_name, given.idle_since, given.search,
    )


def queue_filter(given: EscalationFilter | None) -> queue.QueueFilter:
    if given is None:
        return queue.QueueFilter()
    return queue.QueueFilter(
        tuple(one.value for one in given.status) if given.status is not None else None,
        tuple(one.value for one in given.reason_category) if given.reason_category is not None else None,
        tuple(one.value for one in given.priority) if given.priority is not None else None,
        (uuid_or_none(given.claimed_by_id) or NOBODY) if given.claimed_by_id is not None else None,
        given.company_name,
    )


@strawberry.type
class WalkSessionQuery:
    @strawberry.field(description="One session. Null when it is unknown or the caller may not see it.")
    async def walk_session(self, info: Info, id: Id) -> WalkSession | None:  # noqa: A002
        session_id = uuid_or_none(id)
        row = await reading.by_id(info.context, session_id, wanted(info)) if session_id else None
        return WalkSession.from_row(row) if row else None

    @strawberry.field(description="Sessions of the account. Default order: last answered first. For every role and scope READ.")
    async def walk_sessions(
        self, info: Info, first: First = None, after: After = None,
        filter: Annotated[WalkSessionFilter | None, strawberry.argument(description="What to leave out.")] = None,  # noqa: A002
        order_by: Annotated[WalkSessionOrder | None, strawberry.argument(description="What comes first.")] = None,
    ) -> Connection[WalkSession] | None:
        if not has_right(info.context.principal, Action.SEE_SESSIONS):
            raise forbidden("walk sessions")
        names, given, size = wanted_any(info, ("nodes",), ("edges", "node")), session_filter(filter), page_size(first)
        order = reading.order_by(
            (order_by.field if order_by else SessionOrderField.LAST_STEP_AT).value,
            is_descending=order_by is None or order_by.direction is OrderDirection.DESC,
        )
        page = await paged(lambda: reading.page(info.context, names, given, order, size, after))
        return connection(Connection[WalkSession], page, WalkSession.from_row,
                          lambda: reading.count(info.context, given))

    @strawberry.field(description="An AI-built walk rebuilt from its records, without a model. Null when it is unknown. For engineers and above.")
    async def replay_walk(
        self, info: Info, session_id: Annotated[strawberry.ID, strawberry.argument(description="The walk.")]
    ) -> WalkReplay | None:
        if not has_right(info.context.principal, Action.SEE_AI_RECORDS):
            raise forbidden("AI records")
        found = uuid_or_none(session_id)
        row = await info.context.loaders.sessions.load(found) if found else None
        if row is None:
            return None
        rebuilt = replay(
            await ai_record.served(info.context, row.id), node_from_json(row.first_node), path_from_json(row.walked_path)
        )
        tree = FlowTree.of(rebuilt.tree) if rebuilt.tree else None
        return WalkReplay(tree=tree, differences=list(rebuilt.differences), is_identical=not rebuilt.differences)

    @strawberry.field(description="One escalation. Null when it is unknown or the caller may not see it.")
    async def escalation(self, info: Info, id: Id) -> Escalation | None:  # noqa: A002
        names, session = wanted(info), wanted(info, "session")
        escalation_id = uuid_or_none(id)
        if escalation_id is None:
            return None
        row = await queue.by_id(info.context, escalation_id, names, session if "session" in names else None)
        return Escalation.from_row(row) if row else None

    @strawberry.field(description="The queue: what waits, most urgent first. For engineers and above and scope READ; L1 technicians see their own, and what was returned to them.")
    async def escalations(
        self, info: Info, first: First = None, after: After = None,
        filter: Annotated[EscalationFilter | None, strawberry.argument(description="What to leave out.")] = None,  # noqa: A002
        order_by: Annotated[EscalationOrder | None, strawberry.argument(description="What comes first.")] = None,
    ) -> Connection[Escalation] | None:
        names = wanted_any(info, ("nodes",), ("edges", "node"))
        session = wanted_any(info, ("nodes", "session"), ("edges", "node", "session"))
        given, size = queue_filter(filter), page_size(first)
        order = queue.order_by(
            (order_by.field if order_by else QueueOrderField.PRIORITY).value,
            is_descending=order_by is None or order_by.direction is OrderDirection.DESC,
        )
        page = await paged(lambda: queue.page(info.context, names, session, given, order, size, after))
        return connection(Connection[Escalation], page, Escalation.from_row, lambda: queue.count(info.context, given))

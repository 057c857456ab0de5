"""Anything by its id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from domain.permission import Action, has_right
from resolvers import account as accounts
from resolvers import audit_log, global_id
from resolvers import flow as flows
from resolvers import proposal as proposals
from resolvers import ticket as tickets
from resolvers.context import Context
from schema.context import Info
from schema.ids import uuid_or_none
from schema.queries.walk_session import Id
from schema.types.account import Account
from schema.types.actor import actor_from_row
from schema.types.audit_event import AuditEvent
from schema.types.escalation import Escalation, EscalationNote
from schema.types.flow import FlowVersion, flow_of
from schema.types.flow_draft import FlowDraft
from schema.types.node import Node
from schema.types.notification import Notification
from schema.types.proposal import Proposal
from schema.types.ticket import Ticket
from schema.types.walk_session import WalkSession

Finder = Callable[[Context, UUID], Awaitable[Any]]


async def _session(context: Context, found: UUID) -> Any:
    return await context.loaders.sessions.load(found)


async def _escalation(context: Context, found: UUID) -> Any:
    return await context.loaders.escalations.load(found)


async def _actor(context: Context, found: UUID) -> Any:
    return await context.loaders.actors.load(found) if has_right(context.principal, Action.SEE_MEMBERS) else None


async def _version(context: Context, found: UUID) -> Any:
    return await context.loaders.versions.load(found) if has_right(context.principal, Action.SEE_FLOWS) else None


async def _account(context: Context, found: UUID) -> Any:
    return await accounts.read(context) if found == context.account_id else None


FINDERS: dict[str, tuple[Finder, Callable[[Any], Any]]] = {
    "account": (_account, Account.from_row),
    "walk_session": (_session, WalkSession.from_row),
    "escalation": (_escalation, Escalation.from_row),
    "escalation_note": (global_id.escalation_note, EscalationNote.from_row),
    "flow": (flows.by_id, flow_of),
    "flow_version": (_version, FlowVersion.from_row),
    "flow_draft": (flows.draft_by_id, FlowDraft.from_row),
    "proposal": (proposals.by_id, Proposal.from_row),
    "ticket": (tickets.visible, Ticket.from_row),
    "user": (_actor, actor_from_row),
    "service_account": (_actor, actor_from_row),
    "notification": (global_id.notification, Notification.from_row),
    "audit_event": (audit_log.by_id, AuditEvent.from_row),
}


@strawberry.type
class NodeQuery:
    @strawberry.field(description="Anything by its id. Null when it is unknown or the caller may not see it.")
    async def node(self, info: Info, id: Id) -> Node | None:  # noqa: A002
        found = uuid_or_none(id)
        kind = await global_id.kind_of(info.context, found) if found else None
        if found is None or kind not in FINDERS:
            return None
        find, convert = FINDERS[kind]
        row = await find(info.context, found)
        return convert(row) if row is not None else None

"""Handing a walk, or a call without one, to the engineers. What must be sent is recorded, and sent after commit."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Escalation, FlowProposal, FlowVersion
from domain.clean_text import idempotency_key, optional_text
from domain.hand_off import HandOffSource, hand_off_to_json
from domain.hand_off_digest import hand_off
from domain.permission import Action
from domain.principal import ActorKind
from domain.refusal import Code
from domain.vocabulary import (
    EscalationReasonCategory,
    NotificationKind,
    Priority,
    TicketStatus,
    WalkStartReason,
    WarningCode,
)
from domain.walk_session import SessionKind, WalkEvent, WalkState, notes_from_json, start_without_tree
from resolvers import rate_limit
from resolvers import ticket as tickets
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.escalation import recipients
from resolvers.guard import guarded
from resolvers.idempotency import KeyedCommand, Stored
from resolvers.notification import notify
from resolvers.outcome import checked, refuse, require
from resolvers.permission_loader import Check
from resolvers.walk_session.answering import keyed
from resolvers.walk_session.ending import ended
from resolvers.walk_session.history import earlier_path
from resolvers.walk_session.intake_input import Caller, clean_caller
from resolvers.walk_session.starting import Pin, Target, insert_session
from resolvers.walk_session.state_rows import authorise, load_state, lock_session, tell_waiting, write_session


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is handed over, and how urgent it is."""

    category: EscalationReasonCategory
    text: str | None = None
    priority: Priority | None = None
    is_customer_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Escalate:
    """Input of ``escalate``."""

    session_id: UUID
    reason: Reason
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class EscalateWithoutWalk:
    """Input of ``escalateWithoutWalk``."""

    caller: Caller
    reason: Reason
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Escalated:
    session_id: UUID
    escalation_id: UUID
    warning: WarningCode | None = None


@guarded
async def escalate(context: Context, given: Escalate) -> Escalated:
    """End the walk as escalated, with its complete hand-off."""
    command = keyed(context, "escalate", given)
    reason = _clean(given.reason)
    acting_as = await authorise(context, Action.ESCALATE, given.session_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        if (stored := await command.begin(connection)) is not None:
            return _replayed(stored)
        row = await lock_session(connection, context, Action.ESCALATE, given.session_id)
        state = await load_state(connection, context, row)
        await write_session(
            connection, context, given.session_id, **ended(state, WalkEvent.ESCALATE, given.session_id, now),
            **_session_columns(reason, row.priority),
        )
        await tell_waiting(connection, row)
        await tickets.set_status(connection, context, row.ticket_row_id, TicketStatus.ESCALATED)
        escalated = await _hand_over(connection, context, row, state, reason, acting_as)
        await command.finish(connection, _stored(escalated))
    return escalated


@guarded
async def escalate_without_walk(context: Context, given: EscalateWithoutWalk) -> Escalated:
    """An ad-hoc session with an empty path, escalated at once."""
    values = asdict(given)
    key = checked(idempotency_key(values.pop("idempotency_key")))
    command = KeyedCommand(context.principal, "escalateWithoutWalk", key, values)
    reason, caller = _clean(given.reason), clean_caller(given.caller)
    decision = require(await context.loaders.permissions.load(Check(Action.ESCALATE)), "account")
    await rate_limit.consume(context, "intake")
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        if (stored := await command.begin(connection)) is not None:
            return _replayed(stored)
        row, state = await _start_escalated(connection, context, caller, reason, now)
        escalated = await _hand_over(connection, context, row, state, reason, decision.acting_as)
        await command.finish(connection, _stored(escalated))
    return escalated


async def _start_escalated(
    connection: AsyncConnection, context: Context, caller: Caller, reason: Reason, now: datetime
) -> tuple[Any, WalkState]:
    state = start_without_tree(SessionKind.ADHOC)
    target = Target(SessionKind.ADHOC, WalkStartReason.ADHOC)
    session_id = await insert_session(
        connection, context, replace(caller, priority=reason.priority), target, Pin(state), now=now
    )
    row = await lock_session(connection, context, Action.ESCALATE, session_id)
    await write_session(connection, context, session_id, **ended(state, WalkEvent.ESCALATE, session_id, now),
                        **_session_columns(reason, row.priority))
    await tickets.set_status(connection, context, row.ticket_row_id, TicketStatus.ESCALATED)
    return row, state


def _session_columns(reason: Reason, priority: int) -> dict[str, Any]:
    return {"escalation_reason": reason.text, "escalation_reason_category": reason.category.value,
            "priority": (reason.priority or Priority(priority)).value}


def _clean(reason: Reason) -> Reason:
    text = checked(optional_text(reason.text, ("reason",)))
    if reason.category is EscalationReasonCategory.OTHER and text is None:
        raise refuse(Code.INVALID_INPUT, "OTHER needs a reason in words.", "reason")
    return replace(reason, text=text)


async def _hand_over(
    connection: AsyncConnection, context: Context, row: Any, state: WalkState, reason: Reason, acting_as: str | None
) -> Escalated:
    now, escalation_id = context.now(), uuid4()
    priority = reason.priority or Priority(row.priority)
    package = hand_off(HandOffSource(
        problem=row.problem_text, state=state, reason_category=reason.category.value, escalated_at=now,
        started_at=row.started_at, notes=notes_from_json(row.walk_notes),
        earlier_path=await earlier_path(connection, context, row.continues_session_id), reason=reason.text,
        company_name=row.company_name, category=row.category, priority=priority.name.lower(),
        is_customer_waiting=reason.is_customer_waiting, ticket=row.ticket_id if row.ticket_kind == "psa" else None,
        flow_title=await _title(connection, context, row),
    ))
    is_user = context.principal.kind is ActorKind.USER
    await connection.execute(insert(Escalation).values(
        account_id=context.account_id, id=escalation_id, session_id=row.id, priority=priority.value,
        is_customer_waiting=reason.is_customer_waiting, reason_category=reason.category.value, reason=reason.text,
        acting_as=acting_as, escalated_by_user_id=context.principal.id if is_user else None,
        escalated_by_service_account_id=None if is_user else context.principal.id, escalated_at=now,
        package=hand_off_to_json(package),
    ))
    warning = await _tell(connection, context, escalation_id)
    await record(connection, context.principal, "walk.escalated", ("walk_session", row.id), acting_as=acting_as,
                 escalation=str(escalation_id), reason_category=reason.category.value)
    return Escalated(row.id, escalation_id, warning)


async def _title(connection: AsyncConnection, context: Context, row: Any) -> str | None:
    """Title of what was walked, as it was pinned."""
    table, key = (FlowVersion, row.flow_version_id) if row.flow_version_id else (FlowProposal, row.flow_proposal_id)
    if key is None:
        return None
    statement = select(table.title).where(in_account(table, context.account_id), table.id == key)
    return (await connection.execute(statement)).scalar_one_or_none()


async def _tell(connection: AsyncConnection, context: Context, escalation_id: UUID) -> WarningCode | None:
    chosen = await recipients.choose(connection, context)
    await recipients.write_deliveries(connection, context, escalation_id, chosen)
    await notify(connection, context.account_id, [one.user_id for one in chosen.members],
                 NotificationKind.ESCALATION_OPENED, ("escalation", escalation_id), context.now())
    return chosen.warning


def _stored(escalated: Escalated) -> Stored:
    return {
        "session_id": str(escalated.session_id), "escalation_id": str(escalated.escalation_id),
        "warning": escalated.warning.value if escalated.warning else None,
    }


def _replayed(stored: Stored) -> Escalated:
    warning = stored.get("warning")
    return Escalated(UUID(stored["session_id"]), UUID(stored["escalation_id"]),
                     WarningCode(warning) if warning else None)



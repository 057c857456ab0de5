"""What engineers and originators do with an escalation: claim, release, withdraw, note, close."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Escalation, EscalationNote, WalkSession
from db.queries.walk_session import same_tenant
from domain.clean_text import optional_text, required_text
from domain.permission import Action, EscalationFacts, decide
from domain.principal import ActorKind
from domain.refusal import Code
from domain.vocabulary import EscalationOutcome, EscalationStatus, NotificationKind, TicketStatus
from domain.walk_session import NoteVisibility
from resolvers import ticket as tickets
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.notification import notify
from resolvers.outcome import Refused, checked, not_found, refuse, require
from resolvers.permission_loader import Check

OPEN, CLAIMED = EscalationStatus.OPEN.value, EscalationStatus.CLAIMED.value
COLUMNS = ("id", "session_id", "status", "claimed_by_user_id", "escalated_by_user_id",
           "escalated_by_service_account_id")


async def _authorise(context: Context, action: Action, escalation_id: UUID) -> None:
    decision = await context.loaders.permissions.load(Check(action, escalation_id=escalation_id))
    require(decision, "escalation", "escalationId")


async def _lock(connection: AsyncConnection, context: Context, action: Action, escalation_id: UUID) -> Any:
    """The locked row with what its session tells, the pure rule applied again. Raises ``Refused``."""
    statement = (
        select(*(getattr(Escalation, name) for name in COLUMNS), WalkSession.assigned_user_id,
               WalkSession.ticket_row_id)
        .join(WalkSession, same_tenant(WalkSession, Escalation, Escalation.session_id))
        .where(in_account(Escalation, context.account_id), Escalation.id == escalation_id)
        .with_for_update(of=Escalation)
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        raise not_found("escalation", "escalationId")
    by = row.escalated_by_user_id or row.escalated_by_service_account_id
    returned_to = row.assigned_user_id if row.status == EscalationStatus.RETURNED else None
    facts = EscalationFacts(row.status, by, row.claimed_by_user_id, returned_to)
    require(decide(context.principal, action, facts), "escalation", "escalationId")
    return row


async def _change(connection: AsyncConnection, context: Context, escalation_id: UUID, **values: Any) -> None:
    await connection.execute(
        update(Escalation)
        .where(in_account(Escalation, context.account_id), Escalation.id == escalation_id)
        .values(**values)
    )


async def _record(connection: AsyncConnection, context: Context, deed: str, row: Any, **details: Any) -> None:
    await record(connection, context.principal, f"escalation.{deed}", ("escalation", row.id), **details)


@guarded
async def claim(context: Context, escalation_id: UUID) -> UUID:
    """One conditional UPDATE decides a race; repeating one's own claim succeeds and changes nothing."""
    await _authorise(context, Action.CLAIM, escalation_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        won = await _take(connection, context, escalation_id, now)
        if won is None:
            row = await _lock(connection, context, Action.CLAIM, escalation_id)
            if row.status != OPEN or row.escalated_by_user_id == context.principal.id:
                return _lost_claim(context, row)
            won = await _take(connection, context, escalation_id, now)  # its claimant gave it back in between
        await notify(connection, context.account_id, [won.escalated_by_user_id],
                     NotificationKind.ESCALATION_CLAIMED, ("escalation", escalation_id), now)
        await _record(connection, context, "claimed", won)
    return escalation_id


async def _take(connection: AsyncConnection, context: Context, escalation_id: UUID, now: datetime) -> Any:
    me = context.principal.id
    return (await connection.execute(
        update(Escalation)
        .where(in_account(Escalation, context.account_id), Escalation.id == escalation_id, Escalation.status == OPEN,
               or_(Escalation.escalated_by_user_id.is_(None), Escalation.escalated_by_user_id != me))
        .values(status=CLAIMED, claimed_by_user_id=me, claimed_at=now)
        .returning(Escalation.id, Escalation.escalated_by_user_id)
    )).first()


def _lost_claim(context: Context, row: Any) -> UUID:
    """Of a locked row that was not taken: its id when the caller has it already. Raises ``Refused`` otherwise."""
    if row.escalated_by_user_id == context.principal.id:
        raise refuse(Code.OWN_ESCALATION, "You escalated this one; a colleague must take it.", "escalationId")
    if row.status == CLAIMED and row.claimed_by_user_id != context.principal.id:
        raise refuse(Code.ALREADY_CLAIMED, "Another engineer has claimed it.", "escalationId")
    if row.status != CLAIMED:
        raise _ended(row)
    return UUID(str(row.id))


def _ended(row: Any) -> Refused:
    return refuse(Code.NOT_ACTIVE, f"This escalation is {row.status}.", "escalationId")


def _require_claimant(context: Context, row: Any) -> None:
    if row.status == OPEN:
        raise refuse(Code.NOT_CLAIMED, "Nobody has claimed it; claim it first.", "escalationId")
    if row.status != CLAIMED:
        raise _ended(row)
    if row.claimed_by_user_id != context.principal.id:
        raise refuse(Code.NOT_CLAIMANT, "Another engineer has claimed it; only they may do this.", "escalationId")


@guarded
async def release(context: Context, escalation_id: UUID) -> UUID:
    """Give a claimed escalation back to the queue."""
    await _authorise(context, Action.RELEASE, escalation_id)
    async with context.db.write(context.account_id) as connection:
        row = await _lock(connection, context, Action.RELEASE, escalation_id)
        _require_claimant(context, row)
        await _change(connection, context, escalation_id, status=OPEN, claimed_by_user_id=None, claimed_at=None)
        await _record(connection, context, "released", row)
    return escalation_id


@guarded
async def withdraw(context: Context, escalation_id: UUID) -> UUID:
    """The originator takes back what nobody has claimed; the walk can then be continued."""
    await _authorise(context, Action.WITHDRAW, escalation_id)
    async with context.db.write(context.account_id) as connection:
        row = await _lock(connection, context, Action.WITHDRAW, escalation_id)
        if row.status == CLAIMED:
            raise refuse(Code.ALREADY_CLAIMED, "An engineer has claimed it; ask them to return it.", "escalationId")
        if row.status != OPEN:
            raise _ended(row)
        await _change(connection, context, escalation_id, status=EscalationStatus.WITHDRAWN.value,
                      closed_by_user_id=_user(context), closed_at=context.now())
        await tickets.reopen(connection, context.account_id, row.ticket_row_id, row.session_id)
        await _record(connection, context, "withdrawn", row)
    return escalation_id


@guarded
async def add_note(context: Context, escalation_id: UUID, text: str, visibility: NoteVisibility) -> UUID:
    """Append a remark; notes are never changed, and may be added after the end."""
    clean = checked(required_text(text, ("text",)))
    await _authorise(context, Action.NOTE_ESCALATION, escalation_id)
    is_user = context.principal.kind is ActorKind.USER
    async with context.db.write(context.account_id) as connection:
        await _lock(connection, context, Action.NOTE_ESCALATION, escalation_id)
        await connection.execute(insert(EscalationNote).values(
            account_id=context.account_id, id=uuid4(), escalation_id=escalation_id, text=clean,
            visibility=visibility.value, author_user_id=context.principal.id if is_user else None,
            author_service_account_id=None if is_user else context.principal.id, created_at=context.now(),
        ))
    return escalation_id


@guarded
async def close(context: Context, escalation_id: UUID, outcome: EscalationOutcome, notes: str | None) -> UUID:
    """End a claimed escalation. RETURNED_TO_L1 needs notes and gives the walk back to its assignee."""
    text = checked(optional_text(notes, ("notes",)))
    is_return = outcome is EscalationOutcome.RETURNED_TO_L1
    if is_return and text is None:
        raise refuse(Code.INVALID_INPUT, "Say in notes how L1 should go on.", "notes")
    await _authorise(context, Action.CLOSE_ESCALATION, escalation_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        row = await _lock(connection, context, Action.CLOSE_ESCALATION, escalation_id)
        _require_claimant(context, row)
        status = EscalationStatus.RETURNED if is_return else EscalationStatus.CLOSED
        await _change(connection, context, escalation_id, status=status.value, outcome=outcome.value,
                      closing_notes=text, closed_by_user_id=_user(context), closed_at=now)
        await _tell_end(connection, context, row, is_return=is_return)
        if is_return:
            await tickets.reopen(connection, context.account_id, row.ticket_row_id, row.session_id)
        else:
            await tickets.set_status(connection, context, row.ticket_row_id, TicketStatus.CLOSED)
        await _record(connection, context, "returned" if is_return else "closed", row, outcome=outcome.value)
    return escalation_id


async def _tell_end(connection: AsyncConnection, context: Context, row: Any, *, is_return: bool) -> None:
    told = [row.escalated_by_user_id, row.assigned_user_id] if is_return else [row.escalated_by_user_id]
    kind = NotificationKind.ESCALATION_RETURNED if is_return else NotificationKind.ESCALATION_CLOSED
    others = [one for one in told if one != context.principal.id]
    await notify(connection, context.account_id, others, kind, ("escalation", row.id), context.now())


def _user(context: Context) -> UUID | None:
    return context.principal.id if context.principal.kind is ActorKind.USER else None

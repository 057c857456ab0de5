"""Whose walk it is, and whether it waits: take over, transfer, pause, link a ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import User
from domain.clean_text import optional_text
from domain.permission import Action, works_l1
from domain.principal import ActorKind, Principal, Role
from domain.refusal import Code
from domain.vocabulary import NotificationKind, TicketStatus
from domain.walk_session import WalkEvent, WalkStatus, check_wait_until, refusal_of
from resolvers import ticket as tickets
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.notification import notify
from resolvers.outcome import Refused, checked, not_found, refuse
from resolvers.ticket import TicketRef, TicketRow
from resolvers.walk_session.note_taking import appended
from resolvers.walk_session.state_rows import authorise, lock_session, write_session


@guarded
async def take_over(context: Context, session_id: UUID) -> UUID:
    """Make the caller the assignee; repeating it is no change. The former assignee is told."""
    acting_as = await authorise(context, Action.TAKE_OVER, session_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        row = await lock_session(connection, context, Action.TAKE_OVER, session_id)
        _must_allow(row.status, WalkEvent.TAKE_OVER, session_id)
        if row.assigned_user_id == context.principal.id:
            return session_id
        await write_session(
            connection, context, session_id, assigned_user_id=context.principal.id, last_activity_at=now
        )
        await notify(connection, context.account_id, [row.assigned_user_id], NotificationKind.WALK_TAKEN_OVER,
                     ("walk_session", session_id), now)
        await record(connection, context.principal, "walk.taken_over", ("walk_session", session_id),
                     acting_as=acting_as, former_assignee=_text(row.assigned_user_id))
    return session_id


@guarded
async def transfer(context: Context, session_id: UUID, assignee_id: UUID, note: str | None) -> UUID:
    """Give the walk to a colleague who may work the L1 surface; both sides are told."""
    text = checked(optional_text(note, ("note",)))
    acting_as = await authorise(context, Action.TRANSFER, session_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        row = await lock_session(connection, context, Action.TRANSFER, session_id)
        _must_allow(row.status, WalkEvent.TRANSFER, session_id)
        await require_assignee(connection, context, assignee_id)
        if row.assigned_user_id == assignee_id:
            return session_id
        values = {"assigned_user_id": assignee_id, "last_activity_at": now}
        await write_session(connection, context, session_id, **values, **appended(context, row, text, acting_as, now))
        told = [one for one in (row.assigned_user_id, assignee_id) if one != context.principal.id]
        await notify(connection, context.account_id, told, NotificationKind.WALK_TRANSFERRED,
                     ("walk_session", session_id), now)
        await record(connection, context.principal, "walk.transferred", ("walk_session", session_id),
                     acting_as=acting_as, former_assignee=_text(row.assigned_user_id), assignee=str(assignee_id))
    return session_id


@guarded
async def pause(context: Context, session_id: UUID, wait_until: datetime | None) -> UUID:
    """Let the walk wait for the customer; null ends the wait."""
    await authorise(context, Action.PAUSE, session_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        row = await lock_session(connection, context, Action.PAUSE, session_id)
        _must_allow(row.status, WalkEvent.PAUSE, session_id)
        if (refused := check_wait_until(wait_until, now)) is not None:
            raise Refused(refused)
        await write_session(connection, context, session_id, wait_until=wait_until, last_activity_at=now)
    return session_id


@guarded
async def link_ticket(context: Context, session_id: UUID, ref: TicketRef) -> UUID:
    """Give the session the ticket that came later, also after its end. Its own internal ticket is closed as moved."""
    clean = tickets.checked_ref(ref)
    await authorise(context, Action.LINK_TICKET, session_id)
    async with context.db.write(context.account_id) as connection:
        row = await lock_session(connection, context, Action.LINK_TICKET, session_id)
        ticket = await tickets.find(connection, context, clean)
        if ticket.id != row.ticket_row_id:
            await _move(connection, context, row, ticket)
    return session_id


async def _move(connection: AsyncConnection, context: Context, row: Any, ticket: TicketRow) -> None:
    """The new ticket stands where the old one stood; both know of the other walks they have."""
    account_id, old = context.account_id, row.ticket_row_id
    held = await tickets.hold(connection, account_id, old, ticket.id)
    await write_session(connection, context, row.id, ticket_row_id=ticket.id, ticket_id=ticket.handle,
                        ticket_kind=ticket.kind.value)
    is_active = row.status == WalkStatus.ACTIVE
    status = TicketStatus.WALKING if is_active else held.get(old, status_after(row.status))
    await tickets.rest(connection, account_id, ticket.id, status, besides=row.id)
    await tickets.leave(connection, account_id, old, besides=row.id)


def status_after(session_status: str) -> TicketStatus:
    """What an internal ticket is when its session has this status."""
    return {
        "active": TicketStatus.WALKING, "resolved": TicketStatus.CLOSED,
        "escalated": TicketStatus.ESCALATED, "abandoned": TicketStatus.OPEN,
    }[session_status]


async def require_assignee(
    connection: AsyncConnection, context: Context, user_id: UUID, *field: str
) -> None:
    """An active member who may work the L1 surface. Raises ``Refused``."""
    field = field or ("assigneeId",)
    statement = select(User.role, User.can_cover_l1, User.name).where(
        in_account(User, context.account_id), User.id == user_id, User.deleted_at.is_(None),
        User.deactivated_at.is_(None),
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        raise not_found("member", *field)
    member = Principal(context.account_id, ActorKind.USER, user_id, row.name, Role(row.role), row.can_cover_l1)
    if not works_l1(member):
        raise refuse(Code.INVALID_INPUT, "This member does not work the L1 surface; choose another.", *field)


def _must_allow(status: str, event: WalkEvent, session_id: UUID) -> None:
    refused = refusal_of(WalkStatus(status), event)
    if refused is not None:
        raise Refused(refused, session_id=session_id)


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None

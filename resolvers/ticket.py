"""Tickets: found or made with a session, and kept in step with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import case, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Ticket, WalkSession
from db.queries.walk_session import TICKET
from domain.clean_text import required_text, web_url
from domain.permission import Action, has_right
from domain.refusal import Code
from domain.vocabulary import TicketKind, TicketStatus
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.outcome import checked, not_found, refuse

MAX_EXTERNAL_ID = 128


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A PSA ticket by its external id, or an internal one by its id."""

    external_id: str | None = None
    connection_id: UUID | None = None
    id: UUID | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TicketRow:
    """What a session keeps of its ticket: the row, and the handle as text."""

    id: UUID
    kind: TicketKind
    handle: str


def checked_ref(ref: TicketRef) -> TicketRef:
    """Exactly one of the two ways to name a ticket, a clean external id, a web URL. Raises ``Refused``."""
    if (ref.external_id is None) == (ref.id is None):
        raise refuse(Code.INVALID_INPUT, "Name the ticket by externalId or by id, one of the two.", "ticket")
    url = checked(web_url(ref.url, ("ticket", "url")))
    external = ref.external_id
    if external is not None:
        external = checked(required_text(external, ("ticket", "externalId"), max_chars=MAX_EXTERNAL_ID))
    return TicketRef(external, ref.connection_id, ref.id, url)


async def attach(connection: AsyncConnection, context: Context, ref: TicketRef) -> TicketRow:
    """The ticket that a walk begins with."""
    ticket = await find(connection, context, ref)
    await set_status(connection, context, ticket.id, TicketStatus.WALKING)
    return ticket


async def find(connection: AsyncConnection, context: Context, ref: TicketRef) -> TicketRow:
    """The PSA's ticket, made known on first sight, or an internal one. Raises ``Refused``: NOT_FOUND."""
    if ref.connection_id is not None:
        raise not_found("PSA connection", "ticket", "connectionId")
    if ref.external_id is not None:
        return await _psa(connection, context, ref)
    return await _internal(connection, context, ref)


async def new_internal(connection: AsyncConnection, context: Context, number: int) -> TicketRow:
    """A ticket of our own, for a walk that begins without one."""
    ticket_id = uuid4()
    await connection.execute(insert(Ticket).values(
        account_id=context.account_id, id=ticket_id, kind=TicketKind.INTERNAL.value, number=number,
        status=TicketStatus.WALKING.value,
    ))
    return TicketRow(ticket_id, TicketKind.INTERNAL, str(ticket_id))


async def _psa(connection: AsyncConnection, context: Context, ref: TicketRef) -> TicketRow:
    row = {
        "account_id": context.account_id, "id": uuid4(), "kind": TicketKind.PSA.value,
        "external_id": ref.external_id, "url": ref.url,
    }
    put = insert(Ticket).values(row)
    statement = put.on_conflict_do_update(
        index_elements=["account_id", "connection_id", "external_id"],
        index_where=Ticket.external_id.is_not(None),
        set_={"url": func.coalesce(put.excluded.url, Ticket.url)},
    ).returning(Ticket.id)
    ticket_id = (await connection.execute(statement)).scalar_one()
    return TicketRow(ticket_id, TicketKind.PSA, str(ref.external_id))


async def _internal(connection: AsyncConnection, context: Context, ref: TicketRef) -> TicketRow:
    statement = select(Ticket.id, Ticket.kind, Ticket.external_id).where(
        in_account(Ticket, context.account_id), Ticket.id == ref.id
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        raise not_found("ticket", "ticket", "id")
    return TicketRow(row.id, TicketKind(row.kind), row.external_id or str(row.id))


async def set_status(connection: AsyncConnection, context: Context, ticket_id: UUID, status: TicketStatus) -> None:
    """``follow`` for a caller's command."""
    await follow(connection, context.account_id, ticket_id, status)


async def follow(connection: AsyncConnection, account_id: UUID, ticket_id: UUID, status: TicketStatus) -> None:
    """Internal tickets follow their session; a PSA's status is the PSA's."""
    await connection.execute(
        update(Ticket)
        .where(in_account(Ticket, account_id), Ticket.id == ticket_id, Ticket.kind == TicketKind.INTERNAL.value)
        .values(status=status.value)
    )


async def hold(connection: AsyncConnection, account_id: UUID, *ticket_ids: UUID) -> dict[UUID, TicketStatus]:
    """Lock internal tickets, always in the same order: walks that swap theirs wait in a line, not in a ring."""
    rows = await connection.execute(
        select(Ticket.id, Ticket.status)
        .where(in_account(Ticket, account_id), Ticket.id.in_(ticket_ids), Ticket.kind == TicketKind.INTERNAL.value)
        .order_by(Ticket.id).with_for_update(key_share=True)
    )
    return {row.id: TicketStatus(row.status) for row in rows}


async def reopen(connection: AsyncConnection, account_id: UUID, ticket_id: UUID, besides: UUID) -> None:
    """A walk was given up or comes back: its internal ticket is open, unless another walk of it goes on."""
    await hold(connection, account_id, ticket_id)
    await rest(connection, account_id, ticket_id, TicketStatus.OPEN, besides)


async def rest(
    connection: AsyncConnection, account_id: UUID, ticket_id: UUID, status: TicketStatus, besides: UUID
) -> None:
    """``status`` for an internal ticket, or walking while another walk of it goes on. ``hold`` it first."""
    await connection.execute(
        update(Ticket)
        .where(in_account(Ticket, account_id), Ticket.id == ticket_id, Ticket.kind == TicketKind.INTERNAL.value)
        .values(status=case((_others(besides, "active"), TicketStatus.WALKING.value), else_=status.value))
    )


async def leave(connection: AsyncConnection, account_id: UUID, ticket_id: UUID, besides: UUID) -> None:
    """An internal ticket whose session got another one: closed as moved, unless other sessions are about it."""
    await connection.execute(
        update(Ticket)
        .where(in_account(Ticket, account_id), Ticket.id == ticket_id, Ticket.kind == TicketKind.INTERNAL.value)
        .values(status=case((_others(besides, "active"), TicketStatus.WALKING.value), (_others(besides), Ticket.status),
                            else_=TicketStatus.CLOSED.value))
    )


def _others(besides: UUID, *status: str) -> Any:
    """Whether sessions (of such a status) beside one are about the ticket."""
    about = exists().where(
        WalkSession.account_id == Ticket.account_id, WalkSession.ticket_row_id == Ticket.id, WalkSession.id != besides
    )
    return about.where(WalkSession.status.in_(status)) if status else about


async def visible(context: Context, ticket_id: UUID) -> Any:
    """One ticket by our id, for those who may see sessions; else None."""
    if not has_right(context.principal, Action.SEE_SESSIONS):
        return None
    statement = select(*(getattr(Ticket, name) for name in TICKET)).where(
        in_account(Ticket, context.account_id), Ticket.id == ticket_id
    )
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()

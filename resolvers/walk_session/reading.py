"""Reading sessions: one by id, pages, and the other active walks of a ticket."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from db.models import WalkSession
from db.queries.walk_session import select_sessions
from resolvers.access import in_account, visible_sessions
from resolvers.context import Context
from resolvers.paging import Key, Order, Page, page_of, paged

_COLUMNS: dict[str, tuple[Any, type]] = {
    "last_step_at": (WalkSession.last_step_at, datetime),
    "started_at": (WalkSession.started_at, datetime),
    "number": (WalkSession.number, int),
}
MAX_OTHERS = 10


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """All conditions hold together; an empty list means none of them."""

    status: tuple[str, ...] | None = None
    kind: tuple[str, ...] | None = None
    assigned_to: UUID | None = None
    flow_id: UUID | None = None
    company_name: str | None = None
    idle_since: datetime | None = None
    search: str | None = None


def order_by(field: str, *, is_descending: bool) -> Order:
    column, kind = _COLUMNS[field]
    return Key(column, field, kind, is_descending), Key(WalkSession.id, "id", UUID, is_descending)


async def by_id(context: Context, session_id: UUID, wanted: AbstractSet[str]) -> Any:
    """A session the caller may see, or None."""
    return await _one(context, session_id, wanted, visible_sessions(context.principal))


async def changed(context: Context, session_id: UUID, wanted: AbstractSet[str]) -> Any:
    """A session the caller has just changed: shown to them whatever else they may read."""
    return await _one(context, session_id, wanted, in_account(WalkSession, context.account_id))


async def _one(context: Context, session_id: UUID, wanted: AbstractSet[str], scope: ColumnElement[bool]) -> Any:
    statement = select_sessions(wanted).where(scope, WalkSession.id == session_id)
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


async def page(
    context: Context, wanted: AbstractSet[str], given: SessionFilter, order: Order, first: int, after: str | None
) -> Page[Any]:
    """One page of the sessions the caller may see."""
    statement = select_sessions(wanted).where(visible_sessions(context.principal), *_conditions(given))
    async with context.db.read(context.account_id, stale_is_fine=True) as connection:
        rows = (await connection.execute(paged(statement, order, first, after))).all()
    return page_of(rows, order, first, after)


async def count(context: Context, given: SessionFilter) -> int:
    """How many sessions a filter finds; asked only when a client wants it."""
    statement = select(func.count()).select_from(WalkSession).where(
        visible_sessions(context.principal), *_conditions(given)
    )
    async with context.db.read(context.account_id, stale_is_fine=True) as connection:
        return int((await connection.execute(statement)).scalar_one())


def _conditions(given: SessionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if given.status is not None:
        found.append(WalkSession.status.in_(given.status))
    if given.kind is not None:
        found.append(WalkSession.session_kind.in_(given.kind))
    if given.assigned_to is not None:
        found.append(WalkSession.assigned_user_id == given.assigned_to)
    if given.flow_id is not None:
        found.append(WalkSession.flow_id == given.flow_id)
    if given.company_name is not None:
        found.append(func.lower(WalkSession.company_name) == given.company_name.lower())
    if given.idle_since is not None:
        found.append(WalkSession.last_activity_at <= given.idle_since)
    if given.search is not None and given.search.strip():
        found.append(_search(given.search.strip()))
    return found


def _search(text: str) -> ColumnElement[bool]:
    """Part of the problem, the company or the ticket's handle; ``#12`` or ``12`` also finds session number 12."""
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = (WalkSession.problem_text, WalkSession.company_name, WalkSession.ticket_id)
    arms: list[ColumnElement[bool]] = [column.ilike(like) for column in columns]
    digits = text.lstrip("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        arms.append(WalkSession.number == int(digits))
    return or_(*arms)


async def other_active_walks(context: Context, session_id: UUID, wanted: AbstractSet[str]) -> list[Any]:
    """Other active walks of the same ticket, newest first, at most ten."""
    ticket = (
        select(WalkSession.ticket_row_id)
        .where(in_account(WalkSession, context.account_id), WalkSession.id == session_id)
        .scalar_subquery()
    )
    statement = (
        select_sessions(wanted)
        .where(in_account(WalkSession, context.account_id), WalkSession.ticket_row_id == ticket,
               WalkSession.status == "active", WalkSession.id != session_id)
        .order_by(WalkSession.started_at.desc(), WalkSession.id)
        .limit(MAX_OTHERS)
    )
    async with context.db.read(context.account_id) as connection:
        return list((await connection.execute(statement)).all())

"""Reading sessions: one by id, pages, and the other active walks of a ticket."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, func, or_, select

from db.models import WalkSession
from db.prepared import ACCOUNT, Prepared, among
from db.queries.walk_session import select_sessions
from domain.permission import Action, has_right
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.paging import Key, Order, Page, containing, page_of, page_values, paged_by_values

_COLUMNS: dict[str, tuple[Any, type]] = {
    "last_step_at": (WalkSession.last_step_at, datetime),
    "started_at": (WalkSession.started_at, datetime),
    "number": (WalkSession.number, int),
}
_TEXTS = [column.ilike(bindparam("search")) for column in (
    WalkSession.problem_text, WalkSession.company_name, WalkSession.ticket_id)]
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "status": among(WalkSession.status, "status"),
    "kind": among(WalkSession.session_kind, "kind"),
    "assigned_to": WalkSession.assigned_user_id == bindparam("assigned_to"),
    "flow": WalkSession.flow_id == bindparam("flow"),
    "company": func.lower(WalkSession.company_name) == bindparam("company", type_=Text),
    "idle_since": WalkSession.last_activity_at <= bindparam("idle_since"),
    "search": or_(*_TEXTS),
    "search_or_number": or_(*_TEXTS, WalkSession.number == bindparam("number")),
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
    return await changed(context, session_id, wanted) if _may_see(context) else None


async def changed(context: Context, session_id: UUID, wanted: AbstractSet[str]) -> Any:
    """A session the caller has just changed: shown to them whatever else they may read."""
    return await context.db.first(context.account_id, _one(frozenset(wanted)), session=session_id)


@lru_cache(maxsize=512)
def _one(wanted: frozenset[str]) -> Prepared:
    scope = in_account(WalkSession, ACCOUNT)
    return Prepared(select_sessions(wanted).where(scope, WalkSession.id == bindparam("session")))


async def page(
    context: Context, wanted: AbstractSet[str], given: SessionFilter, order: Order, first: int, after: str | None
) -> Page[Any]:
    """One page of the sessions the caller may see."""
    asked, values = _asked(given)
    values |= page_values(order, first, after)
    if not _may_see(context):
        return page_of((), order, first, after)
    statement = _page(frozenset(wanted), asked, order, has_after=after is not None)
    rows = await context.db.rows(context.account_id, statement, stale_is_fine=True, **values)
    return page_of(rows, order, first, after)


@lru_cache(maxsize=512)
def _page(wanted: frozenset[str], asked: frozenset[str], order: Order, *, has_after: bool) -> Prepared:
    statement = select_sessions(wanted).where(*_conditions(asked))
    return Prepared(paged_by_values(statement, order, has_after=has_after))


async def count(context: Context, given: SessionFilter) -> int:
    """How many sessions a filter finds; asked only when a client wants it."""
    if not _may_see(context):
        return 0
    asked, values = _asked(given)
    [row] = await context.db.rows(context.account_id, _count(asked), stale_is_fine=True, **values)
    return int(row.found)


@lru_cache(maxsize=128)
def _count(asked: frozenset[str]) -> Prepared:
    return Prepared(select(func.count().label("found")).select_from(WalkSession).where(*_conditions(asked)))


def _may_see(context: Context) -> bool:
    return has_right(context.principal, Action.SEE_SESSIONS)


def _conditions(asked: frozenset[str]) -> list[ColumnElement[bool]]:
    return [in_account(WalkSession, ACCOUNT), *(_CONDITIONS[name] for name in sorted(asked))]


def _asked(given: SessionFilter) -> tuple[frozenset[str], dict[str, Any]]:
    """The conditions that are asked for, and their values. ``#12`` or ``12`` also finds session number 12."""
    values = {
        "status": given.status, "kind": given.kind, "assigned_to": given.assigned_to, "flow": given.flow_id,
        "company": given.company_name.lower() if given.company_name is not None else None,
        "idle_since": given.idle_since, "search": containing(given.search),
    }
    values = {name: value for name, value in values.items() if value is not None}
    digits = (given.search or "").strip().lstrip("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return frozenset(values), values
    return frozenset(values) - {"search"} | {"search_or_number"}, {**values, "number": int(digits)}


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

"""Reading escalations: one by id, and the queue by keyset in its orders."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, func, select

from db.models import Escalation, WalkSession
from db.prepared import ACCOUNT, Prepared, among
from db.queries.escalation import select_escalations
from db.queries.walk_session import same_tenant
from domain.permission import Action, has_right, sees_whole_queue
from domain.vocabulary import EscalationStatus
from resolvers.access import in_account, own_escalations, visible_escalations
from resolvers.context import Context
from resolvers.paging import Key, Order, Page, page_of, page_values, paged_by_values
from resolvers.public_error import forbidden

WAITING = (EscalationStatus.OPEN.value, EscalationStatus.CLAIMED.value)
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "status": among(Escalation.status, "status"),
    "reason_category": among(Escalation.reason_category, "reason_category"),
    "priority": among(Escalation.priority, "priority"),
    "claimed_by": Escalation.claimed_by_user_id == bindparam("claimed_by"),
    "company": func.lower(WalkSession.company_name) == bindparam("company", type_=Text),
}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """All conditions hold together; without a status the queue holds what waits: OPEN and CLAIMED."""

    status: tuple[str, ...] | None = None
    reason_category: tuple[str, ...] | None = None
    priority: tuple[int, ...] | None = None
    claimed_by: UUID | None = None
    company_name: str | None = None


def order_by(field: str, *, is_descending: bool) -> Order:
    """PRIORITY means priority, then who has waited longest; the others are plain times."""
    last = Key(Escalation.id, "escalation__id", UUID)
    waiting = Key(Escalation.escalated_at, "escalation__escalated_at", datetime)
    match field:
        case "priority":
            return Key(Escalation.priority, "escalation__priority", int, is_descending), waiting, last
        case "escalated_at":
            return Key(Escalation.escalated_at, "escalation__escalated_at", datetime, is_descending), last
        case _:
            return Key(WalkSession.last_step_at, "last_step_at", datetime, is_descending), last


async def by_id(
    context: Context, escalation_id: UUID, wanted: AbstractSet[str], session_wanted: AbstractSet[str] | None
) -> Any:
    """An escalation the caller may see, or None."""
    return await _one(context, escalation_id, wanted, session_wanted, visible_escalations(context.principal))


async def changed(
    context: Context, escalation_id: UUID, wanted: AbstractSet[str], session_wanted: AbstractSet[str] | None
) -> Any:
    """An escalation the caller has just made or changed."""
    scope = in_account(Escalation, context.account_id)
    return await _one(context, escalation_id, wanted, session_wanted, scope)


async def _one(
    context: Context, escalation_id: UUID, wanted: AbstractSet[str], session_wanted: AbstractSet[str] | None,
    scope: ColumnElement[bool],
) -> Any:
    statement = select_escalations(wanted, session_wanted).where(scope, Escalation.id == escalation_id)
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


async def page(
    context: Context, wanted: AbstractSet[str], session_wanted: AbstractSet[str], given: QueueFilter, order: Order,
    first: int, after: str | None,
) -> Page[Any]:
    """One page of the queue. Raises ``PublicError`` FORBIDDEN for those who have no queue at all."""
    _require_queue(context)
    asked, values = _asked(context, given)
    shape = _page(frozenset(wanted), frozenset(session_wanted), asked, order, has_after=after is not None)
    values |= page_values(order, first, after)
    rows = await context.db.rows(context.account_id, shape, stale_is_fine=True, **values)
    return page_of(rows, order, first, after)


@lru_cache(maxsize=512)
def _page(
    wanted: frozenset[str], session_wanted: frozenset[str], asked: frozenset[str], order: Order, *, has_after: bool
) -> Prepared:
    statement = select_escalations(wanted, session_wanted).where(*_conditions(asked))
    return Prepared(paged_by_values(statement, order, has_after=has_after))


async def count(context: Context, given: QueueFilter) -> int:
    _require_queue(context)
    asked, values = _asked(context, given)
    [row] = await context.db.rows(context.account_id, _count(asked), stale_is_fine=True, **values)
    return int(row.found)


@lru_cache(maxsize=128)
def _count(asked: frozenset[str]) -> Prepared:
    return Prepared(
        select(func.count().label("found")).select_from(Escalation)
        .join(WalkSession, same_tenant(WalkSession, Escalation, Escalation.session_id))
        .where(*_conditions(asked))
    )


def _require_queue(context: Context) -> None:
    if not has_right(context.principal, Action.SEE_ESCALATION):
        raise forbidden("the escalation queue")


def _conditions(asked: frozenset[str]) -> list[ColumnElement[bool]]:
    own = own_escalations(ACCOUNT, bindparam("me"))
    scope = own if "me" in asked else in_account(Escalation, ACCOUNT)
    return [scope, *(_CONDITIONS[name] for name in sorted(asked - {"me"}))]


def _asked(context: Context, given: QueueFilter) -> tuple[frozenset[str], dict[str, Any]]:
    """The conditions that are asked for, and their values; ``me`` for those who see only what is theirs."""
    values = {
        "me": None if sees_whole_queue(context.principal) else context.principal.id,
        "status": WAITING if given.status is None else given.status, "reason_category": given.reason_category,
        "priority": given.priority, "claimed_by": given.claimed_by,
        "company": given.company_name.lower() if given.company_name is not None else None,
    }
    values = {name: value for name, value in values.items() if value is not None}
    return frozenset(values), values

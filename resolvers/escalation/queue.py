"""Reading escalations: one by id, and the queue by keyset in its orders."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from db.models import Escalation, WalkSession
from db.queries.escalation import select_escalations
from db.queries.walk_session import same_tenant
from domain.permission import Action, has_right
from domain.vocabulary import EscalationStatus
from resolvers.access import in_account, visible_escalations
from resolvers.context import Context
from resolvers.paging import Key, Order, Page, page_of, paged
from resolvers.public_error import forbidden

WAITING = (EscalationStatus.OPEN.value, EscalationStatus.CLAIMED.value)


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
    statement = select_escalations(wanted, session_wanted).where(
        visible_escalations(context.principal), *_conditions(given)
    )
    async with context.db.read(context.account_id, stale_is_fine=True) as connection:
        rows = (await connection.execute(paged(statement, order, first, after))).all()
    return page_of(rows, order, first, after)


async def count(context: Context, given: QueueFilter) -> int:
    _require_queue(context)
    statement = (
        select(func.count()).select_from(Escalation)
        .join(WalkSession, same_tenant(WalkSession, Escalation, Escalation.session_id))
        .where(visible_escalations(context.principal), *_conditions(given))
    )
    async with context.db.read(context.account_id, stale_is_fine=True) as connection:
        return int((await connection.execute(statement)).scalar_one())


def _require_queue(context: Context) -> None:
    if not has_right(context.principal, Action.SEE_ESCALATION):
        raise forbidden("the escalation queue")


def _conditions(given: QueueFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Escalation.status.in_(WAITING if given.status is None else given.status)]
    if given.reason_category is not None:
        found.append(Escalation.reason_category.in_(given.reason_category))
    if given.priority is not None:
        found.append(Escalation.priority.in_(given.priority))
    if given.claimed_by is not None:
        found.append(Escalation.claimed_by_user_id == given.claimed_by)
    if given.company_name is not None:
        found.append(func.lower(WalkSession.company_name) == given.company_name.lower())
    return found

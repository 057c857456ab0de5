"""Reading the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from db.models import AuditEvent
from domain.permission import Action, has_right
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.paging import Key, Page, page_of, paged
from resolvers.public_error import forbidden

ORDER = (Key(AuditEvent.created_at, "created_at", datetime, is_descending=True),
         Key(AuditEvent.id, "id", UUID, is_descending=True))


@dataclass(frozen=True, slots=True)
class LogFilter:
    """All conditions hold together. ``since`` is inclusive, ``until`` exclusive."""

    actions: tuple[str, ...] | None = None
    subject_id: UUID | None = None
    actor_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


async def page(context: Context, given: LogFilter, first: int, after: str | None) -> Page[Any]:
    """Newest first. Raises ``PublicError`` FORBIDDEN for all but owners and admins."""
    _require(context)
    statement = select(*AuditEvent.__table__.columns).where(*_conditions(context, given))
    async with context.db.read(context.account_id) as connection:
        rows = (await connection.execute(paged(statement, ORDER, first, after))).all()
    return page_of(rows, ORDER, first, after)


async def count(context: Context, given: LogFilter) -> int:
    _require(context)
    statement = select(func.count()).select_from(AuditEvent).where(*_conditions(context, given))
    async with context.db.read(context.account_id) as connection:
        return int((await connection.execute(statement)).scalar_one())


async def by_id(context: Context, event_id: UUID) -> Any:
    """An event, or None for those who may not see the log."""
    if not has_right(context.principal, Action.SEE_AUDIT):
        return None
    statement = select(*AuditEvent.__table__.columns).where(
        in_account(AuditEvent, context.account_id), AuditEvent.id == event_id
    )
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


def _require(context: Context) -> None:
    if not has_right(context.principal, Action.SEE_AUDIT):
        raise forbidden("the audit log")


def _conditions(context: Context, given: LogFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [in_account(AuditEvent, context.account_id)]
    if given.actions is not None:
        found.append(AuditEvent.action.in_(given.actions))
    if given.subject_id is not None:
        found.append(AuditEvent.subject_id == given.subject_id)
    if given.actor_id is not None:
        found.append(AuditEvent.actor_id == given.actor_id)
    if given.since is not None:
        found.append(AuditEvent.created_at >= given.since)
    if given.until is not None:
        found.append(AuditEvent.created_at < given.until)
    return found

"""In-app notifications: written in the transaction of what they tell about, read and marked by their owner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Notification
from domain.principal import ActorKind
from domain.vocabulary import NotificationKind
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.paging import Key, Page, page_of, paged

ORDER = (
    Key(Notification.created_at, "created_at", datetime, is_descending=True),
    Key(Notification.id, "id", UUID, is_descending=True),
)
MAX_MARKED = 1_000


async def notify(
    connection: AsyncConnection, account_id: UUID, users: Iterable[UUID | None], kind: NotificationKind,
    subject: tuple[str, UUID], now: datetime,
) -> None:
    """Tell each user once; ``subject`` is (type, id). One statement, none when there is nobody to tell."""
    rows = [
        {
            "account_id": account_id, "id": uuid4(), "user_id": user, "kind": kind.value,
            "subject_type": subject[0], "subject_id": subject[1], "created_at": now,
        }
        for user in dict.fromkeys(users)
        if user is not None
    ]
    if rows:
        await connection.execute(insert(Notification).values(rows))


async def page(context: Context, first: int, after: str | None) -> Page[object]:
    """The caller's own notifications, newest first; service accounts have none."""
    statement = paged(select(*Notification.__table__.columns).where(*_own(context)), ORDER, first, after)
    async with context.db.read(context.account_id) as connection:
        rows = (await connection.execute(statement)).all()
    return page_of(rows, ORDER, first, after)


async def count(context: Context) -> int:
    statement = select(func.count()).select_from(Notification).where(*_own(context))
    async with context.db.read(context.account_id) as connection:
        return int((await connection.execute(statement)).scalar_one())


async def unread_count(context: Context) -> int:
    """How many the caller has not read."""
    if context.principal.kind is not ActorKind.USER:
        return 0
    statement = select(func.count()).where(*_own(context), Notification.read_at.is_(None))
    async with context.db.read(context.account_id) as connection:
        return int((await connection.execute(statement)).scalar_one())


@guarded
async def mark_read(context: Context, ids: tuple[UUID, ...]) -> bool:
    """Mark the caller's own notifications; ids of others' or unknown ones change nothing."""
    statement = (
        update(Notification)
        .where(*_own(context), Notification.id.in_(ids[:MAX_MARKED]), Notification.read_at.is_(None))
        .values(read_at=context.now())
    )
    async with context.db.write(context.account_id) as connection:
        await connection.execute(statement)
    return True


def _own(context: Context) -> tuple[ColumnElement[bool], ...]:
    return (in_account(Notification, context.account_id), Notification.user_id == context.principal.id)

"""The walks that a walk continues: their steps come before its own in hand-offs and captured proposals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CTE, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute, aliased

from db.models import WalkSession
from domain.walk_session import Step, path_from_json
from resolvers.access import in_account
from resolvers.context import Context

MAX_EARLIER = 20


async def earlier_path(connection: AsyncConnection, context: Context, session_id: UUID | None) -> tuple[Step, ...]:
    """Steps of ``session_id`` and those it continues, oldest first; none when there is no predecessor."""
    if session_id is None:
        return ()
    chain = _chain(context, session_id, WalkSession.walked_path)
    rows = await connection.execute(select(chain.c.walked_path).order_by(chain.c.back.desc()))
    return tuple(step for row in rows for step in path_from_json(row.walked_path))


async def with_earlier(connection: AsyncConnection, context: Context, session_id: UUID) -> list[UUID]:
    """Ids of ``session_id`` and of those it continues."""
    return list((await connection.execute(select(_chain(context, session_id).c.id))).scalars())


def _chain(context: Context, session_id: UUID, *more: InstrumentedAttribute[Any]) -> CTE:
    """A session and those it continues, ``MAX_EARLIER`` at most; ``back`` counts from 1. ``more`` columns of each."""
    first = select(WalkSession.id, WalkSession.continues_session_id, literal(1).label("back"), *more).where(
        in_account(WalkSession, context.account_id), WalkSession.id == session_id
    )
    chain = first.cte("chain", recursive=True)
    earlier = aliased(WalkSession)
    columns = [getattr(earlier, column.key) for column in more]
    return chain.union_all(
        select(earlier.id, earlier.continues_session_id, chain.c.back + 1, *columns).where(
            in_account(earlier, context.account_id), earlier.id == chain.c.continues_session_id,
            chain.c.back < MAX_EARLIER,
        )
    )

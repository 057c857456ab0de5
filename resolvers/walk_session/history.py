"""The walks that a walk continues: their steps come before its own in hand-offs and captured proposals."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.models import WalkSession
from domain.walk_session import Step, path_from_json
from resolvers.access import in_account
from resolvers.context import Context

MAX_EARLIER = 20


async def earlier_path(connection: AsyncConnection, context: Context, session_id: UUID | None) -> tuple[Step, ...]:
    """Steps of ``session_id`` and those it continues, oldest first; none when there is no predecessor."""
    if session_id is None:
        return ()
    first = select(
        WalkSession.id, WalkSession.continues_session_id, WalkSession.walked_path, literal(1).label("back")
    ).where(in_account(WalkSession, context.account_id), WalkSession.id == session_id)
    chain = first.cte("chain", recursive=True)
    earlier = aliased(WalkSession)
    chain = chain.union_all(
        select(earlier.id, earlier.continues_session_id, earlier.walked_path, chain.c.back + 1).where(
            and_(in_account(earlier, context.account_id), earlier.id == chain.c.continues_session_id),
            chain.c.back < MAX_EARLIER,
        )
    )
    rows = await connection.execute(select(chain.c.walked_path).order_by(chain.c.back.desc()))
    return tuple(step for row in rows for step in path_from_json(row.walked_path))


async def with_earlier(connection: AsyncConnection, context: Context, session_id: UUID) -> list[UUID]:
    """Ids of ``session_id`` and of those it continues."""
    first = select(WalkSession.id, WalkSession.continues_session_id, literal(1).label("back")).where(
        in_account(WalkSession, context.account_id), WalkSession.id == session_id
    )
    chain = first.cte("chain", recursive=True)
    earlier = aliased(WalkSession)
    chain = chain.union_all(
        select(earlier.id, earlier.continues_session_id, chain.c.back + 1).where(
            and_(in_account(earlier, context.account_id), earlier.id == chain.c.continues_session_id),
            chain.c.back < MAX_EARLIER,
        )
    )
    return list((await connection.execute(select(chain.c.id))).scalars())

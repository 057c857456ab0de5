"""Prepared statements, run by the driver itself: one beside the doors, or some within one.

What SQLAlchemy does for a statement (a greenlet, a context, a result with its rows) costs more than the statement. It
keeps the connections, and tells who listens to its statements of these too.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast
from uuid import UUID

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from db.connection import TenantConnection, distrust, holding, plain
from db.one_trip import settled
from db.prepared import Prepared, Row


async def _taken(engine: AsyncEngine) -> tuple[PoolProxiedConnection, TenantConnection]:
    """A pooled connection whose socket is open; one that the server closed meanwhile is replaced."""
    if holding.get():
        msg = "a task that holds a connection must let go before it takes another"
        raise RuntimeError(msg)
    while True:
        pooled = _at_hand(engine) or await engine.raw_connection()
        raw = cast("TenantConnection", pooled.driver_connection)
        if not raw.is_closed():
            raw.pool = engine.sync_engine.pool
            return pooled, raw
        pooled.invalidate()


def _at_hand(engine: AsyncEngine) -> PoolProxiedConnection | None:
    """A pooled connection that nobody has to wait for: SQLAlchemy's greenlet, a stack of its own, is not needed."""
    if not cast("QueuePool", engine.sync_engine.pool).checkedin():
        return None
    try:
        return engine.sync_engine.raw_connection()
    except MissingGreenlet:  # it has to be opened anew
        return None


async def rows_of(engine: AsyncEngine, tenant: UUID, statement: Prepared, values: dict[str, Any]) -> list[Row]:
    """One statement that reads, in one round trip and one transaction of the tenant."""
    _tell(engine.sync_engine, statement)
    pooled, raw = await _taken(engine)
    is_clean = False
    try:
        found = await raw.statements.rows(tenant, statement, {"account": tenant, **values})
        is_clean = True
        return found
    finally:
        if is_clean or await _settled(raw):
            pooled.close()
        else:
            raw.terminate()
            pooled.invalidate()


def _tell(told: Engine | Connection, statement: Prepared) -> None:
    """Those who listen to SQLAlchemy's statements hear of these too: by their text."""
    for listener in told.dispatch.before_cursor_execute:
        listener(told, None, statement.sql, (), None, False)


async def rows_within(connection: AsyncConnection, statement: Prepared, **values: Any) -> list[Row]:
    """A prepared statement in a door's transaction and for its account."""
    below = plain(connection)
    _tell(below, statement)
    pooled: Any = below.connection
    if pooled.dbapi_connection._transaction is None:  # noqa: SLF001 - SQLAlchemy says BEGIN with its first statement
        await pooled.dbapi_connection._start_transaction()  # noqa: SLF001
    raw: TenantConnection = pooled.driver_connection
    return await raw.statements.within(statement, {"account": raw.tenant, **values})


async def _settled(raw: TenantConnection) -> bool:
    try:
        is_clean = await settled(raw)
    except asyncio.CancelledError:  # once more: no time to ask, so it is cut
        return False
    if not is_clean:
        distrust(raw.pool)
    return is_clean

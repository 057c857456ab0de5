"""The driver's connection as used here: its transactions carry a tenant, and it never waits long to leave."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextvars import ContextVar
from functools import cached_property
from typing import Any, cast
from uuid import UUID

import asyncpg
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import Pool

from db.one_trip import TENANT_SETTING, Statements

holding: ContextVar[bool] = ContextVar("holding_connection", default=False)  # whether this task has one

CLOSE_SECONDS = 0.5
DISTRUST_SECONDS = 5.0  # saying so once is enough for all that were open


class TenantConnection(asyncpg.Connection):  # type: ignore[misc]
    """An asyncpg connection whose next BEGIN carries a tenant."""

    tenant: UUID | None = None
    pool: Pool | None = None

    @cached_property
    def statements(self) -> Statements:
        """What reads in one trip have prepared here."""
        return Statements(self)

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109
        if self.tenant is not None and not args and query.startswith("BEGIN"):
            query = f"{query.rstrip(';')}; SELECT set_config('{TENANT_SETTING}', '{self.tenant}', true);"
        return str(await super().execute(query, *args, timeout=timeout))

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Take leave of the server, but never wait long for one that is silent: the socket is cut instead.

        SQLAlchemy closes without a deadline when a pool ends, and waits 2 s after each cancelled statement.
        """
        try:
            await super().close(timeout=min(timeout or CLOSE_SECONDS, CLOSE_SECONDS))
        except TimeoutError:
            distrust(self.pool)
        except OSError:
            pass


class Opening:
    """A connection that is opened when it is awaited, and costs nothing when nobody does."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._args, self._options = args, options

    def __await__(self) -> Generator[Any, None, asyncpg.Connection]:
        opened: Generator[Any, None, asyncpg.Connection] = asyncpg.connect(*self._args, **self._options).__await__()
        return opened


def distrust(pool: Pool | None) -> None:
    """A server did not answer: connections opened before now are replaced when next taken, not waited for one by one.

    SQLAlchemy does the same by itself when a connection is lost; it does not see one that is only silent.
    """
    if pool is not None and time.time() - pool._invalidate_time > DISTRUST_SECONDS:  # noqa: SLF001 - no public way
        pool._invalidate_time = time.time()  # noqa: SLF001


def plain(connection: AsyncConnection) -> Connection:
    """SQLAlchemy's own connection below: for what needs no round trip, and so no greenlet."""
    return cast("Connection", connection.sync_connection)

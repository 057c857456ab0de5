"""The two doors to the database: ``read()`` and ``write()``.

Each opens one transaction that carries its tenant: the setting that row-level security reads travels in the same
simple query as BEGIN, so it costs no round trip. A task that holds one connection may not take another; the door
refuses it, because 50 such tasks on a pool of 10 wait for each other until they time out.
"""

from __future__ import annotations

import asyncio
from contextvars import Token
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, cast
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.engine import URL, Transaction, make_url
from sqlalchemy.exc import MissingGreenlet, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from db.connection import Opening, TenantConnection, distrust, holding, plain
from db.direct import rows_of
from db.fair_pool import FairPool
from db.prepared import Prepared, Row

APP_ROLE = "handrail_app"
JOBS_ROLE = "handrail_jobs"

ROLLBACK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Sizes of a pool and its deadlines, in seconds."""

    pool_size: int = 10
    pool_timeout: float = 3.0
    connect_timeout: float = 5.0
    statement_timeout: float = 8.0
    lock_timeout: float = 5.0
    extra_server_settings: dict[str, str] = field(default_factory=dict)


class Door:
    """One transaction in one tenant: commits on a clean exit, rolls back on an exception."""

    def __init__(self, engine: AsyncEngine, tenant: UUID | None, *, readonly: bool) -> None:
        self._engine = engine
        self._tenant = tenant
        self._readonly = readonly
        self._connection: AsyncConnection | None = None
        self._transaction: Transaction | None = None
        self._token: Token[bool] | None = None
        self._raw: asyncpg.Connection | None = None

    async def __aenter__(self) -> AsyncConnection:
        if holding.get():
            msg = "a task that holds a connection must let go before it takes another"
            raise RuntimeError(msg)
        self._token = holding.set(True)
        try:
            self._connection = await self._live_connection()
            self._transaction = plain(self._connection).begin()
        except BaseException:
            await self._let_go(is_clean=False)
            raise
        return self._connection

    async def _live_connection(self) -> AsyncConnection:
        """A pooled connection whose socket is open; one that the server closed meanwhile is replaced."""
        while True:
            connection = await self._pooled_connection()
            raw = cast("TenantConnection", plain(connection).connection.driver_connection)
            if not raw.is_closed():
                break
            await connection.invalidate()
            await connection.close()
        raw.tenant = self._tenant
        raw.pool = self._engine.sync_engine.pool
        self._raw = raw
        if self._readonly:
            plain(connection).execution_options(postgresql_readonly=True)
        return connection

    async def _pooled_connection(self) -> AsyncConnection:
        try:
            return AsyncConnection(self._engine, self._engine.sync_engine.connect())
        except MissingGreenlet:  # none is at hand: one must be waited for, or opened
            return await self._engine.connect()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        is_clean = False
        try:
            if kind is None:
                await self._commit()
                is_clean = True
            else:
                is_clean = await self._rolled_back()
        finally:
            await self._let_go(is_clean=is_clean)

    async def _commit(self) -> None:
        if self._transaction is not None and self._transaction.is_active:
            await greenlet_spawn(self._transaction.commit)

    async def _rolled_back(self) -> bool:
        """False when the server does not answer: then the connection is cut, and the server rolls back by itself."""
        try:
            async with asyncio.timeout(ROLLBACK_SECONDS):
                if self._transaction is not None and self._transaction.is_active:
                    await greenlet_spawn(self._transaction.rollback)
        except TimeoutError:
            distrust(self._engine.sync_engine.pool)
            return False
        except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False
        return True

    async def _let_go(self, *, is_clean: bool) -> None:
        if self._token is not None:
            holding.reset(self._token)
            self._token = None
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        if not is_clean:
            if self._raw is not None:
                self._raw.terminate()
            await connection.invalidate()
        plain(connection).close()  # nothing is said to the server any more


class Database:
    """The engines of one process. ``read`` and ``write`` act as the runtime role, ``due`` as the jobs' role."""

    def __init__(
        self, url: str | URL, options: EngineOptions | None = None, *, replica_url: str | None = None,
        role: str | None = APP_ROLE,
    ) -> None:
        """``role`` None keeps the login's own rights: for operators' commands, never for serving."""
        self.options = options or EngineOptions()
        self.url = asyncpg_url(url)
        self.app = make_engine(self.url, self.options, role=role)
        self.replica = make_engine(asyncpg_url(replica_url), self.options, role=APP_ROLE) if replica_url else None
        self._jobs: AsyncEngine | None = None

    def read(self, account_id: UUID | None, *, stale_is_fine: bool = False) -> Door:
        """A read-only transaction. ``stale_is_fine`` allows the replica; decisions are never made from it."""
        return Door(self._reading(stale_is_fine), account_id, readonly=True)

    def _reading(self, stale_is_fine: bool) -> AsyncEngine:
        return self.replica if stale_is_fine and self.replica is not None else self.app

    async def rows(
        self, account_id: UUID, statement: Prepared, *, stale_is_fine: bool = False, **values: Any
    ) -> list[Row]:
        """All rows of one statement, read in its own transaction of the account; the bound ``account`` is given."""
        return await rows_of(self._reading(stale_is_fine), account_id, statement, values)

    async def first(self, account_id: UUID, statement: Prepared, **values: Any) -> Row | None:
        """The first row, or None."""
        found = await self.rows(account_id, statement, **values)
        return found[0] if found else None

    def write(self, account_id: UUID | None) -> Door:
        """A transaction that commits on a clean exit."""
        return Door(self.app, account_id, readonly=False)

    def due(self) -> Door:
        """What is due, in all accounts: ids and times only, by the grants of the jobs' role."""
        if self._jobs is None:
            small = EngineOptions(pool_size=2, pool_timeout=self.options.pool_timeout)
            self._jobs = make_engine(self.url, small, role=JOBS_ROLE)
        return Door(self._jobs, None, readonly=True)

    async def close(self) -> None:
        """Close every pooled connection."""
        for engine in (self.app, self.replica, self._jobs):
            if engine is not None:
                await engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def asyncpg_url(url: str | URL) -> URL:
    """Any PostgreSQL URL, with the driver this project uses."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def make_engine(url: URL, options: EngineOptions, *, role: str | None) -> AsyncEngine:
    """An engine with deadlines everywhere; ``role`` is taken at connection start, whoever logs in."""
    server_settings = {
        "application_name": "handrail",
        "statement_timeout": str(int(options.statement_timeout * 1000)),
        "lock_timeout": str(int(options.lock_timeout * 1000)),
        "idle_in_transaction_session_timeout": "15000",
        **({"role": role} if role else {}),
        **options.extra_server_settings,
    }
    return create_async_engine(
        url,
        poolclass=FairPool,
        pool_size=options.pool_size,
        max_overflow=0,
        pool_timeout=options.pool_timeout,
        hide_parameters=True,
        # rows are read by name, never by Column object, so they need not be findable by those of each statement
        execution_options={"_result_disable_adapt_to_context": True},
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "async_creator_fn": Opening,
            "connection_class": TenantConnection,
            "timeout": options.connect_timeout,
            "command_timeout": options.statement_timeout + 1,
            "prepared_statement_cache_size": 500,
            "server_settings": server_settings,
        },
    )

"""A database that falls silent: nobody waits long, and one silent connection is enough to mistrust its age group."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from db.engine import Database, EngineOptions

POOL = 4


class Wire:
    """A TCP relay to the database; ``silence`` makes the connections it has now swallow everything for ever."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._open: set[asyncio.Event] = set()

    def silence(self) -> None:
        for heard in self._open:
            heard.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = asyncio.Event()
        heard.set()
        self._open.add(heard)
        far_reader, far_writer = await self._reach()
        await asyncio.gather(self._pump(reader, far_writer, heard), self._pump(far_reader, writer, heard))

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._url.host or self._url.query.get("host"), self._url.port or self._url.query.get("port", 5432)
        if str(host).startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: asyncio.Event) -> None:
        with suppress(OSError, asyncio.CancelledError):
            while some := await reader.read(65536):
                await heard.wait()
                writer.write(some)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[tuple[Wire, Database]]:
    parts = make_url(url)
    wire = Wire(parts)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    db = Database(parts.set(host="127.0.0.1", port=port, query={}), EngineOptions(pool_size=POOL, pool_timeout=1))
    try:
        yield wire, db
    finally:
        await asyncio.wait_for(db.close(), 10)
        server.close()


async def touch(db: Database) -> None:
    async with db.read(None) as connection:
        await connection.execute(text("SELECT pg_sleep(0.05)"))


async def test_one_silent_connection_costs_one_request(fresh_database: str) -> None:
    async with wired(fresh_database) as (wire, db):
        await asyncio.gather(*(touch(db) for _ in range(POOL)))
        wire.silence()
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await touch(db)
        assert time.monotonic() - started < 2.5
        for _ in range(2 * POOL):
            async with asyncio.timeout(1):
                await touch(db)


async def test_leaving_a_silent_database_takes_no_time(fresh_database: str) -> None:
    async with wired(fresh_database) as (wire, db):
        await asyncio.gather(*(touch(db) for _ in range(POOL)))
        wire.silence()
        started = time.monotonic()
        await db.close()
        assert time.monotonic() - started < POOL

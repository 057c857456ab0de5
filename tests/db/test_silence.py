"""A database that falls silent: nobody waits long, and one silent connection is enough to mistrust its age group."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from db.engine import Database, EngineOptions
from tests.support.wire import Wire, wired

POOL = 4


@asynccontextmanager
async def reached(url: str) -> AsyncIterator[tuple[Wire, Database]]:
    async with wired(url) as (wire, address):
        db = Database(address, EngineOptions(pool_size=POOL, pool_timeout=1))
        try:
            yield wire, db
        finally:
            await asyncio.wait_for(db.close(), 10)


async def touch(db: Database) -> None:
    async with db.read(None) as connection:
        await connection.execute(text("SELECT pg_sleep(0.05)"))


async def test_one_silent_connection_costs_one_request(fresh_database: str) -> None:
    async with reached(fresh_database) as (wire, db):
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
    async with reached(fresh_database) as (wire, db):
        await asyncio.gather(*(touch(db) for _ in range(POOL)))
        wire.silence()
        started = time.monotonic()
        await db.close()
        assert time.monotonic() - started < POOL

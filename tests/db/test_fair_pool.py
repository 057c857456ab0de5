"""Who waits longest is served first, and nobody's connection is lost on the way."""

from __future__ import annotations

import asyncio
import time
from contextvars import Context

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.engine import Database, EngineOptions
from db.prepared import Prepared
from tests.db.test_doors import ACME, two_accounts  # noqa: F401 - a fixture

ONE = Prepared(select(func.pg_backend_pid().label("pid")))


async def test_in_the_order_of_arrival(two_accounts: str) -> None:  # noqa: F811
    """Readers in a hurry, who come again at once, do not pass those who stand in line."""
    async with Database(two_accounts, EngineOptions(pool_size=2, pool_timeout=20.0)) as db:
        await asyncio.gather(*(db.rows(ACME, ONE) for _ in range(2)))
        served: list[int] = []

        async def patient(number: int) -> None:
            async with db.write(ACME) as connection:
                served.append(number)
                await connection.execute(text("SELECT 1"))

        async def hurried() -> None:
            for _ in range(30):
                await db.rows(ACME, ONE)

        crowd = [asyncio.create_task(hurried()) for _ in range(6)]
        await asyncio.sleep(0)
        for number in range(20):
            crowd.append(asyncio.create_task(patient(number)))
        await asyncio.gather(*crowd)
        assert served == sorted(served)


async def test_nobody_starves(two_accounts: str) -> None:  # noqa: F811
    async with Database(two_accounts, EngineOptions(pool_size=1, pool_timeout=10.0)) as db:
        await db.rows(ACME, ONE)
        stop, served = asyncio.Event(), 0

        async def hurried() -> None:
            while not stop.is_set():
                await db.rows(ACME, ONE)

        crowd = [asyncio.create_task(hurried()) for _ in range(5)]
        started = time.monotonic()
        for _ in range(10):
            async with db.read(ACME) as connection:
                await connection.execute(text("SELECT 1"))
                served += 1
        assert time.monotonic() - started < 5
        stop.set()
        await asyncio.gather(*crowd)
        assert served == 10


async def test_who_gives_up_loses_no_connection(two_accounts: str) -> None:  # noqa: F811
    async with Database(two_accounts, EngineOptions(pool_size=1, pool_timeout=5.0)) as db:
        [row] = await db.rows(ACME, ONE)
        for delay in range(40):
            waiting = [asyncio.create_task(db.rows(ACME, ONE)) for _ in range(4)]
            await asyncio.sleep(delay * 0.0002)
            for one in waiting[1:3]:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            assert db.app.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert (await db.rows(ACME, ONE))[0].pid > 0
        assert row.pid > 0


async def test_the_line_has_its_time(two_accounts: str) -> None:  # noqa: F811
    async with Database(two_accounts, EngineOptions(pool_size=1, pool_timeout=0.2)) as db:
        async with db.write(ACME) as connection:
            await connection.execute(text("SELECT 1"))

            async def wait() -> None:
                await db.rows(ACME, ONE)

            with pytest.raises(PoolTimeout):  # another request's task: this one holds a connection itself
                await asyncio.create_task(wait(), context=Context())
        assert (await db.rows(ACME, ONE))[0].pid > 0

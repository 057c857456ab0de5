"""``read()`` and ``write()``: one transaction, one tenant, one connection a task; faults come back quickly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.engine import Database, EngineOptions
from db.faults import is_lock_timeout, is_unavailable
from tests.db.catalogue import owner
from tests.support.waiting import until

ACME, GLOBEX = UUID(int=0xA), UUID(int=0xB)
TENANT = text("SELECT current_setting('handrail.account_id', true)")
SEEN = text("SELECT array_agg(id) FROM accounts")
NOTE = text("UPDATE accounts SET name = :name WHERE id = :id")
NAME = text("SELECT name FROM accounts")


@pytest_asyncio.fixture
async def two_accounts(fresh_database: str) -> str:
    async with owner(fresh_database) as connection:
        for account_id, slug in ((ACME, "acme"), (GLOBEX, "globex")):
            await connection.execute("INSERT INTO accounts (id, slug, name) VALUES ($1, $2, $2)", account_id, slug)
    return fresh_database


@pytest_asyncio.fixture
async def db(two_accounts: str) -> AsyncIterator[Database]:
    async with Database(two_accounts, EngineOptions(pool_size=5, pool_timeout=1.0, lock_timeout=0.5)) as opened:
        yield opened


async def test_a_door_serves_as_the_runtime_role_in_its_tenant(db: Database) -> None:
    async with db.read(ACME) as connection:
        assert (await connection.execute(text("SELECT current_user"))).scalar_one() == "handrail_app"
        assert (await connection.execute(TENANT)).scalar_one() == str(ACME)
        assert (await connection.execute(SEEN)).scalar_one() == [ACME]


async def test_reading_cannot_write(db: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        async with db.read(ACME) as connection:
            await connection.execute(NOTE, {"name": "x", "id": ACME})


async def test_a_connection_that_read_can_write_next(two_accounts: str) -> None:
    async with Database(two_accounts, EngineOptions(pool_size=1)) as db:
        for _ in range(2):
            async with db.read(ACME) as connection:
                await connection.execute(NAME)
            async with db.write(ACME) as connection:
                await connection.execute(NOTE, {"name": "new", "id": ACME})


async def test_fifty_doors_of_two_tenants_never_mix(two_accounts: str) -> None:
    """From a cold pool smaller than the crowd, with tenants changing on every connection."""
    async with Database(two_accounts, EngineOptions(pool_size=5, pool_timeout=20.0)) as db:

        async def ask(number: int) -> None:
            tenant = (ACME, GLOBEX, None)[number % 3]
            for door in (db.read, db.write):
                async with door(tenant) as connection:
                    setting = (await connection.execute(TENANT)).scalar_one()
                    assert (setting or None) == (str(tenant) if tenant else None)
                    await asyncio.sleep(0)
                    assert (await connection.execute(SEEN)).scalar_one() == ([tenant] if tenant else None)

        await asyncio.gather(*(ask(number) for number in range(50)))


async def test_no_tenant_is_left_on_a_pooled_connection(two_accounts: str) -> None:
    async with Database(two_accounts, EngineOptions(pool_size=1)) as db:
        async with db.write(ACME) as connection:
            backend = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        async with db.read(None) as connection:
            assert (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one() == backend
            assert not (await connection.execute(TENANT)).scalar_one()
            assert (await connection.execute(SEEN)).scalar_one() is None


async def test_a_tenant_that_a_statement_set_ends_with_the_transaction(two_accounts: str) -> None:
    async with Database(two_accounts, EngineOptions(pool_size=1)) as db:
        async with db.write(ACME) as connection:
            await connection.execute(text("SET LOCAL handrail.account_id = ''"))
        async with db.read(GLOBEX) as connection:
            assert (await connection.execute(SEEN)).scalar_one() == [GLOBEX]


@pytest.mark.parametrize("outer", ["read", "write"])
@pytest.mark.parametrize("inner", ["read", "write", "due"])
async def test_a_task_that_holds_a_connection_gets_no_other(db: Database, outer: str, inner: str) -> None:
    async with getattr(db, outer)(ACME):
        with pytest.raises(RuntimeError, match="let go"):
            async with (db.due() if inner == "due" else getattr(db, inner)(ACME)):
                pass
    async with db.read(ACME):
        pass


async def test_tasks_beside_each_other_may_each_hold_one(db: Database) -> None:
    async def hold() -> None:
        async with db.read(ACME) as connection:
            await connection.execute(NAME)

    await asyncio.gather(*(hold() for _ in range(5)))


async def test_an_exception_rolls_back(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.write(ACME) as connection:
            await connection.execute(NOTE, {"name": "lost", "id": ACME})
            raise ZeroDivisionError
    async with db.read(ACME) as connection:
        assert (await connection.execute(NAME)).scalar_one() == "acme"
    assert db.app.pool.checkedout() == 0


async def test_a_refused_statement_rolls_back_what_came_before(db: Database) -> None:
    with pytest.raises(DBAPIError):
        async with db.write(ACME) as connection:
            await connection.execute(NOTE, {"name": "lost", "id": ACME})
            await connection.execute(text("SELECT nonsense"))
    async with db.read(ACME) as connection:
        assert (await connection.execute(NAME)).scalar_one() == "acme"


async def test_cancellation_rolls_back_and_gives_the_connection_back(db: Database, two_accounts: str) -> None:
    begun = asyncio.Event()

    async def slow() -> None:
        async with db.write(ACME) as connection:
            await connection.execute(NOTE, {"name": "lost", "id": ACME})
            begun.set()
            await connection.execute(text("SELECT pg_sleep(30)"))

    task = asyncio.create_task(slow())
    await begun.wait()
    async with owner(two_accounts) as observer:

        async def is_asleep() -> bool:
            return bool(await observer.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()"))

        async def is_gone() -> bool:
            return not await is_asleep()

        await until(is_asleep, "the statement runs")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert db.app.pool.checkedout() == 0
        async with db.read(ACME) as connection:
            assert (await connection.execute(NAME)).scalar_one() == "acme"
        await until(is_gone, "nothing runs any more")


async def test_cancelled_at_any_moment_the_pool_stays_whole(db: Database) -> None:
    async def work() -> None:
        async with db.write(ACME) as connection:
            await connection.execute(NAME)

    for delay in range(40):
        task = asyncio.create_task(work())
        await asyncio.sleep(delay * 0.0002)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert db.app.pool.checkedout() == 0
    async with db.read(GLOBEX) as connection:
        assert (await connection.execute(SEEN)).scalar_one() == [GLOBEX]


async def test_connections_the_server_closed_are_replaced(db: Database, two_accounts: str) -> None:
    async def touch() -> None:
        async with db.read(ACME) as connection:
            await connection.execute(text("SELECT pg_sleep(0.05)"))

    await asyncio.gather(*(touch() for _ in range(5)))
    async with owner(two_accounts) as connection:
        ended = await connection.fetch(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'handrail' AND datname = current_database()")
    assert len(ended) == 5
    await asyncio.sleep(0.1)
    await asyncio.gather(*(touch() for _ in range(10)))


async def test_a_connection_that_dies_in_use_is_unavailable_once(db: Database, two_accounts: str) -> None:
    with pytest.raises(DBAPIError) as lost:
        async with db.write(ACME) as connection:
            pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            async with owner(two_accounts) as admin:
                await admin.execute("SELECT pg_terminate_backend($1)", pid)
            await asyncio.sleep(0.05)
            await connection.execute(NAME)
    assert is_unavailable(lost.value)
    async with db.read(ACME) as connection:
        assert (await connection.execute(NAME)).scalar_one() == "acme"
    assert db.app.pool.checkedout() == 0


async def test_an_exhausted_pool_says_so_in_its_time(two_accounts: str) -> None:
    async with Database(two_accounts, EngineOptions(pool_size=1, pool_timeout=0.3)) as db:
        held, released = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with db.read(ACME):
                held.set()
                await released.wait()

        holder = asyncio.create_task(hold())
        await held.wait()
        started = time.monotonic()
        with pytest.raises(PoolTimeout) as refused:
            await asyncio.create_task(_name(db))
        assert 0.2 < time.monotonic() - started < 1.5
        assert is_unavailable(refused.value)
        released.set()
        await holder
        assert await _name(db) == "acme"


async def test_a_lock_is_waited_for_no_longer_than_allowed(db: Database, two_accounts: str) -> None:
    async with owner(two_accounts) as connection:
        async with connection.transaction():
            await connection.execute("UPDATE accounts SET name = 'locked' WHERE id = $1", ACME)
            started = time.monotonic()
            with pytest.raises(DBAPIError) as refused:
                async with db.write(ACME) as blocked:
                    await blocked.execute(NOTE, {"name": "x", "id": ACME})
            assert 0.4 < time.monotonic() - started < 2
    assert is_unavailable(refused.value)
    assert is_lock_timeout(refused.value)


async def test_a_server_that_is_not_there_is_unavailable_at_once() -> None:
    db = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Exception) as refused:
        await _name(db)
    assert is_unavailable(refused.value)
    await db.close()


async def test_deadlines_are_set_on_the_server(db: Database) -> None:
    """A query that nobody waits for any more must end by itself."""
    async with db.read(ACME) as connection:
        for name, limit in (("statement_timeout", 10_000), ("lock_timeout", 10_000), ("idle_in_transaction_session_timeout", 60_000)):
            value = (await connection.execute(text(f"SELECT setting::int FROM pg_settings WHERE name = '{name}'"))).scalar_one()
            assert 0 < value <= limit, name


async def test_the_jobs_door_is_the_jobs_role(db: Database) -> None:
    async with db.due() as connection:
        assert (await connection.execute(text("SELECT current_user"))).scalar_one() == "handrail_jobs"
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(NAME)


async def test_an_error_names_no_values(db: Database) -> None:
    """What was sent may be a customer's: it stays out of exceptions, and so out of logs."""
    with pytest.raises(DBAPIError) as refused:
        async with db.write(ACME) as connection:
            await connection.execute(NOTE, {"name": "a secret " * 200, "id": ACME})
    assert "a secret" not in str(refused.value)


async def _name(db: Database) -> str:
    async with db.read(ACME) as connection:
        return str((await connection.execute(NAME)).scalar_one())


async def test_unknown_tenants_find_nothing(db: Database) -> None:
    async with db.read(uuid4()) as connection:
        assert (await connection.execute(SEEN)).scalar_one() is None

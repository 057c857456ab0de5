"""``rows()``: one round trip, one transaction, one tenant, and nothing of it stays on the connection."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import Enum, Integer, bindparam, cast, event, func, literal, select, text, update

from db.connection import TenantConnection
from db.direct import rows_within
from db.engine import Database, EngineOptions
from db.faults import is_unavailable
from db.models import Account
from db.one_trip import MAX_KEPT, UnusableValue
from db.prepared import ACCOUNT, Prepared
from tests.db.catalogue import owner
from tests.db.test_doors import ACME, GLOBEX, NAME, SEEN, TENANT, two_accounts  # noqa: F401 - a fixture
from tests.db.test_silence import reached

ALL = Prepared(select(func.array_agg(Account.id).label("ids"), func.current_setting("handrail.account_id", True).label("tenant"),
                      func.current_setting("transaction_read_only").label("only"), func.pg_backend_pid().label("pid")))
OWN = Prepared(select(Account.id, Account.name, Account.seat_limits, Account.ai_usd_per_day, Account.enabled_categories)
               .where(Account.id == ACCOUNT))
SLOW = Prepared(select(func.pg_sleep(bindparam("seconds"))))
DIVIDE = Prepared(select((literal(1) / cast(bindparam("by"), Integer)).label("quotient")))


@pytest_asyncio.fixture
async def db(two_accounts: str) -> AsyncIterator[Database]:  # noqa: F811
    async with Database(two_accounts, EngineOptions(pool_size=1, statement_timeout=3.0)) as opened:
        yield opened


async def nothing_left(db: Database) -> None:
    """The one pooled connection: in no transaction, without a tenant, writable."""
    assert db.app.pool.checkedout() == 0  # type: ignore[attr-defined]
    pooled = await db.app.raw_connection()
    try:
        raw = pooled.driver_connection
        assert isinstance(raw, TenantConnection)
        assert not raw.is_in_transaction()
        assert not await raw.fetchval("SELECT current_setting('handrail.account_id', true)")
        assert await raw.fetchval("SHOW transaction_read_only") == "off"
        assert await raw.fetchval("SELECT array_agg(id) FROM accounts") is None
    finally:
        pooled.close()


async def test_it_reads_as_its_tenant_and_as_nobody_afterwards(db: Database) -> None:
    for tenant in (ACME, GLOBEX, ACME, uuid4()):
        row = await db.first(tenant, ALL)
        assert row is not None
        assert (row.ids, row.tenant, row.only) == ([tenant] if tenant in {ACME, GLOBEX} else None, str(tenant), "on")
        await nothing_left(db)


async def test_the_explicit_account_is_the_tenant(db: Database) -> None:
    row = await db.first(ACME, OWN)
    assert row is not None
    assert (row.id, row.name) == (ACME, "acme")


async def test_its_values_are_those_of_the_other_door(db: Database) -> None:
    row = await db.first(ACME, OWN)
    async with db.read(ACME) as connection:
        other = (await connection.execute(select(Account.id, Account.name, Account.seat_limits, Account.ai_usd_per_day,
                                                 Account.enabled_categories))).one()
    assert row is not None
    assert tuple(row) == tuple(other)
    assert [type(one) for one in row] == [type(one) for one in other]
    assert dict(row._mapping) == dict(other._mapping)
    with pytest.raises(AttributeError):
        _ = row.nothing


async def test_it_cannot_write(db: Database) -> None:
    deed = Prepared(select(func.set_config("transaction_read_only", "off", True).label("x"),
                           func.nextval("pg_temp.none")))
    with pytest.raises(Exception):  # noqa: B017 - whatever PostgreSQL says to it
        await db.rows(ACME, deed)
    await nothing_left(db)
    lock = Prepared(select(Account.id).where(Account.id == ACCOUNT).with_for_update())
    with pytest.raises(Exception) as refused:
        await db.rows(ACME, lock)
    assert "read-only" in str(refused.value)
    await nothing_left(db)


async def test_one_connection_serves_all_doors_in_turn(db: Database) -> None:
    pids = set()
    for _ in range(3):
        row = await db.first(ACME, ALL)
        assert row is not None
        pids.add(row.pid)
        async with db.write(GLOBEX) as connection:
            assert (await connection.execute(SEEN)).scalar_one() == [GLOBEX]
        async with db.read(None) as connection:
            assert not (await connection.execute(TENANT)).scalar_one()
            pids.add((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())
    assert len(pids) == 1


async def test_a_crowd_of_two_tenants_never_mixes(two_accounts: str) -> None:  # noqa: F811
    chance = random.Random(11)
    async with Database(two_accounts, EngineOptions(pool_size=4, pool_timeout=20.0)) as db:

        async def ask(number: int) -> None:
            tenant = (ACME, GLOBEX)[number % 2]
            if chance.random() < 0.2:
                with pytest.raises(Exception, match="division by zero|does not fit"):
                    await db.rows(tenant, DIVIDE, by=0)
            row = await db.first(tenant, ALL)
            assert row is not None
            assert row.ids == [tenant]

        await asyncio.gather(*(ask(number) for number in range(200)))


async def test_an_error_of_the_statement_leaves_nothing(db: Database) -> None:
    pid = (await db.rows(ACME, ALL))[0].pid
    with pytest.raises(UnusableValue):
        await db.rows(ACME, DIVIDE, by=0)
    await nothing_left(db)
    assert (await db.rows(GLOBEX, ALL))[0].pid == pid


async def test_a_value_the_driver_refuses_leaves_nothing(db: Database) -> None:
    """It is refused when the tenant is already on its way: that must not be the next one's."""
    pid = (await db.rows(ACME, ALL))[0].pid
    await db.rows(ACME, DIVIDE, by=1)
    for wrong in ("a secret", 2**80):
        with pytest.raises(UnusableValue) as refused:
            await db.rows(ACME, DIVIDE, by=wrong)
        assert "secret" not in str(refused.value)
        await nothing_left(db)
    row = (await db.rows(GLOBEX, ALL))[0]
    assert (row.ids, row.pid) == ([GLOBEX], pid)


async def test_a_value_that_was_not_given_is_noticed(db: Database) -> None:
    with pytest.raises(KeyError):
        await db.rows(ACME, DIVIDE)
    await nothing_left(db)


async def test_a_cancelled_read_leaves_nothing(db: Database) -> None:
    task = asyncio.create_task(db.rows(ACME, SLOW, seconds=30.0))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await nothing_left(db)


async def test_cancelled_at_any_moment_the_pool_stays_whole(two_accounts: str) -> None:  # noqa: F811
    async with Database(two_accounts, EngineOptions(pool_size=2)) as db:
        for delay in range(60):
            task = asyncio.create_task(db.rows((ACME, GLOBEX)[delay % 2], ALL))
            await asyncio.sleep(delay * 0.0001)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert db.app.pool.checkedout() == 0  # type: ignore[attr-defined]
        for tenant in (ACME, GLOBEX) * 3:
            assert (await db.rows(tenant, ALL))[0].ids == [tenant]


async def test_a_statement_that_takes_too_long_is_ended(db: Database) -> None:
    with pytest.raises(Exception) as ended:
        await db.rows(ACME, SLOW, seconds=30.0)
    assert is_unavailable(ended.value)
    await nothing_left(db)


async def test_a_connection_that_the_server_closed_is_replaced(db: Database, two_accounts: str) -> None:  # noqa: F811
    pid = (await db.rows(ACME, ALL))[0].pid
    async with owner(two_accounts) as admin:
        await admin.execute("SELECT pg_terminate_backend($1, 5000)", pid)
    await asyncio.sleep(0.1)
    assert (await db.rows(ACME, ALL))[0].pid != pid
    await nothing_left(db)


async def test_a_connection_that_dies_in_use_is_unavailable_once(db: Database, two_accounts: str) -> None:  # noqa: F811
    pid = (await db.rows(ACME, ALL))[0].pid
    task = asyncio.create_task(db.rows(ACME, SLOW, seconds=30.0))
    await asyncio.sleep(0.2)
    async with owner(two_accounts) as admin:
        await admin.execute("SELECT pg_terminate_backend($1)", pid)
    with pytest.raises(Exception) as lost:
        await task
    assert is_unavailable(lost.value)
    assert (await db.rows(GLOBEX, ALL))[0].ids == [GLOBEX]
    await nothing_left(db)


def test_a_driver_that_lost_its_place_is_an_outage() -> None:
    """A dying server's farewell that arrives just before a statement is sent; a client repeats, and it works."""
    assert is_unavailable(asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"))


async def test_a_changed_table_is_read_again(db: Database, two_accounts: str) -> None:  # noqa: F811
    kept = Prepared(select(Account.name))
    assert (await db.rows(ACME, kept))[0].name == "acme"
    async with owner(two_accounts) as admin:
        await admin.execute("ALTER TABLE accounts ALTER COLUMN name TYPE varchar(399)")
    assert (await db.rows(ACME, kept))[0].name == "acme"
    async with owner(two_accounts) as admin:
        await admin.execute("DEALLOCATE ALL")
    async with db.app.connect() as connection:
        await connection.exec_driver_sql("DEALLOCATE ALL")
    assert (await db.rows(ACME, kept))[0].name == "acme"
    await nothing_left(db)


async def test_a_silent_server_is_left_in_time(fresh_database: str) -> None:
    async with reached(fresh_database) as (wire, db):
        await db.rows(ACME, ALL)
        wire.silence()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await db.rows(ACME, ALL)
        assert db.app.pool.checkedout() == 0  # type: ignore[attr-defined]
        async with asyncio.timeout(2):
            assert (await db.rows(ACME, ALL))[0].tenant == str(ACME)


async def test_no_more_statements_are_kept_than_allowed(db: Database) -> None:
    for number in range(MAX_KEPT + 5):
        await db.rows(ACME, Prepared(select(literal(1).label(f"c{number}"))))
    assert (await db.rows(ACME, ALL))[0].ids == [ACME]
    pooled = await db.app.raw_connection()
    raw = pooled.driver_connection
    assert isinstance(raw, TenantConnection)
    assert len(raw.statements._kept) == MAX_KEPT
    pooled.close()


async def test_a_task_that_holds_a_connection_gets_no_other(db: Database) -> None:
    async with db.read(ACME) as connection:
        with pytest.raises(RuntimeError, match="let go"):
            await db.rows(ACME, ALL)
        assert (await connection.execute(NAME)).scalar_one() == "acme"


async def test_what_needs_a_conversion_is_refused(db: Database) -> None:
    wrong = Prepared(select(cast(Account.name, Enum("acme", name="never_made", native_enum=False)).label("one")))
    with pytest.raises(TypeError, match="conversion"):
        await db.rows(ACME, wrong)
    await nothing_left(db)


async def test_who_listens_to_statements_hears_of_it(db: Database) -> None:
    seen: list[str] = []
    event.listen(db.app.sync_engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    await db.rows(UUID(int=1), OWN)
    async with db.write(ACME) as connection:
        await rows_within(connection, OWN)
    assert seen == [OWN.sql] * 2


async def test_within_a_transaction_it_is_part_of_it(db: Database) -> None:
    rename = Prepared(update(Account).where(Account.id == ACCOUNT).values(
        name=bindparam("new_name"), seat_limits=bindparam("new_limits", type_=Account.seat_limits.type)))
    with pytest.raises(ZeroDivisionError):
        async with db.write(ACME) as connection:
            await rows_within(connection, rename, new_name="lost", new_limits={})
            assert (await connection.execute(NAME)).scalar_one() == "lost"
            raise ZeroDivisionError
    async with db.write(ACME) as connection:
        assert [row.name for row in await rows_within(connection, OWN)] == ["acme"]
        await rows_within(connection, rename, new_name="kept", new_limits={"l1_tech": 3})
    row = await db.first(ACME, OWN)
    assert row is not None
    assert (row.name, row.seat_limits) == ("kept", {"l1_tech": 3})
    await nothing_left(db)


async def test_within_a_reading_door_it_cannot_write(db: Database) -> None:
    rename = Prepared(update(Account).where(Account.id == ACCOUNT).values(name=bindparam("new_name")))
    with pytest.raises(Exception, match="read-only"):
        async with db.read(ACME) as connection:
            await rows_within(connection, rename, new_name="lost")
    with pytest.raises(UnusableValue):
        async with db.write(ACME) as connection:
            await rows_within(connection, rename, new_name=5)
    assert (await db.rows(GLOBEX, OWN))[0].name == "globex"
    await nothing_left(db)

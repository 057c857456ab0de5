"""Which faults a later attempt may not meet: a client is told to repeat after those, and after no others."""

from __future__ import annotations

import pytest
from asyncpg import exceptions as pg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.engine import Database
from db.faults import is_lock_timeout, is_unavailable


@pytest.mark.parametrize("fault", [
    PoolTimeout(), TimeoutError(), ConnectionRefusedError(), pg.CannotConnectNowError(), pg.TooManyConnectionsError(),
    pg.AdminShutdownError(), pg.DeadlockDetectedError(), pg.QueryCanceledError(), pg.InterfaceError("connection is closed"),
    pg.ConnectionDoesNotExistError(), pg.ReadOnlySQLTransactionError(),
])
def test_these_may_pass(fault: Exception) -> None:
    assert is_unavailable(fault)


@pytest.mark.parametrize("fault", [
    ValueError(), RuntimeError(), KeyError(), pg.UniqueViolationError(), pg.SyntaxOrAccessError(), pg.UndefinedColumnError(),
    pg.InsufficientPrivilegeError(), None,
])
def test_these_will_not(fault: Exception | None) -> None:
    assert not is_unavailable(fault)


async def raised(url: str, statement: str, **values: object) -> DBAPIError:
    with pytest.raises(DBAPIError) as caught:
        async with Database(url, role=None) as owner, owner.write(None) as connection:
            await connection.execute(text(statement), values)
    return caught.value


async def test_a_value_that_the_driver_cannot_send_is_our_mistake(database_url: str) -> None:
    """It comes as an error of the driver's interface, as a lost connection does."""
    assert not is_unavailable(await raised(database_url, "SELECT CAST(:number AS int)", number="twelve"))
    assert not is_unavailable(await raised(database_url, "SELECT CAST(:number AS int)", number=2**40))


async def test_what_the_server_says_is_told_apart(database_url: str) -> None:
    refused = await raised(database_url, "INSERT INTO accounts (slug, name) VALUES ('x', 'x')")
    assert isinstance(refused, IntegrityError)
    assert not is_unavailable(refused)
    waited = await raised(database_url, "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '55P03'; END $$")
    assert (is_unavailable(waited), is_lock_timeout(waited)) == (True, True)
    stopped = await raised(database_url, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert (is_unavailable(stopped), is_lock_timeout(stopped)) == (True, False)

"""The fixtures that other tests stand on."""

from __future__ import annotations

import socket

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.support.database import TEMPLATE, TestServer
from tests.support.network import ForbiddenNetwork, is_local


async def _count(postgres: TestServer, url: str) -> int:
    connection = await asyncpg.connect(**postgres.server.connect_arguments(make_url(url).database))
    try:
        return await connection.fetchval("SELECT count(*) FROM accounts")
    finally:
        await connection.close()


async def _add_account(postgres: TestServer, url: str) -> None:
    connection = await asyncpg.connect(**postgres.server.connect_arguments(make_url(url).database))
    try:
        await connection.execute("INSERT INTO accounts (id, slug, name) VALUES (gen_random_uuid(), 'one', 'One')")
    finally:
        await connection.close()


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_begins_empty(postgres: TestServer, database_url: str, turn: int) -> None:
    assert await _count(postgres, database_url) == 0
    await _add_account(postgres, database_url)
    assert await _count(postgres, database_url) == 1


async def test_fresh_database_is_another_one(postgres: TestServer, database_url: str, fresh_database: str) -> None:
    await _add_account(postgres, database_url)
    assert await _count(postgres, fresh_database) == 0


async def test_template_stays_untouched(postgres: TestServer) -> None:
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
        await asyncpg.connect(**postgres.server.connect_arguments(TEMPLATE))


async def test_empty_database_has_no_tables(postgres: TestServer, empty_database: str) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        await _count(postgres, empty_database)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "10.0.0.1", "169.254.169.254"])
def test_other_machines_are_out_of_reach(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as one, pytest.raises(ForbiddenNetwork):
        one.connect((host, 80))


def test_names_are_not_looked_up() -> None:
    with pytest.raises(ForbiddenNetwork):
        socket.getaddrinfo("example.org", 443)


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("::ffff:8.8.8.8", False)]
)
def test_what_counts_as_this_machine(host: str, expected: bool) -> None:
    assert is_local(host) is expected

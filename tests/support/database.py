"""One embedded server for a whole test run, and clones of a database that Alembic migrated once.

xdist's workers share the server: the first one starts it, and waits at the end for those still at work.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any

import asyncpg

from db import migration
from db.embedded import EmbeddedServer
from tests.support.partitioned import partition

TEMPLATE = "handrail_template"
# The whole data directory is thrown away after the run; tests of durability start servers of their own.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
PATIENCE_SECONDS = 900
# `PARTITIONED=1 make test TESTS=tests/api` runs the same tests with every tenant table hash-partitioned.
PARTITIONED = "PARTITIONED"

DIRTY_TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
"""

# Deleting from the few tables that hold something is ten times faster than TRUNCATE of all; `replica` skips the triggers,
# foreign keys' among them.
CLEAN = """
DO $$
DECLARE one text; found boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  SET LOCAL lock_timeout = '10s';
  FOR one IN {tables} AND c.relname <> ALL ('{{{kept}}}') LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO found;
    IF found THEN EXECUTE format('DELETE FROM %s', one); END IF;
  END LOOP;
END $$
"""


class TestServer:
    """The run's server, its migrated template, and what can be done with databases."""

    __test__ = False

    def __init__(self, server: EmbeddedServer, kept_tables: frozenset[str]) -> None:
        self.server = server
        self._kept = kept_tables

    def url(self, database: str) -> str:
        """The owner's URL of one database, for SQLAlchemy."""
        return self.server.url(database)

    def clone(self, name: str) -> str:
        """A new database like the template; returns its URL."""
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        return self.url(name)

    def empty(self, name: str) -> str:
        """A new database without anything in it, for tests of the migrations; returns its URL."""
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def clean(self, name: str) -> None:
        """Empty every table that is empty in the template."""
        self.run(CLEAN.format(tables=DIRTY_TABLES, kept=",".join(self._kept)), database=name)

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the owner, one after the other, each in its own transaction."""
        blocking(_execute(self.server, database, statements))


@contextmanager
def shared_server(folder: Path) -> Iterator[TestServer]:
    """The server of this test run, which all its processes know by ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users").open("w") as users:
        with _alone(folder / "starting"):  # one process starts and migrates, the others wait and attach
            server = EmbeddedServer(folder / "data", options=THROWAWAY).start()
            kept = _template(server, folder / "data" / "template")
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield TestServer(server, kept)
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            if server.is_starter:
                with _alone(folder / "starting"):  # who comes now starts a server anew
                    _wait_for_others(folder / "users")
                    server.stop()
                    rmtree(folder / "data")


def blocking(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end in a loop of its own, also where a loop is running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def _template(server: EmbeddedServer, marker: Path) -> frozenset[str]:
    """Make and migrate the template once; returns the tables that the migrations filled."""
    if not marker.exists():
        blocking(_execute(server, "postgres", [f"CREATE DATABASE {TEMPLATE}"]))
        with ThreadPoolExecutor(1) as pool:
            pool.submit(migration.upgrade, server.url(TEMPLATE)).result()
        if os.environ.get(PARTITIONED):
            blocking(_partition(server))
        marker.write_text("\n".join(blocking(_filled_tables(server))))
        blocking(_execute(server, "postgres", [f"ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false"]))
    return frozenset(marker.read_text().split())


async def _partition(server: EmbeddedServer) -> None:
    connection = await asyncpg.connect(**server.connect_arguments(TEMPLATE))
    try:
        await partition(connection)
    finally:
        await connection.close()


async def _filled_tables(server: EmbeddedServer) -> list[str]:
    connection = await asyncpg.connect(**server.connect_arguments(TEMPLATE))
    try:
        names = [row[0] for row in await connection.fetch(DIRTY_TABLES)]
        return [name for name in names if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {name})")]
    finally:
        await connection.close()


async def _execute(server: EmbeddedServer, database: str, statements: Any) -> None:
    connection = await asyncpg.connect(**server.connect_arguments(database))
    try:
        for statement in statements:
            await _patiently(connection, statement)
    finally:
        await connection.close()


async def _patiently(connection: asyncpg.Connection, statement: str) -> None:
    """A connection that was just closed still counts for a moment as a user of the template."""
    for _ in range(100):
        try:
            await connection.execute(statement)
        except asyncpg.ObjectInUseError:
            await asyncio.sleep(0.05)
        else:
            return
    await connection.execute(statement)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _wait_for_others(users: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    with users.open("w") as file:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(0.05)
            else:
                return

"""Migrations: one line of them, each goes up and down again, and the models say the same as the database."""

from __future__ import annotations

import asyncio
import re
import sys
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from db import migration, vector_store
from db.engine import asyncpg_url
from db.preparation import bring_up_to_date, standing
from tests.db.catalogue import owner, snapshot
from tests.db.filled_account import fill

VERSIONS = migration.ROOT / "alembic" / "versions"


def _revisions() -> list[str]:
    """Oldest first."""
    scripts = ScriptDirectory.from_config(migration.alembic_config(""))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def test_there_is_one_head() -> None:
    scripts = ScriptDirectory.from_config(migration.alembic_config(""))
    assert len(scripts.get_heads()) == 1
    assert scripts.get_bases() == _revisions()[:1]


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.stem)
def test_every_step_has_deadlines(path: Path) -> None:
    """A migration that waits for a lock makes every later request wait behind it."""
    body = path.read_text()
    for function in ("upgrade", "downgrade"):
        code = re.split(rf"^def {function}\(\)", body, flags=re.MULTILINE)[1].split("\ndef ")[0]
        assert "lock_timeout" in code, function
        assert "statement_timeout" in code, function


def test_no_step_drops_a_role() -> None:
    """Roles belong to the cluster: another database of it may use them."""
    assert [path.name for path in VERSIONS.glob("*.py") if "DROP ROLE" in path.read_text().upper()] == []


async def _snapshot(url: str) -> dict[tuple[str, str], str]:
    async with owner(url) as connection:
        return await snapshot(connection)


async def test_every_step_up_down_up_gives_the_same_schema(empty_database: str) -> None:
    revisions = _revisions()
    schemas = [await _snapshot(empty_database)]
    for revision in revisions:
        await asyncio.to_thread(migration.upgrade, empty_database, revision)
        schemas.append(await _snapshot(empty_database))
    for (before, after), (lower, upper) in zip(
        reversed(list(pairwise(schemas))), reversed(list(pairwise(["base", *revisions]))), strict=True
    ):
        await asyncio.to_thread(migration.downgrade, empty_database, lower)
        down = await _snapshot(empty_database)
        extensions = {key for key in down if key[0] == "extension"}
        assert {k: v for k, v in down.items() if k not in extensions} == {
            k: v for k, v in before.items() if k not in extensions}, f"down from {upper}"
        await asyncio.to_thread(migration.upgrade, empty_database, upper)
        assert await _snapshot(empty_database) == after, f"up again to {upper}"
        await asyncio.to_thread(migration.downgrade, empty_database, lower)


async def test_models_and_database_agree(fresh_database: str) -> None:
    await asyncio.to_thread(migration.check, fresh_database)


async def test_models_and_database_agree_with_the_vectors_tables(fresh_database: str) -> None:
    """They are made outside the migrations and must not look like drift."""
    engine = create_async_engine(asyncpg_url(fresh_database))
    async with engine.begin() as connection:
        assert await vector_store.ensure(connection) is None
    await engine.dispose()
    await asyncio.to_thread(migration.check, fresh_database)


async def test_drift_is_noticed(fresh_database: str) -> None:
    async with owner(fresh_database) as connection:
        await connection.execute("ALTER TABLE users ADD COLUMN surplus text")
    with pytest.raises(Exception, match="surplus"):
        await asyncio.to_thread(migration.check, fresh_database)


async def test_the_last_step_loses_no_row(fresh_database: str) -> None:
    """Up from the previous release's schema, with data in it: rows stay."""
    revisions = _revisions()
    async with owner(fresh_database) as connection:
        await fill(connection, UUID(int=7), "acme")
        before = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in ("users", "l1_walk_sessions")}
    if len(revisions) > 1:
        await asyncio.to_thread(migration.downgrade, fresh_database, revisions[-2])
        await asyncio.to_thread(migration.upgrade, fresh_database, "head")
    async with owner(fresh_database) as connection:
        after = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in before}
    assert after == before


async def test_two_processes_migrate_at_once(empty_database: str) -> None:
    """Two servers of a new release start together: one migrates, the other waits, both serve."""
    program = "import asyncio, sys; from db.preparation import bring_up_to_date; asyncio.run(bring_up_to_date(sys.argv[1]))"
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, empty_database, cwd=migration.ROOT, stderr=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    ended = await asyncio.wait_for(asyncio.gather(*(one.communicate() for one in started)), 60)
    assert [one.returncode for one in started] == [0, 0], [error for _, error in ended]
    at = await standing(empty_database)
    assert at.current == at.head == _revisions()[-1]


async def test_being_up_to_date_is_noticed_without_migrating(fresh_database: str) -> None:
    assert await bring_up_to_date(fresh_database) is False


async def test_proposals_from_before_groups_keep_their_place(fresh_database: str) -> None:
    """Each is a group of its own that began when it was captured; row-level security is forced as before."""
    await asyncio.to_thread(migration.downgrade, fresh_database, "0001")
    async with owner(fresh_database) as connection:
        account, person = UUID(int=7), UUID(int=8)
        await connection.execute("INSERT INTO accounts (id, slug, name) VALUES ($1, 'old', 'Old')", account)
        await connection.execute("INSERT INTO users (account_id, id, email, name, role) VALUES ($1, $2, 'a@old.example', 'A', 'owner')", account, person)
        for number in range(3):
            await connection.execute(
                "INSERT INTO flow_proposals (account_id, id, title, tree, created_by_user_id, created_at)"
                " VALUES ($1, $2, 'P', '{}', $3, now() - make_interval(days => $4))", account, UUID(int=10 + number), person, number)
    await asyncio.to_thread(migration.upgrade, fresh_database, "head")
    async with owner(fresh_database) as connection:
        rows = await connection.fetch("SELECT grouped_at = created_at AS kept, group_id, digest, bands FROM flow_proposals")
        forced = await connection.fetchval("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'flow_proposals'")
    assert [(row["kept"], row["digest"], row["bands"]) for row in rows] == [(True, "", [])] * 3
    assert (len({row["group_id"] for row in rows}), forced) == (3, True)

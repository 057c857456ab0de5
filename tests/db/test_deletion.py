"""Deletion never fails obscurely and never loses history; an account goes whole, in one statement."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import create_async_engine

from db import vector_store
from db.engine import asyncpg_url
from tests.db.catalogue import fingerprint, owner, rows_of
from tests.db.filled_account import Filled, fill

ACME, GLOBEX = UUID(int=0xA), UUID(int=0xB)


@pytest_asyncio.fixture
async def connection(fresh_database: str) -> AsyncIterator[asyncpg.Connection]:
    engine = create_async_engine(asyncpg_url(fresh_database))
    async with engine.begin() as made:
        assert await vector_store.ensure(made) is None
    await engine.dispose()
    async with owner(fresh_database) as opened:
        yield opened


@pytest_asyncio.fixture
async def acme(connection: asyncpg.Connection) -> Filled:
    return await fill(connection, ACME, "acme")


@pytest_asyncio.fixture
async def globex(connection: asyncpg.Connection) -> Filled:
    return await fill(connection, GLOBEX, "globex")


async def test_an_account_goes_with_everything_in_one_statement(
    connection: asyncpg.Connection, acme: Filled, globex: Filled
) -> None:
    before = await fingerprint(connection, GLOBEX)
    held = await rows_of(connection, ACME)
    assert all(held.values()), held
    assert await connection.execute("DELETE FROM accounts WHERE id = $1", ACME) == "DELETE 1"
    assert set((await rows_of(connection, ACME)).values()) == {0}
    assert await fingerprint(connection, GLOBEX) == before


# References to what an account has many of, and no index whose first columns are theirs (in any order).
UNINDEXED = """
SELECT k.conrelid::regclass::text || ' (' || k.conname || ')' AS name FROM pg_constraint k
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid <> ALL (CAST($1 AS regclass[])) AND NOT EXISTS (
  SELECT FROM pg_index i WHERE i.indrelid = k.conrelid
  AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
"""
FEW = ["accounts", "users", "service_accounts", "flows", "flow_versions", "flow_search_documents"]


async def test_deleting_many_rows_finds_what_refers_to_each_by_an_index(connection: asyncpg.Connection) -> None:
    """Without one every deleted row reads a whole table: an account of 60,000 walks took longer than eight minutes."""
    assert [row["name"] for row in await connection.fetch(UNINDEXED, FEW)] == []


async def test_an_account_goes_under_row_level_security_too(connection: asyncpg.Connection, acme: Filled) -> None:
    """The owner of a foreign server is bound by its own policies (FORCE): the operator's command names the tenant."""
    role = f"plain_owner_{uuid4().hex[:8]}"
    await connection.execute(f"CREATE ROLE {role} NOLOGIN NOBYPASSRLS")
    try:
        for table in [*await rows_of(connection, ACME), "accounts"]:
            await connection.execute(f"ALTER TABLE {table} OWNER TO {role}")
        await connection.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {role}")
        async with connection.transaction():
            await connection.execute(f"SET LOCAL ROLE {role}")
            await connection.execute("SELECT set_config('handrail.account_id', $1, true)", str(ACME))
            assert await connection.execute("DELETE FROM accounts WHERE id = $1", ACME) == "DELETE 1"
        assert set((await rows_of(connection, ACME)).values()) == {0}
    finally:
        await connection.execute(f"REASSIGN OWNED BY {role} TO CURRENT_USER")
        await connection.execute(f"DROP OWNED BY {role}")
        await connection.execute(f"DROP ROLE {role}")


async def test_an_account_that_is_written_to_meanwhile_goes_or_stays_whole(
    connection: asyncpg.Connection, fresh_database: str, acme: Filled
) -> None:
    """A session that begins while its account is deleted fails by its foreign key; no orphan is left."""
    async with owner(fresh_database) as other:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("DELETE FROM accounts WHERE id = $1", ACME)
        await other.execute("SET lock_timeout = '300ms'")
        with pytest.raises((asyncpg.ForeignKeyViolationError, asyncpg.LockNotAvailableError)):
            await other.execute("INSERT INTO users (account_id, id, email, name, role) VALUES ($1, $2, 'n@x', 'N', 'viewer')",
                                ACME, uuid4())
        await transaction.commit()
    assert set((await rows_of(connection, ACME)).values()) == {0}


async def test_a_session_takes_its_captured_proposal_and_records_along(
    connection: asyncpg.Connection, acme: Filled
) -> None:
    session = await connection.fetchval("SELECT source_session_id FROM flow_proposals WHERE id = $1", acme.captured)
    await connection.execute("DELETE FROM l1_walk_sessions WHERE account_id = $1 AND id = $2", ACME, session)
    assert await connection.fetchval("SELECT count(*) FROM flow_proposals WHERE id = $1", acme.captured) == 0
    assert await connection.fetchval("SELECT count(*) FROM flow_proposals WHERE id = $1", acme.written) == 1


async def test_a_session_that_another_continues_leaves_the_later_one(
    connection: asyncpg.Connection, acme: Filled
) -> None:
    later = await connection.fetchrow("SELECT id, account_id FROM l1_walk_sessions WHERE continues_session_id = $1", acme.session)
    await connection.execute("DELETE FROM l1_walk_sessions WHERE account_id = $1 AND id = $2", ACME, acme.session)
    row = await connection.fetchrow("SELECT account_id, continues_session_id FROM l1_walk_sessions WHERE id = $1", later["id"])
    assert (row["account_id"], row["continues_session_id"]) == (ACME, None)


async def test_a_session_takes_its_escalation_along(connection: asyncpg.Connection, acme: Filled) -> None:
    session = await connection.fetchval("SELECT session_id FROM escalations WHERE id = $1", acme.escalations[1])
    await connection.execute("DELETE FROM l1_walk_sessions WHERE account_id = $1 AND id = $2", ACME, session)
    assert await connection.fetchval("SELECT count(*) FROM escalations WHERE id = $1", acme.escalations[1]) == 0
    assert await connection.fetchval(
        "SELECT count(*) FROM escalation_notes WHERE escalation_id = $1", acme.escalations[1]) == 0


async def test_a_session_whose_proposal_was_walked_is_kept(connection: asyncpg.Connection, acme: Filled) -> None:
    source = await connection.fetchval("SELECT source_session_id FROM flow_proposals WHERE id = $1", acme.captured)
    await connection.execute(
        "UPDATE l1_walk_sessions SET flow_proposal_id = $1 WHERE id = $2", acme.captured, acme.proposal_session)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="l1_walk_sessions_account_id_flow_proposal_id"):
        await connection.execute("DELETE FROM l1_walk_sessions WHERE account_id = $1 AND id = $2", ACME, source)
    assert await connection.fetchval("SELECT count(*) FROM flow_proposals WHERE id = $1", acme.captured) == 1


@pytest.mark.parametrize(("table", "name", "constraint"), [
    ("flows", "flow", "flow_id$"),
    ("flow_versions", "version", "account_id_(published|flow)_version_id"),
    ("flow_proposals", "written", "l1_walk_sessions_account_id_flow_proposal_id"),
    ("users", "tech", "user_id$"),
    ("users", "owner", "user_id$"),
    ("service_accounts", "service", "service_account_id$"),
])
async def test_what_history_names_is_not_deleted(
    connection: asyncpg.Connection, acme: Filled, table: str, name: str, constraint: str
) -> None:
    """Refused by a foreign key whose name says by what; everything stays. The product archives and soft-deletes."""
    before = await fingerprint(connection, ACME)
    with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
        await connection.execute(f"DELETE FROM {table} WHERE account_id = $1 AND id = $2", ACME, getattr(acme, name))
    assert re.search(constraint, refused.value.constraint_name), refused.value.constraint_name
    assert await fingerprint(connection, ACME) == before

"""What the catalogue says of tenancy: keys, row-level security, and what each role may do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import create_async_engine

from db import vector_store
from db.engine import APP_ROLE, JOBS_ROLE, asyncpg_url
from db.models import Base
from tests.db.catalogue import KEYS, NOT_OF_A_TENANT, REFERENCES, TABLES, owner, tenant_tables
from tests.db.filled_account import fill

NOBODYS_COLUMNS = {"credential_failures": {"peer", "started_at", "failures"}}


@pytest_asyncio.fixture(scope="module")
async def catalogue(module_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A migrated database with the vectors' tables too."""
    engine = create_async_engine(asyncpg_url(module_database_url))
    async with engine.begin() as connection:
        assert await vector_store.ensure(connection) is None
    await engine.dispose()
    async with owner(module_database_url) as connection:
        yield connection


async def test_every_table_is_known(catalogue: asyncpg.Connection) -> None:
    """A new table must belong to a tenant, or be named as one that does not."""
    mine = {row["name"] for row in await catalogue.fetch(TABLES)}
    columns = await catalogue.fetch(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'account_id'"
    )
    assert mine - {row["table_name"] for row in columns} == NOT_OF_A_TENANT
    assert mine >= {table.name for table in Base.metadata.tables.values()}
    assert set(vector_store.TABLES) <= mine


async def test_tables_without_a_tenant_hold_nothing_of_one(catalogue: asyncpg.Connection) -> None:
    for table, expected in NOBODYS_COLUMNS.items():
        rows = await catalogue.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = $1", table)
        assert {row["column_name"] for row in rows} == expected


async def test_primary_keys_are_account_and_id(catalogue: asyncpg.Connection) -> None:
    primary = {row["table"]: row["columns"] for row in await catalogue.fetch(KEYS) if row["is_primary"]}
    assert {table: primary.get(table) for table in await tenant_tables(catalogue)} == dict.fromkeys(
        await tenant_tables(catalogue), ["account_id", "id"])


async def test_every_unique_key_begins_with_the_tenant(catalogue: asyncpg.Connection) -> None:
    tables = set(await tenant_tables(catalogue))
    wrong = [(row["table"], row["name"], row["columns"]) for row in await catalogue.fetch(KEYS)
             if row["table"] in tables and row["columns"][0] != "account_id"]
    assert wrong == []


async def test_every_reference_carries_the_tenant(catalogue: asyncpg.Connection) -> None:
    wrong, anchored = [], set()
    for row in await catalogue.fetch(REFERENCES):
        if row["target"] == "accounts":
            anchored.add(row["table"])
            if (row["columns"], row["target_columns"], row["on_delete"]) != (["account_id"], ["id"], "c"):
                wrong.append(dict(row))
        elif row["columns"][0] != "account_id" or row["target_columns"][0] != "account_id" or len(row["columns"]) < 2:
            wrong.append(dict(row))
    assert wrong == []
    assert anchored == set(await tenant_tables(catalogue))


async def test_no_reference_restricts(catalogue: asyncpg.Connection) -> None:
    """RESTRICT inside a cascade would block the deletion of an account; NO ACTION is asked at its end."""
    assert [row["name"] for row in await catalogue.fetch(REFERENCES) if row["on_delete"] == "r"] == []


async def test_set_null_spares_what_a_check_requires(catalogue: asyncpg.Connection) -> None:
    """The original system had it twice: SET NULL on a column that a CHECK wants filled."""
    wrong = await catalogue.fetch("""
        SELECT f.conname, k.conname FROM pg_constraint f
        JOIN pg_constraint k ON k.conrelid = f.conrelid AND k.contype = 'c'
         AND k.conkey && COALESCE(f.confdelsetcols, f.conkey)
        WHERE f.contype = 'f' AND f.confdeltype = 'n' AND f.connamespace = 'public'::regnamespace
    """)
    assert wrong == []
    whole = await catalogue.fetch("""
        SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'n' AND confdelsetcols IS NULL
        AND connamespace = 'public'::regnamespace
    """)
    assert whole == [], "a SET NULL without its column would clear account_id too"


async def test_the_tenant_is_never_null(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch("""
        SELECT table_name, data_type, is_nullable FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'account_id'
    """)
    assert {(row["data_type"], row["is_nullable"]) for row in rows} == {("uuid", "NO")}


async def test_row_level_security_is_enabled_and_forced(catalogue: asyncpg.Connection) -> None:
    tables = {row["name"]: (row["is_secured"], row["is_forced"]) for row in await catalogue.fetch(TABLES)}
    expected = [*await tenant_tables(catalogue), "accounts"]
    assert {name: tables[name] for name in expected} == dict.fromkeys(expected, (True, True))


async def test_every_tenant_table_has_the_one_tenant_policy(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch("SELECT * FROM pg_policies WHERE schemaname = 'public' AND roles = '{public}'")
    by_table = {row["tablename"]: row for row in rows}
    assert len(rows) == len(by_table)
    assert set(by_table) == {*await tenant_tables(catalogue), "accounts"}
    for table, row in by_table.items():
        column = "id" if table == "accounts" else "account_id"
        assert row["cmd"] == "ALL"
        assert row["with_check"] is None, "without its own check the policy's condition holds for new rows as well"
        assert row["qual"] == (
            f"({column} = (NULLIF(current_setting('handrail.account_id'::text, true), ''::text))::uuid)"), table


async def test_policies_for_a_role_are_the_jobs_and_read_only(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch("SELECT * FROM pg_policies WHERE schemaname = 'public' AND roles <> '{public}'")
    assert {(tuple(row["roles"]), row["cmd"], row["policyname"]) for row in rows} == {((JOBS_ROLE,), "SELECT", "due")}


@pytest.mark.parametrize("role", [APP_ROLE, JOBS_ROLE])
async def test_serving_roles_own_nothing_and_cannot_bypass(catalogue: asyncpg.Connection, role: str) -> None:
    row = await catalogue.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", role)
    assert (row["rolsuper"], row["rolbypassrls"], row["rolcreaterole"], row["rolcreatedb"], row["rolreplication"]) == (
        False, False, False, False, False)
    assert await catalogue.fetchval("SELECT count(*) FROM pg_class WHERE relowner = $1", row["oid"]) == 0
    assert await catalogue.fetchval("SELECT count(*) FROM pg_auth_members WHERE member = $1", row["oid"]) == 0
    assert not await catalogue.fetchval("SELECT has_schema_privilege($1, 'public', 'CREATE')", role)


async def test_no_function_runs_with_its_owners_rights(catalogue: asyncpg.Connection) -> None:
    assert await catalogue.fetch("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace") == []


async def test_nothing_is_granted_to_everybody(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch("""
        SELECT relname FROM pg_class, aclexplode(relacl) g
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') AND g.grantee = 0
    """)
    assert rows == []


# What the roles can do, tried

ACME, GLOBEX = UUID(int=0xA), UUID(int=0xB)


@pytest_asyncio.fixture(scope="module")
async def filled(catalogue: asyncpg.Connection) -> asyncpg.Connection:
    """Two accounts with a row in every table."""
    for account_id, slug in ((ACME, "acme"), (GLOBEX, "globex")):
        await fill(catalogue, account_id, slug)
    return catalogue


async def _as(connection: asyncpg.Connection, role: str, account_id: UUID | None, statement: str) -> str:
    """Run one statement as a role in a tenant and undo it; the command's tag."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SET LOCAL ROLE {role}")
        if account_id is not None:
            await connection.execute("SELECT set_config('handrail.account_id', $1, true)", str(account_id))
        return str(await connection.execute(statement))
    finally:
        await transaction.rollback()


async def test_nothing_is_seen_without_a_tenant(filled: asyncpg.Connection) -> None:
    for table in [*await tenant_tables(filled), "accounts"]:
        assert await _as(filled, APP_ROLE, None, f"SELECT 1 FROM {table}") == "SELECT 0", table


async def test_an_account_sees_its_own_rows_only(filled: asyncpg.Connection) -> None:
    for table in await tenant_tables(filled):
        own = await filled.fetchval(f"SELECT count(*) FROM {table} WHERE account_id = $1", ACME)
        assert own > 0, f"{table} has no row to see; fill it in filled_account.py"
        assert await _as(filled, APP_ROLE, ACME, f"SELECT 1 FROM {table}") == f"SELECT {own}", table
        foreign = f"SELECT 1 FROM {table} WHERE account_id = '{GLOBEX}'"
        assert await _as(filled, APP_ROLE, ACME, foreign) == "SELECT 0", table
    assert await _as(filled, APP_ROLE, ACME, "SELECT 1 FROM accounts") == "SELECT 1"


async def test_rows_cannot_be_written_or_moved_to_another_account(filled: asyncpg.Connection) -> None:
    for table in await tenant_tables(filled):
        if await filled.fetchval("SELECT has_table_privilege($1, $2, 'UPDATE')", APP_ROLE, table):
            foreign = f"UPDATE {table} SET id = id WHERE account_id = '{GLOBEX}'"
            assert await _as(filled, APP_ROLE, ACME, foreign) == "UPDATE 0", table
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await _as(filled, APP_ROLE, ACME, f"UPDATE {table} SET account_id = '{GLOBEX}'")
        if await filled.fetchval("SELECT has_table_privilege($1, $2, 'DELETE')", APP_ROLE, table):
            assert await _as(filled, APP_ROLE, ACME, f"DELETE FROM {table} WHERE account_id = '{GLOBEX}'") == "DELETE 0"


@pytest.mark.parametrize("statement", [
    "UPDATE audit_events SET action = 'other'",
    "DELETE FROM audit_events",
    "TRUNCATE audit_events",
    "INSERT INTO accounts (id, slug, name) VALUES (gen_random_uuid(), 'x', 'x')",
    f"DELETE FROM accounts WHERE id = '{ACME}'",
    "TRUNCATE accounts CASCADE",
    "DELETE FROM l1_walk_sessions",
    "DELETE FROM escalations",
    "DELETE FROM users",
    "UPDATE flow_versions SET number = 2",
    "DELETE FROM flow_versions",
    "DELETE FROM flows",
    "ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY tenant ON audit_events",
    "CREATE TABLE public.mine (id int)",
    "DROP TABLE audit_events",
])
async def test_the_runtime_role_may_not(filled: asyncpg.Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _as(filled, APP_ROLE, ACME, statement)


async def test_the_runtime_role_can_truncate_nothing(filled: asyncpg.Connection) -> None:
    """TRUNCATE and REFERENCES are not bound by row-level security."""
    for row in await filled.fetch(TABLES):
        for privilege in ("TRUNCATE", "REFERENCES", "TRIGGER"):
            for role in (APP_ROLE, JOBS_ROLE):
                assert not await filled.fetchval("SELECT has_table_privilege($1, $2, $3)", role, row["name"], privilege)


# The jobs' role

DUE_COLUMNS = {
    "l1_walk_sessions": {"account_id", "id", "status", "last_activity_at", "wait_until"},
    "escalation_deliveries": {"account_id", "id", "state", "next_attempt_at"},
    "idempotency_keys": {"account_id", "id", "created_at"},
    "ai_records": {"account_id", "id", "created_at"},
    "rate_windows": {"account_id", "id", "started_at"},
}


async def test_the_jobs_role_is_granted_ids_and_times_only(catalogue: asyncpg.Connection) -> None:
    """Whatever is added for a job later: no free text, no content."""
    plain = {"uuid", "timestamp with time zone", "integer", "character varying(30)"}
    rows = await catalogue.fetch("""
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type,
               has_column_privilege($1, c.oid, a.attnum, 'INSERT') OR has_column_privilege($1, c.oid, a.attnum, 'UPDATE')
               OR has_table_privilege($1, c.oid, 'DELETE') AS can_write
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND has_column_privilege($1, c.oid, a.attnum, 'SELECT')
    """, JOBS_ROLE)
    assert not any(row["can_write"] for row in rows)
    assert {row["type"] for row in rows} <= plain
    seen: dict[str, set[str]] = {}
    for row in rows:
        seen.setdefault(row["relname"], set()).add(row["attname"])
    assert {table: seen.get(table) for table in DUE_COLUMNS} == DUE_COLUMNS
    assert all("account_id" in columns for columns in seen.values())


async def test_the_jobs_role_sees_due_rows_of_all_accounts_and_no_others(filled: asyncpg.Connection) -> None:
    active = await filled.fetchval("SELECT count(*) FROM l1_walk_sessions WHERE status = 'active'")
    total = await filled.fetchval("SELECT count(*) FROM l1_walk_sessions")
    assert 0 < active < total
    assert await _as(filled, JOBS_ROLE, None, "SELECT account_id, id FROM l1_walk_sessions") == f"SELECT {active}"
    old = datetime.now(UTC) - timedelta(days=2)
    fresh = await filled.fetchval("SELECT count(*) FROM idempotency_keys")
    assert fresh == 2
    assert await _as(filled, JOBS_ROLE, None, "SELECT id FROM idempotency_keys") == "SELECT 0"
    await filled.execute(
        "INSERT INTO idempotency_keys (account_id, id, actor_id, key, request_hash, outcome, created_at)"
        " VALUES ($1, $2, $2, 'old', 'x', '{}', $3)", GLOBEX, uuid4(), old)
    assert await _as(filled, JOBS_ROLE, None, "SELECT id FROM idempotency_keys") == "SELECT 1"


@pytest.mark.parametrize("statement", [
    "SELECT problem_text FROM l1_walk_sessions",
    "SELECT customer_name FROM l1_walk_sessions",
    "SELECT * FROM l1_walk_sessions",
    "SELECT address FROM escalation_deliveries",
    "SELECT outcome FROM idempotency_keys",
    "SELECT raw FROM ai_records",
    "SELECT id FROM users",
    "SELECT id FROM flows",
    "SELECT id FROM audit_events",
    "SELECT id FROM accounts",
    "SELECT id FROM service_accounts",
    "SELECT peer FROM credential_failures",
    "UPDATE l1_walk_sessions SET status = 'abandoned'",
    "DELETE FROM idempotency_keys",
])
async def test_the_jobs_role_may_not(filled: asyncpg.Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _as(filled, JOBS_ROLE, None, statement)


# References across tenants

async def test_a_reference_to_another_account_is_refused(filled: asyncpg.Connection) -> None:
    """By the foreign key itself, even for a superuser: whichever reference of whichever table."""
    tried = 0
    for row in await filled.fetch(REFERENCES):
        if row["target"] == "accounts" or row["columns"][1:] == []:
            continue
        column, target_column = row["columns"][1], row["target_columns"][1]
        foreign = await filled.fetchval(f"SELECT {target_column} FROM {row['target']} WHERE account_id = $1", GLOBEX)
        assert foreign is not None, row["target"]
        transaction = filled.transaction()
        await transaction.start()
        try:
            one = await filled.fetchval(
                f"SELECT id FROM {row['table']} WHERE account_id = $1 AND {column} IS NOT NULL LIMIT 1", ACME)
            assert one is not None, f"{row['name']}: no row to try; fill {column} in filled_account.py"
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                await filled.execute(
                    f"UPDATE {row['table']} SET {column} = $1 WHERE account_id = $2 AND id = $3", foreign, ACME, one)
        finally:
            await transaction.rollback()
        tried += 1
    assert tried > 20

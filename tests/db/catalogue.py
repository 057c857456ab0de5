"""Questions to PostgreSQL's catalogue, asked as the owner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

# No tenant by design: who fails to sign in has none, and the migrations belong to the database.
NOT_OF_A_TENANT = {"accounts", "alembic_version", "credential_failures"}

TABLES = """
SELECT c.relname AS name, c.relrowsecurity AS is_secured, c.relforcerowsecurity AS is_forced,
       pg_get_userbyid(c.relowner) AS owner
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY 1
"""

KEYS = """
SELECT c.relname AS table, i.relname AS name, x.indisprimary AS is_primary,
       ARRAY(SELECT COALESCE(a.attname, '<expression>')::text FROM unnest(x.indkey[0:x.indnkeyatts - 1]) WITH ORDINALITY k (number, place)
             LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number AND k.number > 0 ORDER BY place) AS columns
FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relnamespace = 'public'::regnamespace AND x.indisunique ORDER BY 1, 2
"""

REFERENCES = """
SELECT c.conrelid::regclass::text AS table, c.confrelid::regclass::text AS target, c.conname::text AS name,
       c.confdeltype::text AS on_delete,
       ARRAY(SELECT attname::text FROM unnest(c.conkey) WITH ORDINALITY k (n, place)
             JOIN pg_attribute ON attrelid = c.conrelid AND attnum = n ORDER BY place) AS columns,
       ARRAY(SELECT attname::text FROM unnest(c.confkey) WITH ORDINALITY k (n, place)
             JOIN pg_attribute ON attrelid = c.confrelid AND attnum = n ORDER BY place) AS target_columns
FROM pg_constraint c WHERE c.contype = 'f' AND c.conparentid = 0 AND c.connamespace = 'public'::regnamespace ORDER BY 1, 3
"""

# What a schema consists of, in words that do not depend on object ids or on the order in which columns were added.
SNAPSHOT = """
SELECT 'column' AS kind, c.relname || '.' || a.attname AS name,
       format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
       || COALESCE(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS definition
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
UNION ALL
SELECT 'table', relname::text, format('secured %s forced %s grants %s', relrowsecurity, relforcerowsecurity, (
           SELECT array_agg(format('%s %s %s', pg_get_userbyid(g.grantee), g.privilege_type, g.is_grantable) ORDER BY 1)
           FROM aclexplode(relacl) g WHERE g.grantee <> relowner))
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
UNION ALL
SELECT 'column grants', attrelid::regclass || '.' || attname, (
           SELECT array_agg(format('%s %s', pg_get_userbyid(g.grantee), g.privilege_type) ORDER BY 1)::text
           FROM aclexplode(attacl) g)
FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid IN (
    SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
UNION ALL
SELECT 'index', indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'policy', tablename || '.' || policyname, format('%s %s %s %s %s', permissive, roles, cmd, qual, with_check)
FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function', p.oid::regprocedure::text, p.prosrc FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
UNION ALL
SELECT 'sequence', relname::text, '' FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
UNION ALL
SELECT 'extension', extname::text, '' FROM pg_extension
"""


@asynccontextmanager
async def owner(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A plain connection as the owner, whom row-level security does not bind in tests (a superuser)."""
    connection = await asyncpg.connect(**arguments(url))
    try:
        yield connection
    finally:
        await connection.close()


def arguments(url: str) -> dict[str, Any]:
    """asyncpg's arguments for one of the URLs the fixtures give."""
    parts = make_url(url)
    return {"host": parts.query["host"], "user": parts.username, "database": parts.database}


async def tenant_tables(connection: asyncpg.Connection) -> list[str]:
    """Every table that holds rows of tenants."""
    return [row["name"] for row in await connection.fetch(TABLES) if row["name"] not in NOT_OF_A_TENANT]


async def snapshot(connection: asyncpg.Connection) -> dict[tuple[str, str], str]:
    """The whole schema as a mapping that two databases can be compared by."""
    rows = await connection.fetch(SNAPSHOT)
    return {(row["kind"], row["name"]): row["definition"] for row in rows if not row["name"].startswith("alembic_")}


async def rows_of(connection: asyncpg.Connection, account_id: Any) -> dict[str, int]:
    """How many rows an account has in each of its tables."""
    return {
        table: await connection.fetchval(f'SELECT count(*) FROM "{table}" WHERE account_id = $1', account_id)
        for table in await tenant_tables(connection)
    }


async def fingerprint(connection: asyncpg.Connection, account_id: Any) -> dict[str, str]:
    """A checksum of every row of an account, table by table."""
    found = {
        table: await connection.fetchval(
            f"""SELECT md5(COALESCE(string_agg(md5(t::text), ',' ORDER BY md5(t::text)), '')) FROM "{table}" t
            WHERE account_id = $1""", account_id)
        for table in await tenant_tables(connection)
    }
    found["accounts"] = await connection.fetchval("SELECT md5(t::text) FROM accounts t WHERE id = $1", account_id)
    return found

"""A migrated, empty database turned into its other form: every tenant table hash-partitioned by ``account_id``.

Nothing is written by hand: keys, checks, indexes, references, policies and grants are taken from the catalogue and put
on the partitioned parents, so what would not fit a partitioned (or distributed) database fails here. Partitions do not
inherit policies, so nobody is granted anything on them.
"""

from __future__ import annotations

import asyncpg

PARTITIONS = 3
TENANT_TABLES = """
SELECT c.relname::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1
"""
# Which statements rebuild what stands on the tables; foreign keys and what depends on them last.
REBUILD = """
SELECT 1 AS place, format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS sql
FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid = ANY ($1::text[]::regclass[])
UNION ALL
SELECT 2, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY ($1::text[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype IN ('p', 'u', 'x') AND conname = indexname)
UNION ALL
SELECT 3, format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND (conrelid = ANY ($1::text[]::regclass[]) OR confrelid = ANY ($1::text[]::regclass[]))
UNION ALL
SELECT 4, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', oid::regclass)
FROM pg_class WHERE oid = ANY ($1::text[]::regclass[]) AND relrowsecurity AND relforcerowsecurity
UNION ALL
SELECT 5, format('CREATE POLICY %I ON %I FOR %s TO %s USING (%s)', policyname, tablename, cmd, array_to_string(roles, ', '), qual)
FROM pg_policies WHERE schemaname = 'public' AND tablename = ANY ($1::text[])
UNION ALL
SELECT 6, format('GRANT %s ON %s TO %I', privilege_type, c.oid::regclass, grantee::regrole::text)
FROM pg_class c, aclexplode(c.relacl) WHERE c.oid = ANY ($1::text[]::regclass[]) AND grantee <> c.relowner
UNION ALL
SELECT 7, format('GRANT %s (%I) ON %s TO %I', privilege_type, attname, attrelid::regclass, grantee::regrole::text)
FROM pg_attribute, aclexplode(attacl) WHERE attrelid = ANY ($1::text[]::regclass[])
ORDER BY 1
"""


async def partition(connection: asyncpg.Connection) -> list[str]:
    """Do it, in one transaction; the names of the tables."""
    tables = [row["name"] for row in await connection.fetch(TENANT_TABLES)]
    rebuild = [row["sql"] for row in await connection.fetch(REBUILD, tables)]
    async with connection.transaction():
        await connection.execute("CREATE SCHEMA plain")
        for table in tables:
            await connection.execute(f"ALTER TABLE {table} SET SCHEMA plain")
        for table in tables:
            await connection.execute(
                f"CREATE TABLE public.{table} (LIKE plain.{table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS"
                " INCLUDING GENERATED INCLUDING IDENTITY) PARTITION BY HASH (account_id)")
            for number in range(PARTITIONS):
                await connection.execute(
                    f"CREATE TABLE public.{table}_p{number} PARTITION OF public.{table}"
                    f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})")
        await connection.execute("DROP SCHEMA plain CASCADE")
        for sql in rebuild:
            await connection.execute(sql)
    return tables

"""Vectors of the flows' texts, in pgvector, where the server has it.

The tables are made by an idempotent step after the migrations and stand outside `alembic check`, because `vector` is no
trusted extension: on a server without it, or without the right to create it, matching stays lexical and health says so.

Search is exact, in two steps of the candidate statement (`db/queries/matching.py`): the centroid of every flow of the
account, then every text of the nearest flows. An HNSW index would look across tenants and filter afterwards. Texts keep
half precision (half the space), centroids full precision (compared 5,000 at a time, five times as fast).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import Database

EMBEDDINGS, CENTROIDS, METRICS = "flow_embeddings", "flow_embedding_centroids", "flow_embedding_metrics"
TABLES = (EMBEDDINGS, CENTROIDS, METRICS)
FLOWS_AT_ONCE = 50  # a batch of the work that brings vectors up to date
TENANT_SETTING = "nullif(current_setting('handrail.account_id', true), '')::uuid"

_TABLES = (
    f"""CREATE TABLE IF NOT EXISTS {EMBEDDINGS} (
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        id uuid NOT NULL,
        flow_id uuid NOT NULL,
        text_id uuid NOT NULL,
        model text NOT NULL,
        embedding halfvec NOT NULL,
        PRIMARY KEY (account_id, id),
        UNIQUE (account_id, text_id, model),
        FOREIGN KEY (account_id, text_id) REFERENCES flow_search_texts (account_id, id) ON DELETE CASCADE,
        FOREIGN KEY (account_id, flow_id) REFERENCES flows (account_id, id) ON DELETE CASCADE)""",
    f"CREATE INDEX IF NOT EXISTS ix_{EMBEDDINGS}_flow ON {EMBEDDINGS} (account_id, flow_id, model)",
    f"""CREATE TABLE IF NOT EXISTS {CENTROIDS} (
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        id uuid NOT NULL,
        flow_id uuid NOT NULL,
        model text NOT NULL,
        revision integer NOT NULL,
        embedding vector NOT NULL,
        PRIMARY KEY (account_id, id),
        FOREIGN KEY (account_id, flow_id) REFERENCES flow_search_documents (account_id, flow_id) ON DELETE CASCADE)""",
    f"""CREATE UNIQUE INDEX IF NOT EXISTS uq_{CENTROIDS}_flow
        ON {CENTROIDS} (account_id, model, flow_id) INCLUDE (revision)""",
    # In the row up to a page's size: 5,000 long ones fetched from elsewhere make the statement half as slow again.
    f"""DO $$ BEGIN IF EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = '{CENTROIDS}'::regclass AND attname = 'embedding' AND attstorage <> 'm')
        THEN ALTER TABLE {CENTROIDS} ALTER COLUMN embedding SET STORAGE MAIN; END IF; END $$""",
    f"""CREATE TABLE IF NOT EXISTS {METRICS} (
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        id uuid NOT NULL,
        model text NOT NULL,
        revision integer NOT NULL,
        texts integer NOT NULL,
        map bytea,
        PRIMARY KEY (account_id, id),
        UNIQUE (account_id, model))""",
)


def _secured(table: str) -> tuple[str, ...]:
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"""DO $$ BEGIN IF NOT EXISTS (
            SELECT FROM pg_policy WHERE polrelid = '{table}'::regclass AND polname = 'tenant')
            THEN CREATE POLICY tenant ON {table} USING (account_id = {TENANT_SETTING}); END IF; END $$""",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO handrail_app",
    )


async def ensure(connection: AsyncConnection) -> str | None:
    """Make extension and tables as the owner, within the caller's transaction. None, or why there are no vectors."""
    try:
        async with connection.begin_nested():
            await connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            for statement in (*_TABLES, *(line for table in TABLES for line in _secured(table))):
                await connection.execute(text(statement))
    except DBAPIError as error:
        cause = error.orig.__cause__ if error.orig is not None else None
        return f"the database has no vectors: {cause or error.orig}".splitlines()[0]
    return None


async def available(connection: AsyncConnection) -> bool:
    """Whether this role can use the tables; cheap, for start-up and health."""
    found = await connection.execute(
        text(
            "SELECT bool_and(coalesce(has_table_privilege(to_regclass(t), 'SELECT'), false))"
            " FROM unnest(CAST(:tables AS text[])) AS t"
        ),
        {"tables": list(TABLES)},
    )
    return bool(found.scalar_one())


async def serves(db: Database) -> bool:
    """Whether the serving login can use them; concerns no tenant."""
    async with db.read(None) as connection:
        return await available(connection)


@dataclass(frozen=True, slots=True)
class PendingText:
    """A text that has no vector of the model yet. Mask `content` before it leaves the machine."""

    text_id: uuid.UUID
    flow_id: uuid.UUID
    content: str


# Set operations, because they are hashed whatever the planner believes of a table that is just being filled; an
# anti-join planned while it was empty stays a nested loop over the whole account.
_OUTDATED = f"""outdated AS MATERIALIZED (
    SELECT flow_id FROM (
        SELECT flow_id, revision FROM flow_search_documents WHERE account_id = :account_id
        EXCEPT SELECT flow_id, revision FROM {CENTROIDS} WHERE account_id = :account_id AND model = :model) changed
    ORDER BY flow_id LIMIT :flows)"""  # noqa: S608 - constants only


async def pending_texts(
    connection: AsyncConnection, account_id: uuid.UUID, model: str, limit: int = 32
) -> list[PendingText]:
    """Texts of searchable flows of the account that have no vector of this model, whole flows first.

    Flows that are only waiting for their centroid hide none behind them: refresh centroids when this comes back empty.
    """
    found = await connection.execute(
        text(f"""
            WITH {_OUTDATED}, missing AS MATERIALIZED (
                SELECT id FROM flow_search_texts
                WHERE account_id = :account_id AND flow_id IN (SELECT flow_id FROM outdated)
                EXCEPT SELECT text_id FROM {EMBEDDINGS}
                WHERE account_id = :account_id AND model = :model AND flow_id IN (SELECT flow_id FROM outdated))
            SELECT t.id AS text_id, t.flow_id, t.content FROM missing
            JOIN flow_search_texts t ON t.account_id = :account_id AND t.id = missing.id
            ORDER BY t.flow_id, t.id LIMIT :limit"""),  # noqa: S608 - constants only
        {"account_id": account_id, "model": model, "limit": limit, "flows": FLOWS_AT_ONCE},
    )
    return [PendingText(row.text_id, row.flow_id, row.content) for row in found]


async def upsert(
    connection: AsyncConnection,
    account_id: uuid.UUID,
    model: str,
    texts: Sequence[PendingText],
    vectors: Sequence[Sequence[float]],
) -> None:
    """Store one vector of length 1 per text. Texts that are gone meanwhile are skipped."""
    await connection.execute(
        text(f"""
            INSERT INTO {EMBEDDINGS} (account_id, id, flow_id, text_id, model, embedding)
            SELECT t.account_id, gen_random_uuid(), t.flow_id, t.id, :model, CAST(u.embedding AS halfvec)
            FROM unnest(CAST(:text_ids AS uuid[]), CAST(:vectors AS text[])) AS u (text_id, embedding)
            JOIN flow_search_texts t ON t.account_id = :account_id AND t.id = u.text_id
            ORDER BY t.id FOR KEY SHARE OF t
            ON CONFLICT (account_id, text_id, model) DO UPDATE SET embedding = excluded.embedding"""),  # noqa: S608
        {
            "account_id": account_id,
            "model": model,
            "text_ids": [one.text_id for one in texts],
            "vectors": [literal(vector) for vector in vectors],
        },
    )


async def refresh_centroids(connection: AsyncConnection, account_id: uuid.UUID, model: str) -> int:
    """Bring the mean direction of up to `FLOWS_AT_ONCE` outdated flows up to date; how many that were.

    Until all its texts have vectors a flow stays outdated and is left alone. A question of the tree counts half of a
    title, a keyword or what people said of a problem.
    """
    done = await connection.execute(
        text(f"""
            WITH {_OUTDATED}
            INSERT INTO {CENTROIDS} (account_id, id, flow_id, model, revision, embedding)
            SELECT :account_id, gen_random_uuid(), d.flow_id, :model, d.revision, mean.embedding
            FROM outdated JOIN flow_search_documents d ON d.account_id = :account_id AND d.flow_id = outdated.flow_id
            CROSS JOIN LATERAL (
                SELECT count(*) AS texts, l2_normalize(sum(CAST(CASE WHEN t.kind = 'question' THEN e.embedding
                                                   ELSE e.embedding + e.embedding END AS vector))) AS embedding
                FROM {EMBEDDINGS} e JOIN flow_search_texts t
                  ON t.account_id = :account_id AND t.flow_id = outdated.flow_id AND t.id = e.text_id
                WHERE e.account_id = :account_id AND e.flow_id = outdated.flow_id AND e.model = :model) mean
            WHERE mean.texts = d.text_total
            ORDER BY d.flow_id
            ON CONFLICT (account_id, model, flow_id)
            DO UPDATE SET embedding = excluded.embedding, revision = excluded.revision"""),  # noqa: S608
        {"account_id": account_id, "model": model, "flows": FLOWS_AT_ONCE},
    )
    return int(done.rowcount)


def literal(vector: Sequence[float]) -> str:
    """Pgvector's text form."""
    return "[" + ",".join(f"{value:.6g}" for value in vector) + "]"

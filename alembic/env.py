"""Runs migrations as the owner, over one connection, with deadlines on locks and statements.

The URL comes from whoever calls Alembic through ``db.migration`` (``config.attributes["url"]``), else from the
settings, so that the ``alembic`` command works in a checkout as well.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db.engine import asyncpg_url
from db.models import Base

MIGRATION_LOCK = 7_402_115


OUTSIDE = {"flow_embeddings", "flow_embedding_centroids", "flow_embedding_metrics"}


def include(name: str | None, kind: str, _parents: Any) -> bool:
    """Tables made by idempotent steps outside the migrations (vectors) are not drift; not even looked at."""
    return not (kind == "table" and name in OUTSIDE)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_name=include,
        compare_type=True, transaction_per_migration=True,
    )
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()


async def main() -> None:
    url = context.config.attributes.get("url")
    if url is None:
        from settings import current

        url = current().database_owner_url or current().database_url
    if url is None:
        sys.exit("No DATABASE_OWNER_URL or DATABASE_URL: for the embedded database run `python -m cli migrate`.")
    engine = create_async_engine(asyncpg_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(main())

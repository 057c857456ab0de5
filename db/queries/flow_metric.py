"""The learnt map of an account's problems (`integrations/account_metric.py`): what it is learnt from, and its storage.

It is learnt once and again when the account has a tenth more texts or fewer, so that one more solved problem does not
change every score, and stored, so that all processes judge alike.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.vector_store import EMBEDDINGS, METRICS

MOST_TEXTS = 3_000
CHANGE = 0.1


@dataclass(frozen=True, slots=True)
class Learnable:
    """Texts' flows, equal ones side by side, their vectors in pgvector's binary form, and how many there are in all."""

    flows: list[uuid.UUID]
    vectors: list[bytes]
    texts: int


async def is_outdated(connection: AsyncConnection, account_id: uuid.UUID, model: str) -> bool:
    """Whether there is no map yet, or many texts came or went since it was learnt."""
    found = await connection.execute(
        text(f"""
            SELECT coalesce(abs(held.texts - m.texts) > CAST(:change AS float8) * m.texts, true)
            FROM (SELECT count(*) AS texts FROM {EMBEDDINGS} WHERE account_id = :account_id AND model = :model) held
            LEFT JOIN {METRICS} m ON m.account_id = :account_id AND m.model = :model"""),  # noqa: S608 - constants only
        {"account_id": account_id, "model": model, "change": CHANGE},
    )
    return bool(found.scalar_one())


async def learnable(connection: AsyncConnection, account_id: uuid.UUID, model: str) -> Learnable:
    """Vectors of whole flows, at most `MOST_TEXTS`: flow ids are random, so the first ones are a fair sample."""
    rows = await connection.execute(
        text(f"""
            SELECT flow_id, halfvec_send(embedding) AS vector,
                   (SELECT count(*) FROM {EMBEDDINGS} WHERE account_id = :account_id AND model = :model) AS texts
            FROM {EMBEDDINGS} WHERE account_id = :account_id AND model = :model
            ORDER BY flow_id, text_id LIMIT :most"""),  # noqa: S608 - constants only
        {"account_id": account_id, "model": model, "most": MOST_TEXTS},
    )
    found = rows.all()
    return Learnable([row.flow_id for row in found], [row.vector for row in found], found[0].texts if found else 0)


async def store(
    connection: AsyncConnection, account_id: uuid.UUID, model: str, texts: int, learnt: bytes | None
) -> None:
    """Keep the map learnt from an account of so many texts; None when there was nothing to learn."""
    await connection.execute(
        text(f"""
            INSERT INTO {METRICS} AS held (account_id, id, model, revision, texts, map)
            VALUES (:account_id, gen_random_uuid(), :model, 1, :texts, :map)
            ON CONFLICT (account_id, model)
            DO UPDATE SET revision = held.revision + 1, texts = excluded.texts, map = excluded.map"""),  # noqa: S608
        {"account_id": account_id, "model": model, "texts": texts, "map": learnt},
    )


async def load(connection: AsyncConnection, account_id: uuid.UUID, model: str) -> tuple[int, bytes | None]:
    """Revision and map; revision 0 and None when none was learnt."""
    rows = await connection.execute(
        text(f"SELECT revision, map FROM {METRICS} WHERE account_id = :account_id AND model = :model"),  # noqa: S608
        {"account_id": account_id, "model": model},
    )
    row = rows.one_or_none()
    return (row.revision, row.map) if row else (0, None)

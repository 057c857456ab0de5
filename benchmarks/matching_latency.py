"""How long the candidate statement takes in an account of 5,000 flows."""

from __future__ import annotations

import random
import statistics
import time
import uuid
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from db import vector_store
from db.engine import Database, asyncpg_url
from db.queries.flow_search import index_flow
from db.queries.matching import Asked, find_candidates
from db.vector_store import CENTROIDS, EMBEDDINGS, pending_texts, refresh_centroids, upsert
from domain.matching.document import FlowText, TextKind, distinct

FLOWS = 5_000
TEXTS = 12
ASKED = 300
DIMENSIONS = 384
MODEL = "benchmark"
_LETTERS = random.Random(4)
# Invented words; the first are used most, as in any language.
WORDS = ["".join(_LETTERS.choices("abcdefghiklmnoprstuvwyz", k=_LETTERS.randint(4, 9))) for _ in range(8_000)]
TABLES = ("flow_search_texts", "flow_search_documents", "flow_search_terms")


async def measure_latency(owner_url: str, flows: int = FLOWS) -> str:
    """p50 and p95 in milliseconds by words and by vectors, in an account that is made and removed again."""
    account = uuid.uuid4()
    rnd = random.Random(5)
    database = Database(owner_url)
    try:
        reason = await _fill(owner_url, database, account, flows, rnd)
        lines = [f"candidate statement at {flows} flows:", await _nothing(database, account)]
        lines.append(await _timed(database, account, rnd, vectors=False))
        lines.append(reason or await _timed(database, account, rnd, vectors=True))
        return "\n".join(lines)
    finally:
        await database.close()
        await _owner(owner_url, account, "DELETE FROM accounts WHERE id = :account")


def _sentence(rnd: random.Random) -> str:
    return " ".join(WORDS[min(int(rnd.paretovariate(0.6)), len(WORDS)) - 1] for _ in range(rnd.randint(3, 12)))


def _vector(rnd: random.Random) -> list[float]:
    drawn = [rnd.gauss(0, 1) for _ in range(DIMENSIONS)]
    length = sum(value * value for value in drawn) ** 0.5
    return [value / length for value in drawn]


async def _owner(url: str, account: uuid.UUID, *statements: str) -> None:
    engine = create_async_engine(asyncpg_url(url))
    async with engine.begin() as connection:
        await connection.execute(
            text("SELECT set_config('handrail.account_id', :account, true)"), {"account": str(account)}
        )
        for statement in statements:
            await connection.execute(text(statement), {"account": account} if ":account" in statement else {})
    await engine.dispose()


async def _fill(url: str, database: Database, account: uuid.UUID, flows: int, rnd: random.Random) -> str | None:
    """Make the account; None, or why it has no vectors."""
    await _owner(url, account, "INSERT INTO accounts (id, slug, name) VALUES (:account, 'bench-matching', 'Bench')")
    engine = create_async_engine(asyncpg_url(url))
    async with engine.begin() as connection:
        reason = await vector_store.ensure(connection)
    await engine.dispose()
    for start in range(0, flows, 100):
        async with database.write(account) as connection:
            for number in range(start, min(start + 100, flows)):
                await _flow(connection, account, number, rnd)
    if reason is None:
        await _embed(database, account, rnd)
    vectors = () if reason else (EMBEDDINGS, CENTROIDS)
    await _owner(url, account, *[f"ANALYZE {table}" for table in (*TABLES, *vectors)])
    return reason


async def _flow(connection: AsyncConnection, account: uuid.UUID, number: int, rnd: random.Random) -> None:
    flow_id = uuid.uuid4()
    kinds = [TextKind.TITLE, *[TextKind.KEYWORD] * 4, *[TextKind.QUESTION] * (TEXTS - 5)]
    texts = distinct(FlowText(kind, _sentence(rnd)) for kind in kinds)
    await connection.execute(
        text(
            "INSERT INTO flows (account_id, id, slug, title, category) VALUES (:account, :id, :slug, :title, 'other')"
        ),
        {"account": account, "id": flow_id, "slug": f"flow-{number}", "title": texts[0].content[:300]},
    )
    await index_flow(connection, account, flow_id, texts)


async def _embed(database: Database, account: uuid.UUID, rnd: random.Random) -> None:
    while True:
        async with database.write(account) as connection:
            waiting = await pending_texts(connection, account, MODEL, limit=2_000)
            if not waiting and not await refresh_centroids(connection, account, MODEL):
                return
            await upsert(connection, account, MODEL, waiting, [_vector(rnd) for _ in waiting])


async def _timed(database: Database, account: uuid.UUID, rnd: random.Random, *, vectors: bool) -> str:
    took, spent = [], []
    for _ in range(ASKED):
        problem, asked = _sentence(rnd), Asked(MODEL, _vector(rnd)) if vectors else None
        async with database.read(account) as connection:
            backend = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            start, before = time.perf_counter(), _cpu(backend)
            await find_candidates(connection, account, problem, asked)
            took.append(1_000 * (time.perf_counter() - start))
            spent.append(_cpu(backend) - before)
    name = "vectors" if vectors else "lexical"
    return "\n".join([_summary(name, took), _summary(f"{name}, processor time of database and client", spent)])


def _cpu(backend: int) -> float:
    """Milliseconds of processor time of this thread and of a backend on this machine, where Linux tells them."""
    told = Path(f"/proc/{backend}/schedstat")
    try:
        theirs = int(told.read_text().split()[0]) / 1e6
    except OSError:
        theirs = 0.0
    return 1_000 * time.thread_time() + theirs


async def _nothing(database: Database, account: uuid.UUID) -> str:
    """What the machine itself adds: a statement that does nothing, over the same connection."""
    took = []
    for _ in range(ASKED):
        async with database.read(account) as connection:
            start = time.perf_counter()
            await connection.execute(text("SELECT 1"))
            took.append(1_000 * (time.perf_counter() - start))
    return _summary("SELECT 1", took)


def _summary(name: str, took: list[float]) -> str:
    steady = sorted(took[20:])
    return f"  {name}: p50 {statistics.median(steady):.1f} ms, p95 {steady[int(0.95 * len(steady))]:.1f} ms"

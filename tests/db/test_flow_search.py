"""Indexing flows and finding them, on a real PostgreSQL: the statement against the same features in memory."""

from __future__ import annotations

import asyncio
import math
import random
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.matching_index import MemoryIndex
from db import vector_store
from db.engine import Database, asyncpg_url
from db.queries import flow_metric
from db.queries.flow_search import count_feedback, index_flow, remove_flow
from db.queries.matching import Asked, Found, find_candidates
from domain.matching.calibration import Backend
from domain.matching.document import FlowText, TextKind
from domain.matching.features import Feedback
from domain.matching.score import rank
from integrations.account_metric import AccountMetric, learn
from integrations.contrast import told_apart, unpacked

ACME, GLOBEX = uuid.UUID(int=1), uuid.UUID(int=2)
FLOWS = {
    "Outlook asks for the password again": ["outlook", "password prompt", "Does the prompt come back after a restart?"],
    "Printer prints nothing": ["printer", "paper jam", "Is the printer's light green?"],
    "VPN does not connect": ["vpn", "tunnel", "Which error does the client show?", "error 809"],
    "Teams has no sound": ["teams", "headset", "microphone", "Can they hear you?"],
}


def texts_of(title: str) -> list[FlowText]:
    keywords = [FlowText(TextKind.KEYWORD, one) for one in FLOWS[title] if not one.endswith("?")]
    questions = [FlowText(TextKind.QUESTION, one) for one in FLOWS[title] if one.endswith("?")]
    return [FlowText(TextKind.TITLE, title), *keywords, *questions]


def drawn(words: str) -> list[float]:
    """A made-up vector, always the same for the same words."""
    rnd = random.Random(words)
    values = [rnd.gauss(0, 1) for _ in range(16)]
    length = math.sqrt(sum(value * value for value in values))
    return [value / length for value in values]


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    engine = create_async_engine(asyncpg_url(database_url))
    async with engine.begin() as connection:
        assert await vector_store.ensure(connection) is None
        for account, slug in ((ACME, "acme"), (GLOBEX, "globex")):
            await connection.execute(text("SELECT set_config('handrail.account_id', :id, true)"), {"id": str(account)})
            await connection.execute(
                text("INSERT INTO accounts (id, slug, name) VALUES (:id, :slug, :slug)"), {"id": account, "slug": slug}
            )
    await engine.dispose()
    async with Database(database_url) as opened:
        yield opened


@pytest_asyncio.fixture
async def flows(database: Database) -> dict[str, uuid.UUID]:
    """Four published flows of acme by title."""
    return {title: await published(database, ACME, title) for title in FLOWS}


async def published(database: Database, account: uuid.UUID, title: str) -> uuid.UUID:
    flow_id = uuid.uuid4()
    async with database.write(account) as connection:
        await connection.execute(
            text("INSERT INTO flows (account_id, id, slug, title, category) VALUES (:a, :id, :slug, :title, 'other')"),
            {"a": account, "id": flow_id, "slug": flow_id.hex, "title": title},
        )
        await index_flow(connection, account, flow_id, texts_of(title))
    return flow_id


async def find(database: Database, problem: str, asked: Asked | None = None, account: uuid.UUID = ACME) -> Found:
    async with database.read(account) as connection:
        return await find_candidates(connection, account, problem, asked)


async def embed(database: Database, model: str = "drawn") -> None:
    """Every missing vector, made of the words."""
    async with database.write(ACME) as connection:
        while waiting := await vector_store.pending_texts(connection, ACME, model, 5):
            await vector_store.upsert(connection, ACME, model, waiting, [drawn(one.content) for one in waiting])
        await vector_store.refresh_centroids(connection, ACME, model)


async def learnt(database: Database, model: str = "drawn") -> AccountMetric:
    """What distinguishes acme's flows, learnt, stored and read again."""
    async with database.write(ACME) as connection:
        found = await flow_metric.learnable(connection, ACME, model)
        await flow_metric.store(connection, ACME, model, found.texts, learn(found.flows, found.vectors))
        _, stored = await flow_metric.load(connection, ACME, model)
    assert stored is not None
    return AccountMetric(stored)


@pytest.mark.parametrize("title", list(FLOWS))
async def test_a_flow_is_found_by_its_own_title_in_both_backends(
    database: Database, flows: dict[str, uuid.UUID], title: str
) -> None:
    await embed(database)
    for asked in (None, Asked("drawn", drawn(title))):
        found = await find(database, title, asked)
        best = rank(found.stems, found.stats, found.candidates)[0]
        assert best.candidate.flow_id == flows[title]
        assert best.backend is (Backend.VECTOR if asked else Backend.LEXICAL)


@pytest.mark.parametrize(
    "problem", ["outlook wants a password", "the printer's lights are green", "error 809 in vpn client"]
)
async def test_the_statement_gives_the_features_that_calibration_was_made_with(
    database: Database, flows: dict[str, uuid.UUID], problem: str
) -> None:
    await embed(database)
    vectors = {one.content: drawn(one.content) for title in FLOWS for one in texts_of(title)} | {
        problem: drawn(problem)
    }
    memory = MemoryIndex({title: texts_of(title) for title in FLOWS}, vectors)
    stems, stats, expected = memory.search(problem)
    metric = await learnt(database)
    found = await find(database, problem, Asked("drawn", metric(drawn(problem))))
    assert found.metric == 1
    assert found.stems == stems
    assert found.stats.documents == 4
    assert found.stats.average_total == stats.average_total
    assert {stem: found.stats.weight(stem) for stem in stems} == {stem: stats.weight(stem) for stem in stems}
    by_title = {one.title: one for one in found.candidates}
    assert set(by_title) == set(FLOWS)
    for one in expected:
        real = by_title[one.title]
        assert (real.counts, real.total, real.texts) == (one.counts, one.total, one.texts)
        assert real.trigram == pytest.approx(one.trigram)
        assert real.nearest == pytest.approx(one.nearest, abs=2e-3)  # half precision
        assert real.centroid == pytest.approx(one.centroid, abs=2e-3)
    rows = {flow_id: unpacked(stored, len(drawn(problem))) for flow_id, stored in found.near.items()}
    weighed = {one.title: one.contrast for one in told_apart(found.candidates, drawn(problem), rows)}
    assert weighed == pytest.approx({one.title: one.contrast for one in expected}, abs=5e-3)
    assert len({round(one, 4) for one in weighed.values()}) == len(FLOWS)


async def test_no_vectors_are_needed_and_a_slip_of_the_keyboard_is_forgiven(
    database: Database, flows: dict[str, uuid.UUID]
) -> None:
    found = await find(database, "prinetr prints nothng")
    ranked = rank(found.stems, found.stats, found.candidates)
    assert ranked[0].candidate.flow_id == flows["Printer prints nothing"]
    assert ranked[0].candidate.nearest is None


async def test_an_account_sees_only_its_own_flows(database: Database, flows: dict[str, uuid.UUID]) -> None:
    await embed(database)
    theirs = await published(database, GLOBEX, "VPN does not connect")
    found = await find(database, "VPN does not connect", account=GLOBEX)
    assert [one.flow_id for one in found.candidates] == [theirs]
    assert found.stats.documents == 1
    async with database.read(GLOBEX) as connection:
        for table in (vector_store.EMBEDDINGS, vector_store.CENTROIDS, "flow_search_terms", "flow_search_texts"):
            rows = await connection.execute(text(f"SELECT count(*) FROM {table} WHERE account_id = :a"), {"a": ACME})
            assert rows.scalar_one() == 0, table


async def test_an_archived_flow_is_not_found_and_comes_back(database: Database, flows: dict[str, uuid.UUID]) -> None:
    await embed(database)
    gone = flows["VPN does not connect"]
    async with database.write(ACME) as connection:
        await remove_flow(connection, ACME, gone)
    for asked in (None, Asked("drawn", drawn("VPN does not connect"))):
        found = await find(database, "VPN does not connect", asked)
        assert gone not in {one.flow_id for one in found.candidates}
        assert found.stats.documents == 3
        assert found.is_current
    async with database.write(ACME) as connection:
        await index_flow(connection, ACME, gone, texts_of("VPN does not connect"))
    found = await find(database, "VPN does not connect")
    assert gone in {one.flow_id for one in found.candidates}


async def test_publishing_again_keeps_vectors_of_unchanged_texts_and_asks_for_the_others(
    database: Database, flows: dict[str, uuid.UUID]
) -> None:
    await embed(database)
    title = "Printer prints nothing"
    changed = [one for one in texts_of(title) if one.content != "paper jam"] + [FlowText(TextKind.KEYWORD, "toner")]
    async with database.write(ACME) as connection:
        await index_flow(connection, ACME, flows[title], changed)
        waiting = await vector_store.pending_texts(connection, ACME, "drawn")
    assert [one.content for one in waiting] == ["toner"]
    assert not (await find(database, "toner", Asked("drawn", drawn("toner")))).is_current
    await embed(database)
    found = await find(database, "toner", Asked("drawn", drawn("toner")))
    assert found.is_current
    best = rank(found.stems, found.stats, found.candidates)[0]
    assert best.candidate.flow_id == flows[title]
    assert best.candidate.nearest == pytest.approx(1, abs=2e-3)


async def test_another_model_is_another_space(database: Database, flows: dict[str, uuid.UUID]) -> None:
    await embed(database, "one")
    found = await find(database, "vpn", Asked("two", drawn("vpn")))
    assert not found.is_current
    assert all(one.nearest is None for one in found.candidates)


async def test_the_learnt_map_is_renewed_when_a_tenth_of_the_texts_changed_and_belongs_to_one_account(
    database: Database, flows: dict[str, uuid.UUID]
) -> None:
    await embed(database)
    async with database.write(ACME) as connection:
        assert await flow_metric.is_outdated(connection, ACME, "drawn")
    await learnt(database)
    title = "Printer prints nothing"
    for extra, expected in ((["toner"], False), (["toner", "tray"], True)):
        async with database.write(ACME) as connection:
            more = [FlowText(TextKind.KEYWORD, one) for one in extra]
            await index_flow(connection, ACME, flows[title], [*texts_of(title), *more])
        await embed(database)
        async with database.write(ACME) as connection:
            assert await flow_metric.is_outdated(connection, ACME, "drawn") is expected
    await learnt(database)
    async with database.read(ACME) as connection:
        assert (await flow_metric.load(connection, ACME, "drawn"))[0] == 2
    async with database.read(GLOBEX) as connection:
        rows = await connection.execute(text(f"SELECT count(*) FROM {vector_store.METRICS}"))
        assert rows.scalar_one() == 0


async def test_feedback_is_counted_and_shown_but_changes_no_score(
    database: Database, flows: dict[str, uuid.UUID]
) -> None:
    def scores(found: Found) -> list[tuple[uuid.UUID, float]]:
        return [(one.candidate.flow_id, one.score) for one in rank(found.stems, found.stats, found.candidates)]

    before = await find(database, "vpn tunnel")
    for kind in ("declined", "declined", "taken", "not_helpful"):
        async with database.write(ACME) as connection:
            await count_feedback(connection, ACME, flows["VPN does not connect"], kind)
    after = await find(database, "vpn tunnel")
    assert scores(after) == scores(before)
    counted = {one.flow_id: one.feedback for one in after.candidates}
    assert counted[flows["VPN does not connect"]] == Feedback(taken=1, declined=2, not_helpful=1)


async def test_feedback_from_many_at_once_loses_none(database: Database, flows: dict[str, uuid.UUID]) -> None:
    async def taken() -> None:
        async with database.write(ACME) as connection:
            await count_feedback(connection, ACME, flows["VPN does not connect"], "taken")

    await asyncio.gather(*[taken() for _ in range(20)])
    found = await find(database, "vpn")
    counts = {one.flow_id: one.feedback.taken for one in found.candidates}
    assert counts[flows["VPN does not connect"]] == 20


async def test_age_decides_nothing(database: Database, flows: dict[str, uuid.UUID]) -> None:
    old = await find(database, "no sound in teams")
    async with database.write(ACME) as connection:
        await connection.execute(text("UPDATE flow_search_documents SET updated_at = now() - interval '9 years'"))
        await connection.execute(text("UPDATE flow_search_texts SET created_at = now() - interval '9 years'"))
    new = await find(database, "no sound in teams")
    assert sorted(map(str, new.candidates)) == sorted(map(str, old.candidates))


@pytest.mark.parametrize("problem", ["", "?!", "the the the", "x" * 20_000, "naïve 日本語 🎧", "' OR 1=1 --", "%_\\"])
async def test_no_problem_text_breaks_the_statement(
    database: Database, flows: dict[str, uuid.UUID], problem: str
) -> None:
    found = await find(database, problem)
    assert all(0 <= one.score < 0.6 for one in rank(found.stems, found.stats, found.candidates))


async def test_an_empty_account_has_no_candidates(database: Database) -> None:
    found = await find(database, "vpn")
    assert found.candidates == []
    assert rank(found.stems, found.stats, found.candidates) == []


async def test_ensure_can_be_repeated(database: Database, database_url: str) -> None:
    engine = create_async_engine(asyncpg_url(database_url))
    for _ in range(2):
        async with engine.begin() as connection:
            assert await vector_store.ensure(connection) is None
    await engine.dispose()
    async with database.read(ACME) as connection:
        assert await vector_store.available(connection)


async def test_without_the_right_to_make_the_extension_the_reason_is_said(empty_database: str) -> None:
    engine = create_async_engine(asyncpg_url(empty_database))
    async with engine.begin() as connection:
        reason = await vector_store.ensure(connection)
        still = await connection.execute(text("SELECT 1"))
    await engine.dispose()
    assert reason is not None
    assert reason.startswith("the database has no vectors: ")
    assert still.scalar_one() == 1

"""`suggestions` with the real statement, the real local model where it is installed, and embedders that fail."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from db import vector_store
from db.engine import Database, asyncpg_url
from db.queries.flow_search import add_past_problem, count_feedback, forget_sessions, index_flow, remove_flow
from domain.matching.document import FlowText, TextKind
from domain.principal import ActorKind, Principal, Role
from integrations.embedder import EmbedderUnavailable, NoEmbedder, ProviderEmbedder, choose_embedder, unit
from integrations.local_minilm import missing_packages
from resolvers import flow_metric
from resolvers.context import AccountSettings, Context, Services
from resolvers.flow_matching import described, look_for_vectors, suggestions
from resolvers.flow_vectors import catch_up, embed_pending

ACCOUNT, USER = uuid.UUID(int=1), uuid.UUID(int=2)
PRINTER, VPN = uuid.UUID(int=10), uuid.UUID(int=11)
needs_model = pytest.mark.skipif(bool(missing_packages()), reason="the extra [semantic] is not installed")


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    engine = create_async_engine(asyncpg_url(database_url))
    async with engine.begin() as connection:
        assert await vector_store.ensure(connection) is None
        await connection.execute(text("SELECT set_config('handrail.account_id', :id, true)"), {"id": str(ACCOUNT)})
        for statement in (
            "INSERT INTO accounts (id, slug, name) VALUES (:a, 'acme', 'Acme')",
            "INSERT INTO users (account_id, id, email, name, role) VALUES (:a, :u, 'l1@acme.example', 'L', 'l1_tech')",
        ):
            await connection.execute(
                text(statement), {"a": ACCOUNT, "u": USER} if ":u" in statement else {"a": ACCOUNT}
            )
    await engine.dispose()
    async with Database(database_url) as opened:
        await publish(opened, PRINTER, "Printer prints nothing", "paper jam")
        await publish(opened, VPN, "VPN does not connect", "tunnel")
        yield opened


async def publish(database: Database, flow_id: uuid.UUID, title: str, *keywords: str) -> None:
    async with database.write(ACCOUNT) as connection:
        await connection.execute(
            text("INSERT INTO flows (account_id, id, slug, title, category) VALUES (:a, :f, :s, :t, 'other')"),
            {"a": ACCOUNT, "f": flow_id, "s": flow_id.hex, "t": title},
        )
        texts = [FlowText(TextKind.TITLE, title), *[FlowText(TextKind.KEYWORD, one) for one in keywords]]
        await index_flow(connection, ACCOUNT, flow_id, texts)


def context(database: Database, embedder: Any = None, *, ai_enabled: bool = True) -> Context:
    account = AccountSettings(ACCOUNT, "acme", "Acme", (), (), {}, ai_enabled, False, 1, 1, Decimal(1), Decimal(1))
    principal = Principal(ACCOUNT, ActorKind.USER, USER, "L", Role.L1_TECH)
    return Context(Services(database, embedder=embedder), principal, account, "request")


async def session_of(database: Database, flow_id: uuid.UUID) -> uuid.UUID:
    """A session without its flow's version and ticket: only what a past problem refers to."""
    session_id = uuid.uuid4()
    async with database.write(ACCOUNT) as connection:
        ticket = uuid.uuid4()
        await connection.execute(
            text("INSERT INTO tickets (account_id, id, kind, number) VALUES (:a, :t, 'internal', 1)"),
            {"a": ACCOUNT, "t": ticket},
        )
        await connection.execute(
            text(
                "INSERT INTO l1_walk_sessions (account_id, id, number, session_kind, ticket_row_id, ticket_id, ticket_kind,"
                " problem_text, created_by_user_id) VALUES (:a, :s, 1, 'adhoc', :t, :x, 'internal', 'problem', :u)"
            ),
            {"a": ACCOUNT, "s": session_id, "t": ticket, "x": str(ticket), "u": USER},
        )
    return session_id


async def test_without_an_embedder_words_find_the_flow_and_the_reason_says_so(database: Database) -> None:
    best = (await suggestions(context(database), "vpn does not connect", 5))[0]
    assert best.flow_id == VPN
    assert best.score >= 0.75
    assert best.reason == ("Same words: vpn, connect. Compared by words only: no embedding model is configured.")


@needs_model
async def test_the_first_question_makes_the_vectors_and_finds_by_meaning(database: Database) -> None:
    asked = context(database, choose_embedder("local"))
    best = (await suggestions(asked, "cannot reach the company network from home", 5))[0]
    assert best.flow_id == VPN
    assert "alike in meaning (vectors of local/all-MiniLM-L6-v2-int8)" in best.reason
    assert await embed_pending(database, ACCOUNT, choose_embedder("local")) == 0


@needs_model
@pytest.mark.parametrize("title", ["Printer prints nothing", "VPN does not connect"])
async def test_a_title_typed_as_it_stands_is_a_match_in_every_backend(database: Database, title: str) -> None:
    for embedder in (None, choose_embedder("local")):
        assert (await suggestions(context(database, embedder), title, 1))[0].score >= 0.75


async def test_an_embedder_that_fails_leaves_words_and_no_connection_is_held_meanwhile(database: Database) -> None:
    class Broken:
        name, dimensions, missing, leaves_machine = "broken", 2, None, False

        async def embed(self, texts: list[str]) -> list[list[float]]:
            async with database.read(ACCOUNT):  # the door refuses a task that holds a connection already
                raise EmbedderUnavailable("the model fell over")

    best = (await suggestions(context(database, Broken()), "vpn does not connect", 5))[0]
    assert best.flow_id == VPN
    assert best.reason.endswith("Compared by words only: the model fell over.")


async def test_texts_leave_the_machine_masked_and_only_with_leave(database: Database) -> None:
    sent: list[str] = []

    async def call(texts: list[str]) -> list[list[float]]:
        sent.extend(texts)
        return [[1.0, 0.0] for _ in texts]

    problem = "vpn does not connect for jane.doe@customer.example"
    refused = await suggestions(context(database, ProviderEmbedder("m", call), ai_enabled=False), problem, 1)
    assert sent == []
    assert refused[0].reason.endswith("the account does not let texts leave the machine.")
    await suggestions(context(database, ProviderEmbedder("m", call)), problem, 1)
    assert sent
    assert not any("jane.doe" in one for one in sent)


async def test_missing_vector_tables_leave_words(database: Database, database_url: str) -> None:
    async def call(texts: list[str]) -> list[list[float]]:
        return [[1.0, 0.0] for _ in texts]

    engine = create_async_engine(asyncpg_url(database_url))
    async with engine.begin() as connection:
        for table in reversed(vector_store.TABLES):
            await connection.execute(text(f"DROP TABLE {table}"))
    try:
        best = (await suggestions(context(database, ProviderEmbedder("m", call)), "vpn does not connect", 1))[0]
        assert best.flow_id == VPN
        assert "Compared by words only" in best.reason
    finally:
        async with engine.begin() as connection:
            await vector_store.ensure(connection)
        await engine.dispose()


async def test_health_says_what_problems_are_compared_by_and_what_is_missing(
    database: Database, database_url: str
) -> None:
    async def call(texts: list[str]) -> list[list[float]]:
        raise AssertionError("no text is embedded for a database that cannot hold its vector")

    asked = context(database, ProviderEmbedder("m", call))
    await look_for_vectors(asked.services)
    assert described(asked.services) == {"matching": {"backend": "litellm/m", "missing": None}}
    missing = "the extra [semantic] is not installed (numpy missing)"
    slim = Services(database, embedder=NoEmbedder(missing))
    assert described(slim) == {"matching": {"backend": "words", "missing": missing}}
    engine = create_async_engine(asyncpg_url(database_url))
    async with engine.begin() as connection:
        await connection.execute(text(f"DROP TABLE {vector_store.METRICS}"))
    try:
        await look_for_vectors(asked.services)
        expected = {"backend": "words", "missing": "the database has no pgvector"}
        assert described(asked.services) == {"matching": expected}
        best = (await suggestions(asked, "vpn does not connect", 1))[0]
        assert best.reason.endswith("Compared by words only: the database has no pgvector.")
    finally:
        async with engine.begin() as connection:
            await vector_store.ensure(connection)
        await engine.dispose()


@needs_model
async def test_the_map_of_an_account_is_learnt_with_its_vectors_and_used_by_every_process(database: Database) -> None:
    embedder = choose_embedder("local")
    await embed_pending(database, ACCOUNT, embedder)
    problem = "cannot reach the company network from home"
    first = await suggestions(context(database, embedder), problem, 5)
    held = flow_metric.held(database, ACCOUNT, embedder.name)
    assert held.revision == 1
    assert held.metric is not None
    async with Database(database.url) as other:
        assert await suggestions(context(other, embedder), problem, 5) == first
    async with database.write(ACCOUNT) as connection:
        await connection.execute(text(f"UPDATE {vector_store.METRICS} SET revision = 2, map = NULL"))
    plain = await suggestions(context(database, embedder), problem, 5)
    assert plain[0].flow_id == first[0].flow_id
    assert plain[0].score != first[0].score


async def test_what_became_of_suggestions_is_told_in_the_reason(database: Database) -> None:
    before = (await suggestions(context(database), "vpn does not connect", 5))[0]
    for kind in ("taken", "taken", "declined", "not_helpful"):
        async with database.write(ACCOUNT) as connection:
            await count_feedback(connection, ACCOUNT, VPN, kind)
    after = (await suggestions(context(database), "vpn does not connect", 5))[0]
    assert after.reason == f"{before.reason} Feedback: taken 2×, declined 1×, not helpful 1×."
    assert after.score == before.score


class Drawn:
    """An embedder of a model of that name: a text's vector is drawn from model and text; `gate` holds flows' texts."""

    dimensions: int | None
    missing: str | None = None
    leaves_machine = False

    def __init__(self, name: str, dimensions: int) -> None:
        self.name, self.dimensions, self.gate, self.made = name, dimensions, asyncio.Event(), 0

    async def embed(self, texts: list[str]) -> list[list[float]]:
        if texts != [PROBLEM]:
            await self.gate.wait()
            self.made += len(texts)
        drawn = [random.Random(self.name + one) for one in texts]
        return [unit([rnd.gauss(0, 1) for _ in range(self.dimensions or 0)]) for rnd in drawn]


PROBLEM = "vpn tunnel is closed"


async def test_another_model_is_waited_for_by_words_and_neither_model_reads_the_others_vectors(
    database: Database,
) -> None:
    old, new = Drawn("model/old", 24), Drawn("model/new", 40)
    old.gate.set()
    before = await suggestions(context(database, old), PROBLEM, 5)
    assert "vectors of model/old" in before[0].reason
    asked = context(database, new)
    meanwhile = await suggestions(asked, PROBLEM, 5)
    assert meanwhile[0].flow_id == VPN
    assert meanwhile[0].reason.endswith("Compared by words only: vectors are still being made.")
    assert new.made == 0
    new.gate.set()
    await catch_up(asked.services, ACCOUNT)
    after = await suggestions(asked, PROBLEM, 5)
    assert "vectors of model/new" in after[0].reason
    assert new.made == 4
    assert await suggestions(context(database, old), PROBLEM, 5) == before
    assert old.made == 4


async def test_a_problem_that_was_solved_finds_its_flow_until_its_session_goes(database: Database) -> None:
    session_id = await session_of(database, VPN)
    problem = "homeoffice dongle blinks orange"
    assert await suggestions(context(database), problem, 5) == []
    for _ in range(2):
        async with database.write(ACCOUNT) as connection:
            await add_past_problem(connection, ACCOUNT, VPN, session_id, problem)
    best = (await suggestions(context(database), "the dongle blinks orange again", 5))[0]
    assert best.flow_id == VPN
    async with database.write(ACCOUNT) as connection:
        rows = await connection.execute(text("SELECT count(*) FROM flow_search_texts WHERE kind = 'past_problem'"))
        assert rows.scalar_one() == 1
        await forget_sessions(connection, ACCOUNT, [session_id])
    assert await suggestions(context(database), problem, 5) == []


async def test_a_problem_solved_by_a_flow_archived_meanwhile_waits_for_its_return(database: Database) -> None:
    session_id = await session_of(database, VPN)
    async with database.write(ACCOUNT) as connection:
        await remove_flow(connection, ACCOUNT, VPN)
        await add_past_problem(connection, ACCOUNT, VPN, session_id, "dongle blinks orange")
    assert await suggestions(context(database), "dongle blinks orange", 5) == []
    async with database.write(ACCOUNT) as connection:
        await index_flow(connection, ACCOUNT, VPN, [FlowText(TextKind.TITLE, "VPN does not connect")])
    assert (await suggestions(context(database), "dongle blinks orange", 5))[0].flow_id == VPN

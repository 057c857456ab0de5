"""Who waits for a node that somebody else makes: told, bounded, cheap, and holding nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from db.listener import CHANNEL, Listener
from tests.support.ai_walks import STEP_SECONDS, ai_seen, answer, answering, build, numbered, open_ai_api
from tests.support.api import Api, Team
from tests.support.fault_llm import FaultLlm

BUSY = 3.0  # seconds that a busy machine may add; `benchmarks.ai` measures the promise itself
HOLD = """UPDATE l1_walk_sessions SET generation_token = :token, pending_node = NULL,
          generation_expires_at = now() + interval '60 seconds' WHERE id = :id"""
SERVE = """UPDATE l1_walk_sessions SET generation_token = NULL, generation_expires_at = NULL, pending_node = first_node
           WHERE id = :id"""
SERVE_AND_TELL = f"WITH served AS ({SERVE} RETURNING id) SELECT pg_notify('{CHANNEL}', id::text) FROM served"
CLAIMED = "SELECT count(*) FROM l1_walk_sessions WHERE account_id = :account AND generation_token IS NOT NULL"


@pytest.fixture
async def hearing(api: Api) -> AsyncIterator[Api]:
    """The application with its listener at work, as a server has it."""
    kept, api.services.listener = api.services.listener, Listener(api.url)
    task = asyncio.create_task(api.services.listener.run())
    async with asyncio.timeout(10):
        while not api.services.listener.is_live:
            await asyncio.sleep(0.01)
    yield api
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    api.services.listener = kept


async def held_elsewhere(team: Team) -> dict:
    """A session whose node another process is making."""
    session = await build(team.as_("l1"))
    await team.rows(HOLD, id=session["id"], token=uuid4())
    return session


async def test_a_loser_is_told_at_once_and_looks_rarely(hearing: Api, team: Team, fake: FaultLlm) -> None:
    session = await held_elsewhere(team)
    fake.reset()
    with hearing.statements() as sent:
        waiting = [asyncio.create_task(team.as_("l1").do("AiNext", sessionId=session["id"])) for _ in range(10)]
        await asyncio.sleep(1.2)
        asked = len(sent)
        assert hearing.db.app.pool.checkedout() == 0
    assert asked <= 10 * 5, sent  # who am I, may I, where does it stand, how often, where does it stand
    started = time.monotonic()
    await team.rows(SERVE_AND_TELL, id=session["id"])
    seen = await asyncio.gather(*waiting)
    assert time.monotonic() - started < 0.5
    assert {one["session"]["currentNode"]["nodeId"] for one in seen} == {session["currentNode"]["nodeId"]}
    assert fake.calls == 0


async def test_a_word_that_got_lost_delays_and_loses_nothing(hearing: Api, team: Team, fake: FaultLlm) -> None:
    session = await held_elsewhere(team)
    waiting = asyncio.create_task(team.as_("l1").do("AiNext", sessionId=session["id"]))
    await asyncio.sleep(0.2)
    await team.rows(SERVE, id=session["id"])  # and nobody says so
    assert (await waiting)["session"]["currentNode"]["nodeId"] == session["currentNode"]["nodeId"]


async def test_where_nobody_can_tell_it_looks_often(api: Api, team: Team, fake: FaultLlm) -> None:
    session = await held_elsewhere(team)
    assert api.services.listener.is_live is False
    waiting = asyncio.create_task(team.as_("l1").do("AiNext", sessionId=session["id"]))
    await asyncio.sleep(0.2)
    await team.rows(SERVE, id=session["id"])
    started = time.monotonic()
    await waiting
    assert time.monotonic() - started < 1.0


async def test_waiting_ends_with_the_steps_time(hearing: Api, team: Team, fake: FaultLlm) -> None:
    session = await held_elsewhere(team)
    fake.reset()
    started = time.monotonic()
    seen = (await team.as_("l1").do("AiNext", sessionId=session["id"]))["session"]
    assert STEP_SECONDS * 0.8 < time.monotonic() - started < STEP_SECONDS + 1.0
    assert (seen["isGenerating"], seen["currentNode"], fake.calls) == (True, None, 0)


@pytest.mark.parametrize("change", ["resolve", "escalate", "abandon", "back"])
async def test_who_waits_for_a_walk_that_goes_another_way_is_told(
    hearing: Api, team: Team, fake: FaultLlm, change: str
) -> None:
    fake.writer = numbered
    caller = team.as_("l1")
    session = await answer(caller, await build(caller))
    await team.rows(HOLD, id=session["id"], token=uuid4())
    waiting = asyncio.create_task(caller.send("AiNext", sessionId=session["id"]))
    await asyncio.sleep(0.3)
    operation, given = {
        "resolve": ("AiResolve", {"resolutionNotes": "Done.", "helpful": False}),
        "escalate": ("Escalate", {"reasonCategory": "OUT_OF_SCOPE"}),
        "abandon": ("Abandon", {"reason": "CUSTOMER_GONE"}),
        "back": ("AiBack", {"toStep": 1, "expectedStep": 1}),
    }[change]
    started = time.monotonic()
    await caller.do(operation, sessionId=session["id"], **given)
    seen = (await waiting)["session"]
    assert time.monotonic() - started < 1.0
    assert (seen["isGenerating"], seen["status"] == "ACTIVE") == (False, change == "back")
    assert await team.value(CLAIMED) == 0


async def test_what_is_said_names_a_session_by_its_random_id_and_nothing_else(
    hearing: Api, team: Team, fake: FaultLlm
) -> None:
    heard: list[str] = []
    url = make_url(hearing.url)
    stranger = await asyncpg.connect(host=url.query["host"], user=url.username, database=url.database)
    await stranger.add_listener(CHANNEL, lambda *given: heard.append(given[3]))
    caller = team.as_("l1")
    session = await answer(caller, await build(caller, customerName="Jane Doe"))
    await caller.do("AiResolve", sessionId=session["id"], resolutionNotes="Done.", helpful=False)
    await asyncio.sleep(0.3)
    await stranger.close()
    assert set(heard) == {session["id"]}
    assert len(heard) == 2  # for the two nodes that were made, and nothing when nobody can be waiting
    assert UUID(session["id"]).version == 4


async def test_a_request_that_took_long_to_come_here_still_gets_its_model(
    api: Api, team: Team, fake: FaultLlm
) -> None:
    """Most of the step's time went into the database: half of it is left for the model all the same."""
    caller = team.as_("l1")
    session = await build(caller)
    fake.reset()
    is_blocked = asyncio.Event()

    async def when_blocked() -> dict:
        await is_blocked.wait()
        return await caller.do("AiAnswer", **answering(session))

    waiting = asyncio.create_task(when_blocked())
    async with api.owner.write(None) as blocker:
        await blocker.execute(text("SELECT 1 FROM l1_walk_sessions WHERE id = :id FOR UPDATE"), {"id": session["id"]})
        is_blocked.set()
        await asyncio.sleep(STEP_SECONDS * 0.8)
    after = (await waiting)["session"]
    assert (after["step"], after["currentNode"]["__typename"], fake.calls) == (1, "QuestionNode", 1)


async def test_many_steps_that_time_out_together_end_in_their_node(fresh_database: str, fake: FaultLlm) -> None:
    """All that hang at once are let go one after the other, early enough to be stored and read in time."""
    async with open_ai_api(fresh_database, fake, "acme", step_timeout=6.0) as api:
        caller = api.as_("l1")
        fake.classify = "category"
        sessions = []
        for start in range(0, 40, 8):
            names = [f"{start + n}: the printer prints blank pages" for n in range(8)]
            sessions += await asyncio.gather(*(build(caller, name) for name in names))
        fake.reset("hang")

        async def timed(session: dict) -> tuple[dict, float]:
            started = time.monotonic()
            after = (await caller.do("AiAnswer", **answering(session)))["session"]
            return after, time.monotonic() - started

        ended = await asyncio.gather(*(timed(one) for one in sessions))
        assert {(one["isGenerating"], one["currentNode"] and one["currentNode"]["reasonCategory"])
                for one, _ in ended} == {(False, "AI_UNAVAILABLE")}
        assert max(seconds for _, seconds in ended) < 6.0 + BUSY
        assert fake.calls == 40
        assert (await ai_seen(caller, sessions[0]))["step"] == 1

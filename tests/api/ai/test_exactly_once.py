"""One paid call for a node: double mounts, refreshes, repeats, crashes, and walks that went on meanwhile."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.support.ai_walks import ai_records, ai_seen, answer, answering, build, numbered, with_node
from tests.support.api import Team
from tests.support.fault_llm import FaultLlm
from tests.support.waiting import until

HOLD = """UPDATE l1_walk_sessions SET generation_token = :token,
          generation_expires_at = now() + make_interval(secs => :seconds) WHERE id = :id"""
FORGET = "UPDATE l1_walk_sessions SET pending_node = NULL, first_node = NULL WHERE id = :id"
KILL_THE_WAITING = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO ai_records%'"""
CLAIM = "SELECT generation_token IS NULL AND generation_expires_at IS NULL FROM l1_walk_sessions WHERE id = :id"


async def recorded(team: Team, calls: int) -> bool:
    return await team.counts("ai_records") == (calls,)


async def test_fifty_double_mounts_are_one_paid_call(team: Team, fake: FaultLlm) -> None:
    """Regression 2."""
    caller = team.as_("l1")
    session = await build(caller)
    await team.rows(FORGET, id=session["id"])
    fake.reset("slow:0.2")
    seen = await asyncio.gather(*(caller.do("AiNext", sessionId=session["id"]) for _ in range(50)))
    assert fake.calls == 1
    assert len({one["session"]["currentNode"]["nodeId"] for one in seen}) == 1
    for _ in range(20):
        again = (await caller.do("AiNext", sessionId=session["id"]))["session"]
        assert again == seen[0]["session"]
        assert await ai_seen(caller, session) == again
    assert fake.calls == 1


async def test_fifty_identical_answers_are_one_step_and_one_paid_call(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    session = await build(caller)
    fake.reset("slow:0.2")
    given = answering(session, idempotencyKey="same")
    payloads = await asyncio.gather(*(caller.do("AiAnswer", **given) for _ in range(50)))
    assert fake.calls == 1
    seen = [await with_node(caller, one["session"]) for one in payloads]
    assert {(one["step"], one["currentNode"]["nodeId"]) for one in seen} == {(1, seen[0]["currentNode"]["nodeId"])}
    assert fake.calls == 1
    assert len((await ai_seen(caller, session))["walkedPath"]) == 1


async def test_answers_without_a_key_are_one_step_and_one_paid_call(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    session = await build(caller)
    fake.reset("slow:0.2")
    payloads = await asyncio.gather(*(caller.send("AiAnswer", **answering(session)) for _ in range(20)))
    codes = [error["code"] for one in payloads for error in one["errors"]]
    assert codes == ["STALE_STEP"] * 19
    assert (fake.calls, len((await ai_seen(caller, session))["walkedPath"])) == (1, 1)


async def test_double_clicked_intake_classifies_and_builds_once(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    fake.classify = "category"
    sessions = await asyncio.gather(*(build(caller, idempotencyKey="click") for _ in range(8)))
    assert len({one["id"] for one in sessions}) == 1
    assert (fake.asked("classify"), fake.asked("node")) == (1, 1)
    assert await team.counts("l1_walk_sessions", "tickets", "ai_records") == (1, 1, 2)


async def test_the_first_node_has_an_id_and_the_path_grows(team: Team, fake: FaultLlm) -> None:
    """Regressions 1 and 4: nodes without ids never left question 1; the path holds answered nodes only."""
    fake.writer = numbered
    caller = team.as_("l1")
    session = await build(caller)
    ids = []
    for step in range(1, 4):
        ids.append(session["currentNode"]["nodeId"])
        session = await answer(caller, session, step % 2)
        assert [one["nodeId"] for one in session["walkedPath"]] == ids
        assert all(one["question"] and one["answerLabel"] for one in session["walkedPath"])
    assert len({*ids, session["currentNode"]["nodeId"]}) == 4


async def test_a_repeat_after_a_crash_makes_the_missing_node(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    started = await build(caller, idempotencyKey="intake")
    await team.rows(FORGET, id=started["id"])
    session = await build(caller, idempotencyKey="intake")
    assert (session["id"], session["currentNode"] is not None) == (started["id"], True)

    given = answering(session, idempotencyKey="answer")
    await caller.do("AiAnswer", **given)
    await team.rows(FORGET, id=session["id"])  # as if the process had died before its node was there
    paid = fake.calls
    again = (await caller.do("AiAnswer", **given))["session"]
    assert (again["step"], again["currentNode"] is not None, fake.calls) == (1, True, paid + 1)
    assert len(again["walkedPath"]) == 1


async def test_a_dead_claim_is_taken_over_once_it_has_expired(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    session = await build(caller)
    await team.rows(FORGET, id=session["id"])
    await team.rows(HOLD, id=session["id"], token=uuid4(), seconds=0.6)
    fake.reset()
    held = await ai_seen(caller, session)
    assert (held["isGenerating"], held["currentNode"]) == (True, None)
    seen = await asyncio.gather(*(caller.do("AiNext", sessionId=session["id"]) for _ in range(5)))
    assert fake.calls == 1
    assert {one["session"]["isGenerating"] for one in seen} == {False}
    assert await team.value(CLAIM, id=session["id"])


async def test_who_waits_for_another_process_buys_nothing_and_is_told(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    session = await build(caller)
    await team.rows(FORGET, id=session["id"])
    await team.rows(HOLD, id=session["id"], token=uuid4(), seconds=60)
    fake.reset()
    seen = (await caller.do("AiNext", sessionId=session["id"]))["session"]
    assert (seen["isGenerating"], seen["currentNode"], fake.calls) == (True, None, 0)
    codes = await caller.refused("AiAnswer", sessionId=session["id"], nodeId="x", answer="done", expectedStep=0)
    assert codes == "STALE_NODE"


@pytest.mark.parametrize("change", ["back", "resolve", "escalate", "abandon"])
async def test_a_result_after_the_walk_went_on_is_dropped_and_recorded(
    team: Team, fake: FaultLlm, change: str
) -> None:
    fake.writer = numbered
    caller = team.as_("l1")
    session = await answer(caller, await build(caller))
    pending = session["currentNode"]
    fake.mode = "slow:0.8"
    waiting = asyncio.create_task(caller.send("AiAnswer", **answering(session)))
    await until(lambda: fake.in_flight == 1, "a model is asked")
    ends = {"resolve": ("AiResolve", {"resolutionNotes": "Done.", "helpful": False}),
            "escalate": ("Escalate", {"reasonCategory": "OUT_OF_SCOPE"}),
            "abandon": ("Abandon", {"reason": "CUSTOMER_GONE"}),
            "back": ("AiBack", {"toStep": 2, "expectedStep": 2})}
    operation, given = ends[change]
    await caller.do(operation, sessionId=session["id"], **given)
    await waiting
    await until(lambda: recorded(team, 4), "the call is recorded")
    seen = await ai_seen(caller, session)
    assert seen["currentNode"] == (pending if change == "back" else None)
    assert (seen["isGenerating"], len(seen["walkedPath"])) == (False, 2)
    assert await team.value(CLAIM, id=session["id"])
    verdicts = [one["verdict"] for one in await ai_records(team.as_("admin"), session)]
    assert verdicts == ["ok", "ok", "ok", "dropped:ok"]
    assert await team.value("SELECT calls FROM ai_spend WHERE account_id = :account AND actor_id = :id",
                            id=caller.id) == 4


async def test_who_goes_back_while_a_node_is_made_does_not_wait_for_it(team: Team, fake: FaultLlm) -> None:
    fake.writer = numbered
    caller = team.as_("l1")
    session = await answer(caller, await build(caller))
    fake.mode = "hang"
    waiting = asyncio.create_task(caller.send("AiAnswer", **answering(session)))
    await until(lambda: fake.in_flight == 1, "a model is asked")
    fake.mode = "good"
    back = (await caller.do("AiBack", sessionId=session["id"], toStep=2, expectedStep=2))["session"]
    other = await answer(caller, back, 1)
    assert (other["step"], other["currentNode"]["text"]) == (3, "Does light number 3 on the printer blink?")
    assert (await waiting)["session"]["currentNode"]["nodeId"] in {
        back["currentNode"]["nodeId"], other["currentNode"]["nodeId"]}


async def test_going_back_replays_the_recorded_successor(team: Team, fake: FaultLlm) -> None:
    fake.writer = numbered
    caller = team.as_("l1")
    first = await build(caller)
    second = await answer(caller, first)
    paid = fake.calls
    back = (await caller.do("AiBack", sessionId=first["id"], toStep=1, expectedStep=1))["session"]
    again = await answer(caller, back)
    assert (again["currentNode"], again["step"], fake.calls) == (second["currentNode"], 2, paid)
    back = (await caller.do("AiBack", sessionId=first["id"], toStep=2, expectedStep=2))["session"]
    other = await answer(caller, back, 1)
    assert other["currentNode"]["nodeId"] != second["currentNode"]["nodeId"]
    assert fake.calls == paid + 1


async def test_what_was_paid_is_stored_although_the_database_breaks(team: Team, fake: FaultLlm) -> None:
    """The transaction that stores the node loses its connection; it is repeated, and counts once."""
    caller = team.as_("l1")
    session = await build(caller)
    fake.mode = "slow:0.6"
    call = asyncio.create_task(caller.send("AiAnswer", **answering(session)))
    async with team.api.owner.write(None) as blocker:
        await blocker.execute(text("LOCK TABLE ai_records IN ACCESS EXCLUSIVE MODE"))
        async with asyncio.timeout(5):
            while not (await blocker.execute(text(KILL_THE_WAITING))).all():
                await asyncio.sleep(0.05)
                await blocker.execute(text("SELECT pg_stat_clear_snapshot()"))
    await call
    seen = (await caller.do("AiNext", sessionId=session["id"]))["session"]
    assert (seen["step"], seen["currentNode"]["__typename"], fake.asked("node")) == (1, "QuestionNode", 2)
    assert [one["verdict"] for one in await ai_records(team.as_("admin"), session)] == ["ok", "ok", "ok"]
    assert await team.value("SELECT tokens FROM ai_spend WHERE account_id = :account AND actor_id = :id",
                            id=caller.id) == 360

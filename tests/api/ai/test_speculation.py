"""The likeliest next node, made while the technician reads: off by default, one call a node, in the budget."""

from __future__ import annotations

import time

from tests.support.ai_walks import ai_records, ai_seen, answer, build, numbered
from tests.support.api import Team
from tests.support.fault_llm import FaultLlm


async def settled(team: Team) -> None:
    """Until what runs in the background is done."""
    await team.api.services.background.drain(4.0)


async def test_it_is_off_by_default(team: Team, fake: FaultLlm) -> None:
    await build(team.as_("l1"))
    await settled(team)
    assert (fake.asked("node"), fake.asked("speculate")) == (1, 0)


async def test_a_hit_answers_without_waiting(team: Team, fake: FaultLlm) -> None:
    fake.writer = numbered
    await team.as_("admin").do("SetAi", isSpeculationEnabled=True)
    caller = team.as_("l1")
    session = await build(caller)
    await settled(team)
    assert (fake.asked("node"), fake.asked("speculate")) == (1, 1)
    fake.mode = "hang"
    started = time.monotonic()
    session = await answer(caller, session, 0)
    assert time.monotonic() - started < 1.0
    assert session["currentNode"]["text"] == "Does light number 2 on the printer blink?"
    assert fake.asked("node") == 1
    await settled(team)
    assert fake.asked("speculate") == 2  # one for the node that was just served
    records = await ai_records(team.as_("admin"), session)
    assert [(one["purpose"], one["verdict"]) for one in records][:3] == [
        ("classify", "ok"), ("node", "ok"), ("speculate", "ok")]
    assert (await team.as_("owner").run("Replay", id=session["id"]))["replayWalk"]["isIdentical"] is True


async def test_a_miss_asks_and_keeps_nothing_of_the_guess(team: Team, fake: FaultLlm) -> None:
    fake.writer = numbered
    await team.as_("admin").do("SetAi", isSpeculationEnabled=True)
    caller = team.as_("l1")
    session = await build(caller)
    await settled(team)
    session = await answer(caller, session, 1)
    await settled(team)
    assert (fake.asked("node"), fake.asked("speculate")) == (2, 2)
    assert '"answered": "It is dark"' in fake.prompts[3]["messages"][1]["content"]
    assert (await ai_seen(caller, session))["currentNode"] == session["currentNode"]


async def test_refreshing_and_going_back_speculate_no_more(team: Team, fake: FaultLlm) -> None:
    fake.writer = numbered
    await team.as_("admin").do("SetAi", isSpeculationEnabled=True)
    caller = team.as_("l1")
    session = await build(caller)
    await settled(team)
    for _ in range(5):
        await caller.do("AiNext", sessionId=session["id"])
    session = await answer(caller, session)
    await settled(team)
    await caller.do("AiBack", sessionId=session["id"], toStep=1, expectedStep=1)
    await settled(team)
    assert (fake.asked("node"), fake.asked("speculate")) == (1, 2)


async def test_a_guess_that_cannot_be_used_is_not_tried_again(team: Team, fake: FaultLlm) -> None:
    await team.as_("admin").do("SetAi", isSpeculationEnabled=True)
    fake.reset("not_json", "good")
    fake.classify = "category"
    session = await build(team.as_("l1"))
    await settled(team)
    assert fake.asked("speculate") == 1
    records = await ai_records(team.as_("admin"), session)
    assert [(one["purpose"], one["verdict"]) for one in records] == [
        ("classify", "ok"), ("node", "ok"), ("speculate", "not_json")]


async def test_a_guess_counts_in_the_budget(team: Team, fake: FaultLlm) -> None:
    await team.as_("admin").do("SetAi", isSpeculationEnabled=True, callsPerDay=2)
    await build(team.as_("l1"))
    await settled(team)
    assert (fake.calls, fake.asked("speculate")) == (2, 0)
    assert await team.counts("ai_records") == (2,)


async def test_a_guess_after_the_walk_went_on_is_dropped_and_recorded(team: Team, fake: FaultLlm) -> None:
    await team.as_("admin").do("SetAi", isSpeculationEnabled=True)
    fake.reset("slow:0.6", "good")
    fake.classify = "category"
    caller = team.as_("l1")
    session = await build(caller)
    await caller.do("AiResolve", sessionId=session["id"], resolutionNotes="It was off.", helpful=False)
    await settled(team)
    records = await ai_records(team.as_("admin"), session)
    assert [(one["purpose"], one["verdict"]) for one in records][2:] == [("speculate", "dropped:ok")]
    assert await team.value("SELECT speculated IS NULL FROM l1_walk_sessions WHERE account_id = :account")

"""Every way a model can fail: a reply in time, the answer kept once, the paid calls as promised, and a way to go on."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from tests.support.ai_walks import STEP_SECONDS, ai_records, ai_seen, answer, answering, build, model_of, numbered
from tests.support.api import Team
from tests.support.fault_llm import HOSTILE_TEXTS, QUESTION, FaultLlm
from tests.support.waiting import until

BROKEN = {  # mode -> paid calls for a node
    "hang": 1, "dribble": 1, "500": 2, "429": 1, "401": 1, "cut": 2, "empty_choices": 2, "null_content": 2,
    "empty_content": 2, "not_json": 2, "not_http_json": 2, "wrong_schema": 2, "json_array": 2, "deep": 2,
    "wrong_labels": 2, "yes_no_alternatives": 2, "huge": 2, "long_text": 2, "truncated": 2, "refused_action": 2,
}
USABLE = ("good", "fenced", "prose", "instruction", "nul", "surrogate", "foreign_ids")
MARGIN = 3.0  # seconds for the commit and the way back, on a busy machine


@pytest.mark.parametrize("mode", BROKEN)
async def test_a_broken_answer_after_a_step(team: Team, fake: FaultLlm, mode: str) -> None:
    caller = team.as_("l1")
    session = await build(caller)
    fake.reset(mode)
    started = time.monotonic()
    after = await answer(caller, session, idempotencyKey="k")
    assert time.monotonic() - started < (STEP_SECONDS if mode in {"hang", "dribble"} else 4.0) + MARGIN
    assert fake.calls == BROKEN[mode]
    assert (after["status"], after["step"], after["isGenerating"]) == ("ACTIVE", 1, False)
    assert [(one["nodeId"], one["answerLabel"]) for one in after["walkedPath"]] == [
        (session["currentNode"]["nodeId"], "Green")]
    node = after["currentNode"]
    assert node["__typename"] == "EscalateNode"
    assert node["reasonCategory"] in {"AI_UNAVAILABLE", "EXHAUSTED_SAFE_STEPS"}
    assert not any(word in json.dumps(after) for word in ("db-host", "sk-leaked", "Traceback", "litellm", "openai"))

    # a repeat of the answer and a refresh buy nothing
    assert await answer(caller, session, idempotencyKey="k") == after
    assert (await caller.do("AiNext", sessionId=session["id"]))["session"] == after
    assert fake.calls == BROKEN[mode]

    records = await ai_records(team.as_("admin"), session)
    assert len([one for one in records if one["atStep"] == 1]) == BROKEN[mode]
    assert all(one["verdict"] != "ok" for one in records if one["atStep"] == 1)

    # and the walk goes on
    fake.reset()
    done = await caller.do("AiResolve", sessionId=session["id"], resolutionNotes="Solved by hand.", helpful=False)
    assert done["session"]["status"] == "RESOLVED"
    assert fake.calls == 0


@pytest.mark.parametrize("mode", ["500", "hang", "not_json", "429"])
async def test_a_broken_first_node(team: Team, fake: FaultLlm, mode: str) -> None:
    fake.reset(mode)
    caller = team.as_("l1")
    started = time.monotonic()
    session = await build(caller, "Outlook does not open any more", idempotencyKey="k")
    assert time.monotonic() - started < STEP_SECONDS + MARGIN
    assert fake.calls <= 3
    assert (session["category"], session["currentNode"]["__typename"]) == ("outlook_client", "EscalateNode")
    assert session["currentNode"]["reasonCategory"] == "AI_UNAVAILABLE"
    paid = fake.calls
    assert (await build(caller, "Outlook does not open any more", idempotencyKey="k"))["id"] == session["id"]
    assert (fake.calls, await team.counts("l1_walk_sessions", "tickets")) == (paid, (1, 1))


BROKEN_CLASSIFICATIONS = ("hang", "dribble", "500", "429", "401", "cut", "empty_choices", "null_content", "empty_content",
                          "not_json", "not_http_json", "wrong_schema", "json_array", "deep", "huge", "truncated",
                          "category_foreign")


@pytest.mark.parametrize("mode", BROKEN_CLASSIFICATIONS)
async def test_a_broken_classification_is_made_good_by_the_words(team: Team, fake: FaultLlm, mode: str) -> None:
    """One paid call, however it failed; what the words do not settle stays unknown, and no session is made."""
    fake.classify = mode
    caller = team.as_("l1")
    started = time.monotonic()
    session = await build(caller, "Outlook does not open any more")
    assert time.monotonic() - started < STEP_SECONDS + MARGIN
    assert (session["category"], session["currentNode"]["text"]) == ("outlook_client", QUESTION["text"])
    assert (fake.asked("classify"), fake.asked("node")) == (1, 1)
    [record, _] = await ai_records(team.as_("admin"), session)
    assert (record["purpose"], record["verdict"] != "ok") == ("classify", True)
    outcome = (await caller.do("Build", problem="Something is strange today"))["outcome"]
    assert (outcome["__typename"], outcome["reason"]) == ("OutOfScope", "CATEGORY_UNKNOWN")
    assert await team.counts("l1_walk_sessions", "tickets") == (1, 1)


@pytest.mark.parametrize("fault", ["500", "429", "401", "cut", "hang"])
async def test_the_next_model_is_asked_after_an_outage(team: Team, fake: FaultLlm, fault: str) -> None:
    """In their order, two paid calls at most, and the record says who answered."""
    services, kept = team.api.services, team.api.services.model
    services.model = model_of(fake, model="first", small_model="small", fallback_models=("second", "third"),
                              step_timeout=4.0)
    try:
        fake.reset("good", fault)
        fake.classify = "category"
        session = await build(team.as_("l1"))
        assert session["currentNode"]["text"] == QUESTION["text"]
        assert [body["model"] for body in fake.prompts] == ["small", "first", "second"]
        fake.reset(fault)
        session = await answer(team.as_("l1"), session)
        assert session["currentNode"]["reasonCategory"] == "AI_UNAVAILABLE"
        assert [body["model"] for body in fake.prompts] == ["first", "second"]
        records = await ai_records(team.as_("admin"), session)
        assert [(one["model"], one["errorCode"] is None) for one in records] == [
            ("openai/small", True), ("openai/first", False), ("openai/second", True), ("openai/first", False),
            ("openai/second", False)]
    finally:
        services.model = kept


async def test_a_bad_answer_is_retried_with_the_same_model(team: Team, fake: FaultLlm) -> None:
    services, kept = team.api.services, team.api.services.model
    services.model = model_of(fake, model="first", fallback_models=("second",), step_timeout=4.0)
    try:
        fake.reset("good", "not_json")
        fake.classify = "category"
        session = await build(team.as_("l1"))
        assert session["currentNode"]["text"] == QUESTION["text"]
        assert [body["model"] for body in fake.prompts] == ["first", "first", "first"]
    finally:
        services.model = kept


async def test_classification_and_first_node_share_one_bound(team: Team, fake: FaultLlm) -> None:
    fake.classify, fake.mode = "hang", "hang"
    started = time.monotonic()
    session = await build(team.as_("l1"), "Outlook does not open any more")
    assert time.monotonic() - started < STEP_SECONDS + MARGIN
    assert (session["currentNode"]["reasonCategory"], fake.calls) == ("AI_UNAVAILABLE", 2)


@pytest.mark.parametrize("mode", USABLE)
async def test_usable_answers_are_served_clean(team: Team, fake: FaultLlm, mode: str) -> None:
    caller = team.as_("l1")
    fake.mode = mode
    session = await build(caller)
    node = session["currentNode"]
    assert node["__typename"] == ("InstructionNode" if mode == "instruction" else "QuestionNode")
    assert (fake.asked("node"), session["status"], session["step"]) == (1, "ACTIVE", 0)
    assert len(node["nodeId"]) == 36
    assert "\x00" not in json.dumps(session, ensure_ascii=False)
    json.dumps(session, ensure_ascii=False).encode("utf-8")
    fake.mode = "good"
    assert (await answer(caller, session))["step"] == 1
    assert [one["verdict"] for one in await ai_records(team.as_("admin"), session)] == ["ok", "ok", "ok"]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
async def test_a_hostile_text_is_not_served(team: Team, fake: FaultLlm, text: str) -> None:
    fake.mode = f"text:{text}"
    session = await build(team.as_("l1"))
    assert session["currentNode"]["__typename"] == "EscalateNode"
    assert text not in json.dumps(session)
    assert (session["status"], fake.asked("node")) == ("ACTIVE", 2)


async def test_a_good_retry_is_served(team: Team, fake: FaultLlm) -> None:
    fake.reset("good", "not_json", "good")
    fake.classify = "category"
    session = await build(team.as_("l1"))
    assert (session["currentNode"]["text"], fake.asked("node")) == (QUESTION["text"], 2)
    records = await ai_records(team.as_("admin"), session)
    assert [(one["purpose"], one["attempt"], one["verdict"]) for one in records] == [
        ("classify", 1, "ok"), ("node", 1, "not_json"), ("node", 2, "ok")]


async def test_after_an_outage_the_same_answer_is_asked_again(team: Team, fake: FaultLlm) -> None:
    """The node that only says that no model could help is no successor to replay."""
    fake.writer = numbered
    caller = team.as_("l1")
    session = await build(caller)
    fake.mode = "500"
    failed = await answer(caller, session)
    assert failed["currentNode"]["reasonCategory"] == "AI_UNAVAILABLE"
    fake.mode = "good"
    back = (await caller.do("AiBack", sessionId=session["id"], toStep=1, expectedStep=1))["session"]
    assert back["currentNode"] == session["currentNode"]
    again = await answer(caller, back)
    assert (again["step"], again["currentNode"]["text"]) == (2, "Does light number 2 on the printer blink?")


async def test_a_walk_that_ended_in_an_outage_goes_on_with_a_new_node(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    session = await build(caller)
    fake.mode = "500"
    await answer(caller, session)
    await caller.do("Abandon", sessionId=session["id"], reason="CUSTOMER_GONE")
    fake.mode = "good"
    after = (await caller.do("AiContinue", sessionId=session["id"], idempotencyKey="k"))["session"]
    assert (after["currentNode"]["text"], after["id"] != session["id"]) == (QUESTION["text"], True)
    paid = fake.calls
    again = (await caller.do("AiContinue", sessionId=session["id"], idempotencyKey="k"))["session"]
    assert (again["id"], fake.calls) == (after["id"], paid)


async def test_a_caller_who_hangs_up_cancels_nothing_that_is_paid_for(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    session = await build(caller)
    fake.mode = "slow:0.8"
    call = asyncio.create_task(caller.send("AiAnswer", **answering(session)))
    await until(lambda: fake.in_flight == 1, "a model is asked")
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)

    async def is_served() -> bool:
        return (await ai_seen(caller, session))["currentNode"] is not None

    await until(is_served, "the node that was paid for is served")
    seen = await ai_seen(caller, session)
    assert (seen["step"], seen["currentNode"]["text"], seen["isGenerating"]) == (1, QUESTION["text"], False)
    assert fake.asked("node") == 2


async def test_no_call_is_in_flight_a_second_after_the_last_reply(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    session = await build(caller)
    fake.mode = "hang"
    await answer(caller, session)
    await asyncio.sleep(1.0)
    assert fake.in_flight == 0

"""The depth cap is exact, and budgets end in the same graceful node."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.support.ai_walks import ai_records, answer, build, model_of, numbered
from tests.support.api import Team
from tests.support.fault_llm import FaultLlm

SPENT = "SELECT calls, tokens, cost_usd FROM ai_spend WHERE account_id = :account AND actor_id = :actor"
ACCOUNT = "00000000-0000-0000-0000-000000000000"


async def test_twelve_answered_nodes_end_in_the_caps_escalate_node(team: Team, fake: FaultLlm) -> None:
    """Regression 4: a hidden entry in the path made the cap off by one."""
    fake.writer = numbered
    caller = team.as_("l1")
    session = await build(caller)
    for step in range(1, 13):
        assert session["currentNode"]["__typename"] == "QuestionNode", step
        session = await answer(caller, session)
        assert session["step"] == step
    assert session["currentNode"]["__typename"] == "EscalateNode"
    assert session["currentNode"]["reasonCategory"] == "EXHAUSTED_SAFE_STEPS"
    assert (len(session["walkedPath"]), fake.asked("node")) == (12, 12)
    # a node of the cap has an id and is replayed like any other
    assert (await caller.do("AiNext", sessionId=session["id"]))["session"] == session
    assert fake.asked("node") == 12
    # what was gone back over does not count: one more node is built, then the cap comes again
    back = (await caller.do("AiBack", sessionId=session["id"], toStep=12, expectedStep=12))["session"]
    session = await answer(caller, back, 1)
    assert (session["step"], session["currentNode"]["__typename"], fake.asked("node")) == (13, "EscalateNode", 12)


async def test_the_depth_of_the_walk_before_counts(team: Team, fake: FaultLlm) -> None:
    fake.writer = numbered
    caller = team.as_("l1")
    session = await build(caller)
    for _ in range(7):
        session = await answer(caller, session)
    await caller.do("Abandon", sessionId=session["id"], reason="CUSTOMER_GONE")
    after = (await caller.do("AiContinue", sessionId=session["id"]))["session"]
    assert (after["currentNode"]["nodeId"], after["walkedPath"]) == (session["currentNode"]["nodeId"], [])
    for _ in range(5):
        assert after["currentNode"]["__typename"] == "QuestionNode"
        after = await answer(caller, after)
    assert after["currentNode"]["reasonCategory"] == "EXHAUSTED_SAFE_STEPS"
    assert "Does light number 1 on the printer blink?" in fake.prompts[-1]["messages"][1]["content"]


async def test_a_budget_of_calls_is_never_exceeded(team: Team, fake: FaultLlm) -> None:
    await team.as_("admin").do("SetAi", callsPerDay=10)
    sessions = await asyncio.gather(*(build(team.as_("l1"), f"{n}: the printer prints blank pages") for n in range(12)))
    assert fake.calls == 10
    assert {one["currentNode"]["__typename"] for one in sessions} <= {"QuestionNode", "EscalateNode"}
    refused = [one for one in sessions if one["currentNode"]["__typename"] == "EscalateNode"]
    assert refused
    assert {one["currentNode"]["reasonCategory"] for one in refused} == {"AI_UNAVAILABLE"}
    assert {one["category"] for one in sessions} == {"printer"}
    [spent] = await team.rows(SPENT, actor=ACCOUNT)
    assert (spent["calls"], spent["tokens"]) == (10, 1_200)
    records = await ai_records(team.as_("admin"), refused[0])
    assert [one["errorCode"] for one in records if one["purpose"] == "node"] == ["budget"]


async def test_one_persons_budget_is_theirs(team: Team, fake: FaultLlm) -> None:
    await team.as_("admin").do("SetAi", callsPerUserDay=2)
    session = await build(team.as_("l1"))
    session = await answer(team.as_("l1"), session)
    assert session["currentNode"]["reasonCategory"] == "AI_UNAVAILABLE"
    other = await build(team.as_("cover"))
    assert other["currentNode"]["__typename"] == "QuestionNode"
    assert fake.calls == 4
    assert (await team.rows(SPENT, actor=team.as_("l1").id))[0]["calls"] == 2


async def test_admins_see_that_the_budget_is_used_up(team: Team, fake: FaultLlm) -> None:
    admin = team.as_("admin")
    before = (await admin.run("AiMoney"))["account"]
    assert (before["aiBudget"]["isUsedUp"], before["aiBudget"]["callsToday"], before["aiUsage"]) == (False, 0, [])
    await admin.do("SetAi", callsPerDay=2)
    await build(team.as_("l1"))
    seen = (await admin.run("AiMoney"))["account"]
    assert (seen["aiBudget"]["isUsedUp"], seen["aiBudget"]["callsToday"]) == (True, 2)
    assert [(one["day"], one["calls"], one["tokens"]) for one in seen["aiUsage"]] == [
        (datetime.now(UTC).date().isoformat(), 2, 240)]
    for person in ("engineer", "l1", "viewer"):
        for field in ("aiBudget { isUsedUp }", "aiUsage { calls }", "aiEnabled"):
            body = await team.as_(person).raw(f"{{ account {{ {field} }} }}")
            assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize("budget", [{"callsPerDay": 0}, {"callsPerUserDay": 0}, {"usdPerDay": "0"}, {"usdPerUserDay": "0"}])
async def test_a_budget_of_nothing_buys_nothing(team: Team, fake: FaultLlm, budget: dict[str, object]) -> None:
    await team.as_("admin").do("SetAi", **budget)
    session = await build(team.as_("l1"))
    assert (session["currentNode"]["reasonCategory"], fake.calls) == ("AI_UNAVAILABLE", 0)
    assert await team.counts("ai_spend") == (0,)


async def test_money_is_counted_and_held_while_calls_run(team: Team, fake: FaultLlm) -> None:
    """A model with a known price: calls at the same time see each other's price, so that only one goes over."""
    services, kept = team.api.services, team.api.services.model
    services.model = model_of(fake, model="openai/gpt-4o-mini", step_timeout=5.0)
    price = Decimal("0.000027")  # 100 tokens in, 20 out, at litellm's prices of gpt-4o-mini
    try:
        session = await build(team.as_("l1"))
        [spent] = await team.rows(SPENT, actor=ACCOUNT)
        assert (spent["calls"], spent["cost_usd"]) == (2, 2 * price)
        costs = [one["costUsd"] for one in await ai_records(team.as_("admin"), session)]
        assert [Decimal(one) for one in costs] == [price, price]

        await team.as_("admin").do("SetAi", usdPerDay=str(2 * price + Decimal("0.000001")))
        fake.reset("slow:0.3")
        fake.classify = "category"
        others = [build(team.as_("l1"), f"{n}: the printer prints blank pages") for n in range(6)]
        await asyncio.gather(answer(team.as_("l1"), session), *others)
        assert fake.calls == 1
        [spent] = await team.rows(SPENT, actor=ACCOUNT)
        assert (spent["calls"], spent["cost_usd"]) == (3, 3 * price)
        assert (await team.as_("admin").run("AiMoney"))["account"]["aiBudget"]["isUsedUp"] is True
    finally:
        services.model = kept


async def test_switched_off_in_the_middle_of_a_walk(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    session = await build(caller)
    await team.as_("owner").do("SetAi", isEnabled=False)
    fake.reset()
    after = await answer(caller, session)
    assert (after["step"], after["currentNode"]["reasonCategory"]) == (1, "AI_UNAVAILABLE")
    outcome = (await caller.do("Build", problem="The printer prints blank pages"))["outcome"]
    assert outcome == {"__typename": "OutOfScope", "category": None, "reason": "AI_DISABLED", "canWalkAdhoc": True,
                       "canEscalate": True}
    assert fake.calls == 0
    await team.as_("owner").do("SetAi", isEnabled=True)
    back = (await caller.do("AiBack", sessionId=session["id"], toStep=1, expectedStep=1))["session"]
    assert (await answer(caller, back))["currentNode"]["__typename"] == "QuestionNode"


async def test_a_switched_off_account_sends_no_texts_for_vectors(team: Team, fake: FaultLlm) -> None:
    from integrations.embedder import ProviderEmbedder
    from tests.support.trees import printer

    services, model, kept = team.api.services, model_of(fake, embedding_model="vectors"), team.api.services.embedder

    async def embed(texts: list[str]) -> list[list[float]] | None:
        return await model.embed(texts, 2.0)

    services.embedder = ProviderEmbedder("vectors", embed)
    try:
        await team.publish(printer(), keywords=("printer",))
        await team.as_("owner").do("SetAi", isEnabled=False)
        await team.as_("l1").do("Build", problem="Jane's printer prints blank pages", customerName="Jane Doe")
        assert fake.calls == 0
        await team.as_("owner").do("SetAi", isEnabled=True)
        await team.as_("l1").do("Build", problem="Jane's printer prints blank pages", customerName="Jane Doe")
        inputs = [text for body in fake.prompts for text in body.get("input", [])]
        assert inputs
        assert not any("Jane" in text for text in inputs), inputs
    finally:
        services.embedder = kept

"""What clients already send, for an AI-built walk from intake to its end."""

from __future__ import annotations

from domain.builder.escalate_nodes import DISCLAIMER
from tests.support.ai_walks import PROBLEM, answering, numbered
from tests.support.api import Team
from tests.support.documents import contract
from tests.support.fault_llm import QUESTION, FaultLlm


async def test_an_ai_built_walk_with_the_contracts_documents(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    outcome = (await caller.do(contract("Intake"), problem=PROBLEM))["outcome"]
    session = outcome["session"]
    assert (outcome["__typename"], outcome["reason"], outcome["score"]) == ("WalkStarted", "BUILD", None)
    assert (session["kind"], session["status"], session["step"], session["category"]) == (
        "AI_BUILD", "ACTIVE", 0, "printer")
    assert (session["disclaimer"], session["isGenerating"], session["flow"]) == (DISCLAIMER, False, None)
    node = session["currentNode"]
    assert (node["__typename"], node["text"]) == ("QuestionNode", QUESTION["text"])
    assert [one["label"] for one in node["options"]] == ["Green", "Orange"]
    assert (fake.asked("classify"), fake.asked("node")) == (1, 1)

    session = (await caller.do(contract("AnswerNode"), **answering(session, 1)))["session"]
    assert [(one["step"], one["question"], one["answerLabel"]) for one in session["walkedPath"]] == [
        (1, QUESTION["text"], "Orange")]
    assert session["currentNode"]["nodeId"] != node["nodeId"]
    assert fake.asked("node") == 2

    again = (await caller.do(contract("NextNode"), sessionId=session["id"]))["session"]
    assert again["currentNode"] == session["currentNode"]
    assert fake.asked("node") == 2

    back = (await caller.do(contract("GoBack"), sessionId=session["id"], toStep=1, expectedStep=1))["session"]
    assert back["currentNode"] == node
    assert [one["isSuperseded"] for one in back["walkedPath"]] == [True]

    found = (await caller.run(contract("WalkSession"), id=session["id"]))["walkSession"]
    assert (found["viewerCanAnswer"], found["viewerCanResolve"], found["viewerCanEscalate"]) == (True, True, True)


async def test_escalating_an_ai_built_walk(team: Team, fake: FaultLlm) -> None:
    caller = team.as_("l1")
    session = (await caller.do(contract("Intake"), problem=PROBLEM))["outcome"]["session"]
    session = (await caller.do(contract("AnswerNode"), **answering(session)))["session"]
    done = await caller.do(contract("Escalate"), sessionId=session["id"], reasonCategory="EXHAUSTED_SAFE_STEPS")
    assert done["session"]["status"] == "ESCALATED"
    ended = (await caller.run(contract("WalkSession"), id=session["id"]))["walkSession"]
    assert (ended["currentNode"], ended["viewerCanAnswer"], len(ended["walkedPath"])) == (None, False, 1)
    refused = await caller.send(contract("NextNode"), sessionId=session["id"])
    assert [error["code"] for error in refused["errors"]] == ["NOT_ACTIVE"]
    assert fake.asked("node") == 2


async def test_the_chosen_label_is_sent_on(team: Team, fake: FaultLlm) -> None:
    """Regression 8: a bare "yes" in the context made the next node worse."""
    fake.writer = numbered
    caller = team.as_("l1")
    session = (await caller.do(contract("Intake"), problem=PROBLEM))["outcome"]["session"]
    await caller.do(contract("AnswerNode"), **answering(session, 1))
    prompt = fake.prompts[-1]["messages"][1]["content"]
    assert '"answered": "It is dark"' in prompt
    assert session["currentNode"]["options"][1]["value"] not in prompt


async def test_without_a_model_intake_says_so(team: Team, fake: FaultLlm) -> None:
    from integrations.llm import UnconfiguredClient

    services, kept = team.api.services, team.api.services.model
    services.model = UnconfiguredClient()
    try:
        outcome = (await team.as_("l1").do(contract("Intake"), problem=PROBLEM))["outcome"]
    finally:
        services.model = kept
    assert outcome == {"__typename": "OutOfScope", "category": None, "reason": "AI_UNAVAILABLE", "canWalkAdhoc": True,
                       "canEscalate": True}
    assert await team.counts("l1_walk_sessions", "tickets", "ai_records") == (0, 0, 0)
    assert fake.calls == 0


async def test_what_is_not_enabled_or_not_known_is_out_of_scope(team: Team, fake: FaultLlm) -> None:
    await team.rows("UPDATE accounts SET enabled_categories = '{vpn_connect}' WHERE id = :account")
    outcome = (await team.as_("l1").do(contract("Intake"), problem=PROBLEM, idempotencyKey="k"))["outcome"]
    assert (outcome["__typename"], outcome["reason"], outcome["category"]) == (
        "OutOfScope", "CATEGORY_DISABLED", "printer")
    for mode in ("category_unknown", "category_foreign"):
        fake.classify = mode
        outcome = (await team.as_("l1").do(contract("Intake"), problem=f"Please edit the registry: {mode}", forceBuild=True))["outcome"]
        assert (outcome["__typename"], outcome["reason"]) == ("OutOfScope", "CATEGORY_UNKNOWN")
    assert await team.counts("l1_walk_sessions", "tickets", "idempotency_keys") == (0, 0, 0)
    assert await team.counts("ai_records") == (3,)

"""What a walk leaves behind when it moves or ends: no node, no guess, no claim of the place before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from jobs import expiry
from tests.support.ai_walks import ai_seen, answer, answering, build, numbered
from tests.support.api import Team
from tests.support.fault_llm import QUESTION, FaultLlm

CLAIMED = """UPDATE l1_walk_sessions SET speculated = '{"nodeId": "x", "answer": "done"}', generation_token = :token,
             generation_expires_at = now() + interval '1 hour' WHERE id = :id"""
LEFT = """SELECT status, pending_node IS NULL AS no_node, speculated IS NULL AS no_guess,
          generation_token IS NULL AND generation_expires_at IS NULL AS no_claim
          FROM l1_walk_sessions WHERE account_id = :account AND id = :id"""
ENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "resolved": ("AiResolve", {"resolutionNotes": "Done.", "helpful": True}),
    "escalated": ("Escalate", {"reasonCategory": "OUT_OF_SCOPE"}),
    "abandoned": ("Abandon", {"reason": "CUSTOMER_GONE"}),
}


async def left(team: Team, session: dict[str, Any]) -> tuple[Any, ...]:
    [row] = await team.rows(LEFT, id=session["id"])
    return tuple(row.values())


async def full(team: Team, fake: FaultLlm) -> dict[str, Any]:
    """A walk that has everything an ended one may not have."""
    fake.writer = numbered
    session = await answer(team.as_("l1"), await build(team.as_("l1")))
    await team.rows(CLAIMED, id=session["id"], token=uuid4())
    assert await left(team, session) == ("active", False, False, False)
    return session


@pytest.mark.parametrize("status", ENDS)
async def test_an_ended_walk_has_nothing_pending_and_never_changes(team: Team, fake: FaultLlm, status: str) -> None:
    session = await full(team, fake)
    operation, given = ENDS[status]
    await team.as_("l1").do(operation, sessionId=session["id"], **given)
    assert await left(team, session) == (status, True, True, True)
    seen = await ai_seen(team.as_("l1"), session)
    assert (seen["currentNode"], seen["isGenerating"]) == (None, False)
    paid = fake.calls
    for other, more in (("AiAnswer", answering(session)), ("AiNext", {"sessionId": session["id"]}),
                        ("AiBack", {"sessionId": session["id"], "toStep": 1, "expectedStep": 1})):
        [error] = (await team.as_("l1").send(other, **more))["errors"]
        assert error["code"] == "NOT_ACTIVE"
    assert (await left(team, session), fake.calls) == ((status, True, True, True), paid)


async def test_an_expired_walk_has_nothing_pending(team: Team, fake: FaultLlm) -> None:
    session = await full(team, fake)
    await team.rows("UPDATE l1_walk_sessions SET last_activity_at = :then WHERE id = :id", id=session["id"],
                    then=datetime.now(UTC) - timedelta(hours=25))
    assert await expiry.run(team.api.db, datetime.now(UTC)) == 1
    assert await left(team, session) == ("abandoned", True, True, True)
    # and what the walk goes on with is its own: the recorded node, no guess, no claim
    after = (await team.as_("l1").do("AiContinue", sessionId=session["id"]))["session"]
    assert after["currentNode"] == session["currentNode"]
    assert await left(team, after) == ("active", False, True, True)


async def test_going_back_forgets_guess_and_claim(team: Team, fake: FaultLlm) -> None:
    session = await full(team, fake)
    await team.as_("l1").do("AiBack", sessionId=session["id"], toStep=1, expectedStep=1)
    assert await left(team, session) == ("active", False, True, True)


async def test_answering_forgets_guess_and_claim(team: Team, fake: FaultLlm) -> None:
    session = await answer(team.as_("l1"), await full(team, fake))
    assert await left(team, session) == ("active", False, True, True)


@pytest.mark.parametrize("how", ["take over", "transfer", "pause"])
async def test_another_hand_keeps_the_node_the_guess_and_the_claim(team: Team, fake: FaultLlm, how: str) -> None:
    """The walk has not moved: what is pending or being made for its place still fits."""
    session = await full(team, fake)
    if how == "take over":
        await team.as_("cover").do("TakeOver", sessionId=session["id"])
    elif how == "transfer":
        await team.as_("l1").do("Transfer", sessionId=session["id"], assigneeId=team.as_("cover").id)
    else:
        await team.as_("l1").do("Pause", sessionId=session["id"],
                                waitUntil=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    assert await left(team, session) == ("active", False, False, False)
    assert (await ai_seen(team.as_("cover"), session))["currentNode"] == session["currentNode"]


@pytest.mark.parametrize("kind", ["resolved", "escalate"])
async def test_at_an_ai_nodes_end_nothing_can_be_answered(team: Team, fake: FaultLlm, kind: str) -> None:
    fake.writer = numbered
    session = await build(team.as_("l1"))
    show = "query ($id: ID!) { walkSession(id: $id) { viewerCanAnswer viewerCanResolve currentNode { __typename } } }"
    assert (await team.as_("l1").run(show, id=session["id"]))["walkSession"]["viewerCanAnswer"] is True
    fake.writer = lambda _: {**QUESTION, "kind": kind, "text": "It works again.", "options": [],
                             "reasonCategory": "other" if kind == "escalate" else None}
    session = await answer(team.as_("l1"), session)
    assert (await team.as_("l1").run(show, id=session["id"]))["walkSession"] == {
        "viewerCanAnswer": False, "viewerCanResolve": True,
        "currentNode": {"__typename": {"resolved": "ResolvedNode", "escalate": "EscalateNode"}[kind]}}

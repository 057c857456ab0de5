"""What a resolved AI-built walk leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.ai_walks import PROBLEM, answer, build, numbered
from tests.support.api import Team
from tests.support.fault_llm import FaultLlm

RESOLVE = {"resolutionNotes": "A new cartridge.", "helpful": True}
PROPOSAL = """SELECT title, keywords, tree, status, is_validated_by_outcome, is_ai_authored, source_session_id::text
              FROM flow_proposals WHERE account_id = :account"""


async def walked(team: Team, fake: FaultLlm) -> dict:
    fake.writer = numbered
    caller = team.as_("l1")
    session = await answer(caller, await build(caller))
    return await answer(caller, session, 1)


async def test_a_helpful_walk_becomes_one_pending_proposal(team: Team, fake: FaultLlm) -> None:
    session = await walked(team, fake)
    caller = team.as_("l1")
    done = await caller.do("AiResolve", sessionId=session["id"], idempotencyKey="k", **RESOLVE)
    assert (done["proposal"]["status"], done["proposal"]["isValidatedByOutcome"]) == ("PENDING", True)
    assert done["noProposalReason"] is None
    again = await caller.do("AiResolve", sessionId=session["id"], idempotencyKey="k", **RESOLVE)
    assert again["proposal"] == done["proposal"]
    assert await caller.refused("AiResolve", sessionId=session["id"], **RESOLVE) == "NOT_ACTIVE"
    [proposal] = await team.rows(PROPOSAL)
    assert (proposal["title"], proposal["is_ai_authored"], proposal["source_session_id"]) == (PROBLEM, True, session["id"])
    assert {"printer", "blank", "pages"} <= set(proposal["keywords"])
    nodes = {one["nodeId"]: one for one in proposal["tree"]["nodes"]}
    assert proposal["tree"]["rootId"] == session["walkedPath"][0]["nodeId"]
    assert [one["label"] for one in nodes[proposal["tree"]["rootId"]]["options"]] == ["It blinks", "It is dark"]
    assert sum(bool(one.get("needsReview")) for one in nodes.values()) == 2  # the answers nobody gave
    assert any(one["kind"] == "resolved" for one in nodes.values())


async def test_resolving_at_once_still_makes_one(team: Team, fake: FaultLlm) -> None:
    session = await walked(team, fake)
    payloads = await asyncio.gather(*(team.as_("l1").send("AiResolve", sessionId=session["id"], **RESOLVE) for _ in range(6)))
    assert sum(not one["errors"] for one in payloads) == 1
    assert await team.counts("flow_proposals") == (1,)


@pytest.mark.parametrize("given", [{"helpful": False}, {"outcome": "WORKAROUND"}, {"outcome": "UNCONFIRMED"}])
async def test_what_did_not_help_or_was_not_fixed_makes_none(team: Team, fake: FaultLlm, given: dict) -> None:
    session = await walked(team, fake)
    done = await team.as_("l1").do("AiResolve", sessionId=session["id"], **{**RESOLVE, **given})
    assert (done["proposal"], done["session"]["status"]) == (None, "RESOLVED")
    assert done["noProposalReason"]
    assert await team.counts("flow_proposals") == (0,)


async def test_an_empty_path_makes_none(team: Team, fake: FaultLlm) -> None:
    session = await build(team.as_("l1"))
    done = await team.as_("l1").do("AiResolve", sessionId=session["id"], **RESOLVE)
    assert (done["proposal"], bool(done["noProposalReason"])) == (None, True)
    assert await team.counts("flow_proposals") == (0,)


async def test_titles_and_keywords_are_masked(team: Team, fake: FaultLlm) -> None:
    fake.writer = numbered
    caller = team.as_("l1")
    session = await build(caller, "Marlene's printer (m@contoso.example) prints blank pages", customerName="Marlene Haverkamp")
    await answer(caller, session)
    await caller.do("AiResolve", sessionId=session["id"], resolutionNotes="Told Marlene, mail m@contoso.example.", helpful=True)
    [proposal] = await team.rows(PROPOSAL)
    kept = f"{proposal}".casefold()
    assert "marlene" not in kept
    assert "contoso" not in kept

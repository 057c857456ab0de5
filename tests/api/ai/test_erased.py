"""Erasing a customer's data reaches what a model made of their words."""

from __future__ import annotations

from typing import Any

from tests.support.ai_walks import Session, ai_records, ai_seen, answer, answering, build, numbered
from tests.support.api import Team
from tests.support.fault_llm import FaultLlm
from tests.support.walks import begin

ERASE = "mutation($input: EraseCustomerDataInput!) { eraseCustomerData(input: $input) { sessionCount errors { code } } }"
STORED = """
SELECT to_jsonb(t)::text AS row FROM l1_walk_sessions t WHERE account_id = :account
UNION ALL SELECT to_jsonb(t)::text FROM ai_records t WHERE account_id = :account
UNION ALL SELECT to_jsonb(t)::text FROM flow_proposals t WHERE account_id = :account
"""
WORDS = ("blinks", "dark", "light number", "blank pages")


async def walked(team: Team, fake: FaultLlm, **given: Any) -> Session:
    """Two answers; the third node waits."""
    fake.writer = numbered
    l1 = team.as_("l1")
    return await answer(l1, await answer(l1, await build(l1, **given)), 1)


async def erase(team: Team, session: Session) -> None:
    assert await team.as_("admin").do(ERASE, sessionId=session["id"]) == {"sessionCount": 1, "errors": []}


async def stored(team: Team) -> str:
    return "\n".join(row["row"] for row in await team.rows(STORED)).lower()


async def test_nodes_that_a_model_wrote_lose_their_words(team: Team, fake: FaultLlm) -> None:
    session = await walked(team, fake)
    before = await stored(team)
    assert [word for word in WORDS if word not in before] == []
    await erase(team, session)
    after = await stored(team)
    assert [word for word in WORDS if word in after] == []
    seen = await ai_seen(team.as_("l1"), session)
    assert [(one["step"], one["nodeId"], one["question"], one["answer"], one["answerLabel"]) for one in seen["walkedPath"]] == [
        (1, session["walkedPath"][0]["nodeId"], "[erased]", "option_1", "[erased] 1"),
        (2, session["walkedPath"][1]["nodeId"], "[erased]", "option_2", "[erased] 2")]
    assert [(one["purpose"], one["raw"], one["promptTokens"] > 0) for one in await ai_records(team.as_("admin"), session)] == [
        ("classify", None, True), ("node", None, True), ("node", None, True), ("node", None, True)]


async def test_an_active_walk_goes_on_from_where_it_was(team: Team, fake: FaultLlm) -> None:
    session = await walked(team, fake)
    await erase(team, session)
    l1 = team.as_("l1")
    payload = await l1.send("AiAnswer", **answering(session))
    assert [one["code"] for one in payload["errors"]] == ["INVALID_ANSWER"], "the options of before are gone"
    seen = await ai_seen(l1, session)
    assert (seen["currentNode"]["nodeId"], seen["currentNode"]["text"], seen["step"]) == (
        session["currentNode"]["nodeId"], "[erased]", 2)
    back = (await l1.do("AiBack", sessionId=session["id"], toStep=2, expectedStep=2))["session"]
    assert back["currentNode"]["nodeId"] == session["walkedPath"][1]["nodeId"]
    calls = fake.calls
    again = await answer(l1, back, 1)
    assert (again["currentNode"]["nodeId"], again["step"]) == (session["currentNode"]["nodeId"], 3), "replayed"
    assert fake.calls == calls


async def test_a_captured_proposal_is_dismissed_without_words(team: Team, fake: FaultLlm) -> None:
    session = await walked(team, fake)
    done = await team.as_("l1").do("AiResolve", sessionId=session["id"], resolutionNotes="A new cartridge", helpful=True)
    proposal = done["proposal"]["id"]
    walk = await begin(team.as_("l1"), proposalId=proposal)
    await erase(team, session)
    [row] = await team.rows("SELECT status, title, keywords, digest, bands, reviewed_by_user_id::text AS by, tree FROM flow_proposals"
                            " WHERE account_id = :account")
    texts = {node["text"] for node in row.pop("tree")["nodes"]}
    assert (row, texts) == ({"status": "dismissed", "title": "[erased]", "keywords": [], "digest": "", "bands": [],
                             "by": team.as_("admin").id}, {"[erased]"})
    actions = await team.rows("SELECT action, subject_id::text AS of FROM audit_events WHERE account_id = :account"
                              " AND actor_id = :by ORDER BY action", by=team.people["admin"])
    assert actions == [{"action": "customer.erased", "of": session["id"]}, {"action": "proposal.dismissed", "of": proposal}]
    going = await team.value("SELECT pinned_tree FROM l1_walk_sessions WHERE id = :id", id=walk["id"])
    assert going["rootId"] == session["walkedPath"][0]["nodeId"], "another customer's walk is not touched"
    assert await team.as_("l1").refused("Intake", problem="x", proposalId=proposal) == "INVALID_INPUT"

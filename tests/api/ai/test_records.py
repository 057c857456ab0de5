"""What is kept of every call, who may read it, and a walk rebuilt from it without a model."""

from __future__ import annotations

import json

import pytest

from tests.support.ai_walks import ai_records, answer, build, numbered
from tests.support.api import Api, Team
from tests.support.fault_llm import FaultLlm


async def walked(team: Team, fake: FaultLlm) -> dict:
    fake.writer = numbered
    caller = team.as_("l1")
    session = await answer(caller, await build(caller))
    session = await answer(caller, session, 1)
    back = (await caller.do("AiBack", sessionId=session["id"], toStep=2, expectedStep=2))["session"]
    return await answer(caller, back, 0)


async def test_every_call_leaves_a_record(team: Team, fake: FaultLlm) -> None:
    fake.writer = numbered
    session = await answer(team.as_("l1"), await build(team.as_("l1")))
    records = await ai_records(team.as_("owner"), session)
    assert [(one["purpose"], one["atStep"], one["attempt"], one["verdict"], one["errorCode"]) for one in records] == [
        ("classify", None, 1, "ok", None), ("node", 0, 1, "ok", None), ("node", 1, 1, "ok", None)]
    assert {(one["model"], one["promptTokens"], one["completionTokens"]) for one in records} == {("openai/fake", 100, 20)}
    assert all(len(one["promptHash"]) == 64 and one["latencyMs"] >= 0 and one["createdAt"] for one in records)
    assert len({one["promptHash"] for one in records}) == 3
    assert json.loads(records[2]["raw"])["text"] == session["currentNode"]["text"]
    parameters = await team.rows("SELECT DISTINCT parameters FROM ai_records WHERE account_id = :account AND purpose = 'node'")
    assert parameters == [{"parameters": {"temperature": 0.0, "max_tokens": 700}}]


@pytest.mark.parametrize(("person", "sees_raw"), [("owner", True), ("admin", True), ("engineer", False), ("cover", False)])
async def test_who_may_read_records(team: Team, fake: FaultLlm, person: str, sees_raw: bool) -> None:
    session = await build(team.as_("l1"))
    records = await ai_records(team.as_(person), session)
    assert len(records) == 2
    assert [one["raw"] is not None for one in records] == [sees_raw, sees_raw]


@pytest.mark.parametrize("person", ["l1", "viewer"])
async def test_who_may_not(team: Team, fake: FaultLlm, person: str) -> None:
    session = await build(team.as_("l1"))
    body = await team.as_(person).raw("AiRecords", id=session["id"])
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]
    assert body["data"] == {"walkSession": {"aiRecords": None}}
    await team.as_(person).forbidden("Replay", id=session["id"])


async def test_records_and_replays_stay_in_their_account(api: Api, team: Team, fake: FaultLlm) -> None:
    session = await build(team.as_("l1"))
    other = await api.new_team()
    assert (await other.as_("owner").run("Replay", id=session["id"]))["replayWalk"] is None
    assert (await other.as_("owner").run("AiRecords", id=session["id"]))["walkSession"] is None


async def test_a_walk_is_rebuilt_from_its_records(team: Team, fake: FaultLlm) -> None:
    session = await walked(team, fake)
    paid = fake.calls
    for person in ("owner", "engineer"):
        rebuilt = (await team.as_(person).run("Replay", id=session["id"]))["replayWalk"]
        assert (rebuilt["isIdentical"], rebuilt["differences"]) == (True, [])
    first, second, _ = session["walkedPath"]
    nodes = {one["nodeId"]: one for one in rebuilt["tree"]["nodes"]}
    assert rebuilt["tree"]["rootId"] == first["nodeId"]
    assert [one["nextNodeId"] for one in nodes[first["nodeId"]]["options"]] == [second["nodeId"], None]
    assert all(one["nextNodeId"] for one in nodes[second["nodeId"]]["options"])  # both ways were walked
    assert (len(nodes), fake.calls) == (4, paid)


async def test_a_walk_with_failures_and_the_cap_is_rebuilt_too(team: Team, fake: FaultLlm) -> None:
    fake.writer = numbered
    caller = team.as_("l1")
    session = await build(caller)
    fake.mode = "500"
    await answer(caller, session)
    fake.mode = "good"
    session = (await caller.do("AiBack", sessionId=session["id"], toStep=1, expectedStep=1))["session"]
    for _ in range(12):
        session = await answer(caller, session)
    assert session["currentNode"]["reasonCategory"] == "EXHAUSTED_SAFE_STEPS"
    rebuilt = (await team.as_("owner").run("Replay", id=session["id"]))["replayWalk"]
    assert rebuilt["differences"] == []
    await caller.do("Abandon", sessionId=session["id"], reason="CUSTOMER_GONE")
    after = (await caller.do("AiContinue", sessionId=session["id"]))["session"]
    assert (await team.as_("owner").run("Replay", id=after["id"]))["replayWalk"]["isIdentical"] is True


NEWEST = "(SELECT id FROM ai_records WHERE account_id = :account AND node IS NOT NULL ORDER BY created_at DESC LIMIT 1)"


@pytest.mark.parametrize("tampering", [
    f"UPDATE ai_records SET raw = replace(raw, 'blink', 'shine') WHERE id = {NEWEST}",
    f"UPDATE ai_records SET node = jsonb_set(node, '{{text}}', '\"Open the case.\"') WHERE id = {NEWEST}",
    f"UPDATE ai_records SET raw = replace(raw, 'blink', 'shine'), node = replace(node::text, 'blink', 'shine')::jsonb WHERE id = {NEWEST}",
    f"DELETE FROM ai_records WHERE id = {NEWEST}",
    "UPDATE l1_walk_sessions SET walked_path = jsonb_set(walked_path, '{0,question}', '\"Was it you?\"') WHERE account_id = :account",
    "UPDATE l1_walk_sessions SET walked_path = jsonb_set(walked_path, '{0,answerLabel}', '\"Certainly\"') WHERE account_id = :account",
    "UPDATE l1_walk_sessions SET walked_path = jsonb_set(walked_path, '{0,node,text}', '\"Was it you?\"') WHERE account_id = :account",
    "UPDATE l1_walk_sessions SET walked_path = walked_path - 0 WHERE account_id = :account",
])
async def test_tampering_shows(team: Team, fake: FaultLlm, tampering: str) -> None:
    session = await walked(team, fake)
    await team.rows(tampering)
    rebuilt = (await team.as_("owner").run("Replay", id=session["id"]))["replayWalk"]
    assert rebuilt["isIdentical"] is False
    assert rebuilt["differences"]


async def test_after_their_retention_the_summaries_still_rebuild_the_walk(team: Team, fake: FaultLlm) -> None:
    session = await walked(team, fake)
    await team.rows("UPDATE ai_records SET raw = NULL, parameters = '{}' WHERE account_id = :account")
    assert (await team.as_("owner").run("Replay", id=session["id"]))["replayWalk"]["isIdentical"] is True
    assert {one["raw"] for one in await ai_records(team.as_("owner"), session)} == {None}


async def test_a_page_of_sessions_asks_for_its_records_once(team: Team, fake: FaultLlm) -> None:
    for at in range(3):
        await build(team.as_("l1"), f"{at}: the printer prints blank pages")
    query = "{ walkSessions(first: 10) { nodes { id aiRecords { purpose } } } }"
    with team.api.statements() as sent:
        data = await team.as_("engineer").run(query)
    assert [len(one["aiRecords"]) for one in data["walkSessions"]["nodes"]] == [2, 2, 2]
    assert len([one for one in sent if "FROM ai_records" in one]) == 1

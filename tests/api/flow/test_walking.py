"""Node kinds beyond the first four, walked over the API; and walks that no change of their flow can touch."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.api.flow.authoring import draft, published, sent
from tests.support.api import Api, Caller, Team
from tests.support.trees import Tree, escalate, instruction, printer, question, resolved, tree
from tests.support.walks import at, begin, path, seen, walk


def choices(node_id: str, text: str, then: str, fact: str, *values: str) -> dict[str, Any]:
    return {"nodeId": node_id, "kind": "multi_choice", "text": text, "fact": fact, "nextNodeId": then,
            "options": [{"value": value, "label": value.capitalize()} for value in values]}


def enter(node_id: str, text: str, then: str, fact: str, input_type: str, **more: Any) -> dict[str, Any]:
    return {"nodeId": node_id, "kind": "data_input", "text": text, "fact": fact, "inputType": input_type, "nextNodeId": then, **more}


def by_facts() -> Tree:
    """Lights → pages (number) → many pages? tray question : jump to the end question."""
    return tree(
        choices("lights", "Which lights are on?", "pages", "lights", "power", "network", "error"),
        enter("pages", "How many pages wait?", "since", "pages", "number", unit="pages"),
        enter("since", "Since when?", "model", "since", "date", isRequired=False),
        enter("model", "Which model?", "many", "model", "select",
              options=[{"value": "hp", "label": "HP"}, {"value": "other", "label": "Another"}]),
        {"nodeId": "many", "kind": "decision", "nextNodeId": "hop",
         "branches": [{"when": 'pages > 10 and model == "hp"', "label": "Many", "nextNodeId": "tray"}]},
        {"nodeId": "hop", "kind": "jump", "nextNodeId": "done"},
        instruction("tray", "Put paper for {{pages}} pages into tray 2.", "done"),
        question("done", "Did all {{pages}} pages come out?", yes="solved", no="engineer"),
        resolved(), escalate(reasonCategory="flow_gap"),
    )


async def facts(caller: Caller, session: dict[str, Any]) -> dict[str, list[str]]:
    found = (await caller.run("WalkPicture", id=session["id"]))["walkSession"]["facts"]
    return {one["name"]: one["values"] for one in found}


async def test_facts_decide_the_way(team: Team) -> None:
    l1 = team.as_("l1")
    flow = await published(team.as_("engineer"), by_facts(), "By facts")
    many = await walk(l1, await begin(l1, flow["id"]), '["error","power"]', "25", "2026-01-31", "hp")
    assert (at(many), many["currentNode"]["text"]) == ("tray", "Put paper for 25 pages into tray 2.")
    assert [(step["nodeId"], step["answer"], step["answerLabel"]) for step in many["walkedPath"]][:2] == [
        ("lights", '["power", "error"]', "Power, Error"), ("pages", "25", "25 pages")]
    assert await facts(l1, many) == {"lights": ["power", "error"], "pages": ["25"], "since": ["2026-01-31"], "model": ["hp"]}
    few = await walk(l1, await begin(l1, flow["id"]), '["power"]', "3", "", "hp")
    assert (at(few), few["currentNode"]["text"]) == ("done", "Did all 3 pages come out?")
    assert (await facts(l1, few))["pages"] == ["3"]
    assert path(few)[-1] == (4, "model", "hp")  # decision and jump are no steps
    picture = (await l1.run("WalkPicture", id=few["id"]))["walkSession"]["mermaid"]
    walked = next(line for line in picture.splitlines() if line.strip().endswith(" walked"))
    assert set(walked.split()[1].split(",")) == {"n0", "n1", "n2", "n3", "n4", "n5", "n7"}


P = '["power"]'


@pytest.mark.parametrize(("answers", "wrong"), [
    ((), "[]"), ((), '["nothing"]'), ((), '{"power": 1}'), ((P,), "many"), ((P,), "1e400"), ((P,), ""),
    ((P, "3"), "31.1.2026"), ((P, "3", ""), "HP"), ((P, "3", ""), ""),
])
async def test_values_that_are_none_are_refused(team: Team, answers: tuple[str, ...], wrong: str) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin(l1, await team.publish(by_facts())), *answers)
    given = {"sessionId": session["id"], "nodeId": at(session), "answer": wrong, "expectedStep": session["step"]}
    payload = await l1.send("Answer", **given)
    assert [error["code"] for error in payload["errors"]] == ["INVALID_ANSWER"]
    assert (await seen(l1, session))["step"] == session["step"]


async def test_going_back_takes_facts_back(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin(l1, await team.publish(by_facts())), P, "25", "", "hp")
    back = (await l1.do("Back", sessionId=session["id"], toStep=2, expectedStep=4))["session"]
    assert (at(back), await facts(l1, back)) == ("pages", {"lights": ["power"]})
    again = await walk(l1, back, "2", "", "hp")
    assert (at(again), again["step"], (await facts(l1, again))["pages"]) == ("done", 7, ["2"])


def calling(sub_flow_id: str) -> Tree:
    return tree(
        question("q", "Is it a network printer?", yes="call", no="engineer"),
        {"nodeId": "call", "kind": "sub_flow", "subFlowId": sub_flow_id, "nextNodeId": "after"},
        question("after", "Does it print now?", yes="solved", no="engineer"),
        resolved(), escalate(reasonCategory="flow_gap"))


def called(text: str = "Is the cable in?") -> Tree:
    return tree(question("q", text, yes="ok", no="plug"), instruction("plug", "Plug it in.", "ok"), resolved("ok"))


async def test_a_sub_flow_is_called_returns_and_is_pinned(team: Team) -> None:
    l1, engineer = team.as_("l1"), team.as_("engineer")
    sub = await published(engineer, called(), "Cable")
    flow = await published(engineer, calling(sub["id"]), "Network printer")
    session = await begin(l1, flow["id"])
    await published(engineer, called("Another question?"), "Cable", flowId=sub["id"])
    await engineer.do("Archive", flowId=sub["id"])
    inside = await walk(l1, session, "yes")
    assert (at(inside), inside["currentNode"]["text"]) == ("q", "Is the cable in?")
    back = (await l1.do("Back", sessionId=session["id"], toStep=1, expectedStep=1))["session"]
    assert back["currentNode"]["text"] == "Is it a network printer?"
    after = await walk(l1, back, "yes", "no", "done")
    assert (at(after), path(after)) == ("after", [(2, "q", "yes"), (3, "q", "no"), (4, "plug", "done")])
    assert at(await walk(l1, after, "yes")) == "solved"


async def test_a_called_flow_must_be_published(team: Team) -> None:
    engineer = team.as_("engineer")
    sub = await draft(engineer, called(), "Cable")
    flow = await draft(engineer, calling(sub["id"]), "Network printer")
    assert [one["code"] for one in flow["draft"]["lint"]] == ["UNDEFINED_SUB_FLOW"]
    await engineer.do("Publish", flowId=sub["id"])
    again = (await engineer.run("AuthoredFlow", id=flow["id"]))["flow"]
    assert again["draft"]["lint"] == []  # the same draft, judged anew


async def test_a_version_from_before_the_new_kinds_goes_on(team: Team) -> None:
    """Stored as the first release wrote it: four kinds, none of the later fields, and a walk in the middle of it."""
    l1, engineer = team.as_("l1"), team.as_("engineer")
    flow_id = await team.publish(printer())
    session = await walk(l1, await begin(l1, flow_id), "yes")
    await team.rows("UPDATE l1_walk_sessions SET facts = '{}'::jsonb, call_stack = '[]'::jsonb, pinned_versions = '{}'::jsonb "
                    "WHERE account_id = :account RETURNING id")
    old = await team.value("SELECT walked_path::text FROM l1_walk_sessions WHERE account_id = :account")
    early = [{key: step[key] for key in ("step", "nodeId", "kind", "question", "options", "answer", "answerLabel", "note",
                                         "answeredAt", "answeredBy", "actingAs", "supersededAt")} for step in json.loads(old)]
    await team.rows("UPDATE l1_walk_sessions SET walked_path = CAST(:path AS jsonb) WHERE account_id = :account RETURNING id", path=json.dumps(early))
    await published(engineer, by_facts(), "New kinds", flowId=flow_id)
    ended = await walk(l1, session, "done", "yes")
    assert (at(ended), path(ended)) == ("solved", [(1, "on", "yes"), (2, "reprint", "done"), (3, "printed", "yes")])
    assert at((await l1.do("Back", sessionId=session["id"], toStep=1, expectedStep=3))["session"]) == "on"


async def change_all_the_time(engineer: Caller, flow_id: str, stop: asyncio.Event) -> int:
    """Save, publish, roll back and archive the flow until told to stop; how many versions were published."""
    made = 0
    first = (await engineer.run("AuthoredFlow", id=flow_id))["flow"]["publishedVersion"]["id"]
    while not stop.is_set():
        saved = await draft(engineer, by_facts() if made % 2 else tree(resolved("now", f"Version {made}")), flowId=flow_id)
        await engineer.do("Publish", flowId=flow_id, expectedDraftId=saved["draft"]["id"])
        await engineer.do("Archive", flowId=flow_id)
        await engineer.do("Unarchive", flowId=flow_id)
        await engineer.do("Rollback", flowId=flow_id, toVersionId=first)
        made += 2
    return made


async def walk_printer(l1: Caller, session: dict[str, Any]) -> list[tuple[int, str, str]]:
    return path(await walk(l1, session, "no", "done", "yes", "done", "yes"))


async def walks_meanwhile(api: Api, count: int) -> None:
    engineer, l1 = api.as_("engineer"), api.as_("l1")
    flow = await published(engineer, printer())
    version, at_once = flow["publishedVersion"]["id"], asyncio.Semaphore(12)

    async def started() -> dict[str, Any]:
        async with at_once:
            return await begin(l1, flow["id"])

    sessions = await asyncio.gather(*[started() for _ in range(count)])
    stop = asyncio.Event()
    changing = asyncio.create_task(change_all_the_time(engineer, flow["id"], stop))

    async def walked(session: dict[str, Any]) -> list[tuple[int, str, str]]:
        async with at_once:
            return await walk_printer(l1, session)

    paths = await asyncio.gather(*[walked(session) for session in sessions])
    stop.set()
    assert await changing >= 2
    expected = [(1, "on", "no"), (2, "power", "done"), (3, "on", "yes"), (4, "reprint", "done"), (5, "printed", "yes")]
    assert paths == [expected] * count
    team = api.teams["acme"]
    pins = await team.rows("SELECT DISTINCT flow_version_id FROM l1_walk_sessions WHERE account_id = :account AND current_node_id = 'solved'")
    assert [str(row["flow_version_id"]) for row in pins] == [version]


async def test_publishing_meanwhile_changes_no_walk(cold_api: Api) -> None:
    await walks_meanwhile(cold_api, 60)


@pytest.mark.slow
async def test_publishing_during_a_thousand_walks_changes_none(cold_api: Api) -> None:
    await walks_meanwhile(cold_api, 1_000)


async def test_a_tree_of_the_new_kinds_is_the_same_read_back(team: Team) -> None:
    flow = await draft(team.as_("engineer"), by_facts())
    shown = {node["nodeId"]: node for node in flow["draft"]["tree"]["nodes"]}
    assert shown["many"]["branches"] == [{"when": 'pages > 10 and model == "hp"', "label": "Many", "nextNodeId": "tray"}]
    assert (shown["pages"]["unit"], shown["since"]["isRequired"], shown["model"]["inputType"]) == ("pages", False, "SELECT")
    assert [node["kind"].lower() for node in sent(by_facts())["nodes"]] == [node["kind"].lower() for node in flow["draft"]["tree"]["nodes"]]

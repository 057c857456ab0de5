"""Import and export through the API: others' formats, runbooks, dry runs, hostile contents, and the way there and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.flow.authoring import draft, flow_of, refused_code, sent
from tests.support.api import Caller, Team
from tests.support.trees import escalate, printer, question, resolved, tree

RUNBOOK = """---
title: Printer prints blank pages
category: printer
keywords: [blank, toner]
---
# Printer prints blank pages

1. Print a test page from the printer's own menu.
2. Is the test page blank?
   - Yes: replace the toner
   - No: go on
3. Reinstall nothing; restart the print queue.
"""


async def imported(caller: Caller, flow_format: str, content: str, **more: Any) -> dict[str, Any]:
    """The payload of an import that made flows."""
    return await caller.do("Import", format=flow_format, content=content, **more)


async def same_after_export(caller: Caller, flow_id: str) -> None:
    """Exported and imported again, in both formats, the flow has the same tree."""
    before = await flow_of(caller, flow_id)
    for flow_format in ("HANDRAIL_JSON", "MARKDOWN"):
        text = (await caller.run("Export", id=flow_id, format=flow_format))["exportFlow"]
        again = await imported(caller, flow_format, text)
        [made] = again["flows"]
        after = await flow_of(caller, made["id"])
        assert after["draft"]["tree"] == before["draft"]["tree"], flow_format
        assert [after["draft"][name] for name in ("title", "category", "keywords")] == [before["draft"][name] for name in ("title", "category", "keywords")]


FILES = [
    ("TASK_GRAPH", "flows/star-tasks.json", 24), ("TASK_GRAPH", "flows/abcd-guidelines.json", 55),
    ("DAG", "flows/stepfly-Distributed_System_Low_Availability_plan_dag.json", 1),
    ("TASK_GRAPH", "flows/gorules-customer-service-escalation.json", 1), ("DMN", "flows/dmn-0108-first-hitpolicy.dmn", None),
]


@pytest.mark.parametrize(("flow_format", "name", "count"), FILES, ids=[name for _, name, _ in FILES])
async def test_what_others_wrote(team: Team, shared_material: Path, flow_format: str, name: str, count: int | None) -> None:
    engineer = team.as_("engineer")
    content = (shared_material / "data" / name).read_text()
    dry = await imported(engineer, flow_format, content, dryRun=True)
    assert (dry["isDryRun"], dry["flow"], dry["flows"], await team.counts("flows", "flow_drafts")) == (True, None, [], (0, 0))
    done = await imported(engineer, flow_format, content, category="imported")
    assert done["findings"] == dry["findings"]
    assert (done["flow"]["id"], done["isDryRun"]) == (done["flows"][0]["id"], False)
    assert [one["title"] for one in done["flows"]] == [one["title"] for one in done["imported"]]
    assert {one["category"] for one in done["flows"]} == {"imported"}
    assert await team.counts("flows", "flow_drafts", "flow_versions") == (len(done["flows"]), len(done["flows"]), 0)
    if count is not None:
        assert len(done["flows"]) == count
    for flow in done["flows"][:3]:
        await same_after_export(engineer, flow["id"])


async def test_a_cyclic_graph_is_refused_with_the_cycle_named(team: Team, shared_material: Path) -> None:
    content = (shared_material / "data/flows/gorules-error-cyclic.json").read_text()
    payload = await team.as_("engineer").send("Import", format="TASK_GRAPH", content=content)
    assert ([error["code"] for error in payload["errors"]], payload["flow"], payload["flows"]) == (["INVALID_INPUT"], None, [])
    assert [(one["code"], one["severity"]) for one in payload["findings"] if one["severity"] == "ERROR"] == [("CYCLIC", "ERROR")]
    assert "→" in payload["errors"][0]["message"] or "->" in payload["errors"][0]["message"]
    assert await team.counts("flows", "flow_drafts") == (0, 0)


async def test_every_runbook_of_others(team: Team, shared_material: Path) -> None:
    engineer = team.as_("engineer")
    for runbook in json.loads((shared_material / "data/docs/prometheus-runbooks.json").read_text()):
        payload = await engineer.send("Import", format="MARKDOWN", content=runbook["markdown"], dryRun=True)
        assert payload["imported"] or [one["severity"] for one in payload["findings"]].count("ERROR"), runbook["alert"]


async def test_a_runbook_becomes_a_draft(team: Team) -> None:
    engineer = team.as_("engineer")
    done = await imported(engineer, "MARKDOWN", RUNBOOK)
    [flow] = done["flows"]
    assert (flow["title"], flow["category"], flow["keywords"]) == ("Printer prints blank pages", "printer", ["blank", "toner"])
    named = (await imported(engineer, "MARKDOWN", RUNBOOK, title="Blank pages", category="other"))["flows"][0]
    assert (named["title"], named["category"]) == ("Blank pages", "other")
    await same_after_export(engineer, flow["id"])
    assert await team.value("SELECT count(*) FROM audit_events WHERE account_id = :account AND action = 'flow.imported'") == 4


async def test_every_kind_of_node_goes_out_and_in(team: Team) -> None:
    engineer = team.as_("engineer")
    everything = {"rootId": "m", "nodes": [
        {"nodeId": "m", "kind": "multi_choice", "text": "Which lights?", "fact": "lights", "nextNodeId": "d", "howTo": "Look at the *front*.",
         "options": [{"value": "p", "label": "Power"}, {"value": "n", "label": "Network"}]},
        {"nodeId": "d", "kind": "data_input", "text": "How many pages?", "fact": "pages", "inputType": "number", "unit": "pages", "isRequired": False, "nextNodeId": "c"},
        {"nodeId": "c", "kind": "decision", "branches": [{"when": "pages > 10", "label": "Many", "nextNodeId": "j"}], "nextNodeId": "q"},
        {"nodeId": "j", "kind": "jump", "nextNodeId": "q"},
        question("q", "Better now?", yes="solved", no="engineer"), resolved(suggestedResolution="{{pages}} pages"),
        escalate(reasonCategory="flow_gap", detail="See [this](https://example.org/a~b) \\~~~ `x`"),
    ]}
    flow = await draft(engineer, everything, "All kinds <b>~~~</b> #1", keywords=["a, b", "ü"])
    await same_after_export(engineer, flow["id"])


HOSTILE = [
    ("HANDRAIL_JSON", "{", "INVALID_INPUT"), ("HANDRAIL_JSON", "[" * 500 + "]" * 500, "TOO_LARGE"), ("HANDRAIL_JSON", "[]", "INVALID_INPUT"),
    ("HANDRAIL_JSON", '{"title": "x", "tree": {"rootId": "a", "nodes": [{"nodeId": "a"}]}}', "INVALID_INPUT"),
    ("DMN", '<!DOCTYPE a [<!ENTITY b "c">]><definitions>&b;</definitions>', "INVALID_INPUT"), ("DMN", "no xml", "INVALID_INPUT"),
    ("TASK_GRAPH", "null", "INVALID_INPUT"), ("DAG", '{"nodes": 3}', "INVALID_INPUT"), ("MARKDOWN", "", "INVALID_INPUT"),
    ("MARKDOWN", "a" * 60_000, "TOO_LARGE"),
]


@pytest.mark.parametrize(("flow_format", "content", "code"), HOSTILE)
async def test_hostile_contents_are_findings(team: Team, flow_format: str, content: str, code: str) -> None:
    payload = await team.as_("engineer").send("Import", format=flow_format, content=content)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, ["content"])]
    assert any(one["severity"] == "ERROR" for one in payload["findings"])
    assert await team.counts("flows") == (0,)


async def test_one_bad_flow_does_not_spoil_the_others(team: Team) -> None:
    good = {"title": "Good", "tree": printer()}
    content = json.dumps({"flows": [good, {"title": "Bad", "tree": {"rootId": "x", "nodes": []}}]})
    done = await imported(team.as_("engineer"), "HANDRAIL_JSON", content)
    assert [one["title"] for one in done["flows"]] == ["Good"]
    assert [(one["code"], one["message"].split(":")[0]) for one in done["findings"] if one["severity"] == "ERROR"] == [("INVALID_CONTENT", "Bad")]


async def test_lint_is_part_of_an_import_and_blocks_publishing_only(team: Team) -> None:
    engineer = team.as_("engineer")
    broken = tree(question("q", "On?", yes="gone", no="engineer"), escalate(reasonCategory="flow_gap"))
    done = await imported(engineer, "HANDRAIL_JSON", json.dumps({"title": "Broken", "tree": broken}))
    assert [(one["code"], one["nodeId"], one["severity"]) for one in done["findings"]] == [("UNKNOWN_TARGET", "q", "ERROR")]
    assert await refused_code(engineer, "Publish", flowId=done["flow"]["id"]) == "LINT_ERRORS"


async def test_published_versions_and_proposals_are_exported(team: Team) -> None:
    engineer = team.as_("engineer")
    flow_id, proposal = await team.publish(printer(), keywords=("ink",)), await team.propose(printer(), "Mine")
    data = json.loads((await team.as_("viewer").run("Export", id=flow_id, format="HANDRAIL_JSON"))["exportFlow"])
    assert (data["title"], data["category"], data["keywords"], data["tree"]) == ("Printer does not print", "printer", ["ink"], printer())
    assert data["slug"].startswith("flow-") and data["format"] == "handrail-flow/1"
    assert (await engineer.run("Export", id=proposal, format="MARKDOWN"))["exportFlow"].startswith("# Mine")
    body = await engineer.raw("Export", id=flow_id, format="DMN")
    assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_REQUEST"]


async def test_a_flow_as_a_client_read_it_can_be_imported(team: Team) -> None:
    """What a query answered is an import: types instead of kinds, upper-case enums, nulls."""
    engineer = team.as_("engineer")
    flow = await draft(engineer, printer())
    again = await imported(engineer, "HANDRAIL_JSON", json.dumps({"title": "Again", "tree": flow["draft"]["tree"]}))
    assert (await flow_of(engineer, again["flow"]["id"]))["draft"]["tree"] == flow["draft"]["tree"]
    assert sent(printer())["nodes"][0]["kind"] == "QUESTION"

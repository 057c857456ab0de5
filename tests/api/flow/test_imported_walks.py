"""What others wrote, imported, published and walked to an end: every flow, with the first and with the last answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import Caller, Team
from tests.support.walks import begin, walk

FILES = [
    ("TASK_GRAPH", "flows/star-tasks.json"), pytest.param("TASK_GRAPH", "flows/abcd-guidelines.json", marks=pytest.mark.slow),
    ("DAG", "flows/stepfly-Distributed_System_Low_Availability_plan_dag.json"),
    ("TASK_GRAPH", "flows/gorules-customer-service-escalation.json"), ("DMN", "flows/dmn-0108-first-hitpolicy.dmn"),
    ("MARKDOWN", "docs/prometheus-runbooks.json"),
]
ENDS = {"ResolvedNode", "EscalateNode"}
TYPED = {"NUMBER": "7", "DATE": "2026-01-31", "TEXT": "as the customer said"}
MOST = 60  # answers; no flow of theirs is longer


def answer(node: dict[str, Any], visits: int, way: int) -> str:
    """The first (way 0) or last (way -1) answer; another one each time the same node comes again."""
    if node["__typename"] == "InstructionNode":
        return "done"
    values = [option["value"] for option in node.get("options") or []]
    if node["__typename"] == "MultiChoiceNode":
        return json.dumps(values[:1])
    if not values:
        return TYPED[node["inputType"]]
    return values[(way + visits if way == 0 else way - visits) % len(values)]


async def to_an_end(l1: Caller, flow_id: str, way: int) -> list[str]:
    """The texts that were read on the way, the end's among them."""
    session, visits, read = await begin(l1, flow_id), dict[str, int](), list[str]()
    for _ in range(MOST):
        node = session["currentNode"]
        read.append(node["text"])
        if node["__typename"] in ENDS:
            return read
        session = await walk(l1, session, answer(node, visits.get(node["nodeId"], 0), way))
        visits[node["nodeId"]] = visits.get(node["nodeId"], 0) + 1
    raise AssertionError(f"{flow_id} comes to no end: {read}")


@pytest.mark.parametrize(("flow_format", "name"), FILES, ids=lambda one: one if "/" in one else "")
async def test_every_flow_of_others_is_walked_to_an_end(team: Team, shared_material: Path, flow_format: str, name: str) -> None:
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    done = await engineer.do("Import", format=flow_format, content=(shared_material / "data" / name).read_text(), category="imported")
    assert done["flows"]
    for number, flow in enumerate(done["flows"]):
        await engineer.do("Publish", flowId=flow["id"])
        read = await to_an_end(l1, flow["id"], -(number % 2))
        assert all(text.strip() for text in read) and not any("{{" in text for text in read), (flow["title"], read)
        assert len(read) > 1, flow["title"]

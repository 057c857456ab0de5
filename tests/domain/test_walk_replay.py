"""Rebuilding a walk from its records: identical when nothing was touched, and every kind of touch shows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.builder.ai_node import parse_node
from domain.flow_tree import FlowNode, NodeKind
from domain.principal import ActorKind
from domain.walk_replay import ServedRecord, replay
from domain.walk_session import (
    Actor,
    AnswerCommand,
    SessionKind,
    WalkState,
    answer,
    go_back,
    serve_generated,
    start_without_tree,
)

WHO = Actor(ActorKind.USER, UUID(int=1))
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def raw(number: int) -> str:
    return json.dumps({"kind": "question", "action": "ASK", "text": f"Does light number {number} blink?",
                       "options": [{"label": "It blinks"}, {"label": "It is dark"}]})


def record(number: int) -> ServedRecord:
    node = parse_node(raw(number), f"node-{number}")
    assert isinstance(node, FlowNode)
    return ServedRecord(node, raw(number))


def given(state: WalkState, option: int = 0) -> WalkState:
    node = state.pending_node
    assert node is not None
    command = AnswerCommand(node.node_id, node.options[option].value, state.step, WHO, NOW, "cap")
    return answer(state, command).state


def walked(count: int = 3) -> tuple[list[ServedRecord], WalkState]:
    records = [record(number) for number in range(count + 1)]
    state = serve_generated(start_without_tree(SessionKind.AI_BUILD), records[0].node, 0)
    for step in range(count):
        state = serve_generated(given(state), records[step + 1].node, step + 1)
    return records, state


def test_an_untouched_walk_is_identical_and_its_tree_is_wired() -> None:
    records, state = walked()
    rebuilt = replay(records, state.first_node, state.path)
    assert rebuilt.differences == ()
    assert (rebuilt.tree.root_id, len(rebuilt.tree.nodes)) == ("node-0", 4)
    assert [one.next_node_id for one in rebuilt.tree.root.options] == ["node-1", None]


def test_a_walk_that_went_back_holds_both_ways() -> None:
    records, state = walked(2)
    back = go_back(state, 2, 2, WHO, NOW)
    other = record(9)
    state = serve_generated(given(back, 1), other.node, 3)
    rebuilt = replay([*records, other], state.first_node, state.path)
    assert rebuilt.differences == ()
    wired = {node.node_id: [one.next_node_id for one in node.options] for node in rebuilt.tree.nodes}
    assert wired["node-1"] == ["node-2", "node-9"]


def test_records_without_their_raw_answers_still_count() -> None:
    records, state = walked()
    assert replay([replace(one, raw=None) for one in records], state.first_node, state.path).differences == ()


def test_nothing_walked_is_no_tree() -> None:
    rebuilt = replay([], None, ())
    assert (rebuilt.tree, rebuilt.differences) == (None, ())


def test_nodes_of_the_server_need_no_record() -> None:
    for reason in ("exhausted_safe_steps", "ai_unavailable"):
        node = FlowNode("end", NodeKind.ESCALATE, "Escalate.", reason_category=reason)
        assert replay([], node, ()).differences == ()
    assert replay([], FlowNode("end", NodeKind.ESCALATE, "Escalate.", reason_category="other"), ()).differences


@pytest.mark.parametrize("at", [0, 1, 2, 3])
@pytest.mark.parametrize("touch", [
    lambda one: replace(one, raw=one.raw.replace("blink", "shine")),
    lambda one: replace(one, raw="no JSON"),
    lambda one: replace(one, node=replace(one.node, text="Open the case.")),
    lambda one: replace(one, node=replace(one.node, text="Does it shine?"), raw=one.raw.replace("blink", "shine")),
])
def test_a_touched_record_shows(at: int, touch) -> None:
    records, state = walked()
    records[at] = touch(records[at])
    assert replay(records, state.first_node, state.path).differences


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_missing_record_shows(at: int) -> None:
    records, state = walked()
    del records[at]
    assert any("no record" in one for one in replay(records, state.first_node, state.path).differences)


@pytest.mark.parametrize("change", [
    {"question": "Was it you?"}, {"answer": "neither"}, {"answer_label": "Certainly"}, {"node_id": "other"},
    {"options": ()}, {"node": None},
])
def test_a_touched_step_shows(change: dict) -> None:
    records, state = walked()
    path = (state.path[0], replace(state.path[1], **change), state.path[2])
    assert replay(records, state.first_node, path).differences


def test_a_missing_or_moved_step_shows() -> None:
    records, state = walked()
    assert replay(records, state.first_node, state.path[1:]).differences
    assert replay(records, state.first_node, (state.path[0], state.path[2], state.path[1])).differences

"""What is left of a record: its shape, its times, and none of the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.erasure import ERASED, erased_node, erased_path, erased_tree
from domain.flow_tree import FlowNode, InputType, NodeKind, Option, dump_tree, parse_tree
from domain.principal import ActorKind
from domain.walk_session import (
    Actor,
    SessionKind,
    WalkState,
    answer,
    current_node,
    node_from_json,
    node_to_json,
    path_to_json,
)
from domain.walk_session.engine import AnswerCommand, start_tree
from domain.walk_session.step import Step, path_from_json
from tests.support.trees import printer, question, resolved, tree

WHO = Actor(ActorKind.USER, UUID(int=7))
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def answered(state: WalkState, *answers: str) -> WalkState:
    for value in answers:
        node = current_node(state)
        assert node is not None
        accepted = answer(state, AnswerCommand(node.node_id, value, state.step, WHO, NOW, "new", note="she said so"))
        state = accepted.state
    return state


def generated(node_id: str, text: str, *labels: str) -> FlowNode:
    options = tuple(Option(label.lower().replace(" ", "_"), label) for label in labels)
    return FlowNode(node_id, NodeKind.QUESTION if labels else NodeKind.INSTRUCTION, text, "More of it", options=options)


def step_of(number: int, node: FlowNode, answered_with: str, successor: FlowNode | None) -> Step:
    label = next((one.label for one in node.options if one.value == answered_with), "Done")
    return Step(number, node.node_id, node.kind, node.text, answered_with, label, NOW, WHO, node.detail, node.options,
                note="ask Ana", node=node, successor=successor)


def test_an_authored_walk_keeps_the_flows_texts_and_loses_the_notes() -> None:
    state = answered(start_tree(SessionKind.FLOW, parse_tree(printer())), "yes", "done", "no")
    left = erased_path(state.path, state.facts, is_generated=False)
    assert left == tuple(replace(step, note=None) for step in state.path)


ASKING = tree(
    {"nodeId": "host", "kind": "data_input", "text": "Which computer?", "fact": "host", "inputType": "text", "nextNodeId": "place"},
    {**question("place", "Where is {{host}}?", office="on", home="on"), "fact": "place"},
    {"nodeId": "on", "kind": "instruction", "text": "Restart {{host}} at the {{place}}.", "detail": "Only *{{host}}*, at home or not.", "nextNodeId": "solved"},
    resolved(),
)


@pytest.mark.parametrize("host", ["ANA-PC (attic)", "12", "a.b*c"])
def test_what_was_typed_goes_from_the_texts_it_was_filled_into(host: str) -> None:
    state = answered(start_tree(SessionKind.FLOW, parse_tree(ASKING)), host, "home", "done")
    assert host in state.path[1].question
    left = erased_path(state.path, state.facts, is_generated=False)
    assert [(step.question, step.answer, step.answer_label) for step in left] == [
        ("Which computer?", ERASED, ERASED), (f"Where is {ERASED}?", "home", "Home"),
        (f"Restart {ERASED} at the home.", "done", "Done")]
    assert left[2].detail == f"Only *{ERASED}*, at home or not."
    assert all((step.facts, step.facts_before, step.note) == ({}, {}, None) for step in left)


def test_what_an_earlier_walk_had_asked_goes_too() -> None:
    state = answered(start_tree(SessionKind.FLOW, parse_tree(ASKING)), "ANA-PC", "home", "done")
    [left] = erased_path(state.path[2:], state.facts, is_generated=False)
    assert left.question == f"Restart {ERASED} at the {ERASED}."  # nobody knows here that the place was chosen


def test_a_generated_walk_keeps_its_shape_only() -> None:
    first, second = generated("n1", "Is Ana's printer on?", "It is on", "It is off"), generated("n2", "Restart Ana's printer.")
    path = (step_of(1, first, "it_is_off", second), step_of(2, second, "done", None))
    left = erased_path(path, {}, is_generated=True)
    assert [(one.step, one.node_id, one.kind, one.answer, one.answer_label, one.answered_at) for one in left] == [
        (1, "n1", NodeKind.QUESTION, "option_2", f"{ERASED} 2", NOW), (2, "n2", NodeKind.INSTRUCTION, "done", ERASED, NOW)]
    stored = str(path_to_json(left))
    assert not any(word in stored for word in ("Ana", "it_is", "It is", "Restart", "More", "printer"))
    assert left[0].successor == left[1].node
    assert path_from_json(path_to_json(left)) == left


def test_erasing_again_changes_nothing() -> None:
    first = generated("n1", "Is Ana's printer on?", "It is on", "It is off")
    once = erased_path((step_of(1, first, "it_is_on", None),), {}, is_generated=True)
    assert erased_path(once, {}, is_generated=True) == once


def test_an_erased_node_can_still_be_answered() -> None:
    node = erased_node(generated("n1", "Is Ana's printer on?", "It is on", "It is off"))
    assert [(one.value, one.label) for one in node.options] == [("option_1", f"{ERASED} 1"), ("option_2", f"{ERASED} 2")]
    assert node_from_json(node_to_json(node)) == node


def test_an_erased_tree_has_the_same_ways() -> None:
    whole = parse_tree(printer())
    left = erased_tree(whole)
    assert parse_tree(dump_tree(left)) == left
    assert {node.text for node in left.nodes} == {ERASED}
    assert [[one.next_node_id for one in node.options] for node in left.nodes] == [
        [one.next_node_id for one in node.options] for node in whole.nodes]
    odd = FlowNode("x", NodeKind.DATA_INPUT, "How many pages?", how_to="Ask Ana", fact="n", input_type=InputType.NUMBER, unit="pages")
    assert erased_node(odd) == FlowNode("x", NodeKind.DATA_INPUT, ERASED, fact="n", input_type=InputType.NUMBER)

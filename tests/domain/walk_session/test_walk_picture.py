"""What a picture of a walk shows: the tree, the way gone, and the nodes an AI-built walk has met."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from domain.flow_tree import FlowNode, NodeKind, Option, parse_tree
from domain.principal import ActorKind
from domain.walk_picture import pictured
from domain.walk_session import (
    Accepted,
    Actor,
    AnswerCommand,
    SessionKind,
    WalkState,
    answer,
    start_tree,
    start_without_tree,
)
from domain.walk_session.ai_walk import with_successor
from tests.support.trees import printer, question, resolved, tree


def given(state: WalkState, node_id: str, value: str) -> WalkState:
    command = AnswerCommand(node_id, value, state.step, Actor(ActorKind.USER, UUID(int=1)), datetime(2026, 1, 1, tzinfo=UTC), f"cap-{state.step}")
    accepted = answer(state, command)
    assert isinstance(accepted, Accepted), accepted
    return accepted.state


def test_a_walk_through_a_flow() -> None:
    state = given(given(start_tree(SessionKind.FLOW, parse_tree(printer())), "on", "no"), "power", "done")
    found = pictured(state)
    assert found is not None
    assert found == (state.tree, (("on", "no"), ("power", "done"), ("on", None)))


def test_a_walk_inside_a_sub_flow_stands_at_the_call() -> None:
    outer = parse_tree(tree(question("q", "Call?", yes="call", no="end"), {"nodeId": "call", "kind": "sub_flow", "subFlowId": "s", "nextNodeId": "end"}, resolved("end")))
    inner = parse_tree(tree(question("q", "Inside?", yes="r", no="q2"), question("q2", "Still?", yes="r", no="r"), resolved("r")))
    state = given(start_tree(SessionKind.FLOW, outer, {"s": inner}), "q", "yes")
    found = pictured(given(state, "q", "no"))
    assert found is not None and found[1] == (("q", "yes"), ("call", ""), ("call", None))
    done = pictured(given(given(state, "q", "no"), "q2", "yes"))
    assert done is not None and done[1] == (("q", "yes"), ("call", ""), ("end", None))


def test_an_ai_built_walk_shows_what_it_has_met() -> None:
    first = FlowNode("a", NodeKind.QUESTION, "On?", options=(Option("yes", "Yes"), Option("no", "No")))
    second = FlowNode("b", NodeKind.INSTRUCTION, "Restart it.")
    state = with_successor(start_without_tree(SessionKind.AI_BUILD), first)
    alone = pictured(state)
    assert alone is not None and (alone[0].root_id, [node.node_id for node in alone[0].nodes], alone[1]) == ("a", ["a"], (("a", None),))
    found = pictured(with_successor(given(state, "a", "no"), second))
    assert found is not None
    drawn, ways = found
    assert ([node.node_id for node in drawn.nodes], ways) == (["a", "b"], (("a", "no"), ("b", None)))
    assert [option.next_node_id for option in drawn.root.options] == [None, "b"]


def test_without_a_tree_there_is_no_picture() -> None:
    assert pictured(start_without_tree(SessionKind.ADHOC)) is None
    assert pictured(replace(start_without_tree(SessionKind.AI_BUILD))) is None

"""Nodes that nobody reads are passed through; a hole in a tree becomes an escalate node."""

from __future__ import annotations

import pytest

from domain.flow_tree import FlowTree, NodeKind
from domain.refusal import Code
from domain.walk_session import Frame, WalkState, answer, current_node
from domain.walk_session.position import MAX_CALLS
from tests.domain.walk_session.walking import accept, at, back, command, node, question, refused, steps, tree, walk

END = node("end", "resolved", "Done.")


def served(state: WalkState) -> tuple[str, NodeKind, str | None]:
    found = current_node(state)
    assert found is not None
    return found.node_id, found.kind, found.reason_category


def branch(when: str, target: str) -> dict[str, str]:
    return {"when": when, "nextNodeId": target}


SITE = tree(
    question("where", "Where?", ("hq", "Head office", "decide"), ("home", "At home", "decide"), fact="site"),
    node("decide", "decision", branches=[branch('site == "hq"', "jump")], nextNodeId="vpn"),
    node("jump", "jump", nextNodeId="desk"),
    node("desk", "instruction", "Go to the desk at {{site}}.", nextNodeId="end"),
    node("vpn", "instruction", "Start the VPN.", nextNodeId="end"),
    END,
)


def test_decisions_and_jumps_are_never_served() -> None:
    assert at(steps(walk(SITE), "hq")) == "desk"
    assert at(steps(walk(SITE), "home")) == "vpn"
    assert [step.node_id for step in steps(walk(SITE), "hq", "done").path] == ["where", "desk"]


def test_facts_are_filled_in_and_recorded_as_they_were_read() -> None:
    state = steps(walk(SITE), "hq")
    found = current_node(state)
    assert found is not None
    assert found.text == "Go to the desk at hq."
    assert accept(state, "done").step.question == "Go to the desk at hq."


def test_a_fact_is_a_literal_in_plain_text_and_in_commonmark() -> None:
    asked = tree(
        node("name", "data_input", nextNodeId="show", fact="name"),
        node("show", "instruction", "Call {{name}}", detail="See {{name}}", howTo="Ask {{name}}", nextNodeId="end"),
        END,
    )
    found = current_node(steps(walk(asked), "[{{name}}](http://x)"))
    assert found is not None
    assert found.text == "Call [{{name}}](http://x)"
    assert found.detail == found.how_to.replace("Ask", "See")  # type: ignore[union-attr]
    assert found.detail == r"See \[\{\{name\}\}\]\(http\:\/\/x\)"


CHECK = tree(
    question("cable", "Cable in?", ("yes", "Yes", "fine"), ("no", "No", "broken")),
    node("fine", "resolved", "The cable is in."),
    node("broken", "escalate", "New cable.", reasonCategory="hardware_or_onsite"),
)


def calling(next_node_id: str | None) -> FlowTree:
    return tree(node("call", "sub_flow", subFlowId="check", nextNodeId=next_node_id),
                node("after", "instruction", "Go on.", nextNodeId="end"), END)


def test_a_sub_flow_is_entered_and_its_resolved_node_returns() -> None:
    pins = {"flow_version_id": "v-main", "sub_version_ids": {"check": "v-check"}, "sub_trees": {"check": CHECK}}
    state = walk(calling("after"), **pins)
    assert (at(state), state.call_stack) == ("cable", (Frame("check", "call"),))
    state = steps(state, "yes")
    assert (at(state), state.call_stack) == ("after", ())
    state = steps(state, "done")
    assert [step.flow_version_id for step in state.path] == ["v-check", "v-main"]
    assert at(state) == "end"
    again = back(state, 1)
    assert (at(again), again.call_stack) == ("cable", (Frame("check", "call"),))


def test_escalating_inside_a_sub_flow_ends_there() -> None:
    state = steps(walk(calling("after"), sub_trees={"check": CHECK}), "no")
    assert served(state) == ("broken", NodeKind.ESCALATE, "hardware_or_onsite")


def test_a_call_without_a_next_node_ends_where_the_sub_flow_ends() -> None:
    state = steps(walk(calling(None), sub_trees={"check": CHECK}), "yes")
    assert served(state) == ("fine", NodeKind.RESOLVED, None)


def test_a_tail_call_returns_to_the_caller_of_its_caller() -> None:
    middle = tree(node("inner", "sub_flow", subFlowId="check"))
    outer = tree(node("outer", "sub_flow", subFlowId="middle", nextNodeId="after"),
                 node("after", "instruction", nextNodeId="end"), END)
    state = walk(outer, sub_trees={"check": CHECK, "middle": middle})
    assert state.call_stack == (Frame("middle", "outer"), Frame("check", "inner"))
    assert at(steps(state, "yes")) == "after"


RING = [node("a", "jump", nextNodeId="b"), node("b", "decision", nextNodeId="a")]
GAPS = {
    "dead end": [node("q", "instruction")],
    "unknown target": [node("q", "instruction", nextNodeId="nowhere")],
    "option without target": [question("q", "?", ("done", "Done", None), ("n", "No", None))],
    "automatic loop": [node("q", "instruction", nextNodeId="a"), *RING],
    "decision with no branch that holds": [
        node("q", "instruction", nextNodeId="d"), node("d", "decision", branches=[branch("known(x)", "q")])],
    "unreadable condition": [
        node("q", "instruction", nextNodeId="d"), node("d", "decision", branches=[branch("((", "q")])],
    "sub-flow that was not pinned": [
        node("q", "instruction", nextNodeId="s"), node("s", "sub_flow", subFlowId="gone", nextNodeId="q")],
}


@pytest.mark.parametrize("name", GAPS)
def test_a_gap_is_an_escalate_node_and_one_can_go_back_from_it(name: str) -> None:
    state = steps(walk(tree(*GAPS[name])), "done")
    assert served(state)[1:] == (NodeKind.ESCALATE, "flow_gap")
    assert refused(answer(state, command(state, "done"))) is Code.INVALID_ANSWER
    assert len(state.path) == 1
    assert at(back(state, 1)) == "q"


def test_a_sub_flow_that_calls_itself_ends_in_a_gap() -> None:
    recursive = tree(node("self", "sub_flow", subFlowId="loop", nextNodeId="self"))
    state = walk(recursive, sub_trees={"loop": recursive})
    assert state.call_stack == (Frame("loop", "self"),) * MAX_CALLS
    assert served(state)[1:] == (NodeKind.ESCALATE, "flow_gap")


def test_a_ring_of_automatic_nodes_at_the_root_is_a_gap() -> None:
    assert served(walk(tree(*RING)))[1:] == (NodeKind.ESCALATE, "flow_gap")


@pytest.mark.parametrize("kind", ["question", "instruction", "jump", "sub_flow", "resolved"])
def test_a_stub_of_any_kind_is_served_as_an_escalate_node_under_its_own_id(kind: str) -> None:
    stub = node("stub", kind, "to do", needsReview=True, nextNodeId="q",
                options=[{"value": "done", "label": "Done", "nextNodeId": "q"}])
    state = steps(walk(tree(node("q", "instruction", nextNodeId="stub"), stub)), "done")
    assert served(state) == ("stub", NodeKind.ESCALATE, "flow_gap")
    assert refused(answer(state, command(state, "done"))) is Code.INVALID_ANSWER


def test_a_stub_at_the_root_is_served_too() -> None:
    assert served(walk(tree(node("stub", "question", "?", needsReview=True))))[1] is NodeKind.ESCALATE

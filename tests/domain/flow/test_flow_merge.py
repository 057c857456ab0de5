"""Merging a walked tree into a flow: what is there is reused, what is new hangs where the walk left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.flow_align import align, similarity, tree_similarity
from domain.flow_lint import lint_tree
from domain.flow_merge import Merged, MergeProblem, free_id, merge_walked
from domain.flow_node import MAX_OPTIONS, FlowNode, NodeKind, Option
from domain.flow_tree import FlowTree, dump_tree, edges_of, parse_tree
from tests.domain.flow.generate_trees import trees


def ask(node_id: str, text: str, **answers: str) -> FlowNode:
    return FlowNode(
        node_id, NodeKind.QUESTION, text, options=tuple(Option(label, label, to) for label, to in answers.items())
    )


FLOW = FlowTree(
    "lamp",
    (
        ask("lamp", "Is the lamp of the printer on?", Yes="page", No="plug"),
        ask("page", "Does the test page come out?", Yes="ok", No="up"),
        FlowNode("plug", NodeKind.INSTRUCTION, "Plug the power cable in.", next_node_id="page"),
        FlowNode("ok", NodeKind.RESOLVED, "It prints."),
        FlowNode("up", NodeKind.ESCALATE, "Hand over to an engineer.", reason_category="exhausted_safe_steps"),
    ),
)
STUB = FlowNode("stub", NodeKind.ESCALATE, "Not explored yet.", needs_review=True)
# The walk went on where the flow escalates.
WALKED = FlowTree(
    "a",
    (
        ask("a", "Is the printer's lamp on?", Yes="b", No="stub"),
        ask("b", "Does the test page come out?", Yes="stub", No="queue"),
        FlowNode("queue", NodeKind.INSTRUCTION, "Cancel all jobs in the queue.", next_node_id="again"),
        ask("again", "Does it print after that?", Yes="c", No="stub"),
        FlowNode("c", NodeKind.RESOLVED, "Prints again."),
        STUB,
    ),
)


def merged(*arguments: object, **named: object) -> Merged:
    result = merge_walked(*arguments, **named)  # type: ignore[arg-type]
    assert isinstance(result, Merged)
    return result


def targets(tree: FlowTree, node_id: str) -> dict[str | None, str]:
    return {edge.label: edge.target for edge in edges_of(tree.by_id[node_id])}


def test_the_two_trees_are_aligned_along_their_answers() -> None:
    alignment = align(WALKED, FLOW)
    assert alignment.pairs == {"a": "lamp", "b": "page"}
    assert [(it.at_node_id, it.walked_edge.target) for it in alignment.divergences] == [("page", "queue")]
    assert alignment.score == pytest.approx(2 / 5)


def test_the_new_steps_take_the_place_of_the_old_end_and_their_stubs_lead_to_it() -> None:
    result = merged(FLOW, WALKED, "Printer queue")
    assert result.attached_at == ("page",)
    assert [node.node_id for node in result.tree.nodes] == ["lamp", "page", "plug", "ok", "up", "queue", "again", "c"]
    assert targets(result.tree, "page") == {"Yes": "ok", "No": "queue"}
    assert targets(result.tree, "again") == {"Yes": "c", "No": "up"}
    assert [node.node_id for node in result.diff.added] == ["queue", "again", "c"]
    assert [change.node_id for change in result.diff.rewired] == ["page"]
    assert (result.diff.removed, result.diff.changed) == ((), ())
    assert lint_tree(result.tree) == ()


def test_nothing_is_added_by_a_walk_the_flow_knows() -> None:
    result = merged(FLOW, FLOW, "Same")
    assert result.tree == FLOW
    assert result.diff.is_empty
    assert result.score == 1.0


def test_a_branch_is_attached_where_the_reviewer_says() -> None:
    result = merged(FLOW, WALKED, "Queue is stuck", "lamp")
    assert targets(result.tree, "lamp") == {"Yes": "page", "No": "plug", "Queue is stuck": "a"}
    assert targets(result.tree, "a") == {"Yes": "b", "No": "stub"}
    assert result.tree.by_id["stub"].needs_review


def test_an_answer_the_flow_does_not_have_becomes_an_option() -> None:
    walked = FlowTree(
        "a",
        (
            ask("a", "Is the lamp of the printer on?", Yes="stub", No="stub", Blinking="jam"),
            FlowNode("jam", NodeKind.ESCALATE, "Paper jam inside.", reason_category="hardware_or_onsite"),
            STUB,
        ),
    )
    result = merged(FLOW, walked, "Jam")
    assert targets(result.tree, "lamp") == {"Yes": "page", "No": "plug", "Blinking": "jam"}
    assert "stub" not in result.tree.by_id
    assert lint_tree(result.tree) == ()


def test_where_the_flow_goes_on_otherwise_a_question_chooses() -> None:
    walked = FlowTree(
        "a",
        (
            ask("a", "Is the lamp of the printer on?", Yes="fuse", No="stub"),
            FlowNode("fuse", NodeKind.INSTRUCTION, "Look at the fuse in the hall.", next_node_id="end"),
            FlowNode("end", NodeKind.RESOLVED, "Fuse was out."),
            STUB,
        ),
    )
    tree = merged(FLOW, walked, "Fuse").tree
    fork = targets(tree, "lamp")["Yes"]
    assert targets(tree, fork) == {"Does the test page come out?": "page", "Yes": "fuse"}
    assert targets(tree, "lamp")["No"] == "plug"


def test_attaching_at_an_end_and_at_an_instruction() -> None:
    at_end = merged(FLOW, WALKED, "Queue", "up").tree
    assert targets(at_end, "page")["No"] == "a"
    assert targets(at_end, "a")["No"] == "up"
    after = merged(FLOW, WALKED, "Queue", "plug").tree
    fork = targets(after, "plug")[None]
    assert targets(after, fork) == {"Does the test page come out?": "page", "Queue": "a"}


def test_ids_that_are_taken_get_a_number() -> None:
    walked = FlowTree("ok", (FlowNode("ok", NodeKind.RESOLVED, "Rebooted."),))
    tree = merged(FLOW, walked, "Reboot", "lamp").tree
    assert targets(tree, "lamp")["Reboot"] == "ok-2"
    assert free_id("x" * 100, {"x" * 100}) == "x" * 94 + "-2"


def test_what_cannot_be_merged_is_said() -> None:
    assert merge_walked(FLOW, WALKED, "x", "nowhere") == MergeProblem("'nowhere' is not a node of that flow.")
    full = replace(FLOW.root, options=tuple(Option(str(n), str(n), "ok") for n in range(MAX_OPTIONS)))
    problem = merge_walked(FlowTree("lamp", (full, *FLOW.nodes[1:])), WALKED, "x", "lamp")
    assert isinstance(problem, MergeProblem)


def test_similarity_orders_as_a_person_would() -> None:
    assert similarity("Is it on?", "Is it on?") == 1.0
    near = similarity("Is the printer's lamp on?", "Is the lamp of the printer on?")
    far = similarity("Is the printer's lamp on?", "Does Outlook open in safe mode?")
    assert near > 0.6 > 0.3 > far
    assert tree_similarity(FLOW, FLOW) == 1.0 > tree_similarity(FLOW, WALKED) > 0.4


@settings(max_examples=60, deadline=None)
@given(trees(), trees(), st.data())
def test_a_merge_of_anything_is_a_tree_that_keeps_the_flow(
    flow: FlowTree, walked: FlowTree, data: st.DataObject
) -> None:
    at = data.draw(st.none() | st.sampled_from(sorted(flow.by_id)))
    result = merge_walked(flow, walked, "A branch", at)
    if isinstance(result, Merged):
        assert set(flow.by_id) <= set(result.tree.by_id)
        assert len(result.tree.by_id) == len(result.tree.nodes)
        assert parse_tree(dump_tree(result.tree)) == result.tree

"""Diff of two trees: exact classification, and nothing said of equal trees."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from domain.flow_diff import diff_trees
from domain.flow_node import Branch, FlowNode, NodeKind, Option
from domain.flow_tree import FlowTree
from tests.domain.flow.generate_trees import trees

ASK = FlowNode("ask", NodeKind.QUESTION, "Is it on?", options=(Option("y", "Yes", "done"), Option("n", "No", "do")))
DO = FlowNode("do", NodeKind.INSTRUCTION, "Switch it on.", next_node_id="done")
DONE = FlowNode("done", NodeKind.RESOLVED, "Works.")
TREE = FlowTree("ask", (ASK, DO, DONE))


def ids(changes: object) -> list[str]:
    return [change.node_id for change in changes]  # type: ignore[attr-defined]


def test_added_changed_rewired_and_moved() -> None:
    check = FlowNode("check", NodeKind.INSTRUCTION, "Look at the lamp.", next_node_id="do")
    ask = replace(ASK, options=(ASK.options[0], replace(ASK.options[1], next_node_id="check")))
    do = replace(DO, text="Press the switch.")
    diff = diff_trees(TREE, FlowTree("ask", (ask, check, do, DONE)))
    assert ids(diff.added) == ["check"]
    assert ids(diff.removed) == []
    assert [(it.node_id, it.before_text, it.after_text) for it in diff.changed] == [
        ("do", "Switch it on.", "Press the switch.")
    ]
    assert ids(diff.rewired) == ["ask"]
    assert ids(diff.moved) == ["do"]
    assert not diff.is_root_changed


def test_removed_and_root_changed() -> None:
    diff = diff_trees(TREE, FlowTree("do", (DO, DONE)))
    assert ids(diff.removed) == ["ask"]
    assert diff.is_root_changed
    assert (ids(diff.added), ids(diff.changed), ids(diff.rewired)) == ([], [], [])


def test_a_changed_answer_is_shown_by_its_labels() -> None:
    ask = replace(ASK, options=(Option("y", "Yes, green lamp", "done"), ASK.options[1]))
    change = diff_trees(TREE, FlowTree("ask", (ask, DO, DONE))).changed[0]
    assert (change.fields, change.before_text, change.after_text) == (
        ("options",),
        "options: Yes; No",
        "options: Yes, green lamp; No",
    )


def test_a_decision_is_rewired_by_its_conditions() -> None:
    before = FlowNode("d", NodeKind.DECISION, branches=(Branch("n > 1", "do"),), next_node_id="done")
    after = replace(before, branches=(Branch("n > 1", "done"),))
    diff = diff_trees(FlowTree("d", (before, DO, DONE)), FlowTree("d", (after, DO, DONE)))
    assert (ids(diff.rewired), ids(diff.changed)) == (["d"], [])


@given(trees())
def test_a_tree_does_not_differ_from_itself(tree: FlowTree) -> None:
    assert diff_trees(tree, tree).is_empty


@given(trees(), trees())
def test_added_and_removed_swap_with_the_direction(one: FlowTree, two: FlowTree) -> None:
    forth, back = diff_trees(one, two), diff_trees(two, one)
    assert ids(forth.added) == ids(back.removed)
    assert ids(forth.removed) == ids(back.added)
    assert set(ids(forth.rewired)) == set(ids(back.rewired))
    assert set(ids(forth.changed)) == set(ids(back.changed))

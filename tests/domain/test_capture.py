"""What a resolved walk teaches: the captured tree, its title and keywords, and when there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.capture import MAX_KEYWORDS, MAX_TITLE, Captured, CaptureSource, NoCapture, capture, keywords_of, title_of
from domain.flow_finding import FindingCode, Severity
from domain.flow_lint import lint_tree
from domain.flow_tree import FlowNode, FlowTree, NodeKind, dump_tree, parse_tree
from domain.vocabulary import ResolutionOutcome
from domain.walk_session import (
    Note,
    SessionKind,
    WalkEvent,
    WalkState,
    continue_from,
    current_node,
    end,
    path_from_json,
    path_to_json,
    start_without_tree,
)
from tests.domain.walk_session.walking import ANN, NOON, asks, back, serve, steps

NEW = start_without_tree(SessionKind.AI_BUILD)


def hide(text: str) -> str:
    """A mask small enough to see through."""
    return text.replace("ann@initech.example", "[email]").replace("hunter2", "[secret]")


def source(state: WalkState, **more: Any) -> CaptureSource:
    return CaptureSource(**{"kind": state.kind, "problem": "Printer offline", "path": state.path, **more})


def captured(state: WalkState, **more: Any) -> FlowTree:
    outcome = capture(source(state, **more), hide)
    assert isinstance(outcome, Captured), outcome
    return outcome.tree


def lead(tree: FlowTree, node_id: str) -> dict[str, str | None]:
    """Where a node leads: by answer, or by "" for an instruction."""
    found = tree.by_id[node_id]
    return {option.value: option.next_node_id for option in found.options} or {"": found.next_node_id}


def stub_texts(tree: FlowTree) -> list[str]:
    return [node.text for node in tree.nodes if node.needs_review]


def findings(tree: FlowTree) -> set[FindingCode]:
    """What lint finds, stubs and the missing way to an engineer (a warning) left out."""
    found = lint_tree(tree)
    assert all(it.severity is Severity.WARNING for it in found if it.code is not FindingCode.NEEDS_REVIEW)
    return {it.code for it in found} - {FindingCode.NEEDS_REVIEW, FindingCode.NO_ESCALATION}


def test_a_path_becomes_a_rooted_tree_with_stubs_for_what_was_not_explored() -> None:
    state = steps(serve(NEW, asks("n1")), "y")
    state = steps(serve(state, asks("n2", NodeKind.INSTRUCTION)), "done")
    state = serve(steps(serve(state, asks("n3")), "n"), FlowNode("end", NodeKind.RESOLVED, "It prints."))
    tree = captured(state)
    assert tree.root_id == "n1"
    assert (lead(tree, "n1"), lead(tree, "n2"), lead(tree, "n3")) == (
        {"y": "n2", "n": "n1-stub-2"}, {"": "n3"}, {"y": "n3-stub-1", "n": "end"})
    assert [option.label for option in tree.by_id["n1"].options] == ["Yes", "No"]
    assert (tree.by_id["n1"].text, tree.by_id["n1"].action) == ("About n1?", "ASK")
    assert tree.by_id["end"] == FlowNode("end", NodeKind.RESOLVED, "It prints.")
    assert stub_texts(tree) == ["Not explored yet: About n3? (Yes)", "Not explored yet: About n1? (No)"]
    assert all(it.kind is NodeKind.ESCALATE and it.reason_category == "flow_gap" for it in tree.nodes if it.needs_review)
    assert len(tree.nodes) == 6
    assert findings(tree) == set()


def test_a_walk_resolved_in_the_middle_ends_in_a_resolved_node_of_its_own() -> None:
    state = serve(steps(serve(NEW, asks("n1")), "y"), asks("n2"))
    tree = captured(state, resolution_notes="Told ann@initech.example the code hunter2.")
    assert lead(tree, "n1")["y"] == "resolved"
    assert "n2" not in tree.by_id
    assert tree.by_id["resolved"].kind is NodeKind.RESOLVED
    assert tree.by_id["resolved"].suggested_resolution == "Told [email] the code [secret]."


def test_branches_that_were_gone_back_over_are_kept() -> None:
    state = steps(serve(NEW, asks("n1")), "n")
    state = steps(serve(state, asks("wrong")), "y")
    state = serve(state, asks("left open", NodeKind.INSTRUCTION))
    state = steps(serve(steps(back(state, 1), "y"), asks("right")), "y")
    tree = captured(state)
    assert lead(tree, "n1") == {"y": "right", "n": "wrong"}
    assert lead(tree, "wrong") == {"y": "left open", "n": "wrong-stub-2"}
    assert lead(tree, "left open") == {"": "left open-stub-1"}
    assert lead(tree, "right") == {"y": "resolved", "n": "right-stub-2"}
    assert findings(tree) == set()


def test_an_answer_that_was_taken_back_and_given_again_leads_to_the_end() -> None:
    state = serve(steps(serve(NEW, asks("n1")), "y"), asks("n2"))
    state = steps(back(state, 1), "y")
    tree = captured(state)
    assert lead(tree, "n1") == {"y": "resolved", "n": "n1-stub-2"}


def test_a_terminal_that_was_explored_stays_and_a_failed_generation_does_not() -> None:
    for reason, kept in (("needs_elevated_access", True), ("ai_unavailable", False)):
        state = steps(serve(NEW, asks("n1")), "n")
        state = serve(state, FlowNode("stop", NodeKind.ESCALATE, "Stop.", reason_category=reason))
        tree = captured(steps(back(state, 1), "y"))
        assert lead(tree, "n1")["n"] == ("stop" if kept else "n1-stub-2")


def test_the_earlier_walks_of_a_continued_one_are_part_of_it() -> None:
    first = serve(steps(serve(NEW, asks("n1")), "y"), asks("n2"))
    over = end(first, WalkEvent.ABANDON)
    assert isinstance(over, WalkState)
    second = continue_from(over)
    assert isinstance(second, WalkState)
    second = steps(second, "n")
    tree = captured(second, path=first.path + second.path)
    assert (tree.root_id, lead(tree, "n1")["y"], lead(tree, "n2")["n"]) == ("n1", "n2", "resolved")


def test_an_old_record_without_nodes_and_successors_is_captured() -> None:
    state = steps(serve(steps(serve(NEW, asks("n1")), "y"), asks("n2")), "n")
    entries = [{k: v for k, v in it.items() if k not in ("node", "successor")} for it in path_to_json(state.path)]
    tree = captured(state, path=path_from_json(entries))
    assert (lead(tree, "n1")["y"], lead(tree, "n2")["n"]) == ("n2", "resolved")


def note(number: int, text: str, step: int | None) -> Note:
    return Note(UUID(int=number), text, ANN, NOON, is_step=step is not None, step=step)


ADHOC = CaptureSource(
    SessionKind.ADHOC,
    "Printer offline",
    notes=(note(1, "Mailed ann@initech.example", 2), note(2, "just a remark", None), note(3, "Restarted it", 1)),
)


def test_step_notes_become_instructions_in_their_order() -> None:
    outcome = capture(ADHOC, hide)
    assert isinstance(outcome, Captured)
    assert [(it.kind.value, it.text, it.next_node_id) for it in outcome.tree.nodes] == [
        ("instruction", "Restarted it", str(UUID(int=1))),
        ("instruction", "Mailed [email]", "resolved"),
        ("resolved", "The problem is solved.", None),
    ]
    assert outcome.tree.root_id == str(UUID(int=3))
    assert findings(outcome.tree) == set()


@pytest.mark.parametrize(("changes", "reason"), [
    ({"helpful": False}, NoCapture.NOT_HELPFUL),
    ({"outcome": ResolutionOutcome.WORKAROUND}, NoCapture.NOT_FIXED),
    ({"outcome": ResolutionOutcome.UNCONFIRMED}, NoCapture.NOT_FIXED),
    ({"outcome": ResolutionOutcome.SELF_RESOLVED}, NoCapture.NOT_FIXED),
    ({"kind": SessionKind.FLOW}, NoCapture.NOT_CAPTURED_KIND),
    ({"kind": SessionKind.PROPOSAL}, NoCapture.NOT_CAPTURED_KIND),
    ({"notes": (note(1, "a remark", None),)}, NoCapture.EMPTY_PATH),
    ({"kind": SessionKind.AI_BUILD}, NoCapture.EMPTY_PATH),
])
def test_when_nothing_is_captured(changes: dict[str, Any], reason: NoCapture) -> None:
    assert capture(replace(ADHOC, **changes), hide) is reason


def test_a_path_that_was_taken_back_as_a_whole_is_empty() -> None:
    state = back(steps(serve(NEW, asks("n1")), "y"), 1)
    assert capture(source(state), hide) is NoCapture.EMPTY_PATH


@pytest.mark.parametrize(("problem", "title"), [
    ("  Outlook asks again.\nIt began today.", "Outlook asks again"),
    ("Mail from ann@initech.example bounces", "Mail from [email] bounces"),
    ("Version 2.5 crashes! Help", "Version 2.5 crashes"),
    (" . ", "Captured walk"),
    ("word " * 60, "word " * 18 + "word\u2026"),
    ("x" * 300, "x" * 99 + "\u2026"),
])
def test_titles(problem: str, title: str) -> None:
    assert title_of(problem, hide) == title
    assert len(title) <= MAX_TITLE


def test_keywords_are_the_telling_words_without_what_is_masked() -> None:
    problem = "The customer's Outlook can't send mail to ann@initech.example, OUTLOOK hangs; password hunter2 VPN 2024"
    assert keywords_of(problem, hide) == ("outlook", "send", "mail", "hangs", "password", "vpn")
    assert keywords_of("a an 12 !", hide) == ()
    assert len(keywords_of(" ".join(f"word{chr(97 + at)}" for at in range(26)), hide)) == MAX_KEYWORDS


def overruled(state: WalkState) -> set[str]:
    """Nodes behind the answer that the walk was resolved after: once it ended there, they lead nowhere."""
    served = state.active_path[-1].successor
    waiting, below = [served.node_id] if served else [], set[str]()
    while waiting:
        below.add(here := waiting.pop())
        waiting += [it.successor.node_id for it in state.path if it.node_id == here and it.successor]
    return below


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["y", "n", "back"]), st.booleans()), min_size=1, max_size=25), st.data())
def test_every_walk_is_captured_as_a_tree_without_errors_but_stubs(
    moves: list[tuple[str, bool]], data: st.DataObject
) -> None:
    state, made = NEW, 0
    for move, is_question in moves:
        if state.needs_generation:
            made += 1
            kind = NodeKind.QUESTION if is_question else NodeKind.INSTRUCTION
            state = serve(state, asks(f"n{made}", kind))
        served = current_node(state)
        assert served is not None
        if move == "back":
            state = back(state, data.draw(st.sampled_from(state.active_path)).step) if state.active_path else state
        elif served.kind is not NodeKind.ESCALATE:
            state = steps(state, move if served.options else "done")
    outcome = capture(source(state), hide)
    if not state.active_path:
        assert outcome is NoCapture.EMPTY_PATH
        return
    assert isinstance(outcome, Captured)
    assert findings(outcome.tree) == set()
    assert parse_tree(dump_tree(outcome.tree)) == outcome.tree
    assert outcome.tree.root_id == state.active_path[0].node_id
    assert {step.node_id for step in state.path} - overruled(state) <= outcome.tree.by_id.keys()
    here = outcome.tree.root_id
    for step in state.active_path:
        assert step.node_id == here
        node = outcome.tree.by_id[here]
        assert (node.text, node.kind) == (step.question, step.kind)
        here = str(lead(outcome.tree, here)[step.answer if node.options else ""])
    assert outcome.tree.by_id[here].kind is NodeKind.RESOLVED

"""Going back keeps the record, restores facts and position, and never lowers the step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.refusal import Code
from domain.walk_session import SessionKind, WalkEvent, WalkState, continue_from, end, go_back, start_without_tree
from tests.domain.walk_session.walking import ANN, BOB, NOON, at, back, node, refused, steps, tree, walk


def test_a_step_and_all_after_it_are_superseded_and_kept() -> None:
    before = steps(walk(), "yes", "done", "no")
    state = back(before, 2)
    assert (state.step, state.depth, at(state)) == (3, 1, "restart")
    assert [step.superseded_at for step in state.path] == [None, *[NOON + timedelta(hours=1)] * 2]
    assert [step.superseded_by for step in state.path] == [None, BOB, BOB]
    assert [(step.node_id, step.answer) for step in state.path] == [(it.node_id, it.answer) for it in before.path]
    again = steps(state, "done")
    assert ([step.step for step in again.path], again.step, at(again)) == ([1, 2, 3, 4], 4, "prints")


def test_it_is_possible_from_a_terminal_node_to_the_very_first() -> None:
    state = back(steps(walk(), "yes", "done", "yes"), 1)
    assert (at(state), state.step, state.active_path) == ("power", 3, ())


@pytest.mark.parametrize(("to_step", "expected", "code"), [
    (1, 1, Code.STALE_STEP), (1, 3, Code.STALE_STEP), (0, 2, Code.INVALID_INPUT), (3, 2, Code.INVALID_INPUT),
    (-1, 2, Code.INVALID_INPUT), (99, 1, Code.STALE_STEP),
])
def test_refusals(to_step: int, expected: int, code: Code) -> None:
    state = steps(walk(), "yes", "done")
    assert refused(go_back(state, to_step, expected, ANN, NOON)) is code


def test_a_step_is_taken_back_once() -> None:
    state = back(steps(walk(), "yes", "done"), 2)
    assert refused(go_back(state, 2, 2, ANN, NOON)) is Code.STALE_STEP
    assert at(back(state, 1)) == "power"


def test_an_earlier_time_of_superseding_stays() -> None:
    once = back(steps(walk(), "yes", "done"), 2)
    twice = go_back(once, 1, 2, ANN, NOON + timedelta(hours=5))
    assert isinstance(twice, WalkState)
    assert [step.superseded_at for step in twice.path] == [NOON + timedelta(hours=5), NOON + timedelta(hours=1)]


def test_an_ended_walk_and_one_without_steps_cannot_go_back() -> None:
    ended = end(steps(walk(), "yes"), WalkEvent.RESOLVE)
    assert isinstance(ended, WalkState)
    assert refused(go_back(ended, 1, 1, ANN, NOON)) is Code.NOT_ACTIVE
    assert refused(go_back(start_without_tree(SessionKind.ADHOC), 1, 0, ANN, NOON)) is Code.INVALID_INPUT


ENTRY = tree(
    node("a", "data_input", nextNodeId="b", fact="x"),
    node("b", "data_input", nextNodeId="a", fact="y", isRequired=False),
)


def test_facts_are_restored_overwritten_ones_too() -> None:
    state = steps(walk(ENTRY), "1", "2", "3", "", "5")
    assert state.facts == {"x": "5"}
    assert back(state, 5).facts == {"x": "3"}
    assert back(state, 4).facts == {"x": "3", "y": "2"}
    assert back(state, 3).facts == {"x": "1", "y": "2"}
    assert back(state, 1).facts == {}
    assert back(steps(back(state, 3), "9"), 2).facts == {"x": "1"}


def test_continuing_keeps_pin_place_and_facts_and_bars_the_way_back() -> None:
    before = steps(walk(ENTRY, flow_version_id="v"), "1", "2", "3")
    ended = end(before, WalkEvent.ABANDON)
    assert isinstance(ended, WalkState)
    state = continue_from(ended)
    assert isinstance(state, WalkState)
    assert (state.tree, state.flow_version_id, at(state)) == (before.tree, "v", "b")
    assert (state.facts, state.step, state.path, state.inherited_depth) == ({"x": "3", "y": "2"}, 0, (), 3)
    assert refused(go_back(state, 1, 0, ANN, NOON)) is Code.INVALID_INPUT
    assert back(steps(state, "9"), 1).facts == {"x": "3", "y": "2"}


def test_only_an_ended_walk_is_continued() -> None:
    assert refused(continue_from(walk())) is Code.INVALID_INPUT
    ended = end(walk(), WalkEvent.ESCALATE)
    assert isinstance(ended, WalkState)
    assert refused(continue_from(ended)) is Code.NOT_ACTIVE
    assert isinstance(continue_from(ended, "returned"), WalkState)

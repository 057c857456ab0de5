"""AI-built walks: the pending node, recorded successors, and a cap that is exact."""

from __future__ import annotations

import pytest

from domain.flow_tree import FlowNode, NodeKind
from domain.refusal import Code
from domain.walk_session import (
    DEPTH_CAP,
    SessionKind,
    WalkEvent,
    WalkState,
    answer,
    continue_from,
    current_node,
    end,
    serve_generated,
    start_without_tree,
)
from tests.domain.walk_session.walking import CAP_ID, accept, asks, at, back, command, refused, serve, steps

NEW = start_without_tree(SessionKind.AI_BUILD)


def built(count: int, state: WalkState = NEW, first: int = 1) -> WalkState:
    """A walk with ``count`` more answered nodes n1, n2, ... and nothing pending."""
    for number in range(first, first + count):
        state = steps(serve(state, asks(f"n{number}")), "y")
    return state


def ended(state: WalkState, event: WalkEvent = WalkEvent.ABANDON) -> WalkState:
    outcome = end(state, event)
    assert isinstance(outcome, WalkState)
    return outcome


def continued(state: WalkState) -> WalkState:
    outcome = continue_from(state)
    assert isinstance(outcome, WalkState)
    return outcome


def test_it_starts_with_a_node_to_be_generated() -> None:
    assert NEW.needs_generation
    assert refused(answer(NEW, command(NEW, "y", node_id="n1"))) is Code.STALE_NODE
    state = serve(NEW, asks("n1"))
    assert (at(state), state.first_node, state.needs_generation) == ("n1", asks("n1"), False)


def test_an_answer_clears_the_pending_node_and_asks_for_the_next() -> None:
    outcome = accept(serve(NEW, asks("n1")), "n")
    assert (outcome.needs_generation, outcome.was_replayed, outcome.state.pending_node) == (True, False, None)
    assert (outcome.step.node, outcome.step.answer_label, outcome.step.successor) == (asks("n1"), "No", None)
    assert serve(outcome.state, asks("n2")).path[0].successor == asks("n2")


def test_a_result_that_comes_too_late_is_dropped() -> None:
    waiting = built(1)
    assert refused(serve_generated(waiting, asks("late"), 0)) is Code.STALE_STEP
    assert refused(serve_generated(serve(waiting, asks("n2")), asks("twin"), 1)) is Code.STALE_STEP
    assert refused(serve_generated(back(waiting, 1), asks("late"), 1)) is Code.STALE_STEP
    assert refused(serve_generated(ended(waiting), asks("late"), 1)) is Code.NOT_ACTIVE
    assert refused(serve_generated(start_without_tree(SessionKind.ADHOC), asks("n"), 0)) is Code.STALE_STEP


def test_going_back_serves_the_recorded_node_and_the_same_answer_replays() -> None:
    state = back(serve(built(2), asks("n3")), 1)
    assert (state.pending_node, state.needs_generation) == (asks("n1"), False)
    outcome = accept(state, "y")
    assert (outcome.was_replayed, outcome.needs_generation, at(outcome.state)) == (True, False, "n2")
    assert at(accept(outcome.state, "y").state) == "n3"
    other = accept(state, "n")
    assert (other.was_replayed, other.needs_generation) == (False, True)
    both = back(serve(other.state, asks("m2")), 3)
    assert (at(steps(both, "y")), at(steps(both, "n"))) == ("n2", "m2")


def test_an_answer_whose_node_was_never_made_is_generated() -> None:
    assert accept(back(built(1), 1), "y").needs_generation


def test_the_cap_is_exact_and_its_node_has_the_given_id() -> None:
    state = serve(built(DEPTH_CAP - 1), asks("last"))
    assert state.depth == DEPTH_CAP - 1
    outcome = accept(state, "y")
    cap = current_node(outcome.state)
    assert cap is not None
    assert (cap.node_id, cap.kind, cap.reason_category) == (CAP_ID, NodeKind.ESCALATE, "exhausted_safe_steps")
    assert (outcome.needs_generation, len(outcome.state.path)) == (False, DEPTH_CAP)
    assert refused(answer(outcome.state, command(outcome.state, "y"))) is Code.INVALID_ANSWER
    again = accept(back(outcome.state, DEPTH_CAP), "y", new_node_id="another")
    assert (at(again.state), again.was_replayed) == (CAP_ID, True)
    assert at(accept(back(outcome.state, DEPTH_CAP), "n", new_node_id="another").state) == "another"


def test_superseded_steps_do_not_count_towards_the_cap() -> None:
    state = back(built(DEPTH_CAP - 1), DEPTH_CAP - 1)
    state = steps(state, "n")
    assert (state.step, state.depth, state.needs_generation) == (DEPTH_CAP, DEPTH_CAP - 1, True)


def test_ending_clears_the_pending_node_and_continuing_serves_it_again() -> None:
    before = serve(built(2), asks("n3"))
    over = ended(before)
    assert (over.pending_node, over.needs_generation) == (None, False)
    state = continued(over)
    assert (state.pending_node, state.first_node, state.step, state.path) == (asks("n3"), asks("n3"), 0, ())
    assert at(back(steps(state, "y"), 1)) == "n3"
    assert continued(ended(steps(state, "y"))).needs_generation
    assert at(continued(ended(continued(over)))) == "n3"


def test_the_cap_counts_the_walks_that_are_continued() -> None:
    state = continued(ended(serve(built(DEPTH_CAP - 1), asks("last"))))
    assert at(steps(state, "y")) == CAP_ID
    assert at(continued(ended(steps(state, "y")))) == CAP_ID


def test_a_walk_ended_before_its_first_node_goes_on_by_making_it() -> None:
    assert continued(ended(NEW)).needs_generation


@pytest.mark.parametrize("kind", [NodeKind.RESOLVED, NodeKind.ESCALATE])
def test_a_terminal_ai_node_takes_no_answer(kind: NodeKind) -> None:
    state = serve(NEW, FlowNode("t", kind, "The end."))
    assert refused(answer(state, command(state, "done"))) is Code.INVALID_ANSWER

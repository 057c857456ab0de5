"""Answers to the nodes of a tree: what is recorded, what is refused and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.flow_tree import FlowTree
from domain.refusal import Code
from domain.walk_session import STEP_LIMIT, SessionKind, WalkEvent, WalkState, answer, end, start_without_tree
from tests.domain.walk_session.walking import ANN, NOON, accept, at, command, node, question, refused, steps, tree, walk


def test_a_walk_starts_at_the_root_with_nothing_recorded() -> None:
    state = walk()
    assert (at(state), state.step, state.path) == ("power", 0, ())


def test_an_answer_is_recorded_as_the_server_knows_it() -> None:
    outcome = accept(walk(flow_version_id="v1"), "yes", note=" heard it hum ", acting_as="l1_coverage")
    step = outcome.step
    assert (step.step, step.node_id, step.question) == (1, "power", "Is the printer on?")
    assert (step.answer, step.answer_label, step.note) == ("yes", "Yes, it is on", "heard it hum")
    assert [(it.value, it.label) for it in step.options] == [("yes", "Yes, it is on"), ("no", "No, it is off")]
    assert (step.answered_by, step.answered_at, step.acting_as) == (ANN, NOON, "l1_coverage")
    assert (step.flow_version_id, step.next_node_id, step.superseded_at) == ("v1", "restart", None)
    assert (outcome.state.step, outcome.state.path, at(outcome.state)) == (1, (step,), "restart")
    assert not outcome.needs_generation


def test_an_instruction_is_acknowledged_and_a_flow_may_loop() -> None:
    state = steps(walk(), "no", "done")
    assert [step.answer_label for step in state.path] == ["No, it is off", "It is on now"]
    assert at(state) == "power"


@pytest.mark.parametrize(
    ("value", "changes", "code"),
    [
        ("yes", {"expected_step": 0}, Code.STALE_STEP),
        ("yes", {"expected_step": 2}, Code.STALE_STEP),
        ("done", {"node_id": "power"}, Code.STALE_NODE),
        ("done", {"node_id": "no such node"}, Code.STALE_NODE),
        ("yes", {}, Code.INVALID_ANSWER),
        ("Done", {}, Code.INVALID_ANSWER),
        ("", {}, Code.INVALID_ANSWER),
        ("done\x00", {}, Code.INVALID_ANSWER),
        ("\ud800", {}, Code.INVALID_ANSWER),
        ("done", {"note": "n" * 20_001}, Code.TOO_LARGE),
        ("done", {"note": "a\x00b"}, Code.INVALID_INPUT),
        ("done", {"note": "\udfff"}, Code.INVALID_INPUT),
        ("wrong", {"node_id": "power", "expected_step": 0, "note": "n" * 20_001}, Code.STALE_STEP),
        ("wrong", {"node_id": "power", "note": "n" * 20_001}, Code.STALE_NODE),
        ("wrong", {"note": "n" * 20_001}, Code.INVALID_ANSWER),
    ],
)
def test_refusals_and_their_order(value: str, changes: dict[str, Any], code: Code) -> None:
    state = steps(walk(), "yes")
    assert refused(answer(state, command(state, value, **changes))) is code


def test_the_longest_note_fits_and_a_blank_one_is_none() -> None:
    assert accept(walk(), "yes", note="n" * 20_000).step.note == "n" * 20_000
    assert accept(walk(), "yes", note="  \n").step.note is None


@pytest.mark.parametrize("event", [WalkEvent.RESOLVE, WalkEvent.ESCALATE, WalkEvent.ABANDON, WalkEvent.EXPIRE])
def test_an_ended_walk_takes_no_answer_whatever_it_names(event: WalkEvent) -> None:
    ended = end(steps(walk(), "yes"), event)
    assert isinstance(ended, WalkState)
    assert refused(answer(ended, command(ended, "done"))) is Code.NOT_ACTIVE
    assert refused(answer(ended, command(ended, "done", expected_step=77))) is Code.NOT_ACTIVE
    assert refused(end(ended, WalkEvent.RESOLVE)) is Code.NOT_ACTIVE


def test_only_ending_events_end() -> None:
    assert refused(end(walk(), WalkEvent.PAUSE)) is Code.INVALID_INPUT


@pytest.mark.parametrize("value", ["done", "yes", "resolve", ""])
def test_a_terminal_node_takes_no_answer(value: str) -> None:
    for path in (["yes", "done", "yes"], ["yes", "done", "no"]):
        state = steps(walk(), *path)
        assert refused(answer(state, command(state, value))) is Code.INVALID_ANSWER


def test_an_ad_hoc_walk_has_no_node_to_answer() -> None:
    state = start_without_tree(SessionKind.ADHOC)
    assert at(state) is None
    assert not state.needs_generation
    assert refused(answer(state, command(state, "done"))) is Code.STALE_NODE


def test_the_step_limit_counts_every_step() -> None:
    loop = tree(node("again", "instruction", nextNodeId="again"))
    state = steps(walk(loop), *["done"] * STEP_LIMIT)
    assert state.step == len(state.path) == STEP_LIMIT
    assert refused(answer(state, command(state, "done"))) is Code.STEP_LIMIT
    superseded = replace(state, path=tuple(replace(step, superseded_at=NOON) for step in state.path))
    assert refused(answer(superseded, command(superseded, "done"))) is Code.STEP_LIMIT


def ask(**fields: Any) -> FlowTree:
    return tree(node("q", fields.pop("kind"), nextNodeId="end", fact="f", **fields), node("end", "escalate"))


SYMPTOMS = ask(
    kind="multi_choice",
    options=[{"value": "a", "label": "Slow"}, {"value": "b", "label": "Loud"}, {"value": "a,b", "label": "Both"}],
)


@pytest.mark.parametrize(
    ("given", "recorded", "label", "fact"),
    [
        ('["b", "a"]', '["a", "b"]', "Slow, Loud", ["a", "b"]),
        ("b , a", '["a", "b"]', "Slow, Loud", ["a", "b"]),
        ("b", '["b"]', "Loud", ["b"]),
        ('["a", "a"]', '["a"]', "Slow", ["a"]),
        ("a,b", '["a,b"]', "Both", ["a,b"]),
    ],
)
def test_a_multi_choice_takes_a_list(given: str, recorded: str, label: str, fact: list[str]) -> None:
    outcome = accept(walk(SYMPTOMS), given)
    assert (outcome.step.answer, outcome.step.answer_label) == (recorded, label)
    assert outcome.state.facts == {"f": fact}


@pytest.mark.parametrize("given", ["", "[]", "c", '["a", "c"]', '["a"', "[1]", '{"a": 1}', "[" * 50_000, "[null]"])
def test_a_multi_choice_refuses_what_is_not_offered(given: str) -> None:
    assert refused(answer(walk(SYMPTOMS), command(walk(SYMPTOMS), given))) is Code.INVALID_ANSWER


def test_an_optional_multi_choice_may_be_empty() -> None:
    optional = ask(kind="multi_choice", isRequired=False, options=[{"value": "a", "label": "A"}])
    outcome = accept(walk(optional), "[]")
    assert (outcome.step.answer, outcome.step.answer_label, outcome.state.facts) == ("[]", "None", {"f": []})


@pytest.mark.parametrize(
    ("fields", "given", "label", "fact"),
    [
        ({"inputType": "text"}, "  HP 4200 ", "HP 4200", "HP 4200"),
        ({}, "plain", "plain", "plain"),
        ({"inputType": "number", "unit": "MB"}, "12", "12 MB", 12),
        ({"inputType": "number"}, "-3.50", "-3.50", -3.5),
        ({"inputType": "date"}, "2026-02-28", "2026-02-28", "2026-02-28"),
        ({"inputType": "select", "options": [{"value": "x", "label": "Ex"}]}, "x", "Ex", "x"),
    ],
)
def test_a_data_input_is_read_as_its_type(fields: dict[str, Any], given: str, label: str, fact: object) -> None:
    outcome = accept(walk(ask(kind="data_input", **fields)), given)
    assert (outcome.step.answer_label, outcome.state.facts, at(outcome.state)) == (label, {"f": fact}, "end")
    assert outcome.step.facts == {"f": fact}


@pytest.mark.parametrize(
    ("input_type", "given"),
    [
        *(("number", it) for it in ("", "x", "1e9", "nan", "inf", "1_000", "0x10", "1,5", "9" * 16, "\u0661", "1.")),
        *(("date", it) for it in ("2026-02-30", "20260228", "2026-W09-1", "28.2.2026", "2026-2-8", "now")),
        ("select", "y"),
        ("text", " "),
        ("text", "x" * 2_001),
    ],
)
def test_a_data_input_refuses_what_is_not_its_type(input_type: str, given: str) -> None:
    state = walk(ask(kind="data_input", inputType=input_type, options=[{"value": "x", "label": "Ex"}]))
    assert refused(answer(state, command(state, given))) is Code.INVALID_ANSWER


def test_an_optional_input_left_empty_takes_the_fact_away() -> None:
    again = tree(node("q", "data_input", nextNodeId="q", fact="f", isRequired=False))
    state = steps(walk(again), "old", "")
    assert state.facts == {}
    assert state.path[-1].answer_label == "Not given"


def test_a_question_can_state_a_fact() -> None:
    asked = tree(question("q", "Where?", ("hq", "Head office", "end"), fact="site"), node("end", "resolved"))
    assert accept(walk(asked), "hq").state.facts == {"site": "hq"}

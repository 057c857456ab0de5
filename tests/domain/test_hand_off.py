"""The hand-off package: what an engineer learns from the record, its JSON form, and its digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.hand_off import (
    HandOff,
    HandOffFact,
    HandOffSource,
    HandOffStep,
    build_hand_off,
    hand_off_from_json,
    hand_off_to_json,
)
from domain.hand_off_digest import MAX_DIGEST, digest_of, hand_off
from domain.walk_session import Note, NoteVisibility, SessionKind, WalkEvent, WalkState, end, start_without_tree
from tests.domain.walk_session.walking import (
    ANN,
    NOON,
    accept,
    asks,
    back,
    node,
    question,
    serve,
    steps,
    tree,
    walk,
)


def source(state: WalkState, **more: Any) -> HandOffSource:
    given: dict[str, Any] = {
        "problem": "The printer does not print.",
        "state": state,
        "reason_category": "exhausted_safe_steps",
        "started_at": NOON,
        "escalated_at": NOON + timedelta(minutes=9),
    }
    return HandOffSource(**{**given, **more})


def package(state: WalkState, **more: Any) -> HandOff:
    return hand_off(source(state, **more))


LIGHTS = tree(
    question("light", "Which light?", ("r", "Red", "model"), ("g", "Green", "model"), ("n", "None", "model"),
             ("u", "Not sure", "model")),
    node("model", "data_input", "Which model?", fact="model", nextNodeId="signs", isRequired=False),
    node("signs", "multi_choice", "What is seen?", fact="signs", nextNodeId="restart",
         options=[{"value": "a", "label": "Smoke"}, {"value": "b", "label": "Noise"}]),
    node("restart", "instruction", "Restart it.", nextNodeId="works"),
    question("works", "Works?", ("y", "Yes", "done"), ("n", "No", "engineer")),
    node("done", "resolved", "Solved.", suggestedResolution="Restarted it."),
    node("engineer", "escalate", "An engineer has to look.", reasonCategory="exhausted_safe_steps"),
)


def test_a_walk_to_its_escalate_node() -> None:
    state = accept(walk(LIGHTS), "r", note="blinks").state
    state = steps(state, "HP 4200", '["b"]', "done", "n")
    found = package(state, company_name="Initech", reason="no idea", priority="high")
    assert (found.version, found.symptom, found.company_name) == (1, "The printer does not print.", "Initech")
    assert found.steps[0] == HandOffStep(1, "Which light?", "Red", NOON, "blinks", "question", "light")
    assert [(it.step, it.question, it.answer_label) for it in found.steps[1:]] == [
        (2, "Which model?", "HP 4200"), (3, "What is seen?", "Noise"), (4, "Restart it.", "Done"), (5, "Works?", "No"),
    ]
    assert found.facts == (
        HandOffFact("model", "HP 4200", "Which model?"), HandOffFact("signs", "Noise", "What is seen?"))
    assert found.ruled_out == (
        'Which light? - not "Green" (answer: Red)',
        'Which light? - not "None" (answer: Red)',
        'What is seen? - not "Smoke" (answer: Noise)',
        'Works? - not "Yes" (answer: No)',
    )
    assert found.tried == ("Restart it.",)
    assert found.open_questions == ("The walk ended at: An engineer has to look.",)
    assert found.taken_back == ()


def test_who_is_not_sure_rules_nothing_out_and_leaves_the_question_open() -> None:
    found = package(steps(walk(LIGHTS), "u", ""))
    assert found.ruled_out == ()
    assert found.facts == ()
    assert found.open_questions == (
        "What is seen?", "Which light? (answer: Not sure)", "Which model? (answer: Not given)")


def test_what_was_gone_back_over_is_told_apart() -> None:
    state = back(steps(walk(LIGHTS), "r", "HP", '["a"]', "done"), 1)
    found = package(steps(state, "g"))
    assert [it.answer_label for it in found.steps] == ["Green"]
    assert [(it.step, it.is_superseded) for it in found.taken_back] == [(1, True), (2, True), (3, True), (4, True)]
    assert found.tried == ("Restart it.",)
    assert found.ruled_out == ('Which light? - not "Red" (answer: Green)', 'Which light? - not "None" (answer: Green)')
    assert found.open_questions == (
        "Which model?",
        'Which model? (the answer "HP" was taken back)',
        'What is seen? (the answer "Smoke" was taken back)',
    )


def test_in_a_loop_the_last_answer_counts() -> None:
    found = package(steps(walk(), "no", "done", "yes"))
    assert found.ruled_out == ('Is the printer on? - not "No, it is off" (answer: Yes, it is on)',)


def test_an_instruction_not_done_and_a_resolution_that_did_not_hold_are_said() -> None:
    assert package(steps(walk(), "yes")).open_questions == ("Not done yet: Restart the print queue.",)
    resolved = package(steps(walk(), "yes", "done", "yes"))
    assert resolved.open_questions == ("The flow ended as resolved, and it was not: Restarted the print queue.",)


def test_notes_that_are_steps_were_tried() -> None:
    notes = (
        Note(UUID(int=1), "second", ANN, NOON, is_step=True, step=2),
        Note(UUID(int=2), "for the customer", ANN, NOON, visibility=NoteVisibility.CUSTOMER),
        Note(UUID(int=3), "first", ANN, NOON, is_step=True, step=1),
    )
    found = package(start_without_tree(SessionKind.ADHOC), notes=notes)
    assert found.tried == ("first", "second")
    assert [(it.text, it.visibility) for it in found.notes][1] == ("for the customer", "customer")
    assert "- (for the customer) for the customer" in found.digest


def test_the_walks_that_are_continued_come_first() -> None:
    earlier = steps(walk(), "yes").path
    found = package(steps(walk(), "no"), earlier_path=earlier)
    assert [(it.step, it.is_earlier) for it in found.steps] == [(1, True), (1, False)]


@pytest.mark.parametrize("is_over", [False, True])
def test_an_ai_walk_says_what_it_was_asking_before_and_after_its_end(is_over: bool) -> None:
    state = serve(steps(serve(start_without_tree(SessionKind.AI_BUILD), asks("n1")), "y"), asks("n2"))
    over = end(state, WalkEvent.ESCALATE)
    assert isinstance(over, WalkState)
    assert package(over if is_over else state).open_questions == ("About n2?",)


def test_an_escalation_without_a_walk_has_an_empty_record() -> None:
    found = package(start_without_tree(SessionKind.ADHOC), reason="urgent", is_customer_waiting=True)
    assert (found.steps, found.facts, found.tried, found.ruled_out, found.open_questions) == ((), (), (), (), ())
    assert found.digest == (
        "Escalated: 2026-03-02 12:09 UTC, exhausted safe steps, customer is waiting\n"
        "Problem: The printer does not print.\n"
        "Reason: urgent"
    )


def test_the_digest_reads_as_a_note() -> None:
    state = steps(walk(LIGHTS), "r", "HP\n4200", '["b"]', "done", "n")
    digest = package(state, ticket="T-77", company_name="Initech", flow_title="Lights").digest
    assert digest.splitlines()[:6] == [
        "Escalated: 2026-03-02 12:09 UTC, exhausted safe steps",
        "Problem: The printer does not print.",
        "Company: Initech",
        "Ticket: T-77",
        "Flow: Lights",
        "",
    ]
    assert "- 2026-03-02 12:03 UTC Restart it. -> Done" in digest
    assert "- 2026-03-02 12:01 UTC Which model? -> HP 4200" in digest
    assert 'Ruled out:\n- Which light? - not "Green" (answer: Red)' in digest


def test_a_digest_that_is_full_counts_what_it_leaves_out_and_keeps_the_latest() -> None:
    loop = tree(node("again", "instruction", "Do it again. " * 20, nextNodeId="again"))
    notes = tuple(Note(UUID(int=at), f"note {at} " + "x" * 400, ANN, NOON) for at in range(900))
    found = package(steps(walk(loop), *["done"] * 200), notes=notes, reason="r" * 9_000, company_name="c" * 900,
                    problem="p" * 19_000)
    assert len(found.digest) <= MAX_DIGEST
    assert "- note 899 x" in found.digest
    assert "(and 899 earlier, see the hand-off)" in found.digest
    assert "2026-03-02 15:19 UTC" in found.digest
    assert len(found.steps) == 200


MOMENTS = st.datetimes(timezones=st.just(NOON.tzinfo))
TEXT = st.text(max_size=1_200)
LINES = st.lists(TEXT, max_size=12).map(tuple)
PACKAGES = st.builds(
    HandOff,
    symptom=st.text(max_size=3_000),
    reason_category=st.just("other"),
    escalated_at=st.just(NOON),
    started_at=st.just(NOON),
    reason=st.none() | TEXT,
    company_name=st.none() | TEXT,
    ticket=st.none() | TEXT,
    facts=st.lists(st.builds(HandOffFact, TEXT, TEXT), max_size=9).map(tuple),
    steps=st.lists(st.builds(HandOffStep, st.integers(1, 200), TEXT, TEXT, st.just(NOON), TEXT), max_size=9).map(tuple),
    tried=LINES,
    ruled_out=LINES,
    open_questions=LINES,
)


@given(PACKAGES)
def test_a_digest_is_short_and_plain_whatever_the_record_holds(found: HandOff) -> None:
    digest = digest_of(found)
    assert len(digest) <= MAX_DIGEST
    assert all(char.isprintable() or char == "\n" for char in digest)


@given(PACKAGES)
def test_the_package_is_stored_and_read(found: HandOff) -> None:
    assert hand_off_from_json(hand_off_to_json(found)) == found


def test_the_stored_keys_and_a_package_that_knows_fewer() -> None:
    stored = hand_off_to_json(package(steps(walk(), "yes"), company_name="Initech"))
    wanted = {"version", "symptom", "companyName", "ruledOut", "openQuestions", "steps", "notes", "digest", "tried"}
    assert wanted <= stored.keys()
    assert stored["steps"][0] == {
        "step": 1, "question": "Is the printer on?", "answerLabel": "Yes, it is on",
        "answeredAt": "2026-03-02T12:00:00+00:00", "note": None, "kind": "question", "nodeId": "power",
        "isSuperseded": False, "isEarlier": False,
    }
    few = {key: stored[key] for key in ("symptom", "reasonCategory", "escalatedAt", "startedAt")}
    read = hand_off_from_json({**few, "fieldOfTheFuture": 1})
    assert (read.steps, read.company_name, read.version) == ((), None, 1)


def test_the_customer_is_not_in_the_package() -> None:
    names = hand_off_to_json(build_hand_off(replace(source(walk()), company_name="Initech"))).keys()
    assert not [name for name in names if "customer" in name.lower() and name != "isCustomerWaiting"]

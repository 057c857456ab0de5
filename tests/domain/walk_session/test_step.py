"""The JSON of walked_path: what others read in it, a lossless round trip, and records from before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.flow_tree import NodeKind, Option
from domain.principal import ActorKind
from domain.walk_session import (
    Actor,
    Frame,
    SessionKind,
    Step,
    node_from_json,
    node_to_json,
    path_from_json,
    path_to_json,
    stack_from_json,
    stack_to_json,
    start_without_tree,
)
from tests.domain.walk_session.walking import accept, asks, serve, walk

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
NODES = st.sampled_from([None, asks("n1"), asks("n2", NodeKind.INSTRUCTION), asks("n3", NodeKind.RESOLVED)])
VALUES = st.none() | TEXTS | st.integers(-10, 10) | st.floats(-9, 9) | st.lists(TEXTS, max_size=3)
ACTORS = st.builds(Actor, st.sampled_from(ActorKind), st.uuids())
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
STEPS = st.builds(
    Step,
    step=st.integers(1, 200),
    node_id=TEXTS.filter(bool),
    kind=st.sampled_from(NodeKind),
    question=TEXTS,
    answer=TEXTS,
    answer_label=TEXTS.filter(bool),
    answered_at=MOMENTS,
    answered_by=ACTORS,
    detail=st.none() | TEXTS.filter(bool),
    options=st.lists(st.builds(Option, TEXTS, TEXTS), max_size=3).map(tuple),
    note=st.none() | TEXTS,
    acting_as=st.none() | st.just("l1_coverage"),
    superseded_at=st.none() | MOMENTS,
    superseded_by=st.none() | ACTORS,
    fact=st.none() | st.just("site"),
    facts=st.dictionaries(TEXTS, VALUES, max_size=2),
    facts_before=st.dictionaries(TEXTS, VALUES, max_size=2),
    call_stack=st.lists(st.builds(Frame, TEXTS, TEXTS), max_size=2).map(tuple),
    flow_version_id=st.none() | st.just("v1"),
    next_node_id=st.none() | st.just("next"),
    node=NODES,
    successor=NODES,
)


@given(STEPS)
def test_a_step_comes_back_as_it_was(step: Step) -> None:
    assert path_from_json(path_to_json((step,))) == (step,)


def test_the_keys_that_others_read() -> None:
    assert path_to_json(accept(walk(flow_version_id="v1"), "yes", note="hums").state.path) == [
        {
            "step": 1,
            "nodeId": "power",
            "kind": "question",
            "question": "Is the printer on?",
            "options": [{"value": "yes", "label": "Yes, it is on"}, {"value": "no", "label": "No, it is off"}],
            "answer": "yes",
            "answerLabel": "Yes, it is on",
            "note": "hums",
            "answeredAt": "2026-03-02T12:00:00+00:00",
            "answeredBy": {"kind": "user", "id": str(UUID(int=1))},
            "actingAs": None,
            "supersededAt": None,
            "flowVersionId": "v1",
            "nextNodeId": "restart",
        }
    ]


def test_an_ai_step_holds_the_node_as_it_was_served() -> None:
    outcome = accept(serve(start_without_tree(SessionKind.AI_BUILD), asks("n1")), "y")
    (entry,) = path_to_json(serve(outcome.state, asks("n2")).path)
    assert (entry["node"], entry["successor"]) == (node_to_json(asks("n1")), node_to_json(asks("n2")))


def test_a_record_of_an_earlier_version_is_read() -> None:
    old = {"step": 1, "nodeId": "q", "question": "On?", "answer": "y", "options": [{"value": "y", "label": "Yes"}]}
    bare = {"step": 2, "nodeId": "i"}
    first, second = path_from_json([bare, old])
    assert (first.kind, first.answer_label, first.call_stack, first.answered_by) == (NodeKind.QUESTION, "Yes", (), None)
    assert (second.kind, second.question, second.answer, second.is_superseded) == (NodeKind.INSTRUCTION, "", "", False)


def test_the_order_is_that_of_the_steps_whatever_the_clock_said() -> None:
    state = accept(walk(), "yes").state
    late = accept(state, "done").step
    early = Step(**{name: getattr(late, name) for name in Step.__dataclass_fields__} | {
        "answered_at": datetime(1999, 1, 1, tzinfo=timezone(timedelta(hours=2)))})
    read = path_from_json(path_to_json((early, state.path[0])))
    assert [step.step for step in read] == [1, 2]
    assert path_to_json(read)[1]["answeredAt"] == "1998-12-31T22:00:00+00:00"


def test_nodes_and_stacks() -> None:
    assert node_from_json(node_to_json(asks("n1"))) == asks("n1")
    assert (node_from_json(None), node_from_json([]), node_from_json({"nodeId": "x"})) == (None, None, None)
    stack = (Frame("check", "call"), Frame("deep", "inner"))
    assert stack_from_json(stack_to_json(stack)) == stack
    assert (stack_from_json(None), path_from_json(None)) == ((), ())

"""Walks of every kind driven at random against models that are a few lines long."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.flow_tree import NodeKind
from domain.refusal import Code
from domain.walk_session import (
    DEPTH_CAP,
    Accepted,
    SessionKind,
    WalkEvent,
    WalkState,
    WalkStatus,
    answer,
    continue_from,
    current_node,
    end,
    go_back,
    path_from_json,
    path_to_json,
    serve_generated,
    start_without_tree,
)
from tests.domain.walk_session.walking import ANN, BOB, NOON, asks, at, command, node, question, refused, tree, walk

# Where each answer leads and the facts it states; "end" and "stop" take none.
LEADS = {
    "site": {"hq": "floor", "home": "floor"},
    "floor": {"1": "restart", "2": "site"},
    "restart": {"done": "works"},
    "works": {"yes": "end", "no": "stop", "again": "floor"},
}
FLOW = tree(
    question("site", "Where?", *((value, value, to) for value, to in LEADS["site"].items()), fact="site"),
    question("floor", "Which?", *((value, value, to) for value, to in LEADS["floor"].items()), fact="floor"),
    node("restart", "instruction", nextNodeId="works"),
    question("works", "Works?", *((value, value, to) for value, to in LEADS["works"].items())),
    node("end", "resolved"),
    node("stop", "escalate"),
)
KINDS = st.sampled_from([NodeKind.QUESTION] * 12 + [NodeKind.INSTRUCTION] * 2 + [NodeKind.RESOLVED])
ENDINGS = {
    WalkEvent.RESOLVE: WalkStatus.RESOLVED,
    WalkEvent.ESCALATE: WalkStatus.ESCALATED,
    WalkEvent.ABANDON: WalkStatus.ABANDONED,
    WalkEvent.EXPIRE: WalkStatus.ABANDONED,
}


class Walk(RuleBasedStateMachine):
    """What every walk has in common. The model: the answered nodes in order, and which of them stand."""

    def __init__(self) -> None:
        super().__init__()
        self.state: WalkState
        self.answered: list[tuple[str, str]] = []
        self.standing: list[int] = []  # step numbers
        self.status = WalkStatus.ACTIVE
        self.inherited = 0
        self.previous = 0
        self.ids = 0

    def fresh_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    @property
    def is_active(self) -> bool:
        return self.status is WalkStatus.ACTIVE

    def unchanged(self, outcome: object, code: Code) -> None:
        before = self.state
        assert refused(outcome) is code
        assert self.state == before

    def recorded(self, outcome: object, node_id: str, value: str) -> Accepted:
        assert isinstance(outcome, Accepted), outcome
        self.state = outcome.state
        self.answered.append((node_id, value))
        self.standing.append(len(self.answered))
        assert (outcome.step, outcome.step.step) == (self.state.path[-1], len(self.answered))
        return outcome

    @precondition(lambda self: self.is_active and self.standing)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.standing))
        outcome = go_back(self.state, target, self.state.step, BOB, NOON)
        assert isinstance(outcome, WalkState)
        self.state = outcome
        self.standing = [step for step in self.standing if step < target]
        assert at(self.state) == self.answered[target - 1][0]

    @precondition(lambda self: not self.is_active or self.answered)
    @rule(event=st.sampled_from(list(ENDINGS)))
    def finish(self, event: WalkEvent) -> None:
        outcome = end(self.state, event)
        if not self.is_active:
            return self.unchanged(outcome, Code.NOT_ACTIVE)
        assert isinstance(outcome, WalkState)
        self.state, self.status = outcome, ENDINGS[event]
        return None

    @rule()
    def go_on(self) -> None:
        if self.is_active:
            return self.unchanged(continue_from(self.state, "returned"), Code.INVALID_INPUT)
        outcome = continue_from(self.state, "returned")
        assert isinstance(outcome, WalkState)
        self.inherited += len(self.standing)
        self.state, self.status = outcome, WalkStatus.ACTIVE
        self.answered, self.standing, self.previous = [], [], 0
        return None

    @rule()
    def store_and_load(self) -> None:
        self.state = replace(self.state, path=path_from_json(path_to_json(self.state.path)))

    @invariant()
    def stale_commands_change_nothing(self) -> None:
        for off in (-1, 1, 7):
            stale = command(self.state, "done", expected_step=self.state.step + off)
            self.unchanged(answer(self.state, stale), Code.STALE_STEP if self.is_active else Code.NOT_ACTIVE)
        stale = command(self.state, "yes", node_id="another")
        self.unchanged(answer(self.state, stale), Code.STALE_NODE if self.is_active else Code.NOT_ACTIVE)
        for gone in {-1, 0, *range(1, len(self.answered) + 3)} - set(self.standing):
            code = Code.STALE_STEP if 1 <= gone <= len(self.answered) else Code.INVALID_INPUT
            outcome = go_back(self.state, gone, self.state.step, ANN, NOON)
            self.unchanged(outcome, code if self.is_active else Code.NOT_ACTIVE)

    @invariant()
    def the_record_is_the_model(self) -> None:
        path = self.state.path
        assert [(it.node_id, it.answer) for it in path] == self.answered
        assert [it.step for it in path] == list(range(1, len(path) + 1))
        assert [it.step for it in self.state.active_path] == self.standing
        assert self.state.step == len(path) >= self.previous
        assert self.state.depth == self.inherited + len(self.standing)
        assert self.state.status is self.status
        assert self.is_active or self.state.pending_node is None
        self.previous = self.state.step


class TreeWalk(Walk):
    """The model of the position: follow the answers that stand from the root."""

    @initialize()
    def begin(self) -> None:
        self.state = walk(FLOW)
        self.earlier: list[tuple[str, str]] = []

    @precondition(lambda self: self.is_active)
    @rule(picks=st.lists(st.integers(0, 5), min_size=1, max_size=8))
    def answer_some(self, picks: list[int]) -> None:
        for pick in picks:
            here = str(at(self.state))
            self.unchanged(answer(self.state, command(self.state, "HQ")), Code.INVALID_ANSWER)
            values = list(LEADS.get(here, ()))
            if values:
                value = values[pick % len(values)]
                self.recorded(answer(self.state, command(self.state, value)), here, value)

    @rule()
    def go_on(self) -> None:
        standing = [] if self.is_active else [self.answered[step - 1] for step in self.standing]
        super().go_on()
        self.earlier += standing

    @invariant()
    def position_and_facts_follow_from_the_answers_that_stand(self) -> None:
        here, facts = "site", dict[str, Any]()
        for node_id, value in self.earlier + [self.answered[step - 1] for step in self.standing]:
            assert node_id == here
            here = LEADS[here][value]
            facts |= {node_id: value} if node_id in ("site", "floor") else {}
        assert (at(self.state), self.state.facts) == (here, facts)


class AiWalk(Walk):
    """The model of the builder: what was ever made for (node, answer), and how many calls that took."""

    @initialize()
    def begin(self) -> None:
        self.state = start_without_tree(SessionKind.AI_BUILD)
        self.made: dict[tuple[str, str], str] = {}

    @precondition(lambda self: self.is_active)
    @rule(picks=st.lists(st.integers(0, 1), min_size=1, max_size=9), kinds=st.lists(KINDS, min_size=9, max_size=9))
    def build_and_answer(self, picks: list[int], kinds: list[NodeKind]) -> None:
        for pick, kind in zip(picks, kinds, strict=False):
            self.generate(kind)
            self.answer_it(pick)

    @precondition(lambda self: self.is_active)
    @rule(kind=KINDS)
    def generate(self, kind: NodeKind) -> None:
        made = asks(self.fresh_id(), kind)
        outcome = serve_generated(self.state, made, self.state.step)
        if self.state.pending_node:
            return self.unchanged(outcome, Code.STALE_STEP)
        assert isinstance(outcome, WalkState)
        assert self.state.needs_generation
        assert self.state.depth < DEPTH_CAP
        self.state = outcome
        assert current_node(outcome) == made
        if self.standing:
            self.made[self.answered[self.standing[-1] - 1]] = made.node_id
        return None

    @invariant()
    def a_late_node_changes_nothing(self) -> None:
        for after in (self.state.step - 1, self.state.step + 1):
            outcome = serve_generated(self.state, asks("late"), after)
            self.unchanged(outcome, Code.STALE_STEP if self.is_active else Code.NOT_ACTIVE)

    def answer_it(self, which: int) -> None:
        here = self.state.pending_node
        assert here is not None
        value = here.options[which].value if here.options else "done"
        cap = self.fresh_id()
        outcome = answer(self.state, command(self.state, value, new_node_id=cap))
        if here.kind in (NodeKind.RESOLVED, NodeKind.ESCALATE):
            return self.unchanged(outcome, Code.INVALID_ANSWER)
        known = self.made.get((here.node_id, value))
        accepted = self.recorded(outcome, here.node_id, value)
        assert accepted.was_replayed is (known is not None)
        is_capped = self.inherited + len(self.standing) == DEPTH_CAP
        expected = known or (cap if is_capped else None)
        assert (at(self.state), accepted.needs_generation) == (expected, expected is None)
        if expected:
            self.made[here.node_id, value] = expected
        return None

    @rule()
    def go_on(self) -> None:
        was_ended = not self.is_active
        super().go_on()
        if was_ended:
            self.made = {}  # the record of the earlier session stays with it

    @invariant()
    def the_cap_is_exact(self) -> None:
        assert self.state.depth <= DEPTH_CAP
        served = self.state.recorded_ai_node
        if self.state.depth == DEPTH_CAP:
            assert served is not None
            assert served.kind is NodeKind.ESCALATE
        assert not self.is_active or self.state.pending_node == served


TestTreeWalk = TreeWalk.TestCase
TestAiWalk = AiWalk.TestCase
TestTreeWalk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAiWalk.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)

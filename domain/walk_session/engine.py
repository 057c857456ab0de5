"""The commands of a walk as pure functions: a state and a command give the next state, or a refusal.

Nothing here raises, reads a clock or makes an id: ``now`` and new ids come with the command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.clean_text import optional_text
from domain.flow_tree import FlowNode, FlowTree, Option
from domain.refusal import Code, Refusal
from domain.walk_session import ai_walk
from domain.walk_session.answer_value import Meaning, read_answer
from domain.walk_session.position import current_node, settle, version_of
from domain.walk_session.state import STEP_LIMIT, WalkState
from domain.walk_session.status import SessionKind, WalkEvent, WalkStatus, can_continue, refusal_of, transition
from domain.walk_session.step import Actor, Facts, Step


@dataclass(frozen=True, slots=True)
class AnswerCommand:
    """One answer. ``expected_step`` is the session's ``step`` as the caller last read it (0 before any answer).

    ``new_node_id`` is a fresh uuid4 for the node that ends an AI-built walk at its cap; unused otherwise.
    """

    node_id: str
    answer: str
    expected_step: int
    who: Actor
    now: datetime
    new_node_id: str
    note: str | None = None
    acting_as: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer was recorded as ``step``. ``was_replayed``: the next AI node came from the record, at no cost."""

    state: WalkState
    step: Step
    was_replayed: bool = False

    @property
    def needs_generation(self) -> bool:
        """Whether a model must now make the next node."""
        return self.state.needs_generation


def start_tree(
    kind: SessionKind,
    tree: FlowTree,
    sub_trees: Mapping[str, FlowTree] | None = None,
    flow_version_id: str | None = None,
    sub_version_ids: Mapping[str, str] | None = None,
) -> WalkState:
    """A new flow or proposal walk, at the first node of the pinned tree that is served."""
    state = WalkState(
        kind,
        tree=tree,
        sub_trees=sub_trees or {},
        flow_version_id=flow_version_id,
        sub_version_ids=sub_version_ids or {},
    )
    at = settle(state, tree.root_id, (), {})
    return replace(state, current_node_id=at.node_id, call_stack=at.call_stack)


def start_without_tree(kind: SessionKind) -> WalkState:
    """A new ad-hoc walk (never has nodes) or AI-built one (its first node is still to be generated)."""
    return WalkState(kind)


def answer(state: WalkState, command: AnswerCommand) -> Accepted | Refusal:
    """Record the answer to the current node and move on.

    Checked in this order: NOT_ACTIVE, STALE_STEP, STALE_NODE, INVALID_ANSWER, STEP_LIMIT, then the note
    (INVALID_INPUT, TOO_LARGE).
    """
    node = current_node(state)
    stale = _refuse_stale(state, WalkEvent.ANSWER, command.expected_step)
    if stale is not None:
        return stale
    if node is None or node.node_id != command.node_id:
        return _refuse_node(state, node)
    meaning = read_answer(node, command.answer)
    if isinstance(meaning, Refusal):
        return meaning
    if state.step >= STEP_LIMIT:
        return Refusal(Code.STEP_LIMIT, f"This walk has reached its {STEP_LIMIT} steps: resolve or escalate it.")
    note = optional_text(command.note, ("note",))
    if isinstance(note, Refusal):
        return note
    return _record(state, node, meaning, replace(command, note=note))


def _record(state: WalkState, node: FlowNode, meaning: Meaning, command: AnswerCommand) -> Accepted:
    step = _new_step(state, node, meaning, command)
    facts = _with_written(state.facts, step.facts)
    if state.kind is SessionKind.AI_BUILD:
        successor, was_replayed = ai_walk.known_successor(state, step, command.new_node_id)
        step = replace(step, successor=successor)
        moved = replace(state, pending_node=successor)
    else:
        at = settle(state, meaning.next_node_id, state.call_stack, facts)
        step, was_replayed = replace(step, next_node_id=at.node_id), False
        moved = replace(state, current_node_id=at.node_id, call_stack=at.call_stack)
    return Accepted(replace(moved, facts=facts, step=step.step, path=(*state.path, step)), step, was_replayed)


def _new_step(state: WalkState, node: FlowNode, meaning: Meaning, command: AnswerCommand) -> Step:
    return Step(
        step=state.step + 1,
        node_id=node.node_id,
        kind=node.kind,
        question=node.text,
        detail=node.detail,
        options=tuple(Option(option.value, option.label) for option in node.options),
        answer=meaning.answer,
        answer_label=meaning.label,
        note=command.note,
        answered_at=command.now,
        answered_by=command.who,
        acting_as=command.acting_as,
        fact=node.fact,
        facts={node.fact: meaning.fact_value} if node.fact else {},
        facts_before={node.fact: state.facts[node.fact]} if node.fact and node.fact in state.facts else {},
        call_stack=state.call_stack,
        flow_version_id=version_of(state, state.call_stack),
        node=node if state.kind is SessionKind.AI_BUILD else None,
    )


def _with_written(facts: Facts, written: Facts) -> Facts:
    """``facts`` after ``written``; a written None takes the fact away."""
    return {name: value for name, value in {**facts, **written}.items() if value is not None}


def go_back(state: WalkState, to_step: int, expected_step: int, who: Actor, now: datetime) -> WalkState | Refusal:
    """Take back ``to_step`` and every step after it, and serve its node again.

    The steps stay in the record, superseded; facts and sub-flow calls are as they were before the answer. ``step``
    keeps its value. Only this session's own steps can be taken back.
    """
    target = next((step for step in state.path if step.step == to_step), None)
    refused = _refuse_stale(state, WalkEvent.GO_BACK, expected_step) or _refuse_target(target)
    if refused is not None or target is None:
        return refused or _refuse_unknown_step()
    undone = [step for step in state.active_path if step.step >= to_step]
    superseded = tuple(
        replace(step, superseded_at=now, superseded_by=who) if step in undone else step for step in state.path
    )
    moved = replace(state, path=superseded, facts=_without(state.facts, undone))
    if state.kind is SessionKind.AI_BUILD:
        return replace(moved, pending_node=ai_walk.recorded_node(target))
    return replace(moved, current_node_id=target.node_id, call_stack=target.call_stack)


def _without(facts: Facts, undone: list[Step]) -> Facts:
    """``facts`` as they were before the steps, which are undone from the last to the first."""
    restored = dict(facts)
    for step in reversed(undone):
        for name in step.facts:
            restored.pop(name, None)
        restored.update(step.facts_before)
    return restored


def serve_generated(state: WalkState, node: FlowNode, after_step: int) -> WalkState | Refusal:
    """Serve the node that was generated when the session's ``step`` was ``after_step``.

    It becomes the pending node and the recorded successor of the last step that stands (or the session's first
    node). STALE_STEP when the session changed meanwhile: such a result is dropped.
    """
    refused = refusal_of(state.status, WalkEvent.SERVE_NODE)
    if refused is not None:
        return refused
    if not state.needs_generation or state.step != after_step:
        return Refusal(Code.STALE_STEP, "The walk went on while this node was made; read the session again.")
    return ai_walk.with_successor(state, node)


def end(state: WalkState, event: WalkEvent) -> WalkState | Refusal:
    """The state after RESOLVE, ESCALATE, ABANDON or EXPIRE. An ended session has no pending node."""
    after = transition(state.status, event)
    if isinstance(after, Refusal):
        return after
    if after is WalkStatus.ACTIVE:
        return Refusal(Code.INVALID_INPUT, f"{event.value} does not end a walk.")
    return replace(state, status=after, pending_node=None)


def continue_from(state: WalkState, escalation_status: str | None = None) -> WalkState | Refusal:
    """A new active walk at the position of an ended one: same pin, same node, same facts, an empty path of its own.

    The earlier path stays with the earlier session, so going back does not reach into it; its depth is inherited.
    A node that only said that no model could help is made anew. ``escalation_status``: that of the earlier session's
    escalation, lower-case, when it has one.
    """
    refused = can_continue(state.status, escalation_status)
    if refused is not None:
        return refused
    node = None if ai_walk.is_outage(state.recorded_ai_node) else state.recorded_ai_node
    return replace(
        state,
        status=WalkStatus.ACTIVE,
        step=0,
        path=(),
        inherited_depth=state.depth,
        pending_node=node,
        first_node=node,
    )


def _refuse_stale(state: WalkState, event: WalkEvent, expected_step: int) -> Refusal | None:
    refused = refusal_of(state.status, event)
    if refused is None and expected_step != state.step:
        message = f"The walk is at step {state.step}, not {expected_step}: read the session again."
        return Refusal(Code.STALE_STEP, message, ("expectedStep",))
    return refused


def _refuse_node(state: WalkState, node: FlowNode | None) -> Refusal:
    if node is not None:
        message = f"The current node is {node.node_id}: read the session again."
    elif state.needs_generation:
        message = "The next node is not there yet: call nextNode."
    else:
        message = "This walk has no nodes: write notes instead."
    return Refusal(Code.STALE_NODE, message, ("nodeId",))


def _refuse_target(target: Step | None) -> Refusal | None:
    if target is None:
        return _refuse_unknown_step()
    if target.is_superseded:
        message = f"Step {target.step} was taken back already: read the session again."
        return Refusal(Code.STALE_STEP, message, ("toStep",))
    return None


def _refuse_unknown_step() -> Refusal:
    return Refusal(Code.INVALID_INPUT, "Go back to a step of this walk's own path.", ("toStep",))

"""What only AI-built walks know: nodes kept in the record, successors that are replayed, and the depth cap."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from domain.flow_tree import TERMINAL_KINDS, FlowNode, NodeKind
from domain.walk_session.state import DEPTH_CAP, WalkState
from domain.walk_session.step import Step

CAP_TEXT: Final = f"{DEPTH_CAP} safe steps are done and the problem is not solved. Escalate it to an engineer."


def known_successor(state: WalkState, step: Step, new_node_id: str) -> tuple[FlowNode | None, bool]:
    """The node that follows ``step`` without a model call, and whether it is a replay of a recorded one.

    A node id is given once, in one context, so the same answer at the same node leads to the same successor.
    """
    replayed = _recorded_successor(state, step)
    is_capped = state.depth + 1 >= DEPTH_CAP
    if is_capped and (replayed is None or replayed.kind not in TERMINAL_KINDS):
        return cap_node(new_node_id), False
    return replayed, replayed is not None


def _recorded_successor(state: WalkState, step: Step) -> FlowNode | None:
    same = [it for it in state.path if (it.node_id, it.answer) == (step.node_id, step.answer)]
    return next((it.successor for it in reversed(same) if it.successor and not is_outage(it.successor)), None)


def is_outage(node: FlowNode | None) -> bool:
    """Whether the node only says that no model could help: given again, it would keep a walk from going on."""
    return node is not None and node.reason_category == "ai_unavailable"


def cap_node(node_id: str) -> FlowNode:
    """The escalate node served after exactly ``DEPTH_CAP`` answered nodes."""
    return FlowNode(node_id, NodeKind.ESCALATE, CAP_TEXT, reason_category="exhausted_safe_steps")


def recorded_node(step: Step) -> FlowNode:
    """The node of ``step`` as it was served; rebuilt from what was shown when an old record lacks it."""
    shown = FlowNode(step.node_id, step.kind, step.question, detail=step.detail, options=step.options)
    return step.node or shown


def with_successor(state: WalkState, node: FlowNode) -> WalkState:
    """``state`` with ``node`` pending and recorded as what followed the last step that stands."""
    last = state.active_path[-1] if state.active_path else None
    if last is None:
        return replace(state, pending_node=node, first_node=node)
    path = tuple(replace(step, successor=node) if step is last else step for step in state.path)
    return replace(state, pending_node=node, path=path)

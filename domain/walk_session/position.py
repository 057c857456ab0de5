"""Which node is served: running through the nodes that nobody reads, and what becomes of a hole in a tree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from domain.flow_template import fill, fill_markdown
from domain.flow_tree import TERMINAL_KINDS, FlowNode, FlowTree, NodeKind
from domain.walk_session.expressions import holds
from domain.walk_session.state import WalkState
from domain.walk_session.status import SessionKind
from domain.walk_session.step import Facts, Frame

GAP_NODE_ID: Final = "handrail:flow-gap"  # where a walk stands when its tree leads nowhere
MAX_HOPS: Final = 1_000  # automatic nodes passed between two served ones; more is a loop nobody can leave
MAX_CALLS: Final = 32  # sub-flows inside sub-flows
_GAP_REASON: Final = "flow_gap"


@dataclass(frozen=True, slots=True)
class Position:
    """A served node: its id in the tree that the innermost call (or, without one, the walk itself) goes through."""

    node_id: str
    call_stack: tuple[Frame, ...] = ()


def tree_of(state: WalkState, stack: tuple[Frame, ...]) -> FlowTree | None:
    """The tree that ``stack`` stands in; None when the sub-flow was not pinned."""
    return state.sub_trees.get(stack[-1].sub_flow_id) if stack else state.tree


def version_of(state: WalkState, stack: tuple[Frame, ...]) -> str | None:
    """The flow version that ``stack`` stands in."""
    return state.sub_version_ids.get(stack[-1].sub_flow_id) if stack else state.flow_version_id


def settle(state: WalkState, node_id: str | None, stack: tuple[Frame, ...], facts: Facts) -> Position:
    """The first node served from ``node_id`` on.

    Decisions, jumps, sub-flow calls and returns are passed through. A resolved node inside a sub-flow returns to the
    node after the call; when the call has none, it ends the walk (a tail call). Escalate nodes are served wherever
    they are. A dead end, an unknown target, a sub-flow that was not pinned, or a loop of automatic nodes is a gap.
    """
    at = Position(node_id or GAP_NODE_ID, stack)
    for _ in range(MAX_HOPS):
        following = _pass_through(state, at, facts)
        if following is None:
            return at
        at = following
    return Position(GAP_NODE_ID, at.call_stack)


def _pass_through(state: WalkState, at: Position, facts: Facts) -> Position | None:
    """Where an automatic node leads, or None when the node at ``at`` is served."""
    node = _node_at(state, at)
    if node is None or node.needs_review:
        return None
    if node.kind is NodeKind.DECISION:
        return Position(_decide(node, facts) or GAP_NODE_ID, at.call_stack)
    if node.kind is NodeKind.JUMP:
        return Position(node.next_node_id or GAP_NODE_ID, at.call_stack)
    if node.kind is NodeKind.SUB_FLOW:
        return _call(state, node, at.call_stack)
    return _return(state, at.call_stack) if node.kind is NodeKind.RESOLVED else None


def _node_at(state: WalkState, at: Position) -> FlowNode | None:
    tree = tree_of(state, at.call_stack)
    return tree.node(at.node_id) if tree else None


def _decide(node: FlowNode, facts: Facts) -> str | None:
    taken = next((branch for branch in node.branches if holds(branch.when, facts)), None)
    return taken.next_node_id if taken else node.next_node_id


def _call(state: WalkState, node: FlowNode, stack: tuple[Frame, ...]) -> Position:
    called = state.sub_trees.get(node.sub_flow_id or "")
    if called is None or len(stack) >= MAX_CALLS:
        return Position(GAP_NODE_ID, stack)
    return Position(called.root_id, (*stack, Frame(node.sub_flow_id or "", node.node_id)))


def _return(state: WalkState, stack: tuple[Frame, ...]) -> Position | None:
    """The node after the innermost call that has one."""
    for depth in range(len(stack) - 1, -1, -1):
        caller = _node_at(state, Position(stack[depth].node_id, stack[:depth]))
        if caller and caller.next_node_id:
            return Position(caller.next_node_id, stack[:depth])
    return None


def current_node(state: WalkState) -> FlowNode | None:
    """The node the technician is at, facts filled in; None in ad-hoc walks and while an AI node is yet to be made.

    Says nothing about the status: an ended tree walk still stands somewhere, an ended AI-built one does not.
    """
    if state.kind is SessionKind.AI_BUILD:
        return state.pending_node
    if state.tree is None or state.current_node_id is None:
        return None
    node = _node_at(state, Position(state.current_node_id, state.call_stack))
    if node is None:
        return _gap(state.current_node_id, "This flow does not say how to go on from here.")
    if node.needs_review:
        return _gap(node.node_id, "This branch of the flow has not been written yet.")
    return _filled_in(node, state.facts, state.tree.facts.union(*(tree.facts for tree in state.sub_trees.values())))


def takes_answer(state: WalkState) -> bool:
    """Whether a node is served that is answered or acknowledged: not at an end, where one resolves or escalates."""
    node = current_node(state)
    return node is not None and node.kind not in TERMINAL_KINDS


def _gap(node_id: str, what: str) -> FlowNode:
    text = f"{what} Escalate to an engineer: your steps go with the hand-off."
    return FlowNode(node_id, NodeKind.ESCALATE, text, reason_category=_GAP_REASON)


def _filled_in(node: FlowNode, facts: Facts, stated: frozenset[str]) -> FlowNode:
    """``detail`` and ``how_to`` are CommonMark, the rest is plain text. ``stated``: what the walk's flows ask for."""
    return replace(
        node,
        text=fill(node.text, facts, stated),
        detail=node.detail and fill_markdown(node.detail, facts, stated),
        how_to=node.how_to and fill_markdown(node.how_to, facts, stated),
        suggested_resolution=node.suggested_resolution and fill(node.suggested_resolution, facts, stated),
        acknowledge_label=node.acknowledge_label and fill(node.acknowledge_label, facts, stated),
        options=tuple(replace(option, label=fill(option.label, facts, stated)) for option in node.options),
    )

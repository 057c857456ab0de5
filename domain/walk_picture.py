"""What a picture of a walk shows: a tree, and the way that was gone through it."""

from __future__ import annotations

from dataclasses import replace

from domain.flow_tree import FlowNode, FlowTree
from domain.walk_session import SessionKind, WalkState, current_node
from domain.walk_session.ai_walk import recorded_node
from domain.walk_session.step import Step

Way = tuple[str, str | None]  # node id, and the answer given there; None for the node the walk stands at


def pictured(state: WalkState) -> tuple[FlowTree, tuple[Way, ...]] | None:
    """The pinned tree (of an AI-built walk: the nodes it has met) and the standing path; None for ad-hoc walks.

    Inside a sub-flow the walk stands, in the picture, at the node that called it.
    """
    tree = _met(state) if state.kind is SessionKind.AI_BUILD else state.tree
    if tree is None:
        return None
    ways = [_way(step) for step in state.active_path]
    here = current_node(state)
    if here is not None:
        outer = state.call_stack[0].node_id if state.call_stack else here.node_id
        ways.append((outer, None))
    kept = [way for number, way in enumerate(ways) if number == 0 or way != ways[number - 1]]
    return tree, tuple(kept)


def _way(step: Step) -> Way:
    if step.call_stack:
        return step.call_stack[0].node_id, ""
    return step.node_id, step.answer


def _met(state: WalkState) -> FlowTree | None:
    """Every node the walk was served, wired by the answers that were given."""
    nodes: dict[str, FlowNode] = {}
    for step in state.path:
        node = nodes.setdefault(step.node_id, recorded_node(step))
        if step.successor is not None:
            nodes[step.node_id] = _wired(node, step.answer, step.successor.node_id)
            nodes.setdefault(step.successor.node_id, step.successor)
    if state.pending_node is not None:
        nodes.setdefault(state.pending_node.node_id, state.pending_node)
    return FlowTree(next(iter(nodes)), tuple(nodes.values())) if nodes else None


def _wired(node: FlowNode, answer: str, target: str) -> FlowNode:
    if not node.options:
        return replace(node, next_node_id=target)
    options = tuple(replace(it, next_node_id=target) if it.value == answer else it for it in node.options)
    return replace(node, options=options)

"""Merge, not copy: what a walk added to a flow becomes a branch of that flow.

The walked tree is aligned with the flow; what the flow has already is reused, what it lacks is attached where the walk
left it. Stubs of the walked tree (answers nobody took) are replaced by what the flow does there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.flow_align import Alignment, Divergence, align
from domain.flow_diff import TreeDiff, diff_trees
from domain.flow_node import MAX_LABEL, MAX_NODE_ID, MAX_NODES, MAX_OPTIONS
from domain.flow_tree import TERMINAL_KINDS, Edge, FlowNode, FlowTree, NodeKind, Option, edges_of

_FORK = "Which of these applies?"


@dataclass(frozen=True, slots=True)
class Merged:
    """The flow with the branch in it. ``attached_at``: flow nodes where something new begins, in walking order."""

    tree: FlowTree
    attached_at: tuple[str, ...]
    score: float
    diff: TreeDiff


@dataclass(frozen=True, slots=True)
class MergeProblem:
    """Why the trees cannot be merged, as a sentence for the reviewer."""

    message: str


def merge_walked(flow: FlowTree, walked: FlowTree, label: str, at_node_id: str | None = None) -> Merged | MergeProblem:
    """The flow with what ``walked`` adds.

    ``at_node_id`` chooses the flow node to attach at; None lets the alignment choose. ``label`` names the branch
    where the walk has no answer of its own for it (the proposal's title, say).
    """
    if at_node_id is not None and at_node_id not in flow.by_id:
        return MergeProblem(f"'{at_node_id}' is not a node of that flow.")
    alignment = align(walked, flow)
    places, pairs = _places(flow, walked, alignment, label, at_node_id)
    tree = flow
    for place in places:
        attached = _attach(tree, walked, pairs, place)
        if isinstance(attached, MergeProblem):
            return attached
        tree = attached
    if len(tree.nodes) > MAX_NODES:
        return MergeProblem(f"The merged flow would have more than {MAX_NODES} nodes.")
    attached_at = tuple(dict.fromkeys(place.at_node_id for place in places))
    return Merged(tree, attached_at, alignment.score, diff_trees(flow, tree))


def _places(
    flow: FlowTree, walked: FlowTree, alignment: Alignment, label: str, at_node_id: str | None
) -> tuple[tuple[Divergence, ...], dict[str, str]]:
    """Where to attach, and which walked nodes the flow has already."""
    if at_node_id is None and alignment.pairs:
        return alignment.divergences, alignment.pairs
    chosen = tuple(it for it in alignment.divergences if it.at_node_id == at_node_id)
    if chosen:
        return chosen, alignment.pairs
    # Nothing in common there: the whole walk becomes a branch with a label of its own.
    return (Divergence(at_node_id or flow.root_id, None, Edge(walked.root_id, None, label)),), {}


def _attach(flow: FlowTree, walked: FlowTree, pairs: Mapping[str, str], place: Divergence) -> FlowTree | MergeProblem:
    at = flow.by_id[place.at_node_id]
    fallback = _fallback(flow, at, place)
    start = place.walked_edge.target
    ids = _new_ids(flow, walked, start, pairs, has_fallback=fallback is not None)
    branch = [_copied(walked.by_id[old], ids, pairs, walked, fallback) for old in ids]
    with_branch = FlowTree(flow.root_id, (*flow.nodes, *branch))
    return _rewire(flow, with_branch, at, place, ids.get(start) or pairs[start])


def _fallback(flow: FlowTree, at: FlowNode, place: Divergence) -> str | None:
    """Where the branch's stubs lead: to the escalation the flow had there, if it had one."""
    ends = (at.node_id, place.edge.target if place.edge else None)
    return next((it for it in ends if it and (node := flow.node(it)) and node.kind is NodeKind.ESCALATE), None)


def _new_ids(
    flow: FlowTree, walked: FlowTree, start: str, pairs: Mapping[str, str], *, has_fallback: bool
) -> dict[str, str]:
    """New id by walked id for every node from ``start`` on that the flow does not have."""
    waiting, ids = [start], dict[str, str]()
    taken = set(flow.by_id)
    while waiting:
        node = walked.node(waiting.pop(0))
        if node is None or node.node_id in pairs or node.node_id in ids:
            continue
        if node.needs_review and has_fallback and ids:
            continue
        ids[node.node_id] = free_id(node.node_id, taken)
        taken.add(ids[node.node_id])
        waiting += [edge.target for edge in edges_of(node)]
    return ids


def free_id(wanted: str, taken: set[str]) -> str:
    """``wanted``, or the first of ``wanted-2``, ``wanted-3`` … that is not taken."""
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted[: MAX_NODE_ID - 6]}-{number}"
    return free


def _copied(
    node: FlowNode, ids: Mapping[str, str], pairs: Mapping[str, str], walked: FlowTree, fallback: str | None
) -> FlowNode:
    def target(old: str | None) -> str | None:
        there = walked.node(old)
        if there is not None and there.needs_review and fallback is not None:
            return fallback
        return None if old is None else ids.get(old) or pairs.get(old, old)

    options = tuple(replace(option, next_node_id=target(option.next_node_id)) for option in node.options)
    branches = tuple(replace(it, next_node_id=target(it.next_node_id) or it.next_node_id) for it in node.branches)
    copied = replace(node, node_id=ids[node.node_id], options=options, branches=branches)
    return replace(copied, next_node_id=target(node.next_node_id))


def _rewire(flow: FlowTree, tree: FlowTree, at: FlowNode, place: Divergence, branch_id: str) -> FlowTree | MergeProblem:
    """``tree`` (the flow and the branch's nodes) with the flow's nodes changed so that ``branch_id`` is reached."""
    label = place.walked_edge.label or "Another way"
    if at.kind in TERMINAL_KINDS:
        return _before_end(flow, tree, at.node_id, branch_id)
    if place.edge is not None:
        return _take_over(tree, at, place.edge, label, branch_id)
    if at.kind is NodeKind.QUESTION:
        return _with_option(tree, at, label, branch_id)
    return _forked(tree, at, Edge(at.next_node_id or ""), label, branch_id)


def _with_nodes(tree: FlowTree, *nodes: FlowNode) -> FlowTree:
    """``tree`` with these nodes put in the place of those with their ids, or added."""
    changed = {node.node_id: node for node in nodes}
    kept = [changed.pop(node.node_id, node) for node in tree.nodes]
    return FlowTree(tree.root_id, (*kept, *changed.values()))


def _before_end(flow: FlowTree, tree: FlowTree, end_id: str, branch_id: str) -> FlowTree:
    """The branch is walked where the flow ended before; its own nodes may still lead to that end."""
    redirected = [_redirected(node, end_id, branch_id) for node in flow.nodes if _leads_to(node, end_id)]
    root_id = branch_id if tree.root_id == end_id else tree.root_id
    return FlowTree(root_id, _with_nodes(tree, *redirected).nodes)


def _take_over(tree: FlowTree, at: FlowNode, edge: Edge, label: str, branch_id: str) -> FlowTree:
    """The flow's own answer is given: the branch replaces an end or a stub there, else a question chooses."""
    there = tree.node(edge.target)
    if there is None or there.kind in TERMINAL_KINDS or there.needs_review:
        return _with_nodes(tree, _redirected(at, edge.target, branch_id, edge.answer))
    return _forked(tree, at, edge, label, branch_id)


def _leads_to(node: FlowNode, target: str) -> bool:
    return any(edge.target == target for edge in edges_of(node))


def _redirected(node: FlowNode, old: str, new: str, answer: str | None = None) -> FlowNode:
    options = tuple(
        replace(it, next_node_id=new) if it.next_node_id == old and answer in (None, it.value) else it
        for it in node.options
    )
    branches = tuple(replace(it, next_node_id=new) if it.next_node_id == old else it for it in node.branches)
    following = new if node.next_node_id == old else node.next_node_id
    return replace(node, options=options, branches=branches, next_node_id=following)


def _with_option(tree: FlowTree, at: FlowNode, label: str, branch_id: str) -> FlowTree | MergeProblem:
    if len(at.options) >= MAX_OPTIONS:
        return MergeProblem(f"'{at.node_id}' has {MAX_OPTIONS} answers already; attach the branch elsewhere.")
    taken = {option.label.strip().casefold() for option in at.options}
    value = free_id(branch_id, {option.value for option in at.options})
    option = Option(value, _free_label(label, taken), branch_id)
    return _with_nodes(tree, replace(at, options=(*at.options, option)))


def _free_label(label: str, taken: set[str]) -> str:
    wanted = " ".join(label.split())[: MAX_LABEL - 10] or "Another way"
    number, free = 1, wanted
    while free.casefold() in taken:
        number += 1
        free = f"{wanted} ({number})"
    return free


def _forked(tree: FlowTree, at: FlowNode, edge: Edge, label: str, branch_id: str) -> FlowTree:
    """A question between ``at`` and what follows it: as before, or the branch."""
    there = tree.node(edge.target)
    if there is None:
        return _with_nodes(tree, replace(at, next_node_id=branch_id))
    before = Option("as_before", _free_label(there.text or "As before", set()), there.node_id)
    after = Option("branch", _free_label(label, {before.label.casefold()}), branch_id)
    fork = FlowNode(
        free_id(f"{branch_id[:80]}-fork", set(tree.by_id)), NodeKind.QUESTION, _FORK, options=(before, after)
    )
    return _with_nodes(tree, _redirected(at, there.node_id, fork.node_id, edge.answer), fork)

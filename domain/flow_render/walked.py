"""Which nodes and ways of a tree a walk went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.flow_tree import AUTOMATIC_KINDS, FlowNode, FlowTree, edges_of

WalkedStep = tuple[str, str | None]  # node id, and the answer given there (None for the node the walk stands at)
Way = tuple[str, int]  # node id, and the number of the way out of it


@dataclass(frozen=True, slots=True)
class Walked:
    nodes: frozenset[str]
    ways: frozenset[Way]
    last: str | None = None


def walked_parts(tree: FlowTree, steps: Sequence[WalkedStep]) -> Walked:
    """Steps through nodes that are not in the tree (sub-flows' own) are left out."""
    known = [(node_id, answer) for node_id, answer in steps if node_id in tree.by_id]
    nodes = {node_id for node_id, _ in known}
    ways: set[Way] = set()
    for number, (node_id, answer) in enumerate(known):
        following = known[number + 1][0] if number + 1 < len(known) else None
        ways |= _ways(tree, tree.by_id[node_id], answer, following)
    passed = {node_id for node_id, _ in ways}
    return Walked(frozenset(nodes | passed), frozenset(ways), known[-1][0] if known else None)


def _ways(tree: FlowTree, node: FlowNode, answer: str | None, following: str | None) -> set[Way]:
    """The way of the answer, and the ways through decisions and jumps to the next node that was answered."""
    if answer is None:
        return set()
    for number, edge in enumerate(edges_of(node)):
        if edge.answer not in (None, answer):
            continue
        through = set() if following in (None, edge.target) else _through(tree, edge.target, following)
        return {(node.node_id, number)} | through
    return set()


def _through(tree: FlowTree, start: str, goal: str | None) -> set[Way]:
    """The shortest way from ``start`` to ``goal`` over nodes that nobody answers; empty when there is none."""
    before: dict[str, Way] = {}
    waiting = [start]
    while waiting:
        node = tree.node(waiting.pop(0))
        if node is None or node.kind not in AUTOMATIC_KINDS:
            continue
        for number, edge in enumerate(edges_of(node)):
            if edge.target not in before and edge.target != start:
                before[edge.target] = (node.node_id, number)
                waiting.append(edge.target)
    return _way_back(before, start, goal)


def _way_back(before: dict[str, Way], start: str, goal: str | None) -> set[Way]:
    ways: set[Way] = set()
    at = goal
    while at is not None and at != start and at in before:
        ways.add(before[at])
        at = before[at][0]
    return ways if at == start else set()

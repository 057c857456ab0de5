"""A flow tree as a graph of integers: reachability, components, depth. Every function is linear in nodes and edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.flow_tree import FlowTree, edges_of


@dataclass(frozen=True, slots=True)
class FlowGraph:
    """Nodes by their index in ``tree.nodes``; unknown targets are left out, double edges kept once.

    ``components``: strongly connected ones, each after all that it leads to.
    """

    tree: FlowTree
    root: int
    successors: tuple[tuple[int, ...], ...]
    predecessors: tuple[tuple[int, ...], ...]
    components: tuple[tuple[int, ...], ...]


def graph_of(tree: FlowTree) -> FlowGraph:
    index = {node.node_id: position for position, node in enumerate(tree.nodes)}
    targets = [dict.fromkeys(edge.target for edge in edges_of(node)) for node in tree.nodes]
    successors = tuple(tuple(index[target] for target in known if target in index) for known in targets)
    return FlowGraph(tree, index[tree.root_id], successors, _reversed(successors), components(successors))


def _reversed(successors: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    predecessors: list[list[int]] = [[] for _ in successors]
    for node, targets in enumerate(successors):
        for target in targets:
            predecessors[target].append(node)
    return tuple(tuple(nodes) for nodes in predecessors)


def reach(starts: Iterable[int], neighbours: Sequence[Sequence[int]]) -> frozenset[int]:
    """Everything that can be got to from ``starts``, themselves included."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for neighbour in neighbours[waiting.pop()]:
            if neighbour not in seen:
                seen.add(neighbour)
                waiting.append(neighbour)
    return frozenset(seen)


def components(successors: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Strongly connected components, each after all that it leads to (Tarjan 1972, without recursion)."""
    return tuple(_Tarjan(successors).run())


def is_loop(component: Sequence[int], successors: Sequence[Sequence[int]]) -> bool:
    """Whether a component is a cycle: several nodes, or one that leads to itself."""
    return len(component) > 1 or component[0] in successors[component[0]]


class _Tarjan:
    def __init__(self, successors: Sequence[Sequence[int]]) -> None:
        self._successors = successors
        self._order: list[int] = [-1] * len(successors)
        self._low: list[int] = [0] * len(successors)
        self._open: list[int] = []
        self._is_open = [False] * len(successors)
        self._count = 0
        self._found: list[tuple[int, ...]] = []

    def run(self) -> list[tuple[int, ...]]:
        for node in range(len(self._successors)):
            if self._order[node] < 0:
                self._visit(node)
        return self._found

    def _visit(self, start: int) -> None:
        path = [(start, iter(self._enter(start)))]
        while path:
            node, targets = path[-1]
            target = next(targets, None)
            if target is None:
                path.pop()
                self._leave(node, path[-1][0] if path else None)
            elif self._order[target] < 0:
                path.append((target, iter(self._enter(target))))
            elif self._is_open[target]:
                self._low[node] = min(self._low[node], self._order[target])

    def _enter(self, node: int) -> Sequence[int]:
        self._order[node] = self._low[node] = self._count
        self._count += 1
        self._open.append(node)
        self._is_open[node] = True
        return self._successors[node]

    def _leave(self, node: int, parent: int | None) -> None:
        if parent is not None:
            self._low[parent] = min(self._low[parent], self._low[node])
        if self._low[node] == self._order[node]:
            self._close(node)

    def _close(self, node: int) -> None:
        member = -1
        component: list[int] = []
        while member != node:
            member = self._open.pop()
            self._is_open[member] = False
            component.append(member)
        self._found.append(tuple(sorted(component)))


def marks_before(graph: FlowGraph, marks: Sequence[int]) -> list[int]:
    """For each node the union of the marks (bit sets) of the nodes a walk may have passed before it.

    A node in a cycle may have passed the whole cycle, itself included.
    """
    before = [0] * len(marks)
    for component in reversed(graph.components):
        incoming = 0
        for node in component:
            for previous in graph.predecessors[node]:
                incoming |= before[previous] | marks[previous]
        if is_loop(component, graph.successors):
            for node in component:
                incoming |= marks[node]
        for node in component:
            before[node] = incoming
    return before


def longest_depth(graph: FlowGraph) -> int:
    """Nodes on the longest way from the root, a cycle counted once as all of its nodes."""
    depth = [0] * len(graph.successors)
    for component in graph.components:
        below = max((depth[target] for node in component for target in graph.successors[node]), default=0)
        for node in component:
            depth[node] = below + len(component)
    return depth[graph.root]

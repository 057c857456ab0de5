"""What makes a tree a bad flow. The same rules hold for drafts, imports, proposals and AI-built trees.

Everything is linear in nodes and edges (fact and question sets are bit sets), so that 1,000 nodes take milliseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from domain.flow_finding import Finding, FindingCode, Severity
from domain.flow_graph import FlowGraph, components, graph_of, is_loop, longest_depth, marks_before, reach
from domain.flow_lint_fact import fact_findings
from domain.flow_lint_node import node_findings
from domain.flow_tree import TERMINAL_KINDS, FlowNode, FlowTree, NodeKind, edges_of

MAX_DEPTH = 50  # nodes on one way; nobody stays on the telephone for longer
_ASKS = frozenset({NodeKind.QUESTION, NodeKind.MULTI_CHOICE, NodeKind.DATA_INPUT})
_PASSED_THROUGH = frozenset({NodeKind.DECISION, NodeKind.JUMP})


def lint_tree(
    tree: FlowTree,
    *,
    known_flows: Collection[str] | None = None,
    known_facts: Collection[str] = (),
    floor: Callable[[str], Iterable[str]] | None = None,
    max_depth: int = MAX_DEPTH,
) -> tuple[Finding, ...]:
    """All findings, errors first, then in the author's order of nodes.

    ``known_flows``: ids of flows that may be called, None when the caller cannot tell. ``known_facts``: facts given
    before the walk begins. ``floor``: names of the hard floor's classes that a text hits (a warning for human authors).
    """
    graph = graph_of(tree)
    findings = [
        *_structure(graph, max_depth),
        *fact_findings(graph, frozenset(known_facts)),
        *(found for node in tree.nodes for found in node_findings(node, tree, known_flows, floor)),
    ]
    position = {node.node_id: index for index, node in enumerate(tree.nodes)}
    findings.sort(key=lambda it: (it.severity is not Severity.ERROR, position.get(it.node_id or "", -1)))
    return tuple(findings)


def _structure(graph: FlowGraph, max_depth: int) -> Iterator[Finding]:
    reached = reach([graph.root], graph.successors)
    yield from _unreachable(graph, reached)
    yield from _cycles(graph)
    yield from _duplicates(graph)
    yield from _no_escalation(graph, reached)
    depth = longest_depth(graph)
    if depth > max_depth:
        message = f"The longest way through the flow has {depth} nodes; more than {max_depth} are too many for a call."
        fix = "Split it into several flows or combine steps."
        yield Finding(FindingCode.TOO_DEEP, Severity.WARNING, message, None, fix)


def _unreachable(graph: FlowGraph, reached: frozenset[int]) -> Iterator[Finding]:
    for index, node in enumerate(graph.tree.nodes):
        if index not in reached:
            message = f"No way leads from the start to {_name(node)}."
            fix = "Lead an answer to it, or remove it."
            yield Finding(FindingCode.UNREACHABLE, Severity.WARNING, message, node.node_id, fix)


def _cycles(graph: FlowGraph) -> Iterator[Finding]:
    """Cycles nobody can leave, and cycles of nodes that nobody answers."""
    leaving = reach(_ends(graph), graph.predecessors)
    for component in graph.components:
        if is_loop(component, graph.successors) and component[0] not in leaving:
            message = f"Whoever gets into {_members(graph, component)} never gets out."
            fix = "Add an answer that leads to a resolved or an escalate node."
            node_id = graph.tree.nodes[component[0]].node_id
            yield Finding(FindingCode.CYCLE_WITHOUT_EXIT, Severity.ERROR, message, node_id, fix)
    yield from _automatic_cycles(graph)


def _ends(graph: FlowGraph) -> list[int]:
    """Where a walk can stop: terminals, calls that end it, and holes (which have findings of their own)."""
    known = graph.tree.by_id
    return [
        index
        for index, node in enumerate(graph.tree.nodes)
        if node.kind in TERMINAL_KINDS
        or node.kind is NodeKind.SUB_FLOW
        or not graph.successors[index]
        or any(edge.target not in known for edge in edges_of(node))
    ]


def _automatic_cycles(graph: FlowGraph) -> Iterator[Finding]:
    automatic = [node.kind in _PASSED_THROUGH for node in graph.tree.nodes]
    if not any(automatic):
        return
    inner = tuple(
        tuple(target for target in targets if automatic[target]) if automatic[index] else ()
        for index, targets in enumerate(graph.successors)
    )
    for component in components(inner):
        if is_loop(component, inner):
            message = f"{_members(graph, component)} lead to each other and ask nothing in between."
            fix = "Put a question or an instruction into the cycle, or lead one of them elsewhere."
            node_id = graph.tree.nodes[component[0]].node_id
            yield Finding(FindingCode.AUTOMATIC_CYCLE, Severity.ERROR, message, node_id, fix)


def _members(graph: FlowGraph, component: tuple[int, ...]) -> str:
    names = [_name(graph.tree.nodes[index]) for index in component[:6]]
    return ", ".join(names) + (f" and {len(component) - 6} more" if len(component) > 6 else "")


def _duplicates(graph: FlowGraph) -> Iterator[Finding]:
    """Questions asked again further on. A loop back to the very same node is how a flow repeats itself on purpose."""
    groups: dict[str, list[int]] = {}
    for index, node in enumerate(graph.tree.nodes):
        if node.kind in _ASKS:
            groups.setdefault(" ".join(node.text.casefold().split()), []).append(index)
    repeated = [members for members in groups.values() if len(members) > 1]
    if not repeated:
        return
    marks = [0] * len(graph.successors)
    for number, members in enumerate(repeated):
        for index in members:
            marks[index] = 1 << number
    yield from _asked_again(graph, marks, marks_before(graph, marks))


def _asked_again(graph: FlowGraph, marks: list[int], before: list[int]) -> Iterator[Finding]:
    for component in graph.components:
        inside = [index for index in component if marks[index]]
        in_loop = is_loop(component, graph.successors)
        # In a cycle a node stands before itself: only another node with its text counts there.
        shared = Counter(marks[index] for index in inside)
        alone = {index for index in inside if in_loop and shared[marks[index]] == 1}
        outer = _marks_from_outside(graph, component, marks, before) if in_loop else 0
        for index in inside:
            if (before[index] if index not in alone else outer) & marks[index]:
                node = graph.tree.nodes[index]
                message = f"{_name(node)} asks what was asked before on the same way."
                fix = "Use the first answer, or word it so that the difference is clear."
                yield Finding(FindingCode.DUPLICATE_QUESTION, Severity.WARNING, message, node.node_id, fix)


def _marks_from_outside(graph: FlowGraph, component: tuple[int, ...], marks: list[int], before: list[int]) -> int:
    members = set(component)
    found = 0
    for index in component:
        for previous in graph.predecessors[index]:
            if previous not in members:
                found |= before[previous] | marks[previous]
    return found


def _no_escalation(graph: FlowGraph, reached: frozenset[int]) -> Iterator[Finding]:
    nodes = graph.tree.nodes
    hands_over = (NodeKind.ESCALATE, NodeKind.SUB_FLOW)
    if not any(nodes[index].kind in hands_over or nodes[index].needs_review for index in reached):
        message = "No way through this flow leads to an escalation."
        fix = "Add an escalate node for the case that no step has helped."
        yield Finding(FindingCode.NO_ESCALATION, Severity.WARNING, message, None, fix)


def _name(node: FlowNode) -> str:
    return f"'{node.node_id}'"

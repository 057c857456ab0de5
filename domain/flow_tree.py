"""A flow's decision tree, and its JSON form.

The JSON names are those of the API (camelCase, ``nodeId``, ``nextNodeId``), so that a stored tree, an exported
flow and a query result read alike. Enum values inside the JSON are lower-case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.flow_json import TreeShapeError, nodes_to_json, read_nodes
from domain.flow_node import (
    AUTOMATIC_KINDS,
    MAX_JSON_DEPTH,
    MAX_NODE_BYTES,
    MAX_NODE_ID,
    MAX_NODES,
    MAX_OPTIONS,
    MAX_TREE_BYTES,
    REASON_CATEGORIES,
    TERMINAL_KINDS,
    Branch,
    FlowNode,
    InputType,
    NodeKind,
    Option,
)

__all__ = [
    "AUTOMATIC_KINDS",
    "MAX_JSON_DEPTH",
    "MAX_NODES",
    "MAX_NODE_BYTES",
    "MAX_NODE_ID",
    "MAX_OPTIONS",
    "MAX_TREE_BYTES",
    "REASON_CATEGORIES",
    "TERMINAL_KINDS",
    "Branch",
    "Edge",
    "FlowNode",
    "FlowTree",
    "InputType",
    "NodeKind",
    "Option",
    "TreeShapeError",
    "dump_tree",
    "edges_of",
    "parse_tree",
    "reached_nodes",
    "reading_order",
]


@dataclass(frozen=True, slots=True)
class FlowTree:
    """Nodes in the author's order, and the node a walk starts at."""

    root_id: str
    nodes: tuple[FlowNode, ...]
    by_id: dict[str, FlowNode] = field(init=False, repr=False, compare=False)
    facts: frozenset[str] = field(init=False, repr=False, compare=False)  # names that its nodes ask for

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {node.node_id: node for node in self.nodes})
        object.__setattr__(self, "facts", frozenset(node.fact for node in self.nodes if node.fact))

    @property
    def root(self) -> FlowNode:
        return self.by_id[self.root_id]

    def node(self, node_id: str | None) -> FlowNode | None:
        return self.by_id.get(node_id) if node_id is not None else None


@dataclass(frozen=True, slots=True)
class Edge:
    """One way out of a node. ``answer`` is the option's value, None where there is nothing to choose."""

    target: str
    answer: str | None = None
    label: str | None = None


# Kinds that go on at ``next_node_id``, for a decision when no branch holds.
_FOLLOWS_NEXT = frozenset(NodeKind) - TERMINAL_KINDS - {NodeKind.QUESTION}


def edges_of(node: FlowNode) -> tuple[Edge, ...]:
    """Every way out of ``node`` that a walk can take, in the author's order; targets may be unknown ids."""
    if node.kind is NodeKind.QUESTION:
        return tuple(Edge(it.next_node_id, it.value, it.label) for it in node.options if it.next_node_id)
    edges: tuple[Edge, ...] = ()
    if node.kind is NodeKind.DECISION:
        edges = tuple(Edge(branch.next_node_id, None, branch.label or branch.when) for branch in node.branches)
    if node.kind in _FOLLOWS_NEXT and node.next_node_id:
        edges += (Edge(node.next_node_id, None, "otherwise" if edges else None),)
    return edges


def reading_order(tree: FlowTree) -> tuple[FlowNode, ...]:
    """All nodes: from the root on, answers in their order; what nothing leads to comes last."""
    reached = reached_nodes(tree)
    ids = {node.node_id for node in reached}
    return (*reached, *(node for node in tree.nodes if node.node_id not in ids))


def reached_nodes(tree: FlowTree) -> tuple[FlowNode, ...]:
    """What the root leads to, in reading order."""
    seen: dict[str, FlowNode] = {}
    waiting = [tree.root_id]
    while waiting:
        node = tree.node(waiting.pop())
        if node is not None and node.node_id not in seen:
            seen[node.node_id] = node
            waiting += [edge.target for edge in reversed(edges_of(node))]
    return tuple(seen.values())


def parse_tree(data: Any) -> FlowTree:
    """Build a tree from its JSON form.

    Checks shape and limits only (types, sizes, duplicate node ids, a known root); what makes a tree a good one is
    the lint's business. Raises ``TreeShapeError`` and nothing else, whatever ``data`` is.
    """
    root_id, nodes = read_nodes(data)
    return FlowTree(root_id, nodes)


def dump_tree(tree: FlowTree) -> dict[str, Any]:
    """The JSON form; fields at their defaults are left out, so it is stable and small."""
    return {"rootId": tree.root_id, "nodes": nodes_to_json(tree.nodes)}

"""What changed between two trees: added, removed, changed, rewired, moved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.flow_json import node_to_json
from domain.flow_tree import FlowNode, FlowTree, NodeKind, edges_of


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node that is in both trees. ``fields`` are the JSON names of what differs."""

    node_id: str
    before: FlowNode
    after: FlowNode
    fields: tuple[str, ...] = ()

    @property
    def before_text(self) -> str:
        return _shown(self.before, self.fields)

    @property
    def after_text(self) -> str:
        return _shown(self.after, self.fields)


@dataclass(frozen=True, slots=True)
class TreeDiff:
    """``changed``: other texts, answers or settings. ``rewired``: an answer leads elsewhere. ``moved``: none of the
    nodes that led to it does so any more, but others do. A node can be in several of the last three.
    """

    added: tuple[FlowNode, ...]
    removed: tuple[FlowNode, ...]
    changed: tuple[NodeChange, ...]
    rewired: tuple[NodeChange, ...]
    moved: tuple[NodeChange, ...]
    is_root_changed: bool

    @property
    def is_empty(self) -> bool:
        parts = (self.added, self.removed, self.changed, self.rewired, self.moved)
        return not self.is_root_changed and not any(parts)


def diff_trees(before: FlowTree, after: FlowTree) -> TreeDiff:
    """The difference by node ids, in the order of the tree a node is in (the later one where it is in both)."""
    pairs = [(before.by_id[node.node_id], node) for node in after.nodes if node.node_id in before.by_id]
    old_parents, new_parents = _parents(before), _parents(after)
    return TreeDiff(
        added=tuple(node for node in after.nodes if node.node_id not in before.by_id),
        removed=tuple(node for node in before.nodes if node.node_id not in after.by_id),
        changed=tuple(change for old, new in pairs if (change := _content_change(old, new)).fields),
        rewired=tuple(NodeChange(new.node_id, old, new) for old, new in pairs if _ways(old) != _ways(new)),
        moved=tuple(
            NodeChange(new.node_id, old, new)
            for old, new in pairs
            if _is_moved(old_parents.get(old.node_id, set()), new_parents.get(new.node_id, set()))
        ),
        is_root_changed=before.root_id != after.root_id,
    )


def _content_change(old: FlowNode, new: FlowNode) -> NodeChange:
    left, right = node_to_json(_unwired(old)), node_to_json(_unwired(new))
    names = dict.fromkeys([*left, *right])
    fields = tuple(name for name in names if left.get(name) != right.get(name))
    return NodeChange(new.node_id, old, new, fields)


def _unwired(node: FlowNode) -> FlowNode:
    """The node without where it leads; a branch keeps its condition."""
    options = tuple(replace(option, next_node_id=None) for option in node.options)
    branches = tuple(replace(branch, next_node_id="") for branch in node.branches)
    return replace(node, options=options, branches=branches, next_node_id=None)


def _ways(node: FlowNode) -> dict[str, str]:
    """Target by answer; answers that only one of two trees has are a change of content, not of wiring."""
    keys = [branch.when for branch in node.branches] + [""] if node.kind is NodeKind.DECISION else None
    edges = edges_of(node)
    if keys is not None:
        return {key: edge.target for key, edge in zip(keys, edges, strict=False)}
    return {edge.answer or "": edge.target for edge in edges}


def _parents(tree: FlowTree) -> dict[str, set[str]]:
    parents: dict[str, set[str]] = {}
    for node in tree.nodes:
        for edge in edges_of(node):
            parents.setdefault(edge.target, set()).add(node.node_id)
    return parents


def _is_moved(old: set[str], new: set[str]) -> bool:
    return bool(old) and bool(new) and not old & new


def _shown(node: FlowNode, fields: tuple[str, ...]) -> str:
    """The node's text, and whatever else differs as ``name: value`` lines."""
    data = node_to_json(node)
    lines = [node.text] if "text" in fields or not fields else []
    return "\n".join([*lines, *(f"{name}: {_value(data.get(name))}" for name in fields if name != "text")])


def _value(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(str(item.get("label") or item.get("when")) for item in value)
    return "" if value is None else str(value)

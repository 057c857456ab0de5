"""A flow as Markdown: for people to read, with the flow itself in a block at the end so that nothing is lost."""

from __future__ import annotations

import json
from typing import Any, Final

from domain.flow_tree import FlowNode, FlowTree, NodeKind, dump_tree, edges_of, reading_order

FORMAT: Final = "handrail-flow/1"
_HEADING: Final = "## Machine-readable form"
_FENCE: Final = "~~~json handrail-flow"
_CLOSE: Final = "~~~"
_KIND_NAMES = {
    NodeKind.RESOLVED: "Resolved",
    NodeKind.ESCALATE: "Escalate",
    NodeKind.DECISION: "Decided by facts",
    NodeKind.SUB_FLOW: "Another flow",
    NodeKind.JUMP: "Go on",
}


def flow_to_json(
    tree: FlowTree, title: str, category: str | None = None, keywords: tuple[str, ...] = (), slug: str | None = None
) -> dict[str, Any]:
    """The export document; ``docs/flow.schema.json`` describes it."""
    head = {"format": FORMAT, "slug": slug, "title": title, "category": category, "keywords": list(keywords)}
    return {key: value for key, value in head.items() if value} | {"tree": dump_tree(tree)}


def flow_to_markdown(tree: FlowTree, title: str, category: str | None = None, keywords: tuple[str, ...] = ()) -> str:
    """Headings for people, then the whole flow as JSON. Imported again unchanged, it gives the same tree."""
    number = {node.node_id: position for position, node in enumerate(reading_order(tree), start=1)}
    parts = [f"# {_inline(title)}", *(_node(node, tree, number) for node in reading_order(tree))]
    # Every < is written as an escape, so that the block cannot be closed or made HTML by what is in it.
    data = json.dumps(flow_to_json(tree, title, category, keywords), ensure_ascii=True).replace("~", "\\u007e")
    return "\n\n".join([*parts, _HEADING, f"{_FENCE}\n{data}\n{_CLOSE}"]) + "\n"


def embedded_flow(markdown: str) -> str | None:
    """The JSON of a text that was written by ``flow_to_markdown``, None when there is none."""
    _, found, rest = markdown.replace("\r\n", "\n").rpartition(f"\n{_FENCE}\n")
    block, closed, _ = rest.partition(f"\n{_CLOSE}")
    return block if found and closed else None


def _node(node: FlowNode, tree: FlowTree, number: dict[str, int]) -> str:
    kind = _KIND_NAMES.get(node.kind)
    text = _inline(node.text) or _inline(node.node_id)
    lines = [f"## {number[node.node_id]}. {f'{kind}: ' if kind else ''}{text}"]
    lines += [_quoted(text) for text in (node.detail, node.how_to) if text]
    ways = [_way(edge.label, tree.node(edge.target), number) for edge in edges_of(node)]
    return "\n\n".join([*lines, *(["\n".join(ways)] if ways else [])])


def _way(label: str | None, target: FlowNode | None, number: dict[str, int]) -> str:
    there = f"{number[target.node_id]}. {_inline(target.text) or _inline(target.node_id)}" if target else "nowhere yet"
    return f"- {f'{_inline(label)}: ' if label else ''}go to {there}"


def _quoted(markdown: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in markdown.split("\n"))


def _inline(text: str) -> str:
    """Plain text in one line of Markdown; what would be markup is escaped."""
    line = " ".join(text.split())
    return "".join("\\" + char if char in "\\`*_[]<>#&~" else char for char in line)

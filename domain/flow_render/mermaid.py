"""A flow as Mermaid text. Ids are ours, and every character of a label that could mean something is an entity."""

from __future__ import annotations

from collections.abc import Sequence

from domain.flow_render.walked import Walked, WalkedStep, walked_parts
from domain.flow_text import clean_plain
from domain.flow_tree import FlowNode, FlowTree, NodeKind, edges_of

_NODE_CHARS = 120
_EDGE_CHARS = 60
_PLAIN = frozenset(" ,?!'")  # punctuation that means nothing to Mermaid
_SHAPES = {
    NodeKind.QUESTION: ('{{"', '"}}'),
    NodeKind.MULTI_CHOICE: ('{{"', '"}}'),
    NodeKind.INSTRUCTION: ('["', '"]'),
    NodeKind.DATA_INPUT: ('[/"', '"/]'),
    NodeKind.RESOLVED: ('(["', '"])'),
    NodeKind.ESCALATE: ('[\\"', '"\\]'),
    NodeKind.DECISION: ('{"', '"}'),
    NodeKind.SUB_FLOW: ('[["', '"]]'),
    NodeKind.JUMP: ('("', '")'),
}
_STYLES = (
    "classDef resolved fill:#e6f6ea,stroke:#2f855a",
    "classDef escalate fill:#fdebe7,stroke:#c2410c",
    "classDef review stroke-dasharray:4 3",
    "classDef missing fill:#ffffff,stroke:#b91c1c,stroke-dasharray:2 2",
    "classDef walked stroke:#b45309,stroke-width:4px",
)


def render_mermaid(tree: FlowTree, walked: Sequence[WalkedStep] = ()) -> str:
    """A ``flowchart TD``; ``walked`` are (node id, answer) pairs in their order."""
    path = walked_parts(tree, walked)
    ids = {node.node_id: f"n{number}" for number, node in enumerate(tree.nodes)}
    missing = dict.fromkeys(
        edge.target for node in tree.nodes for edge in edges_of(node) if edge.target not in tree.by_id
    )
    ids |= {target: f"x{number}" for number, target in enumerate(missing)}
    lines = ["flowchart TD", *(f"  {_node(node, ids)}" for node in tree.nodes)]
    lines += [f'  {ids[target]}["{_label("missing: " + target, _NODE_CHARS)}"]' for target in missing]
    return "\n".join([*lines, *_edges(tree, ids, path), *_classes(tree, ids, list(missing), path)]) + "\n"


def _node(node: FlowNode, ids: dict[str, str]) -> str:
    opening, closing = _SHAPES[node.kind]
    return f"{ids[node.node_id]}{opening}{_label(node.text or node.node_id, _NODE_CHARS)}{closing}"


def _edges(tree: FlowTree, ids: dict[str, str], path: Walked) -> list[str]:
    lines: list[str] = []
    highlighted: list[str] = []
    for node in tree.nodes:
        for number, edge in enumerate(edges_of(node)):
            if (node.node_id, number) in path.ways:
                highlighted.append(str(len(lines)))
            label = f'|"{_label(edge.label, _EDGE_CHARS)}"|' if edge.label else ""
            lines.append(f"  {ids[node.node_id]} -->{label} {ids[edge.target]}")
    if highlighted:
        lines.append(f"  linkStyle {','.join(highlighted)} stroke:#b45309,stroke-width:4px")
    return lines


def _classes(tree: FlowTree, ids: dict[str, str], missing: list[str], path: Walked) -> list[str]:
    groups = {
        "resolved": [ids[node.node_id] for node in tree.nodes if node.kind is NodeKind.RESOLVED],
        "escalate": [ids[node.node_id] for node in tree.nodes if node.kind is NodeKind.ESCALATE],
        "review": [ids[node.node_id] for node in tree.nodes if node.needs_review],
        "missing": [ids[target] for target in missing],
        "walked": [ids[node.node_id] for node in tree.nodes if node.node_id in path.nodes],
    }
    return [f"  {style}" for style in _STYLES] + [
        f"  class {','.join(members)} {name}" for name, members in groups.items() if members
    ]


def _label(text: str, limit: int) -> str:
    line = " ".join(clean_plain(text).split())
    shown = line if len(line) <= limit else line[: limit - 1] + "…"
    return "".join(_character(char) for char in shown) or " "


def _character(char: str) -> str:
    return f"#{ord(char)};" if char.isascii() and not char.isalnum() and char not in _PLAIN else char

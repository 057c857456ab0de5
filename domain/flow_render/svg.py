"""A flow as SVG: shapes and text only, no styles, scripts, links or foreign content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from domain.flow_render.layout import Box, Layout, place
from domain.flow_render.walked import Walked, WalkedStep, walked_parts
from domain.flow_text import clean_plain
from domain.flow_tree import Edge, FlowNode, FlowTree, NodeKind, edges_of

_WIDTH = 232.0
_LINE = 15.0
_CHARS = 30  # of a line in a box
_MAX_LINES = 5
_MARGIN = 28.0
_LABEL_CHARS = 24
_WALKED = "#b45309"
_LOOKS = {  # fill, stroke, caption, corner
    NodeKind.QUESTION: ("#e8f1fd", "#3b6fb6", "Question", 16),
    NodeKind.MULTI_CHOICE: ("#e8f1fd", "#3b6fb6", "Choices", 16),
    NodeKind.INSTRUCTION: ("#ffffff", "#6b7280", "Do", 3),
    NodeKind.DATA_INPUT: ("#fff7e0", "#a16207", "Enter", 3),
    NodeKind.RESOLVED: ("#e6f6ea", "#2f855a", "Resolved", 22),
    NodeKind.ESCALATE: ("#fdebe7", "#c2410c", "Escalate", 22),
    NodeKind.DECISION: ("#f3effc", "#6d4fb0", "Decided by facts", 16),
    NodeKind.SUB_FLOW: ("#f3effc", "#6d4fb0", "Another flow", 3),
    NodeKind.JUMP: ("#f3effc", "#6d4fb0", "Go on", 3),
}
_MISSING = ("#ffffff", "#b91c1c", "Missing", 3)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One box: what it says and looks like."""

    node_id: str
    lines: tuple[str, ...]
    look: tuple[str, str, str, int]
    is_dashed: bool


def render_svg(tree: FlowTree, walked: Sequence[WalkedStep] = (), title: str | None = None) -> str:
    """The picture as a document of its own; ``walked`` are (node id, answer) pairs in their order."""
    drawn = [_drawn(node) for node in tree.nodes]
    missing = dict.fromkeys(
        edge.target for node in tree.nodes for edge in edges_of(node) if edge.target not in tree.by_id
    )
    drawn += [_Drawn(target, tuple(_lines(target)), _MISSING, is_dashed=True) for target in missing]
    number = {item.node_id: at for at, item in enumerate(drawn)}
    edges = [(node, at, edge) for node in tree.nodes for at, edge in enumerate(edges_of(node))]
    boxes = [Box(_WIDTH, 30 + _LINE * len(item.lines)) for item in drawn]
    ways = [(number[node.node_id], number[edge.target]) for node, _, edge in edges]
    layout = place(boxes, ways, number[tree.root_id], 26.0, 58.0)
    path = walked_parts(tree, walked)
    drawn_edges = [_edge(layout, way, node, at, edge, path) for way, (node, at, edge) in enumerate(edges)]
    parts = [line for line, _, _ in drawn_edges] + [label for _, label, _ in drawn_edges]  # no line crosses a label
    parts += [_box(item, box, path) for item, box in zip(drawn, layout.boxes, strict=False)]
    return _document(layout, parts, title or "Flow", max([0.0, *(right for _, _, right in drawn_edges)]))


def _document(layout: Layout, parts: list[str], title: str, room: float) -> str:
    back = 60.0 + room  # for ways that lead back, on the right
    width, height = layout.width + 2 * _MARGIN + back, layout.height + 2 * _MARGIN
    name = _text(title, 200)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{name}" '
        f'font-family="system-ui, Segoe UI, Helvetica, Arial, sans-serif">'
        f"<title>{name}</title>"
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fbfbfd"/>'
        f'<g transform="translate({_MARGIN:.0f} {_MARGIN:.0f})">{"".join(parts)}</g></svg>\n'
    )


def _drawn(node: FlowNode) -> _Drawn:
    return _Drawn(node.node_id, tuple(_lines(node.text or node.node_id)), _LOOKS[node.kind], node.needs_review)


def _lines(text: str) -> list[str]:
    lines = wrap(" ".join(clean_plain(text).split())[:1_000], _CHARS) or [" "]
    return lines if len(lines) <= _MAX_LINES else [*lines[: _MAX_LINES - 1], lines[_MAX_LINES - 1][: _CHARS - 1] + "…"]


def _text(text: str, limit: int) -> str:
    """Plain text for XML: escaped, without what XML 1.0 forbids."""
    line = " ".join(clean_plain(text).split())
    shown = line if len(line) <= limit else line[: limit - 1] + "…"
    return escape("".join(char for char in shown if char not in "\ufffe\uffff"))


def _box(item: _Drawn, box: Box, path: Walked) -> str:
    fill, stroke, caption, corner = item.look
    is_walked = item.node_id in path.nodes
    line = f'stroke="{_WALKED}" stroke-width="3.5"' if is_walked else f'stroke="{stroke}" stroke-width="1.4"'
    dashes = ' stroke-dasharray="5 4"' if item.is_dashed else ""
    left, top = box.x - box.width / 2, box.y
    rows = "".join(
        f'<tspan x="{left + 12:.1f}" y="{top + 33 + _LINE * row:.1f}">{_text(text, 200)}</tspan>'
        for row, text in enumerate(item.lines)
    )
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.0f}" height="{box.height:.0f}" rx="{corner}" '
        f'fill="{fill}" {line}{dashes}/>'
        f'<text x="{left + 12:.1f}" y="{top + 16:.1f}" font-size="9.5" fill="{stroke}" font-weight="600">'
        f"{_caption(caption, item, path)}</text>"
        f'<text font-size="12" fill="#1f2937">{rows}</text>'
    )


def _caption(caption: str, item: _Drawn, path: Walked) -> str:
    notes = [caption]
    notes += ["to be written"] if item.is_dashed and caption != "Missing" else []
    notes += ["last" if item.node_id == path.last else "walked"] if item.node_id in path.nodes else []
    return " · ".join(notes).upper()


def _edge(layout: Layout, way: int, node: FlowNode, at: int, edge: Edge, path: Walked) -> tuple[str, str, float]:
    """The line with its arrow, the label on it, and by how much that stands out of the room for ways back."""
    route = [layout.boxes[box] for box in layout.routes[way]]
    is_walked = (node.node_id, at) in path.ways
    colour, width = (_WALKED, 3.0) if is_walked else ("#8a94a6", 1.4)
    leads_back = route[-1].layer <= route[0].layer
    if leads_back:
        points = _back(layout, route[0], route[-1], _label_width(edge.label))
    else:
        points = _down(layout, route, at, len(edges_of(node)))
    line = (
        f'<path d="{points.path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
        f'<polygon points="{points.arrow}" fill="{colour}"/>'
    )
    beyond = points.label_x + _label_width(edge.label) / 2 + 8 - layout.width - 60 if leads_back else 0.0
    return line, _edge_label(edge, points, is_walked=is_walked), beyond


@dataclass(frozen=True, slots=True)
class _Curve:
    path: str
    arrow: str
    label_x: float
    label_y: float


def _down(layout: Layout, route: list[Box], at: int, count: int) -> _Curve:
    """Straight down through the layers, where boxes stand, and in curves between them, where none do."""
    source, target = route[0], route[-1]
    x = source.x + (at - (count - 1) / 2) * min(36.0, source.width / (count + 1))
    y = layout.bottoms[source.layer]
    parts = [f"M{x:.1f} {source.y + source.height:.1f} V{y:.1f}"]
    # Neighbouring labels stand at two heights, so that they do not cover each other.
    label_x, label_y = (x + route[1].x) / 2, y + 20 + (at % 2) * 15
    for box in route[1:]:
        top = box.y - 6 if box is target else layout.tops[box.layer]
        half = (y + top) / 2
        parts.append(f"C{x:.1f} {half:.1f} {box.x:.1f} {half:.1f} {box.x:.1f} {top:.1f}")
        x, y = box.x, top if box is target else layout.bottoms[box.layer]
        parts += [] if box is target else [f"V{y:.1f}"]
    arrow = f"{x - 4.5:.1f},{y - 2:.1f} {x + 4.5:.1f},{y - 2:.1f} {x:.1f},{y + 6:.1f}"
    return _Curve(" ".join(parts), arrow, label_x, label_y)


def _back(layout: Layout, source: Box, target: Box, label: float) -> _Curve:
    """Around the right side of everything, to a box above (or to the same one).

    It runs behind its neighbours on the right; its label (so wide) stands on it where it has come out.
    """
    beside = [box.x + box.width / 2 for box in map(layout.boxes.__getitem__, layout.layers[source.layer])
              if not box.is_bend]
    x1, y1 = source.x + source.width / 2, source.y + source.height / 2
    x2, y2 = target.x + target.width / 2 + 6, target.y + target.height / 2
    y2 += 10 if source is target else 0
    turn = layout.width + max(20.0, 8 + label / 2)
    far = (8 * turn - x1 - x2) / 6  # a curve turns at an eighth of its ends and three quarters of its handles
    path = f"M{x1:.1f} {y1:.1f} C{far:.1f} {y1:.1f} {far:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    arrow = f"{x2 + 2:.1f},{y2 - 4.5:.1f} {x2 + 2:.1f},{y2 + 4.5:.1f} {x2 - 6:.1f},{y2:.1f}"
    out = max(beside)
    if out <= x1 + 1:
        return _Curve(path, arrow, x1 + 30, y1)
    label_x = min(out + 8 + label / 2, turn)
    return _Curve(path, arrow, label_x, _height_at(label_x, (x1, y1), far, (x2, y2)))


def _height_at(x: float, start: tuple[float, float], far: float, end: tuple[float, float]) -> float:
    """Where a way back is at ``x`` on its way out, which rises from left to right up to its turn."""
    low, high = 0.0, 0.5
    for _ in range(20):
        t = (low + high) / 2
        at = (1 - t) ** 3 * start[0] + 3 * far * t * (1 - t) + t**3 * end[0]
        low, high = (t, high) if at < x else (low, t)
    return (1 - low) ** 2 * (1 + 2 * low) * start[1] + low**2 * (3 - 2 * low) * end[1]


def _label_width(label: str | None) -> float:
    return 8 + 5.9 * min(len(label or ""), _LABEL_CHARS)


def _edge_label(edge: Edge, curve: _Curve, *, is_walked: bool) -> str:
    if not edge.label:
        return ""
    text = _text(edge.label, _LABEL_CHARS)
    width = _label_width(edge.label)
    colour = _WALKED if is_walked else "#374151"
    return (
        f'<rect x="{curve.label_x - width / 2:.1f}" y="{curve.label_y - 9:.1f}" width="{width:.1f}" height="15" rx="3" '
        f'fill="#fbfbfd" fill-opacity="0.92"/>'
        f'<text x="{curve.label_x:.1f}" y="{curve.label_y + 2.5:.1f}" font-size="10.5" text-anchor="middle" '
        f'fill="{colour}">{text}</text>'
    )

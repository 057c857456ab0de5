"""Where the boxes of a flow stand: layers by depth, ordered by their neighbours, then drawn together.

Linear in boxes for a fixed number of sweeps. Long ways get a place in every layer they cross, so that they run between
the boxes, unless there are too many of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

_SWEEPS = 6
_MAX_BENDS = 10_000


@dataclass(slots=True)
class Box:
    """A box, or a bend of a way (``is_bend``). ``x`` is its middle, ``y`` its top, both set by ``place``."""

    width: float
    height: float
    is_bend: bool = False
    layer: int = 0
    x: float = 0.0
    y: float = 0.0


@dataclass(slots=True)
class Layout:
    """``routes``: for each way the boxes it runs through, first and last included; a way back has just these two."""

    boxes: list[Box]
    routes: list[list[int]]
    width: float = 0.0
    height: float = 0.0
    layers: list[list[int]] = field(default_factory=list)
    tops: list[float] = field(default_factory=list)  # of each layer
    bottoms: list[float] = field(default_factory=list)


def place(boxes: list[Box], ways: Sequence[tuple[int, int]], root: int, gap_x: float, gap_y: float) -> Layout:
    """Put ``boxes`` into layers below ``root``. ``ways`` are pairs of box numbers and may lead back."""
    forward = _forward(len(boxes), ways, root)
    _assign_layers(boxes, ways, forward, root)
    layout = Layout(boxes, [[source, target] for source, target in ways])
    _add_bends(layout, forward)
    _fill_layers(layout, root)
    _order(layout)
    _set_x(layout, gap_x)
    _set_y(layout, gap_y)
    return layout


def _forward(count: int, ways: Sequence[tuple[int, int]], root: int) -> list[bool]:
    """Which ways lead on; a way to a box that is still open in a depth-first search leads back."""
    out: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for number, (source, target) in enumerate(ways):
        out[source].append((number, target))
    state = [0] * count  # 0 unseen, 1 open, 2 done
    leads_on = [True] * len(ways)
    for start in (root, *range(count)):
        if state[start] == 0:
            _search(start, out, state, leads_on)
    return leads_on


def _search(start: int, out: list[list[tuple[int, int]]], state: list[int], leads_on: list[bool]) -> None:
    state[start] = 1
    path = [(start, iter(out[start]))]
    while path:
        box, ways = path[-1]
        number, target = next(ways, (-1, -1))
        if number < 0:
            state[box] = 2
            path.pop()
        elif state[target] == 0:
            state[target] = 1
            path.append((target, iter(out[target])))
        elif state[target] == 1:
            leads_on[number] = False


def _assign_layers(boxes: list[Box], ways: Sequence[tuple[int, int]], forward: list[bool], root: int) -> None:
    """Each box one layer below the lowest that leads to it; what nothing leads to begins at the top."""
    waiting_for = [0] * len(boxes)
    out: list[list[int]] = [[] for _ in boxes]
    for (source, target), leads_on in zip(ways, forward, strict=True):
        if leads_on:
            out[source].append(target)
            waiting_for[target] += 1
    ready = [root, *(number for number in range(len(boxes)) if waiting_for[number] == 0 and number != root)]
    ready = [number for number in ready if waiting_for[number] == 0]
    while ready:
        box = ready.pop()
        for target in out[box]:
            boxes[target].layer = max(boxes[target].layer, boxes[box].layer + 1)
            waiting_for[target] -= 1
            if waiting_for[target] == 0:
                ready.append(target)


def _add_bends(layout: Layout, forward: list[bool]) -> None:
    boxes = layout.boxes
    spans = [boxes[route[-1]].layer - boxes[route[0]].layer - 1 for route in layout.routes]
    if sum(span for span, leads_on in zip(spans, forward, strict=True) if leads_on and span > 0) > _MAX_BENDS:
        return
    for route, leads_on in zip(layout.routes, forward, strict=True):
        first, last = boxes[route[0]].layer, boxes[route[-1]].layer
        for layer in range(first + 1, last) if leads_on else ():
            boxes.append(Box(14.0, 0.0, is_bend=True, layer=layer))
            route.insert(-1, len(boxes) - 1)


def _fill_layers(layout: Layout, root: int) -> None:
    layout.layers = [[] for _ in range(max(box.layer for box in layout.boxes) + 1)]
    seen: set[int] = set()
    out: dict[int, list[int]] = {}
    for route in layout.routes:
        for source, target in itertools.pairwise(route):
            out.setdefault(source, []).append(target)
    for start in (root, *range(len(layout.boxes))):
        waiting = [start]
        while waiting:
            box = waiting.pop()
            if box not in seen:
                seen.add(box)
                layout.layers[layout.boxes[box].layer].append(box)
                waiting += reversed(out.get(box, []))


def _neighbours(layout: Layout) -> tuple[list[list[int]], list[list[int]]]:
    above: list[list[int]] = [[] for _ in layout.boxes]
    below: list[list[int]] = [[] for _ in layout.boxes]
    for route in layout.routes:
        for source, target in itertools.pairwise(route):
            if layout.boxes[target].layer == layout.boxes[source].layer + 1:
                below[source].append(target)
                above[target].append(source)
    return above, below


def _order(layout: Layout) -> None:
    """Sweeps down and up; each box goes to the mean place of its neighbours (Sugiyama's barycentre)."""
    above, below = _neighbours(layout)
    at = {box: place for layer in layout.layers for place, box in enumerate(layer)}
    for sweep in range(_SWEEPS):
        near = above if sweep % 2 == 0 else below
        for layer in layout.layers if sweep % 2 == 0 else reversed(layout.layers):
            wanted = {box: _mean([at[other] for other in near[box]], at[box]) for box in layer}
            layer.sort(key=wanted.__getitem__)
            at.update((box, place) for place, box in enumerate(layer))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _set_x(layout: Layout, gap: float) -> None:
    boxes = layout.boxes
    for layer in layout.layers:
        _pack(boxes, layer, [0.0] * len(layer), gap)
    above, below = _neighbours(layout)
    for sweep in range(_SWEEPS):
        near = above if sweep % 2 == 0 else below
        for layer in layout.layers if sweep % 2 == 0 else reversed(layout.layers):
            _pack(boxes, layer, [_mean([boxes[other].x for other in near[box]], boxes[box].x) for box in layer], gap)
    left = min(box.x - box.width / 2 for box in boxes)
    for box in boxes:
        box.x -= left
    layout.width = max(box.x + box.width / 2 for box in boxes)


def _pack(boxes: list[Box], layer: list[int], wanted: list[float], gap: float) -> None:
    """Boxes side by side, as near to where they want to be as their order and ``gap`` allow, none drifting off."""
    placed: list[float] = []
    for number, (box, x) in enumerate(zip(layer, wanted, strict=True)):
        least = x
        if number:
            before = boxes[layer[number - 1]]
            least = placed[-1] + (before.width + boxes[box].width) / 2 + gap
        placed.append(max(x, least))
    drift = _mean([x - want for x, want in zip(placed, wanted, strict=True)], 0.0)
    for box, x in zip(layer, placed, strict=True):
        boxes[box].x = x - drift


def _set_y(layout: Layout, gap: float) -> None:
    y = 0.0
    for layer in layout.layers:
        height = max((layout.boxes[box].height for box in layer), default=0.0)
        for box in layer:
            layout.boxes[box].y = y
        layout.tops.append(y)
        layout.bottoms.append(y + height)
        y += height + gap
    layout.height = y - gap

"""Steps and conditional edges, the common form of all graphs with nodes and edges; and what a walk needs of them.

A graph may do things in parallel; a technician does one after the other. So steps that start together are put into a
row, when they meet again further on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_graph import components, is_loop, reach
from domain.flow_import.result import ImportRefused, Remarks
from domain.flow_node import MAX_NODES

MAX_EDGES = 10_000
MAX_LOOKED_AT = 300_000  # steps, counted once for each parallel way; less than a second


@dataclass(frozen=True, slots=True)
class StepEdge:
    target: str
    condition: str | None = None


@dataclass(slots=True)
class Step:
    key: str
    text: str
    detail: str | None = None
    edges: list[StepEdge] = field(default_factory=list)
    content: Any = None  # what the source has beside text, for readers that make more of it


Steps = dict[str, Step]


def check_steps(steps: Steps) -> None:
    """Refuses graphs that are too large or lead in a circle; the circle is named."""
    if not steps:
        raise ImportRefused(FindingCode.INVALID_CONTENT, "The graph has no nodes.")
    if len(steps) > MAX_NODES or sum(len(step.edges) for step in steps.values()) > MAX_EDGES:
        raise ImportRefused(
            FindingCode.TOO_LARGE, f"The graph has more than {MAX_NODES:,} nodes or {MAX_EDGES:,} edges."
        )
    keys = list(steps)
    neighbours = _neighbours(steps, keys)
    cycle = next((it for it in components(neighbours) if is_loop(it, neighbours)), None)
    if cycle is not None:
        names = _in_order(cycle, neighbours)
        path = " → ".join(f"'{_name(steps[keys[number]])}'" for number in [*names, names[0]][:20])
        message = f"The graph leads in a circle: {path}."
        raise ImportRefused(FindingCode.CYCLIC, message, "Remove one of these edges.")


def _neighbours(steps: Steps, keys: list[str]) -> list[list[int]]:
    index = {key: number for number, key in enumerate(keys)}
    return [[index[edge.target] for edge in steps[key].edges if edge.target in index] for key in keys]


def _in_order(cycle: tuple[int, ...], neighbours: list[list[int]]) -> list[int]:
    """One closed way through the component, from its first node."""
    members = set(cycle)
    before: dict[int, int] = {}
    waiting = [cycle[0]]
    while waiting:
        node = waiting.pop(0)
        for following in neighbours[node]:
            if following == cycle[0]:
                return _way_back(node, before)
            if following in members and following not in before:
                before[following] = node
                waiting.append(following)
    return list(cycle)


def _way_back(node: int, before: dict[int, int]) -> list[int]:
    way = [node]
    while way[-1] in before:
        way.append(before[way[-1]])
    return way[::-1]


def _name(step: Step) -> str:
    return step.text[:60] or step.key[:60]


def roots_of(steps: Steps) -> list[str]:
    led_to = {edge.target for step in steps.values() for edge in step.edges}
    return [key for key in steps if key not in led_to]


def in_a_row(steps: Steps, remarks: Remarks) -> Steps:
    """Parallel steps one after another. Only for graphs without cycles.

    Where they meet is looked for within bounds; in a graph of very many forks the technician chooses at the rest.
    """
    result = {key: replace(step, edges=list(step.edges)) for key, step in steps.items()}
    looked_at = 0
    for key in list(result):
        together = [edge.target for edge in result[key].edges if edge.condition is None]
        if not 1 < len(together) == len(result[key].edges):
            continue
        looked_at += len(together) * len(result)
        if looked_at <= MAX_LOOKED_AT:
            _chain(result, key, together, remarks)
    return result


def _chain(steps: Steps, key: str, together: list[str], remarks: Remarks) -> None:
    meeting = _meeting(steps, together)
    regions = [_region(steps, target, meeting) for target in together]
    if meeting is None or sum(map(len, regions)) != len(set().union(*regions)):
        return  # they do not meet, or are entangled: the technician chooses
    for region, following in zip(regions, together[1:], strict=False):
        for member in region:
            steps[member].edges = [_led(edge, meeting, following) for edge in steps[member].edges]
    steps[key].edges = [StepEdge(together[0])]
    message = f"'{_name(steps[key])}' starts {len(together)} steps at once; they are walked one after another."
    remarks.warn(FindingCode.ASSUMED, message, None, "Put them into the order that finds the cause soonest.")


def _led(edge: StepEdge, meeting: str, following: str) -> StepEdge:
    return replace(edge, target=following) if edge.target == meeting else edge


def _meeting(steps: Steps, starts: list[str]) -> str | None:
    """The first step that all of ``starts`` can lead to, none of which lies before another."""
    keys = list(steps)
    neighbours = _neighbours(steps, keys)
    index = {key: number for number, key in enumerate(keys)}
    shared = frozenset.intersection(*(reach([index[start]], neighbours) for start in starts))
    if shared & {index[start] for start in starts}:
        return None
    after = {following for node in shared for following in neighbours[node]}
    first = [node for node in shared if node not in after]
    return keys[first[0]] if len(first) == 1 else None


def _region(steps: Steps, start: str, meeting: str | None) -> set[str]:
    """What belongs to one of the parallel steps: all up to where they meet, ends shared with others left out."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key == meeting or key in found or key not in steps or not steps[key].edges:
            continue
        found.add(key)
        waiting += [edge.target for edge in steps[key].edges]
    return found

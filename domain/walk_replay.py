"""Rebuilding an AI-built walk from the records of its model calls, and comparing it with what was walked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.builder.ai_node import parse_node
from domain.flow_tree import FlowNode, FlowTree, Option
from domain.walk_session.step import Step

SERVER_MADE = frozenset({"exhausted_safe_steps", "ai_unavailable"})


@dataclass(frozen=True, slots=True)
class ServedRecord:
    """An accepted call: the node that was served, and the raw answer it was read from (None after its retention)."""

    node: FlowNode
    raw: str | None


@dataclass(frozen=True, slots=True)
class Replay:
    """``tree`` holds every node that was served, wired by the answers that were given."""

    tree: FlowTree | None
    differences: tuple[str, ...]


def replay(records: Iterable[ServedRecord], first: FlowNode | None, path: tuple[Step, ...]) -> Replay:
    """Read every raw answer again, compare the result with its record, and the records with the walk."""
    recorded: dict[str, FlowNode] = {}
    differences: list[str] = []
    for record in records:
        recorded[record.node.node_id] = record.node
        again = parse_node(record.raw, record.node.node_id) if record.raw is not None else record.node
        if again != record.node:
            differences.append(f"Node {record.node.node_id}: its raw answer reads differently now.")
    served = _served(first, path)
    differences += _compare(recorded, served)
    differences += [text for step in path for text in _compare_step(step)] + _compare_order(first, path)
    return Replay(_tree(first, path, served), tuple(differences))


def _served(first: FlowNode | None, path: tuple[Step, ...]) -> dict[str, FlowNode]:
    nodes = [first, *(node for step in path for node in (step.node, step.successor))]
    return {node.node_id: node for node in nodes if node is not None}


def _compare(recorded: Mapping[str, FlowNode], served: Mapping[str, FlowNode]) -> list[str]:
    found = []
    for node_id, node in served.items():
        if node_id in recorded:
            if recorded[node_id] != node:
                found.append(f"Node {node_id}: what was served is not what was recorded.")
        elif node.reason_category not in SERVER_MADE:
            found.append(f"Node {node_id}: it was served and no record tells where it came from.")
    return found


def _compare_step(step: Step) -> list[str]:
    """What a step says was asked and chosen, against the node it answers."""
    node = step.node
    if node is None:
        return [f"Step {step.step}: the node it answers is not recorded."]
    labels = {one.value: one.label for one in node.options} or {"done": node.acknowledge_label or "Done"}
    shown = tuple((one.value, one.label) for one in step.options)
    found = []
    if node.node_id != step.node_id or node.text != step.question or shown != _offered(node):
        found.append(f"Step {step.step}: what it says was asked is not what was served.")
    if labels.get(step.answer) != step.answer_label:
        found.append(f"Step {step.step}: the answer it records was not offered.")
    return found


def _offered(node: FlowNode) -> tuple[tuple[str, str], ...]:
    return tuple((one.value, one.label) for one in node.options)


def _compare_order(first: FlowNode | None, path: tuple[Step, ...]) -> list[str]:
    """Each step that stands answers the node that the one before it led to."""
    standing = [step for step in path if not step.is_superseded]
    before = [first, *(step.successor for step in standing)]
    return [
        f"Step {step.step}: it does not follow from the step before it."
        for step, node in zip(standing, before, strict=False)
        if node is None or node.node_id != step.node_id
    ]


def _tree(first: FlowNode | None, path: tuple[Step, ...], served: Mapping[str, FlowNode]) -> FlowTree | None:
    root = first or (path[0].node if path else None)
    if root is None:
        return None
    leads = {(step.node_id, step.answer): step.successor.node_id for step in path if step.successor}
    return FlowTree(root.node_id, tuple(_wired(node, leads) for node in served.values()))


def _wired(node: FlowNode, leads: Mapping[tuple[str, str], str]) -> FlowNode:
    options = tuple(Option(one.value, one.label, leads.get((node.node_id, one.value))) for one in node.options)
    return replace(node, options=options, next_node_id=None if options else leads.get((node.node_id, "done")))

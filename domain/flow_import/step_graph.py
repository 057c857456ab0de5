"""Graphs of nodes and edges: StepFly's plan DAGs and their like (``source``/``target``, ``from``/``to``)."""

from __future__ import annotations

from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_import.draft import Draft, markdown, one_line, plain, words_of
from domain.flow_import.result import ImportedFlow, ImportRefused
from domain.flow_import.step_model import Step, StepEdge, Steps, check_steps, in_a_row, roots_of
from domain.flow_node import NodeKind

_KEYS = ("node", "id", "nodeId", "node_id", "key", "name")
_TEXTS = ("description", "text", "label", "title", "name", "task", "action", "content")
_DETAILS = ("detail", "details", "notes", "hint", "command")
_SOURCES = ("source", "from", "sourceId", "start", "src")
_TARGETS = ("target", "to", "targetId", "end", "dst", "next", "node")
_CONDITIONS = ("condition", "when", "label", "answer", "name", "text")
_NO_CONDITION = frozenset({"", "none", "null", "always", "true", "default", "unconditional", "n/a"})
_HANDS_OVER = ("escalat", "hand over", "hand-off", "engineer on call")


def read_step_graph(draft: Draft, title: str, data: dict[str, Any]) -> ImportedFlow:
    steps = _steps(data)
    _connect(steps, data, draft)
    check_steps(steps)
    roots = roots_of(steps)
    root = next((key for key in roots if key.casefold() in ("start", "begin", "root")), roots[0])
    ordered = in_a_row(steps, draft.remarks)
    _drop_unreached(ordered, root, draft)
    ids = {key: draft.new_id(key) for key in ordered}
    for key, step in ordered.items():
        _add(draft, step, ids[key], ids)
    return draft.finish(title, ids[root])


def _steps(data: dict[str, Any]) -> Steps:
    nodes = data["nodes"]
    if isinstance(nodes, dict):
        nodes = [{"id": key} | (value if isinstance(value, dict) else {"text": value}) for key, value in nodes.items()]
    steps: Steps = {}
    for number, node in enumerate(nodes, start=1):
        entry = node if isinstance(node, dict) else {"id": node}
        key = _first(entry, _KEYS) or f"step {number}"
        if key in steps:
            raise ImportRefused(FindingCode.INVALID_CONTENT, f"Two nodes are called '{key}'.")
        text = next((found for name in _TEXTS if (found := plain(entry.get(name)))), "")
        detail = markdown(*(plain(entry.get(name)) for name in _DETAILS))
        steps[key] = Step(key, text or words_of(key), detail, content=entry)
    return steps


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := one_line(entry.get(name), 200))), "")


def _connect(steps: Steps, data: dict[str, Any], draft: Draft) -> None:
    """Edges from the top, and those the nodes name themselves (by edge id, or by the node they lead to)."""
    edges = [edge for edge in _list(data.get("edges")) if isinstance(edge, dict)]
    pairs = [(_first(edge, _SOURCES), _first(edge, _TARGETS), _condition(edge)) for edge in edges]
    arrivals = _arrivals(steps)
    for key, step in steps.items():
        ways = _list_of_ways(step.content)
        pairs += [(key, _target(way, steps, arrivals, key), _condition(way)) for way in ways]
    for source, target, condition in pairs:
        if source in steps and target in steps:
            steps[source].edges.append(StepEdge(target, condition))
        else:
            message = f"An edge from '{source or '?'}' to '{target or '?'}' has an end that is not in the graph."
            draft.remarks.warn(FindingCode.DROPPED, message, None, "Correct the edge and import again.")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _list_of_ways(entry: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("output_edges", "outputs", "edges", "next", "children", "transitions", "branches", "successors")
    ways: Any = next((entry[name] for name in names if entry.get(name)), [])
    if isinstance(ways, dict):
        ways = [{"condition": key, "target": value} for key, value in ways.items()]
    items = ways if isinstance(ways, list) else [ways]
    return [item if isinstance(item, dict) else {"target": item} for item in items]


def _arrivals(steps: Steps) -> dict[str, str]:
    """Which node an edge id arrives at, by the nodes' lists of what comes in."""
    found: dict[str, str] = {}
    for key, step in steps.items():
        for way in _list(step.content.get("input_edges")) + _list(step.content.get("inputs")):
            name = one_line(way.get("edge") or way.get("id"), 300) if isinstance(way, dict) else one_line(way, 300)
            found.setdefault(name, key)
    return found


def _target(way: dict[str, Any], steps: Steps, arrivals: dict[str, str], source: str) -> str:
    edge = one_line(way.get("edge") or way.get("edge_id"), 300)
    if edge and edge in arrivals:
        return arrivals[edge]
    named = _first(way, _TARGETS)
    if named or not edge:
        return named
    rest = edge.partition(f"{source}_")[2]  # StepFly names its edges edge_<from>_<to>
    return rest if rest in steps else edge


def _condition(edge: dict[str, Any]) -> str | None:
    text = next((found for name in _CONDITIONS if (found := one_line(edge.get(name), 280))), "")
    return None if text.casefold() in _NO_CONDITION else text


def _drop_unreached(steps: Steps, root: str, draft: Draft) -> None:
    seen, waiting = {root}, [root]
    while waiting:
        for edge in steps[waiting.pop()].edges:
            if edge.target not in seen:
                seen.add(edge.target)
                waiting.append(edge.target)
    left = [key for key in steps if key not in seen]
    for key in left:
        del steps[key]
    if left:
        message = f"Nothing leads from '{root}' to {', '.join(left[:10])}; left out."
        draft.remarks.warn(FindingCode.DROPPED, message, None, "Add an edge, or import them as another flow.")


def _add(draft: Draft, step: Step, node_id: str, ids: dict[str, str]) -> None:
    if not step.edges:
        _end(draft, step, node_id)
    elif len(step.edges) == 1 and step.edges[0].condition is None:
        target = ids[step.edges[0].target]
        draft.put(node_id, NodeKind.INSTRUCTION, step.text, detail=step.detail, next_node_id=target)
    else:
        _question(draft, step, node_id, ids)


def _end(draft: Draft, step: Step, node_id: str) -> None:
    if any(word in step.text.casefold() for word in _HANDS_OVER):
        draft.put(node_id, NodeKind.ESCALATE, step.text, detail=step.detail, reason_category="exhausted_safe_steps")
    else:
        draft.put(node_id, NodeKind.RESOLVED, step.text, detail=step.detail)


def _question(draft: Draft, step: Step, node_id: str, ids: dict[str, str]) -> None:
    """The step is done first and its result chosen: both are one node, as in the source."""
    free = sum(edge.condition is None for edge in step.edges)
    answers = [(_label(edge, free, ids), ids[edge.target]) for edge in step.edges]
    if len(answers) == 1:
        handed = draft.escalation("otherwise", "The condition does not hold. Hand over to an engineer.", "flow_gap")
        message = "The source says nothing of the case that the condition does not hold; an escalation was added."
        draft.remarks.warn(FindingCode.ASSUMED, message, node_id)
        answers.append(("Otherwise", handed))
    draft.put(node_id, NodeKind.QUESTION, step.text, detail=step.detail, options=draft.options(answers, node_id))


def _label(edge: StepEdge, free: int, ids: dict[str, str]) -> str:
    if edge.condition is None:
        return "Otherwise" if free == 1 else words_of(ids[edge.target])
    text = edge.condition.removeprefix("if ").removeprefix("If ")
    return text[:1].upper() + text[1:]

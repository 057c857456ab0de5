"""Decision graphs as GoRules has them. Tables become decisions; functions and expressions are findings, never run."""

from __future__ import annotations

from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_import.draft import Draft, markdown, one_line, plain, words_of
from domain.flow_import.result import ImportedFlow, ImportRefused
from domain.flow_import.rule_table import RuleTable, TableInput, TableRule, add_table
from domain.flow_import.step_model import Step, StepEdge, Steps, check_steps, in_a_row, roots_of
from domain.flow_node import NodeKind

_TYPE_SUFFIX = "Node"
_DECIDED = "The decision is made."


def is_gorules(data: dict[str, Any]) -> bool:
    nodes = data.get("nodes")
    if not isinstance(nodes, list):
        return False
    types = [str(node.get("type")) for node in nodes if isinstance(node, dict)]
    return any(name.endswith(_TYPE_SUFFIX) or name in ("input", "output", "decisionTable") for name in types)


def read_gorules(draft: Draft, title: str, data: dict[str, Any]) -> ImportedFlow:
    steps = _steps(data, draft)
    check_steps(steps)
    ordered = in_a_row(steps, draft.remarks)
    root = roots_of(ordered)[0]
    order = _topological(ordered, root)
    asked = _asked_before(ordered, order)
    made: dict[str, str] = {}
    for key in reversed(order):
        made[key] = _add(draft, ordered[key], made, asked.get(key, frozenset()))
    return draft.finish(title, made[root])


def _asked_before(steps: Steps, order: list[str]) -> dict[str, frozenset[str]]:
    """The fields that earlier tables have asked for; nothing when the way to a table is not certain."""
    if any(len(step.edges) > 1 for step in steps.values()):
        return {}
    asked: dict[str, frozenset[str]] = {}
    fields: frozenset[str] = frozenset()
    for key in order:
        asked[key] = fields
        fields |= {column.name for column in _columns(steps[key])}
    return asked


def _steps(data: dict[str, Any], draft: Draft) -> Steps:
    steps: Steps = {}
    for number, node in enumerate(data["nodes"], start=1):
        if not isinstance(node, dict):
            raise ImportRefused(FindingCode.INVALID_CONTENT, f"Node {number} is not an object.")
        key = one_line(node.get("id"), 200) or f"node {number}"
        steps[key] = Step(key, one_line(node.get("name"), 200) or words_of(_type(node)), content=node)
    for edge in _items(data.get("edges")):
        source, target = (one_line(edge.get(name), 200) for name in ("sourceId", "targetId"))
        if source in steps and target in steps:
            steps[source].edges.append(
                StepEdge(target, _condition(steps[source], one_line(edge.get("sourceHandle"), 200)))
            )
        else:
            draft.remarks.warn(
                FindingCode.DROPPED, f"An edge from '{source}' to '{target}' has an end that is not there."
            )
    return steps


def _type(node: dict[str, Any]) -> str:
    return one_line(node.get("type"), 60).removesuffix(_TYPE_SUFFIX)


def _content(step: Step) -> dict[str, Any]:
    content = step.content.get("content")
    return content if isinstance(content, dict) else {}


def _items(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _condition(step: Step, handle: str) -> str | None:
    """The condition of a switch's way out; its last, empty one is the default."""
    if _type(step.content) != "switch" or not handle:
        return None
    found = next((it for it in _items(_content(step).get("statements")) if one_line(it.get("id"), 200) == handle), {})
    return one_line(found.get("condition"), 280) or "Otherwise"


def _topological(steps: Steps, root: str) -> list[str]:
    """Every step that ``root`` leads to, each before what it leads to."""
    order: list[str] = []
    seen: set[str] = set()
    path = [(root, iter(steps[root].edges))]
    seen.add(root)
    while path:
        key, edges = path[-1]
        edge = next(edges, None)
        if edge is None:
            order.append(key)
            path.pop()
        elif edge.target not in seen:
            seen.add(edge.target)
            path.append((edge.target, iter(steps[edge.target].edges)))
    return order[::-1]


def _add(draft: Draft, step: Step, made: dict[str, str], asked: frozenset[str]) -> str:
    """The step's first node. ``made``: first node of every later step."""
    kind = _type(step.content)
    following = made[step.edges[0].target] if step.edges else None
    if kind == "input" and following:
        return following
    if kind == "decisionTable":
        return add_table(draft, _table(step, asked), None if _only_outputs(step, made, draft) else following)
    if kind == "switch" and step.edges:
        return _switch(draft, step, made)
    if kind in ("input", "output"):
        return draft.add(step.text, NodeKind.RESOLVED, _DECIDED)
    return _unrun(draft, step, kind, following or draft.ending())


def _only_outputs(step: Step, made: dict[str, str], draft: Draft) -> bool:
    """Whether nothing but the graph's answer follows: then the table's outcomes are the ends of the flow."""
    following = [draft.nodes.get(made[edge.target]) for edge in step.edges]
    return all(node is not None and node.kind is NodeKind.RESOLVED and node.text == _DECIDED for node in following)


def _columns(step: Step) -> list[TableInput]:
    inputs = _items(_content(step).get("inputs"))
    return [TableInput(one_line(it.get("field"), 200) or _column(it), _column(it)) for it in inputs]


def _table(step: Step, asked: frozenset[str]) -> RuleTable:
    content = _content(step)
    inputs, outputs = _items(content.get("inputs")), _items(content.get("outputs"))
    rules = [
        TableRule(
            tuple(plain(rule.get(str(column.get("id")))) for column in inputs),
            tuple((_column(column), plain(rule.get(str(column.get("id"))))) for column in outputs),
        )
        for rule in _items(content.get("rules"))
    ]
    return RuleTable(step.text, _columns(step), rules, one_line(content.get("hitPolicy"), 40), asked_before=asked)


def _column(column: dict[str, Any]) -> str:
    return one_line(column.get("name") or column.get("field"), 100) or "Result"


def _switch(draft: Draft, step: Step, made: dict[str, str]) -> str:
    ways = [(edge.condition or "Otherwise", made[edge.target]) for edge in step.edges]
    otherwise = next((to for text, to in ways if text == "Otherwise"), None)
    if otherwise is None:
        otherwise = draft.escalation("no-way", f"'{step.text}' has no way for this case. Hand over.", "flow_gap")
    node_id = draft.new_id(step.text)
    message = f"The conditions of '{step.text}' are not executed here; the technician chooses."
    draft.remarks.warn(FindingCode.FUNCTION_NOT_EXECUTED, message, node_id, "Word the conditions as questions.")
    answers = [*((text, to) for text, to in ways if text != "Otherwise"), ("Otherwise", otherwise)]
    text = f"{words_of(step.text)}: which applies?"
    return draft.put(node_id, NodeKind.QUESTION, text, options=draft.options(answers, node_id))


def _unrun(draft: Draft, step: Step, kind: str, following: str) -> str:
    """Functions, expressions and calls of other decisions are never run. What is computed can be read and done by hand;
    what cannot be read is marked for an author.
    """
    content = _content(step)
    lines = [
        f"{one_line(it.get('key'), 100)} = {one_line(it.get('value'), 300)}"
        for it in _items(content.get("expressions"))
    ]
    detail = markdown("The source computes here:", "\n".join(f"    {line}" for line in lines)) if lines else None
    node_id = draft.add(
        step.text,
        NodeKind.INSTRUCTION,
        f"Work out: {step.text}",
        detail=detail,
        next_node_id=following,
        needs_review=not lines,
    )
    message = f"'{step.text}' is a {words_of(kind or 'node')} node; what it computes is not executed."
    draft.remarks.warn(FindingCode.FUNCTION_NOT_EXECUTED, message, node_id, "Write what the technician should do here.")
    return node_id

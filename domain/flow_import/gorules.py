"""Decision graphs as GoRules has them. Tables become decisions; functions and expressions are findings, never run."""

from __future__ import annotations

from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_import.draft import Draft, fact_name, markdown, one_line, plain, words_of
from domain.flow_import.result import ImportedFlow, ImportRefused
from domain.flow_import.rule_cell import Cell, read_cell
from domain.flow_import.rule_table import RuleTable, TableInput, TableRule, add_table, ask_input, condition_of
from domain.flow_import.step_model import Step, StepEdge, Steps, check_steps, in_a_row, roots_of
from domain.flow_import.switch_condition import Condition, read_condition
from domain.flow_node import MAX_OPTIONS, Branch, NodeKind

_TYPE_SUFFIX = "Node"
_DECIDED = "The decision is made."
_OTHERWISE = "Otherwise"


def is_gorules(data: dict[str, Any]) -> bool:
    nodes = data.get("nodes")
    if not isinstance(nodes, list):
        return False
    types = [str(node.get("type")) for node in nodes if isinstance(node, dict)]
    return any(name.endswith(_TYPE_SUFFIX) or name in ("input", "output", "decisionTable") for name in types)


def read_gorules(draft: Draft, title: str, data: dict[str, Any]) -> ImportedFlow:
    steps = _steps(data, draft)
    check_steps(steps)
    _join_ends(steps)
    ordered = in_a_row(steps, draft.remarks)
    root = roots_of(ordered)[0]
    order = _topological(ordered, root)
    asked = _asked_before(ordered, order)
    made: dict[str, str] = {}
    for key in reversed(order):
        made[key] = _add(draft, ordered[key], made, asked.get(key, frozenset()))
    return draft.finish(title, made[root])


def _join_ends(steps: Steps) -> None:
    """What runs side by side meets in the answer of the graph, also where the source does not draw it."""
    ends = [key for key, step in steps.items() if not step.edges]
    if len(ends) > 1:
        key = next(name for name in ("answer", "answer of the graph", "\0") if name not in steps)
        steps[key] = Step(key, "answer", content={"type": "outputNode"})
        for end in ends:
            steps[end].edges.append(StepEdge(key))


def _asked_before(steps: Steps, order: list[str]) -> dict[str, frozenset[str]]:
    """The fields that are asked for on every way to a step. ``order``: each step before what it leads to."""
    asked: dict[str, frozenset[str]] = {order[0]: frozenset()} if order else {}
    for key in order:
        known = asked[key] | _fields(steps[key])
        for edge in steps[key].edges:
            asked[edge.target] = asked[edge.target] & known if edge.target in asked else known
    return asked


def _fields(step: Step) -> frozenset[str]:
    """What a walk through a step always asks for, when nothing before has."""
    if _type(step.content) == "switch":
        conditions = _conditions(step)
        return frozenset(field for condition in conditions.values() for field, _ in condition.terms)
    return frozenset(column.name for column in _columns(step)) if _is_decided(step) else frozenset()


def _is_decided(step: Step) -> bool:
    rules = _table(step, frozenset()).rules
    return all(condition_of([read_cell(cell, "x") for cell in rule.cells]) for rule in rules)


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
    return one_line(found.get("condition"), 280) or _OTHERWISE


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
    if kind == "switch" and step.edges:
        return _switch(draft, step, made, asked)
    if len(step.edges) > 1:
        message = f"'{step.text}' leads to {len(step.edges)} nodes that do not meet; the first of them is followed."
        draft.remarks.warn(FindingCode.DROPPED, message, None, "Draw them one after another.")
    if kind in ("input", "output"):
        return following or draft.add(step.text, NodeKind.RESOLVED, _DECIDED)
    if kind == "decisionTable":
        return add_table(draft, _table(step, asked), None if _only_outputs(step, made, draft) else following)
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


def _conditions(step: Step) -> dict[str, Condition]:
    """What each way out of a switch compares; nothing when one of them is more than our language says."""
    if _content(step).get("hitPolicy") == "collect":
        return {}
    texts = [edge.condition for edge in step.edges if edge.condition and edge.condition != _OTHERWISE]
    read = {text: condition for text in texts if (condition := read_condition(text))}
    return read if len(read) == len(texts) else {}


def _switch(draft: Draft, step: Step, made: dict[str, str], asked: frozenset[str]) -> str:
    ways = [(edge.condition or _OTHERWISE, made[edge.target]) for edge in step.edges]
    otherwise = next((to for text, to in ways if text == _OTHERWISE), None)
    if otherwise is None:
        otherwise = draft.escalation("no-way", f"'{step.text}' has no way for this case. Hand over.", "flow_gap")
    conditions = _conditions(step)
    if conditions:
        return _decided(draft, step, [(conditions[text], text, to) for text, to in ways if text in conditions],
                        otherwise, asked)
    node_id = draft.new_id(step.text)
    message = f"The conditions of '{step.text}' are not executed here; the technician chooses."
    draft.remarks.warn(FindingCode.FUNCTION_NOT_EXECUTED, message, node_id, "Word the conditions as questions.")
    answers = [*((text, to) for text, to in ways if text != _OTHERWISE), (_OTHERWISE, otherwise)]
    text = f"{words_of(step.text)}: which applies?"
    return draft.put(node_id, NodeKind.QUESTION, text, options=draft.options(answers, node_id))


def _decided(
    draft: Draft, step: Step, ways: list[tuple[Condition, str, str]], otherwise: str, asked: frozenset[str]
) -> str:
    """A decision of the facts that the conditions compare, each asked for before."""
    branches = tuple(Branch(condition.text, to, one_line(text, 290)) for condition, text, to in ways[:MAX_OPTIONS])
    following = draft.add(step.text, NodeKind.DECISION, step.text, branches=branches, next_node_id=otherwise)
    cells: dict[str, list[Cell]] = {}
    for condition, _, _ in ways:
        for field, cell in condition.terms:
            cells.setdefault(field, []).append(cell)
    for field in reversed([field for field in cells if field not in asked]):
        column = TableInput(field, words_of(field)[:1].upper() + words_of(field)[1:])
        following = ask_input(draft, column, cells[field], fact_name(field), following)
    return following


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

"""Lint rules about facts: who states them, who reads them, and whether that can come in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from domain.flow_expression import Expression, ExpressionError, FactType, facts_of
from domain.flow_expression_check import type_problems
from domain.flow_expression_parser import parse_expression
from domain.flow_finding import Finding, FindingCode, Severity
from domain.flow_graph import FlowGraph, marks_before
from domain.flow_lint_node import plain_texts
from domain.flow_template import template_facts
from domain.flow_tree import FlowNode, FlowTree, InputType, NodeKind

_INPUT_TYPES: Mapping[InputType | None, FactType] = {
    None: FactType.TEXT,
    InputType.TEXT: FactType.TEXT,
    InputType.SELECT: FactType.TEXT,
    InputType.NUMBER: FactType.NUMBER,
    InputType.DATE: FactType.DATE,
}


def stated_fact(node: FlowNode) -> tuple[str, FactType] | None:
    """The fact an answer at ``node`` states, with its type; None when it states none."""
    if node.fact is None:
        return None
    if node.kind is NodeKind.DATA_INPUT:
        return node.fact, _INPUT_TYPES[node.input_type]
    if node.kind is NodeKind.MULTI_CHOICE:
        return node.fact, FactType.LIST
    return (node.fact, FactType.TEXT) if node.kind in (NodeKind.QUESTION, NodeKind.INSTRUCTION) else None


def fact_types(tree: FlowTree) -> dict[str, FactType]:
    """Every fact the flow states, by the first node that does."""
    types: dict[str, FactType] = {}
    for name, kind in filter(None, map(stated_fact, tree.nodes)):
        types.setdefault(name, kind)
    return types


def fact_findings(graph: FlowGraph, given: frozenset[str]) -> Iterator[Finding]:
    """Unreadable conditions, facts that nobody states (in time), and facts of two types."""
    types = fact_types(graph.tree)
    yield from _conflicts(graph.tree, types)
    readers: list[tuple[int, str, bool]] = []
    for index, node in enumerate(graph.tree.nodes):
        yield from _conditions(node, index, types, readers)
        texts = (*plain_texts(node), *filter(None, (node.detail, node.how_to)))
        readers += ((index, name, False) for name in dict.fromkeys(n for t in texts for n in template_facts(t)))
    yield from _readers(graph, types, given, readers)


def _conflicts(tree: FlowTree, types: Mapping[str, FactType]) -> Iterator[Finding]:
    for node in tree.nodes:
        stated = stated_fact(node)
        if stated and types[stated[0]] is not stated[1]:
            message = f"'{node.node_id}' states '{stated[0]}' as a {stated[1]}; elsewhere it is a {types[stated[0]]}."
            fix = "Use another name for one of them."
            yield Finding(FindingCode.FACT_TYPE_CONFLICT, Severity.WARNING, message, node.node_id, fix)


def _conditions(
    node: FlowNode, index: int, types: Mapping[str, FactType], readers: list[tuple[int, str, bool]]
) -> Iterator[Finding]:
    if node.kind is not NodeKind.DECISION:
        return
    for number, branch in enumerate(node.branches, start=1):
        try:
            expression = parse_expression(branch.when)
        except ExpressionError as error:
            yield _unreadable(node, number, str(error))
            continue
        readers += ((index, name, True) for name in sorted(facts_of(expression)))
        yield from _type_findings(node, number, expression, types)


def _type_findings(
    node: FlowNode, number: int, expression: Expression, types: Mapping[str, FactType]
) -> Iterator[Finding]:
    for problem in dict.fromkeys(type_problems(expression, types)):
        yield _unreadable(node, number, problem)


def _unreadable(node: FlowNode, number: int, problem: str) -> Finding:
    message = f"Branch {number} of '{node.node_id}' cannot be decided: {problem}."
    fix = 'Write a comparison of facts, such as site == "hq" and printer_age > 5.'
    return Finding(FindingCode.EXPRESSION_ERROR, Severity.ERROR, message, node.node_id, fix)


def _readers(
    graph: FlowGraph, types: Mapping[str, FactType], given: frozenset[str], readers: list[tuple[int, str, bool]]
) -> Iterator[Finding]:
    number = {name: position for position, name in enumerate(types)}
    marks = [1 << number[stated[0]] if (stated := stated_fact(node)) else 0 for node in graph.tree.nodes]
    before = marks_before(graph, marks) if readers else marks
    for index, name, decides in readers:
        node = graph.tree.nodes[index]
        if name in given:
            continue
        if name not in types:
            yield _unknown(node, name, decides)
        elif not before[index] >> number[name] & 1:
            message = f"'{node.node_id}' uses '{name}', which is asked for later or on another way only."
            fix = "Ask for it before."
            yield Finding(FindingCode.FACT_NOT_YET_KNOWN, Severity.WARNING, message, node.node_id, fix)


def _unknown(node: FlowNode, name: str, decides: bool) -> Finding:
    severity = Severity.ERROR if decides else Severity.WARNING
    message = f"'{node.node_id}' uses the fact '{name}', which no node of this flow states."
    fix = "Ask for it in a data input, or correct the name."
    return Finding(FindingCode.UNKNOWN_FACT, severity, message, node.node_id, fix)

"""DMN decision tables, one flow a decision. FEEL beyond unary tests is a finding, never executed."""

from __future__ import annotations

from domain.flow_finding import FindingCode
from domain.flow_import.draft import Draft, one_line, words_of
from domain.flow_import.many import read_each
from domain.flow_import.result import ImportedFlow, ImportRefused, ImportResult
from domain.flow_import.rule_table import RuleTable, TableInput, TableRule, add_table, listed_values
from domain.flow_import.xml_reading import Element, read_xml

_KINDS = {"number": "number", "string": "text", "boolean": "boolean", "date": "date", "integer": "number"}
_DEFAULTS = "defaultOutputEntry"


def read_dmn(content: str, title: str | None) -> ImportResult:
    root = read_xml(content)
    if root.name != "definitions":
        raise ImportRefused(FindingCode.INVALID_CONTENT, f"This is not a DMN model: it begins with <{root.name[:40]}>.")
    decisions = root.all("decision")
    if not decisions:
        raise ImportRefused(FindingCode.UNSUPPORTED, "The DMN model holds no decision.")
    named = ((one_line(it.attributes.get("name", ""), 200) or f"Decision {n}", it) for n, it in enumerate(decisions, 1))
    return read_each(named, _read, title)


def _read(draft: Draft, title: str, decision: Element) -> ImportedFlow:
    table = decision.first("decisionTable")
    if table is None:
        shape = next((it.name for it in decision.children if it.name not in _NOT_LOGIC), "no logic")
        code = FindingCode.FUNCTION_NOT_EXECUTED if shape != "no logic" else FindingCode.UNSUPPORTED
        raise ImportRefused(code, f"'{title}' is made of {shape}, not of a decision table.", "Write it as a flow.")
    required = [it for need in decision.all("informationRequirement") for it in need.all("requiredDecision")]
    if required:
        message = "It builds on other decisions of the model; their results are asked for."
        draft.remarks.warn(FindingCode.UNSUPPORTED, message, None, "Join the flows with sub-flow nodes.")
    root_id = add_table(draft, _table(title, table), None)
    return draft.finish(title, root_id)


_NOT_LOGIC = frozenset(
    {"variable", "informationRequirement", "knowledgeRequirement", "authorityRequirement", "description", "question"}
    | {"allowedAnswers", "extensionElements"}
)


def _table(name: str, table: Element) -> RuleTable:
    outputs = table.all("output")
    defaults = [it.text_of(_DEFAULTS, "text") for it in outputs]
    return RuleTable(
        name,
        [_input(column, number) for number, column in enumerate(table.all("input"), start=1)],
        [_rule(rule, outputs) for rule in table.all("rule")],
        table.attributes.get("hitPolicy", "UNIQUE"),
        _outcomes(defaults, outputs) if any(defaults) else (),
        table.attributes.get("aggregation", ""),
    )


def _input(column: Element, number: int) -> TableInput:
    expression = column.first("inputExpression")
    name = one_line(expression.text_of("text") if expression else "", 200) or f"input {number}"
    kind = expression.attributes.get("typeRef", "").rpartition(":")[2] if expression else ""
    label = one_line(column.attributes.get("label", ""), 200) or words_of(name)
    return TableInput(name, label, _KINDS.get(kind), listed_values(column.text_of("inputValues", "text")))


def _rule(rule: Element, outputs: list[Element]) -> TableRule:
    cells = tuple(entry.text_of("text") for entry in rule.all("inputEntry"))
    return TableRule(cells, _outcomes([entry.text_of("text") for entry in rule.all("outputEntry")], outputs))


def _outcomes(values: list[str], outputs: list[Element]) -> tuple[tuple[str, str], ...]:
    names = [one_line(it.attributes.get("label") or it.attributes.get("name"), 100) or "Result" for it in outputs]
    names += ["Result"] * len(values)
    return tuple((name, value) for name, value in zip(names, values, strict=False) if value)

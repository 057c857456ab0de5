"""A decision table (DMN, GoRules) as nodes: inputs that are asked, a decision, one outcome a rule."""

from __future__ import annotations

from dataclasses import dataclass

from domain.flow_expression import ExpressionError
from domain.flow_expression_parser import parse_expression
from domain.flow_finding import FindingCode
from domain.flow_import.draft import Draft, bullet_list, fact_name, markdown, one_line, words_of
from domain.flow_import.rule_cell import Cell, read_cell, read_literal
from domain.flow_node import MAX_OPTIONS, Branch, InputType, NodeKind, Option

_FIRST_WINS = frozenset({"", "FIRST", "F", "UNIQUE", "U", "ANY", "A"})
_ALL_HOLD = frozenset({"COLLECT", "C", "RULE ORDER", "R", "OUTPUT ORDER", "O"})
_HANDS_OVER = ("escalat", "engineer", "hand over", "hand-off")


@dataclass(frozen=True, slots=True)
class TableInput:
    """A column asked for. ``name`` is the source's field, ``values`` its allowed values when the source lists them."""

    name: str
    label: str
    kind: str | None = None  # text, number, boolean, date
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableRule:
    """``outcomes``: (column's name, value) pairs, shown as they are."""

    cells: tuple[str, ...]
    outcomes: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class RuleTable:
    name: str
    inputs: list[TableInput]
    rules: list[TableRule]
    hit_policy: str = ""
    default: tuple[tuple[str, str], ...] = ()  # the outcomes when no rule holds
    aggregation: str = ""  # how the results of all rules that hold are put together
    asked_before: frozenset[str] = frozenset()  # inputs that an earlier table of the flow has asked for


def add_table(draft: Draft, table: RuleTable, following: str | None) -> str:
    """The table's first node. Outcomes end the flow, or lead to ``following`` when more comes after it."""
    _say_what_is_computed(draft, table)
    facts = {column.name: fact_name(column.name) for column in table.inputs}
    cells = [[read_cell(cell, facts[column.name]) for cell, column in _pairs(rule, table)] for rule in table.rules]
    if table.hit_policy.upper() in _ALL_HOLD and all(map(condition_of, cells)):
        return _inputs(draft, table, cells, facts, _all_that_hold(draft, table, cells, following))
    if table.hit_policy.upper() not in _FIRST_WINS:
        message = (
            f"'{table.name}' has the hit policy {one_line(table.hit_policy, 40)}; its first rule that holds is taken."
        )
        draft.remarks.warn(FindingCode.UNSUPPORTED, message, None, "Check the order of the rules.")
    outcomes = [_outcome(draft, rule.outcomes, following) for rule in table.rules]
    otherwise = _otherwise(draft, table, outcomes, following)
    decided = _decision(draft, table, cells, outcomes, otherwise)
    if decided is None:
        return _asked(draft, table, outcomes, otherwise)
    return _inputs(draft, table, cells, facts, decided)


def _pairs(rule: TableRule, table: RuleTable) -> list[tuple[str, TableInput]]:
    padded = [*rule.cells, *[""] * len(table.inputs)]
    return list(zip(padded, table.inputs, strict=False))


def _shown(outcomes: tuple[tuple[str, str], ...]) -> str:
    lines = [f"{words_of(name)}: {_unquoted(value)}" for name, value in outcomes if value.strip()]
    return "\n".join(lines) or "No result"


def _unquoted(value: str) -> str:
    literal = read_literal(value.strip())
    return literal[1] if literal else value.strip()


def _say_what_is_computed(draft: Draft, table: RuleTable) -> None:
    values = [value.strip() for rule in table.rules for _, value in rule.outcomes]
    computed = [value for value in values if value and read_literal(value) is None]
    if computed:
        message = f"'{table.name}' computes results ({one_line(computed[0], 80)}); they are shown, not executed."
        draft.remarks.warn(FindingCode.FUNCTION_NOT_EXECUTED, message, None, "Word these results for the technician.")


def _outcome(draft: Draft, outcomes: tuple[tuple[str, str], ...], following: str | None) -> str:
    text = _shown(outcomes)
    if following is not None:
        return draft.add("outcome", NodeKind.INSTRUCTION, text, next_node_id=following)
    if any(word in value.casefold() for _, value in outcomes for word in _HANDS_OVER):
        return draft.escalation("outcome", text, "other")
    return draft.add("outcome", NodeKind.RESOLVED, text, suggested_resolution=text[:2_000])


def _otherwise(draft: Draft, table: RuleTable, outcomes: list[str], following: str | None) -> str:
    """Where the case goes that no rule is for: a last rule without conditions is for all of them."""
    if table.rules and not any(cell.strip(" -") for cell in table.rules[-1].cells):
        return outcomes[-1]
    if table.default:
        return _outcome(draft, table.default, following)
    return draft.escalation("no-rule", f"No rule of '{table.name}' applies. Hand over to an engineer.", "flow_gap")


def _all_that_hold(draft: Draft, table: RuleTable, cells: list[list[Cell | None]], following: str | None) -> str:
    """Every rule in its order, each with its outcome when it holds; the first decision's id."""
    if table.aggregation:
        message = f"'{table.name}' sums its results up ({one_line(table.aggregation, 40)}); each is shown by itself."
        draft.remarks.warn(FindingCode.FUNCTION_NOT_EXECUTED, message, None, "Word the sum for the technician.")
    after = following or draft.add("all-rules", NodeKind.RESOLVED, f"These were all results of '{table.name}'.")
    for row, rule in reversed(list(zip(cells, table.rules, strict=True))):
        outcome = draft.add("outcome", NodeKind.INSTRUCTION, _shown(rule.outcomes), next_node_id=after)
        branch = Branch(condition_of(row) or "true", outcome, one_line(_row_label(rule, table), 290) or None)
        after = draft.add(table.name, NodeKind.DECISION, table.name, branches=(branch,), next_node_id=after)
    return after


def _decision(
    draft: Draft, table: RuleTable, cells: list[list[Cell | None]], outcomes: list[str], otherwise: str
) -> str | None:
    """Decision nodes for the rules, 20 at a time; None when a rule cannot be put into our language."""
    conditions: list[str] = []
    for row in cells:
        condition = condition_of(row)
        if condition is None:
            return None
        conditions.append(condition)
    following = otherwise
    for start in reversed(range(0, len(conditions), MAX_OPTIONS)):
        chunk = list(zip(conditions, outcomes, table.rules, strict=True))[start : start + MAX_OPTIONS]
        branches = tuple(Branch(when, to, one_line(_row_label(rule, table), 290) or None) for when, to, rule in chunk)
        following = draft.add(table.name, NodeKind.DECISION, table.name, branches=branches, next_node_id=following)
    return following


def condition_of(row: list[Cell | None]) -> str | None:
    """What a rule's cells say together; None when our language has no words for it."""
    parts: list[str] = []
    for cell in row:
        if cell is None:
            return None
        if cell.condition:
            parts.append(cell.condition)
    text = " and ".join(parts) or "true"
    try:
        parse_expression(text)
    except ExpressionError:
        return None
    return text


def _row_label(rule: TableRule, table: RuleTable) -> str:
    shown = [f"{column.label} {cell.strip()}" for cell, column in _pairs(rule, table) if cell.strip() not in ("", "-")]
    return "; ".join(shown) or "Otherwise"


def _asked(draft: Draft, table: RuleTable, outcomes: list[str], otherwise: str) -> str:
    """A table with functions in it: the technician sees the rules and chooses. Nothing is computed."""
    node_id = draft.new_id(table.name)
    message = f"'{table.name}' holds expressions that are not executed here; the technician chooses the rule."
    draft.remarks.warn(FindingCode.FUNCTION_NOT_EXECUTED, message, node_id, "Word the rules as questions.")
    answers = [(_row_label(rule, table), to) for rule, to in zip(table.rules, outcomes, strict=True)]
    following = otherwise
    step = MAX_OPTIONS - 1
    for start in reversed(range(0, len(answers), step)):
        chunk = [*answers[start : start + step], ("None of these", following)]
        this = node_id if start == 0 else draft.new_id(table.name)
        text = f"Which of these rules of '{table.name}' applies?"
        following = draft.put(this, NodeKind.QUESTION, text, options=draft.options(chunk, this))
    return following if answers else otherwise


def _inputs(draft: Draft, table: RuleTable, cells: list[list[Cell | None]], facts: dict[str, str], decided: str) -> str:
    """Ask for what no earlier table of the flow has asked for, in the table's order."""
    following = decided
    for at in reversed(range(len(table.inputs))):
        column = table.inputs[at]
        if column.name in table.asked_before:
            continue
        found = [cell for row in cells if (cell := row[at]) is not None]
        following = ask_input(draft, column, found, facts[column.name], following)
    return following


def ask_input(draft: Draft, column: TableInput, cells: list[Cell], fact: str, following: str) -> str:
    """The node that asks for a field: a choice of the values that the rules name, or a value of their kind."""
    kinds = {cell.kind for cell in cells if cell.kind} or {column.kind or "text"}
    is_required = not any(cell.is_empty for cell in cells)
    values = list(dict.fromkeys([*column.values, *(value for cell in cells for value in cell.values)]))
    node_id = draft.new_id(f"ask-{fact.replace('_', '-')}")
    text = f"{column.label}?"
    if "boolean" in kinds:
        values = ["true", "false"]
    is_choice = 2 <= len(values) <= MAX_OPTIONS - 1 and all(len(value) <= 100 for value in values)
    if kinds & {"number", "date"} or not is_choice:
        shape = InputType.NUMBER if "number" in kinds else InputType.DATE if "date" in kinds else InputType.TEXT
        return draft.put(
            node_id,
            NodeKind.DATA_INPUT,
            text,
            input_type=shape,
            fact=fact,
            next_node_id=following,
            is_required=is_required,
            detail=markdown("Named in the rules:", bullet_list(values)) if values and shape is InputType.TEXT else None,
        )
    has_other = "boolean" not in kinds and not column.values  # rules name some values; there may be others
    options = _values(draft, node_id, values, has_other=has_other)
    return draft.put(
        node_id,
        NodeKind.DATA_INPUT,
        text,
        input_type=InputType.SELECT,
        fact=fact,
        options=options,
        is_required=is_required,
        next_node_id=following,
    )


def _values(draft: Draft, node_id: str, values: list[str], *, has_other: bool) -> tuple[Option, ...]:
    """One option a value; the value itself is the fact that the rules compare."""
    usable = [value for value in values if _is_value(value)]
    labels = [("Yes" if value == "true" else "No" if value == "false" else words_of(value)) for value in usable]
    made = draft.options([(label, "") for label in labels], node_id)
    options = tuple(Option(value, option.label) for value, option in zip(usable, made, strict=True))
    return (*options, Option("other-value", "None of these")) if has_other else options


def _is_value(value: str) -> bool:
    return bool(value) and value == value.strip() and value.isprintable()


def listed_values(text: str) -> tuple[str, ...]:
    """The values of ``"High", "Low"``; nothing when one of them is no literal."""
    read = [read_literal(part.strip()) for part in text.split(",")] if text.strip() else []
    return tuple(value[1] for value in read if value) if all(read) else ()

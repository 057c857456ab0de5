"""Types of a decision's condition: what does not fit is a problem for the author, never a fault in a walk."""

from __future__ import annotations

from collections.abc import Mapping

from domain.flow_expression import Compare, Expression, Fact, FactType, ListOf, Literal, Logic, Not, children

_ORDERED = frozenset({FactType.NUMBER, FactType.DATE})


def type_problems(expression: Expression, types: Mapping[str, FactType]) -> tuple[str, ...]:
    """Sentences about operands that can never compare; ``types`` are those of the facts that are known.

    Facts that are not in ``types`` fit everywhere here: that they are unknown is another finding.
    """
    problems: list[str] = []
    if _infer(expression, types, problems) not in (FactType.BOOLEAN, None):
        problems.append("the whole expression must be a comparison")
    return tuple(problems)


def _infer(expression: Expression, types: Mapping[str, FactType], problems: list[str]) -> FactType | None:
    match expression:
        case Literal(value=value):
            return _literal_type(value)
        case Fact(name=name):
            return types.get(name)
        case ListOf():
            return FactType.LIST
        case Compare():
            return _comparison(expression, types, problems)
        case Not() | Logic():
            return _logic(children(expression), types, problems)
        case _:
            return FactType.BOOLEAN


def _literal_type(value: str | float | bool) -> FactType:
    if isinstance(value, bool):
        return FactType.BOOLEAN
    return FactType.TEXT if isinstance(value, str) else FactType.NUMBER


def _logic(operands: tuple[Expression, ...], types: Mapping[str, FactType], problems: list[str]) -> FactType:
    for operand in operands:
        found = _infer(operand, types, problems)
        if found not in (FactType.BOOLEAN, None):
            problems.append(f"'and', 'or' and 'not' join comparisons, not a {found}")
    return FactType.BOOLEAN


def _comparison(expression: Compare, types: Mapping[str, FactType], problems: list[str]) -> FactType:
    left = _infer(expression.left, types, problems)
    right = _infer(expression.right, types, problems)
    if left is not None and right is not None and not _fits(expression, left, right):
        problems.append(f"a {left} cannot be compared with a {right} by {expression.operator!r}")
    return FactType.BOOLEAN


def _fits(expression: Compare, left: FactType, right: FactType) -> bool:
    if expression.operator == "in":
        return right is FactType.LIST or (left is right is FactType.TEXT)
    dates = {left, right} <= {FactType.DATE, FactType.TEXT} and FactType.DATE in (left, right)
    if expression.operator in ("==", "!="):
        return left is right or dates
    return dates or (left is right and left in _ORDERED)

"""The language of decision nodes: a small, typed, bounded comparison language over a walk's facts.

    site == "hq" and (printer_age > 5 or "colour" in features) and not known(ticket_ref)

Operators: ``or and not == != < <= > >= in``, ``known(fact)``, parentheses, lists ``["a", "b"]``; literals are numbers,
double-quoted texts, ``true`` and ``false``. Texts compare without regard to case and outer spaces; dates are ISO texts.
There are no calls, attributes or patterns, so an expression costs what its length says and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MAX_EXPRESSION_NODES = 256
MAX_NESTING = 32

FactValue = str | int | float | bool | Sequence[str] | None


class FactType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    LIST = "list"
    BOOLEAN = "boolean"


class ExpressionError(ValueError):
    """The text is no expression. ``position`` counts characters from 0, ``problem`` is for the author."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(f"at character {position + 1}: {problem}")
        self.position = position
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Fact:
    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Known:
    fact: Fact


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """``and`` or ``or`` over two or more operands."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    operator: str
    left: Expression
    right: Expression


Expression = Literal | Fact | ListOf | Known | Not | Logic | Compare


def children(expression: Expression) -> tuple[Expression, ...]:
    """The parts an expression is made of, none for a literal or a fact."""
    match expression:
        case ListOf(items=parts) | Logic(operands=parts):
            return parts
        case Not(operand=part) | Known(fact=part):
            return (part,)
        case Compare(left=left, right=right):
            return (left, right)
    return ()


def walk_expression(expression: Expression) -> Iterator[Expression]:
    """The expression and everything in it."""
    yield expression
    for part in children(expression):
        yield from walk_expression(part)


def facts_of(expression: Expression) -> frozenset[str]:
    """Names of the facts the expression reads."""
    return frozenset(part.name for part in walk_expression(expression) if isinstance(part, Fact))


def evaluate(expression: Expression, facts: Mapping[str, FactValue]) -> bool:
    """Whether the expression holds. Never raises: a comparison with a fact that is missing, or of another type,
    does not hold (so ``not (count > 3)`` holds while nobody has counted).
    """
    return _value(expression, facts) is True


def _value(expression: Expression, facts: Mapping[str, FactValue]) -> FactValue:
    match expression:
        case Literal(value=value):
            return _comparable(value)
        case Fact(name=name):
            return _comparable(facts.get(name))
        case ListOf(items=items):
            return tuple(_item(_value(item, facts)) for item in items)
        case _:
            return _truth(expression, facts)


def _truth(expression: Known | Not | Logic | Compare, facts: Mapping[str, FactValue]) -> bool:
    match expression:
        case Known(fact=fact):
            return facts.get(fact.name) not in (None, "", (), [])
        case Not(operand=operand):
            return not evaluate(operand, facts)
        case Logic(operator=operator, operands=operands):
            holds = (evaluate(operand, facts) for operand in operands)
            return all(holds) if operator == "and" else any(holds)
        case Compare(operator=operator, left=left, right=right):
            return _compare(operator, _value(left, facts), _value(right, facts))


def _comparable(value: FactValue) -> FactValue:
    if isinstance(value, str):
        return value.strip().casefold()
    if isinstance(value, (list, tuple)):
        return tuple(str(item).strip().casefold() for item in value)
    return value


def _compare(operator: str, left: FactValue, right: FactValue) -> bool:
    if left is None or right is None:
        return False
    if operator == "in":
        return _is_in(left, right)
    if operator in ("==", "!="):
        return _same_type(left, right) and (left == right) is (operator == "==")
    return _is_ordered(left, right) and _order(operator, left, right)


def _is_in(left: FactValue, right: FactValue) -> bool:
    if isinstance(right, str):
        return isinstance(left, str) and left in right
    return isinstance(right, tuple) and _item(left) in right


def _item(value: FactValue) -> str:
    """How a value stands in a list: there 5, 5.0 and "5" are the same."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _same_type(left: FactValue, right: FactValue) -> bool:
    return _type_of(left) is _type_of(right)


def _is_ordered(left: FactValue, right: FactValue) -> bool:
    return _same_type(left, right) and _type_of(left) in (float, str)


def _type_of(value: FactValue) -> type:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float
    return type(value)


def _order(operator: str, left: FactValue, right: FactValue) -> bool:
    if operator == "<":
        return left < right  # type: ignore[operator]
    if operator == "<=":
        return left <= right  # type: ignore[operator]
    return left > right if operator == ">" else left >= right  # type: ignore[operator]

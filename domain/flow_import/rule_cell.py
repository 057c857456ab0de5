"""One cell of a decision table as a condition of our language.

The unary tests that DMN (S-FEEL) and GoRules have in common are mapped: nothing or ``-``, literals, lists of them,
comparisons, ranges, ``not(…)``. Anything else (functions, arithmetic, other fields) is not, and is never executed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_MAX_CELL: Final = 500  # characters
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?")
_TEXT = re.compile(r"\"([^\"\\]{0,300})\"|'([^'\\]{0,300})'")
_RANGE = re.compile(
    r"([\[\](])\s{0,9}(\S{1,40})\s{0,9}\.\.\s{0,9}"
    r"(date\([^()\s]{1,40}\)|[^\s\])\[]{1,40})\s{0,9}([\])\[])"
)
_COMPARISON = re.compile(r"(<=|>=|==|!=|<|>|=)\s{0,9}(.{1,320})", re.DOTALL)
_DATE = re.compile(r"(?:date\s{0,3}\(\s{0,3}|@)[\"']([0-9]{4}-[0-9]{2}-[0-9]{2})[\"']\s{0,3}\)?")
_NOT = re.compile(r"not\s{0,9}\((.{1,400})\)", re.DOTALL)


_ORDERED: Final = ("number", "date")


@dataclass(frozen=True, slots=True)
class Cell:
    """``condition``: an expression, None when anything will do. ``values``: the literals named, as texts.

    ``kind``: "text", "number", "boolean", "date" or None when the cell says nothing of it. ``is_empty``: holds when
    there is no value.
    """

    condition: str | None
    values: tuple[str, ...] = ()
    kind: str | None = None
    is_empty: bool = False


def read_cell(text: str, fact: str) -> Cell | None:
    """The cell as a condition on ``fact``; None when it is more than a unary test."""
    cell = text.strip()
    if cell in ("", "-"):
        return Cell(None)
    if cell == "null":
        return Cell(f"not known({fact})", is_empty=True)
    if len(cell) > _MAX_CELL:
        return None
    if negated := _NOT.fullmatch(cell):
        inner = read_cell(negated[1], fact)
        return Cell(f"not ({inner.condition})", inner.values, inner.kind) if inner and inner.condition else None
    parts = _split(cell)
    read = [_read_part(part, fact) for part in parts]
    if any(part is None for part in read):
        return None
    return _joined([part for part in read if part is not None])


def _joined(parts: list[Cell]) -> Cell | None:
    kinds = {part.kind for part in parts}
    if len(kinds) != 1:
        return None
    values = tuple(value for part in parts for value in part.values)
    condition = " or ".join(f"{part.condition}" for part in parts)
    return Cell(f"({condition})" if len(parts) > 1 else condition, values, kinds.pop())


def _split(cell: str) -> list[str]:
    """Parts between commas that stand outside of quotes."""
    parts, current, quote = [], "", ""
    for char in cell:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == ",":
            parts.append(current.strip())
            current = ""
            continue
        current += char
    return [*parts, current.strip()]


def _read_part(part: str, fact: str) -> Cell | None:
    literal = read_literal(part)
    if literal is not None:
        return Cell(f"{fact} == {literal[0]}", (literal[1],), literal[2])
    if within := _RANGE.fullmatch(part):
        return _range(within, fact)
    compared = _COMPARISON.fullmatch(part)
    value = read_literal(compared[2].strip()) if compared else None
    if compared is None or value is None:
        return None
    operator = "==" if compared[1] == "=" else compared[1]
    is_ordered = operator in ("<", "<=", ">", ">=")
    if is_ordered and value[2] not in _ORDERED:
        return None
    return Cell(f"{fact} {operator} {value[0]}", (value[1],), value[2])


def read_literal(text: str) -> tuple[str, str, str] | None:
    """A literal as (its form in an expression, its value as text, its kind)."""
    if dated := _DATE.fullmatch(text):
        return f'"{dated[1]}"', dated[1], "date"
    if quoted := _TEXT.fullmatch(text):
        value = quoted[1] if quoted[1] is not None else quoted[2]
        return '"' + value.replace('"', '\\"') + '"', value, "text"
    if text in ("true", "false"):
        return f'"{text}"', text, "boolean"  # asked as a question with these two answers
    return (text, text, "number") if _NUMBER.fullmatch(text) else None


def _range(within: re.Match[str], fact: str) -> Cell | None:
    low, high = read_literal(within[2]), read_literal(within[3])
    if low is None or high is None or low[2] != high[2] or low[2] not in _ORDERED:
        return None
    lower = ">=" if within[1] == "[" else ">"
    upper = "<=" if within[4] == "]" else "<"
    return Cell(f"({fact} {lower} {low[0]} and {fact} {upper} {high[0]})", (), low[2])

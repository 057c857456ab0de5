"""Tables of a runbook: lists of cases to choose from, lists of steps, or something to read."""

from __future__ import annotations

from dataclasses import replace

from markdown_it.token import Token

from domain.flow_import.draft import one_line
from domain.flow_import.markdown_step import MAX_LABEL, Answer, StepText
from domain.flow_node import MAX_OPTIONS
from domain.flow_text import plain_words

# What the first column of a table names when each row is a case of its own.
_CASES = frozenset(
    {"symptom", "symptoms", "problem", "issue", "error", "error code", "error message", "code", "message", "if", "when"}
    | {"condition", "case", "cause", "situation", "observation", "result", "status", "state", "light", "led"}
)
_NUMBERS = frozenset({"#", "no", "no.", "nr", "nr.", "step", "steps", "order"})

Rows = list[list[str]]


def rows_of(tokens: list[Token]) -> Rows:
    """The cells' plain texts, the heading first."""
    rows: Rows = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(one_line(plain_words(token.content[:2_000]), 1_000))
    return rows


def table_as_list(rows: Rows) -> list[str]:
    """One item of a Markdown list for each row, for those who read CommonMark without tables."""
    return [f"- {_escaped(_described(rows[0], row))}" for row in rows[1:]]


def table_steps(rows: Rows, heading: str) -> list[StepText]:
    """The steps a table stands for; none when it only informs."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return []
    first = rows[0][0].casefold()
    if first in _NUMBERS:
        steps = [StepText(row[1], _rest(rows[0], row, 2), number=_number(row[0])) for row in rows[1:] if row[1]]
        return [replace(step, is_listed=True) for step in steps]
    if first not in _CASES or not 2 <= len(rows) - 1 < MAX_OPTIONS or any(len(row[0]) > 2 * MAX_LABEL for row in rows):
        return []
    answers = [Answer(row[0], _told(rows[0], row)) for row in rows[1:] if row[0]]
    asked = f"{heading}: which of these applies?" if heading else f"{rows[0][0]}: which of these applies?"
    return [StepText(asked, None, [*answers, Answer("None of these", "")], is_listed=True)]


def _told(head: list[str], row: list[str]) -> str:
    """What to do in a case: the only other column as it is, several with their names."""
    return row[1] if len(head) == 2 else _described(head[1:], row[1:])


def _rest(head: list[str], row: list[str], start: int) -> str | None:
    return _escaped(_described(head[start:], row[start:])) or None


def _described(head: list[str], row: list[str]) -> str:
    pairs = zip(head, row, strict=False)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def _number(text: str) -> int | None:
    digits = "".join(char for char in text if char.isdecimal() and char.isascii())[:3]
    return int(digits) if digits else None


def _escaped(text: str) -> str:
    return "".join("\\" + char if char in "\\`*_[]<>#" else char for char in text)

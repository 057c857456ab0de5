"""Conditions of a GoRules switch as ours: comparisons of fields with literals, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from domain.flow_import.draft import fact_name
from domain.flow_import.rule_cell import Cell, read_cell

_MAX: Final = 1_000  # characters
_MAX_TERMS: Final = 20
_TERM: Final = re.compile(
    r"(not\s{1,3}|!\s{0,3})?([A-Za-z_$][A-Za-z0-9_.$]{0,80})\s{0,3}(?:(==|!=|<=|>=|<|>)\s{0,3}(.{1,300})"
    r"|(not\s{1,3}in|in)\s{0,3}([\[(].{1,400}[\])]))?",
    re.DOTALL,
)
_WORDS: Final = frozenset({"and", "or", "not", "in", "true", "false", "null"})


@dataclass(frozen=True, slots=True)
class Condition:
    """``terms``: the fields that are compared, each with what is said of it."""

    text: str
    terms: tuple[tuple[str, Cell], ...]


def read_condition(text: str) -> Condition | None:
    """The condition, or None when it is more than comparisons joined by ``and`` and ``or``."""
    parts = _split(text) if len(text) <= _MAX else []
    terms: list[tuple[str, Cell]] = []
    words: list[str] = []
    for number, part in enumerate(parts):
        if number % 2:
            words.append(part)
            continue
        term = _term(part)
        if term is None:
            return None
        terms.append(term)
        words.append(f"{term[1].condition}")
    return Condition(" ".join(words), tuple(terms)) if 0 < len(terms) <= _MAX_TERMS else None


def _split(text: str) -> list[str]:
    """Terms and the ``and`` and ``or`` between them, quotes and brackets left whole."""
    parts, start, quote, depth, at = list[str](), 0, "", 0, 0
    while at < len(text):
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            depth += (char in "[(") - (char in "])")
            word = next((it for it in (" and ", " or ") if depth == 0 and text[at : at + len(it)].lower() == it), "")
            if word:
                parts += [text[start:at].strip(), word.strip()]
                at += len(word) - 1
                start = at
        at += 1
    return [*parts, text[start:].strip()]


def _term(part: str) -> tuple[str, Cell] | None:
    found = _TERM.fullmatch(part)
    if found is None or found[2] in _WORDS:
        return None
    negated, field, operator, value, within, listed = found.groups()
    among = listed if listed and ".." in listed else (listed or "")[1:-1]
    cell = f"{operator} {value}" if operator else among if within else "true"
    read = read_cell(cell.strip(), fact_name(field))
    if read is None or read.condition is None:
        return None
    if bool(negated) is not (within is not None and within.startswith("not")):
        read = Cell(f"not ({read.condition})", read.values, read.kind)
    return field, read

"""Which of many patterns can match a text at all, found by plain substring search before any pattern runs.

Every match of a pattern holds at least one of its needles. They are read off the parsed pattern, so that they cannot
drift from it; a pattern of which nothing can be said is always tried.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_parser: Any = importlib.import_module("re._parser")  # no public name since sre_parse was deprecated


def needles(pattern: re.Pattern[str]) -> frozenset[str] | None:
    """Strings of which each match contains one, or None when there are no such strings."""
    return _of_sequence(_parser.parse(pattern.pattern))


@dataclass(frozen=True, slots=True)
class Swap:
    """A replacement that is tried only in a text that holds a needle of its pattern."""

    pattern: re.Pattern[str]
    replacement: str
    found_by: frozenset[str] | None

    def apply(self, text: str) -> str:
        if self.found_by is not None and not any(needle in text for needle in self.found_by):
            return text
        return self.pattern.sub(self.replacement, text)


def swaps(entries: Iterable[tuple[re.Pattern[str], str]]) -> tuple[Swap, ...]:
    return tuple(Swap(pattern, replacement, needles(pattern)) for pattern, replacement in entries)


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """The best needles of the parts that follow each other: those whose shortest is the longest."""
    candidates: list[frozenset[str]] = []
    literal = ""
    for operation, argument in items:
        if str(operation) == "LITERAL":
            literal += chr(argument)
            continue
        if literal:
            candidates.append(frozenset({literal}))
            literal = ""
        inner = _of_part(str(operation), argument)
        if inner:
            candidates.append(inner)
    if literal:
        candidates.append(frozenset({literal}))
    return max(candidates, key=_worth, default=None)


def _worth(found: frozenset[str]) -> tuple[int, int]:
    return min(len(needle.strip()) for needle in found), -len(found)


def _of_part(operation: str, argument: Any) -> frozenset[str] | None:
    if operation == "SUBPATTERN":
        return _of_sequence(argument[-1])
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        least, _, inner = argument
        return _of_sequence(inner) if least > 0 else None
    if operation == "BRANCH":
        branches = [_of_sequence(branch) for branch in argument[1]]
        known = [branch for branch in branches if branch is not None]
        return frozenset().union(*known) if len(known) == len(branches) else None
    return None

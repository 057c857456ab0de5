"""The protected things that a clause names, found once."""

from __future__ import annotations

import re
from functools import lru_cache

from domain.builder.categories import FloorClass
from domain.builder.floor_clauses import Clause
from domain.builder.floor_needles import needles
from domain.builder.floor_nouns import LIMITED
from domain.builder.floor_objects import STRONG

_NEEDLES = tuple(needles(pattern) for _, pattern in STRONG)


@lru_cache(maxsize=64)
def _possible(whole: str) -> tuple[tuple[FloorClass, re.Pattern[str]], ...]:
    return tuple(
        entry
        for entry, found in zip(STRONG, _NEEDLES, strict=True)
        if found is None or any(needle in whole for needle in found)
    )


@lru_cache(maxsize=256)
def strong_things(clause: Clause) -> tuple[tuple[int, FloorClass, str], ...]:
    """Token, class and name of each thing that is never the object of an order."""
    return tuple(
        (clause.text[: match.start()].count(" "), floor_class, match.group())
        for floor_class, pattern in _possible(clause.whole)
        for match in pattern.finditer(clause.text)
    )


@lru_cache(maxsize=256)
def is_protected(clause: Clause) -> bool:
    """True when the clause names a thing of either list."""
    return bool(strong_things(clause)) or any(pattern.search(clause.text) for _, pattern, _ in LIMITED)

"""Which columns a selection is read from: of the many a session has, a client wants a few.

``wanted`` holds field names of the API; ``flow.title`` among them is a field below another. A field that nobody has
explained here brings every column: one too many costs a little, one too few would lose data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

Columns = tuple[str, ...]


def chosen(wanted: Iterable[str], columns: Columns, known: Mapping[str, Columns], always: Columns) -> Columns:
    """Those of ``columns`` the fields need: by ``known``, or the column of the same name; and ``always``."""
    found = set(always)
    for field in wanted:
        needed = known.get(field)
        if needed is None:
            needed = (_snake(field),)
            if needed[0] not in columns:
                return columns
        found.update(needed)
    return tuple(name for name in columns if name in found)


def below(wanted: AbstractSet[str], field: str) -> frozenset[str] | None:
    """What is wanted of an edge; None when nothing is said about it, so everything may be."""
    found = frozenset(name.removeprefix(f"{field}.") for name in wanted if name.startswith(f"{field}."))
    return found or None


def _snake(field: str) -> str:
    return re.sub("([A-Z])", r"_\1", field).lower()

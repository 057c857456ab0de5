"""Columns of joined rows, told apart by a prefix, and the view that reads them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Label


def prefixed(table: Any, prefix: str, names: tuple[str, ...]) -> list[Label[Any]]:
    """``table.name AS prefix__name`` for each name."""
    return [getattr(table, name).label(f"{prefix}__{name}") for name in names]


class Prefixed:
    """One joined row inside a wider row: ``Prefixed(row, "flow").title`` reads ``flow__title``."""

    __slots__ = ("_mapping", "_prefix")

    def __init__(self, row: Any, prefix: str) -> None:
        self._mapping: Mapping[str, Any] = row._mapping
        self._prefix = prefix + "__"

    def __getattr__(self, name: str) -> Any:
        try:
            return self._mapping[self._prefix + name]
        except KeyError:
            raise AttributeError(name) from None


def joined(row: Any, prefix: str) -> Prefixed | None:
    """The joined row, or None where an outer join found nothing (or was not made)."""
    return Prefixed(row, prefix) if row._mapping.get(f"{prefix}__id") is not None else None

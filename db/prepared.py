"""Statements that most requests begin with: built and compiled once, their rows taken from the driver as they are.

Building a statement of SQLAlchemy Core and looking up its compiled form costs more than running it. Those here are
module constants, or kept by the shape of what is asked; what differs from call to call is a ``bindparam``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import asyncpg
import orjson
from sqlalchemy import ARRAY, ColumnElement, any_, bindparam
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql.compiler import SQLCompiler

DIALECT: Any = dialect(  # type: ignore[no-untyped-call]
    json_serializer=lambda value: orjson.dumps(value).decode(), json_deserializer=orjson.loads
)
ACCOUNT: Any = bindparam("account")  # a statement's tenant: given by the door, the same that row-level security sees


def among(column: Any, name: str) -> ColumnElement[bool]:
    """The column holds one of the values bound to ``name``: an IN whose text does not depend on how many there are."""
    found: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(column.type)))
    return found


class Row(asyncpg.Record):  # type: ignore[misc]
    """A row whose columns are attributes, as SQLAlchemy's are."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def _mapping(self) -> Mapping[str, Any]:
        return self


class Prepared:
    """A statement with ``bindparam``s. Compiled when first used."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement

    @cached_property
    def _compiled(self) -> SQLCompiler:
        compiled: SQLCompiler = self._statement.compile(dialect=DIALECT)
        return compiled

    @cached_property
    def sql(self) -> str:
        return str(self._compiled)

    @cached_property
    def _names(self) -> Sequence[str]:
        return tuple(self._compiled.positiontup or ())

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        """Values that are part of the statement."""
        binds = self._compiled.binds
        return {name: binds[name].effective_value for name in self._names if not binds[name].required}

    @cached_property
    def _written(self) -> Mapping[str, Any]:
        """How values are written that the driver does not take as they are."""
        return {name: how for name, how in self._compiled._bind_processors.items() if name in self._names}  # noqa: SLF001

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """In the order of the statement's ``$n``. Raises ``KeyError`` for one that was not given."""
        fixed, written = self._fixed, self._written
        given = ((name, values[name] if name in values else fixed[name]) for name in self._names)
        return [written[name](value) if name in written else value for name, value in given]

    def require_plain(self, types: Sequence[int]) -> None:
        """The driver's values must be those SQLAlchemy would give. ``types`` are the columns' in PostgreSQL (OIDs)."""
        for column, oid in zip(self._compiled._result_columns, types, strict=True):  # noqa: SLF001 - no public way
            if not _is_plain(column.type, oid):
                message = f"{column.keyname} needs a conversion: read it by a door instead"
                raise TypeError(message)


def _is_plain(kind: Any, oid: int) -> bool:
    if isinstance(kind, ARRAY):  # of what is plain itself; the driver's lists are lists
        return _is_plain(kind.item_type, oid)
    return kind._cached_result_processor(DIALECT, oid) is None  # noqa: SLF001

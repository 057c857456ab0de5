"""Keyset pages: a cursor is the place in the order, not an offset, so pages do not shift under writes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, literal, or_

R = TypeVar("R")
DEFAULT_PAGE = 20
MAX_PAGE = 100


class BadCursor(ValueError):
    """The cursor was not made by this list in this order."""


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order. Columns of an order are never null and end with a unique one."""

    column: Any = field(compare=False)  # the name tells it, within its list
    name: str
    kind: type
    is_descending: bool = False

    def after(self, value: Any) -> ColumnElement[bool]:
        place = literal(value) if isinstance(value, bool) else value  # SQLAlchemy compares no bare True by size
        beyond: ColumnElement[bool] = self.column < place if self.is_descending else self.column > place
        return beyond


Order = tuple[Key, ...]


@dataclass(frozen=True)
class Page(Generic[R]):
    """Rows of one page, in order."""

    rows: Sequence[R]
    order: Order
    has_next: bool
    has_previous: bool

    @cached_property
    def cursors(self) -> Sequence[str]:
        """One for each row; made when they are asked for."""
        return [encode_cursor(self.order, row) for row in self.rows]


def encode_cursor(order: Order, row: Any) -> str:
    """Opaque to clients; holds the values of the order's columns."""
    values = [_plain(getattr(row, key.name)) for key in order]
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


def decode_cursor(order: Order, cursor: str) -> list[Any]:
    """The values of a cursor; raises ``BadCursor``."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(order):
            raise BadCursor
        return [_typed(key.kind, value) for key, value in zip(order, values, strict=True)]
    except (ValueError, OverflowError, TypeError, AttributeError, binascii.Error, UnicodeError):
        raise BadCursor from None


def _typed(kind: type, value: Any) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise BadCursor
        return moment.astimezone(UTC)
    if kind is UUID:
        return UUID(value)
    if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
        raise BadCursor
    if isinstance(value, int) and abs(value) >= 2**31:
        raise BadCursor
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= char <= "\udfff" for char in value)):
        raise BadCursor
    return value


def paged(statement: Select[Any], order: Order, first: int, after: str | None) -> Select[Any]:
    """Add the keyset condition, the order and one row more than asked for."""
    if after is not None:
        statement = statement.where(_beyond(order, decode_cursor(order, after)))
    return statement.order_by(*_columns(order)).limit(first + 1)


def paged_by_values(statement: Select[Any], order: Order, *, has_after: bool) -> Select[Any]:
    """The same for a statement that is prepared: its values come with each call, from ``page_values``."""
    if has_after:
        places = [bindparam(f"after_{place}", type_=key.column.type) for place, key in enumerate(order)]
        statement = statement.where(_beyond(order, places))
    return statement.order_by(*_columns(order)).limit(bindparam("limit", type_=Integer))


def page_values(order: Order, first: int, after: str | None) -> dict[str, Any]:
    """Raises ``BadCursor``."""
    places = decode_cursor(order, after) if after is not None else []
    return {"limit": first + 1, **{f"after_{place}": value for place, value in enumerate(places)}}


def _columns(order: Order) -> list[ColumnElement[Any]]:
    return [key.column.desc() if key.is_descending else key.column.asc() for key in order]


def _beyond(order: Order, values: list[Any]) -> ColumnElement[bool]:
    arms = []
    for place, key in enumerate(order):
        equal = [earlier.column == value for earlier, value in zip(order[:place], values, strict=False)]
        arms.append(and_(*equal, key.after(values[place])))
    return or_(*arms)


def page_of(rows: Sequence[R], order: Order, first: int, after: str | None) -> Page[R]:
    """Cut the surplus row off."""
    return Page(rows[:first], order, len(rows) > first, after is not None)


def containing(text: str | None) -> str | None:
    """The pattern of LIKE that finds a text anywhere; None when there is nothing to look for."""
    wanted = (text or "").strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{wanted}%" if wanted else None

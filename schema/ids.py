"""Ids as clients send them: UUIDs. What is no UUID names nothing, which looks like an unknown id."""

from __future__ import annotations

from typing import overload
from uuid import UUID

from domain.refusal import Code, Refusal
from resolvers.outcome import Refused


def uuid_or_none(value: str | None) -> UUID | None:
    """For queries: an id that cannot exist finds nothing."""
    try:
        return UUID(str(value)) if value is not None else None
    except ValueError:
        return None


@overload
def input_id(value: str, what: str, *field: str) -> UUID: ...
@overload
def input_id(value: None, what: str, *field: str) -> None: ...
@overload
def input_id(value: str | None, what: str, *field: str) -> UUID | None: ...
def input_id(value: str | None, what: str, *field: str) -> UUID | None:
    """For mutations: an id that cannot exist is refused as NOT_FOUND, like one that does not. Raises ``Refused``."""
    if value is None:
        return None
    found = uuid_or_none(value)
    if found is None:
        raise Refused(Refusal(Code.NOT_FOUND, f"There is no such {what}, or you may not see it.", field))
    return found

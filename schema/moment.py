"""The scalar DateTime: a moment, whatever zone it was written in."""

from __future__ import annotations

from datetime import UTC, datetime

from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition


def moment(value: object) -> datetime:
    """Read ISO 8601, in UTC. A time without a zone counts as UTC, never as the server's own zone.

    Years that only exist in another zone (9999-12-31T23:59:59-14:00) are refused here: the database cannot hold them.
    """
    if not isinstance(value, str):
        message = "A DateTime is a string in ISO 8601, like 2026-01-31T12:00:00Z."
        raise StrawberryInputCoercionError(message)
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = "This is no DateTime in ISO 8601, like 2026-01-31T12:00:00Z."
        raise StrawberryInputCoercionError(message) from None


MOMENT = ScalarDefinition(
    name="DateTime",
    description="Date and time in ISO 8601, like 2026-01-31T12:00:00Z. Answers are in UTC; an input without a zone "
    "counts as UTC.",
    specified_by_url=None,
    serialize=DateTimeDefinition.serialize,
    parse_value=moment,
    parse_literal=None,
    origin=datetime,
)

"""Tickets."""

from __future__ import annotations

from typing import Any

import strawberry

from domain import vocabulary as words
from schema.enums import TicketKind, TicketStatus
from schema.types.node import Node


@strawberry.type(description="What a walk is about: a PSA's ticket, or one made by Handrail.")
class Ticket(Node):
    kind: TicketKind = strawberry.field(description="Where it lives.")
    external_id: str | None = strawberry.field(description="Its id in the PSA; null for internal ones.")
    number: str | None = strawberry.field(description="The number people say: `INT-12` for internal tickets.")
    url: str | None = strawberry.field(description="Where to open it in the PSA, http or https.")
    status: TicketStatus | None = strawberry.field(description="State of an internal ticket; null for a PSA's.")

    @classmethod
    def from_row(cls, row: Any) -> Ticket:
        is_internal = row.kind == words.TicketKind.INTERNAL
        return cls(
            id=strawberry.ID(str(row.id)), kind=words.TicketKind(row.kind), external_id=row.external_id,
            number=f"INT-{row.number}" if is_internal else row.external_id, url=row.url,
            status=words.TicketStatus(row.status) if is_internal else None,
        )

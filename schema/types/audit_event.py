"""The audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from schema.context import Info
from schema.types.actor import actor_from_row
from schema.types.node import Actor, Node


@strawberry.type(description="One deed: who did what to what, and when. Never changed.")
class AuditEvent(Node):
    action: str = strawberry.field(description="E.g. `walk.resolved`, `member.role_set`.")
    subject_type: str = strawberry.field(description="E.g. `walk_session`, `user`.")
    subject_id: strawberry.ID = strawberry.field(description="What it was done to.")
    acting_as: str | None = strawberry.field(description="`l1_coverage` when it was done as coverage.")
    details: JSON = strawberry.field(description="Ids and enum values; never free text.")
    created_at: datetime = strawberry.field(description="When.")
    actor_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who did it; null for the system.")
    async def actor(self, info: Info) -> Actor | None:
        if self.actor_id is None:
            return None
        return actor_from_row(await info.context.loaders.actors.load(self.actor_id))

    @classmethod
    def from_row(cls, row: Any) -> AuditEvent:
        return cls(
            id=strawberry.ID(str(row.id)), action=row.action, subject_type=row.subject_type,
            subject_id=strawberry.ID(str(row.subject_id)), acting_as=row.acting_as, details=row.details,
            created_at=row.created_at, actor_id=row.actor_id,
        )

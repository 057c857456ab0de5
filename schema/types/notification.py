"""What one person is told inside the product."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from domain import vocabulary as words
from schema.context import Info
from schema.enums import NotificationKind
from schema.types.escalation import Escalation
from schema.types.node import Node
from schema.types.walk_session import WalkSession


@strawberry.type(description="One notification of the caller.")
class Notification(Node):
    kind: NotificationKind = strawberry.field(description="What it tells.")
    created_at: datetime = strawberry.field(description="When it happened.")
    read_at: datetime | None = strawberry.field(description="When it was marked as read.")
    subject_type: strawberry.Private[str]
    subject_id: strawberry.Private[UUID]

    @strawberry.field(description="What it is about. Null when the caller may not see it any more.")
    async def subject(self, info: Info) -> Node | None:
        if self.subject_type == "walk_session":
            row = await info.context.loaders.sessions.load(self.subject_id)
            return WalkSession.from_row(row) if row else None
        row = await info.context.loaders.escalations.load(self.subject_id)
        return Escalation.from_row(row) if row else None

    @classmethod
    def from_row(cls, row: Any) -> Notification:
        return cls(
            id=strawberry.ID(str(row.id)), kind=words.NotificationKind(row.kind), created_at=row.created_at,
            read_at=row.read_at, subject_type=row.subject_type, subject_id=row.subject_id,
        )



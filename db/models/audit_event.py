"""Who did what. Ids and enums only, never free text."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, Json, MaybeShort, Short, TenantRow


class AuditEvent(TenantRow, Base):
    """The runtime role may insert and read these rows and nothing else.

    Actor and subject are no foreign keys: the record outlives what it speaks of.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_created", "account_id", text("created_at DESC"), text("id DESC")),
        Index("ix_audit_events_subject", "account_id", "subject_id"),
    )

    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[Short]
    subject_id: Mapped[UUID]
    actor_kind: Mapped[Short]
    actor_id: Mapped[UUID | None]
    acting_as: Mapped[MaybeShort]
    details: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    created_at: Mapped[CreatedAt]

"""The hand-off of a session to engineers, its notes and who is told."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, SmallInteger, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import (
    Base,
    CreatedAt,
    Json,
    MaybeMoment,
    MaybeShort,
    Short,
    TenantRow,
    one_of,
    tenant_key,
)

ESCALATION_STATUSES = ["open", "claimed", "returned", "withdrawn", "closed"]
DELIVERY_STATES = ["pending", "sent", "failed"]
CHANNELS = ["in_app", "email"]


class Escalation(TenantRow, Base):
    """``package`` is the hand-off document as it was when the session was escalated."""

    __tablename__ = "escalations"
    __table_args__ = (
        one_of("status", ESCALATION_STATUSES),
        CheckConstraint("(status = 'claimed') <= (claimed_by_user_id IS NOT NULL)", name="claimed_by"),
        CheckConstraint(
            "num_nonnulls(escalated_by_user_id, escalated_by_service_account_id) = 1", name="one_escalator"),
        tenant_key("session_id", "l1_walk_sessions", ondelete="CASCADE"),
        tenant_key("escalated_by_user_id", "users"),
        tenant_key("escalated_by_service_account_id", "service_accounts"),
        tenant_key("claimed_by_user_id", "users"),
        tenant_key("closed_by_user_id", "users"),
        Index("uq_escalations_account_id_session_id", "account_id", "session_id", unique=True),
        Index("ix_escalations_queue", "account_id", text("priority DESC"), "escalated_at", "id",
              postgresql_where=text("status IN ('open', 'claimed')")),
        Index("ix_escalations_escalated_at", "account_id", text("escalated_at DESC"), "id"),
    )

    session_id: Mapped[UUID]
    status: Mapped[Short] = mapped_column(server_default="open")
    priority: Mapped[int] = mapped_column(SmallInteger)
    is_customer_waiting: Mapped[bool] = mapped_column(Boolean, server_default=false())
    reason_category: Mapped[Short]
    reason: Mapped[str | None] = mapped_column(Text)
    acting_as: Mapped[MaybeShort]
    escalated_by_user_id: Mapped[UUID | None]
    escalated_by_service_account_id: Mapped[UUID | None]
    escalated_at: Mapped[CreatedAt]
    claimed_by_user_id: Mapped[UUID | None]
    claimed_at: Mapped[MaybeMoment]
    closed_by_user_id: Mapped[UUID | None]
    closed_at: Mapped[MaybeMoment]
    outcome: Mapped[MaybeShort]
    closing_notes: Mapped[str | None] = mapped_column(Text)
    package: Mapped[Json]


class EscalationNote(TenantRow, Base):
    """Append-only remarks of the engineers."""

    __tablename__ = "escalation_notes"
    __table_args__ = (
        tenant_key("escalation_id", "escalations", ondelete="CASCADE"),
        tenant_key("author_user_id", "users"),
        tenant_key("author_service_account_id", "service_accounts"),
        CheckConstraint("num_nonnulls(author_user_id, author_service_account_id) = 1", name="one_author"),
        Index("ix_escalation_notes_escalation", "account_id", "escalation_id", "created_at", "id"),
    )

    escalation_id: Mapped[UUID]
    author_user_id: Mapped[UUID | None]
    author_service_account_id: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(Text)
    visibility: Mapped[Short] = mapped_column(server_default="internal")
    created_at: Mapped[CreatedAt]


class EscalationDelivery(TenantRow, Base):
    """One recipient to be told, written with the escalation and sent after its commit."""

    __tablename__ = "escalation_deliveries"
    __table_args__ = (
        one_of("state", DELIVERY_STATES),
        one_of("channel", CHANNELS),
        tenant_key("escalation_id", "escalations", ondelete="CASCADE"),
        tenant_key("user_id", "users"),
        Index("ix_escalation_deliveries_escalation", "account_id", "escalation_id"),
        Index("ix_escalation_deliveries_due", "next_attempt_at", postgresql_where=text("state = 'pending'")),
    )

    escalation_id: Mapped[UUID]
    user_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(320))
    address: Mapped[str | None] = mapped_column(String(320))
    channel: Mapped[Short]
    state: Mapped[Short] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    last_error: Mapped[str | None] = mapped_column(Text)
    next_attempt_at: Mapped[MaybeMoment]
    created_at: Mapped[CreatedAt]

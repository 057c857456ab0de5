"""What every model call cost and said, and what an account has spent today."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, Index, Integer, Numeric, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, Json, MaybeShort, Short, TenantRow, tenant_key


class AiRecord(TenantRow, Base):
    """One paid call: enough to rebuild the walk without a model."""

    __tablename__ = "ai_records"
    __table_args__ = (
        tenant_key("session_id", "l1_walk_sessions", ondelete="CASCADE"),
        Index("ix_ai_records_session", "account_id", "session_id", "created_at", "id"),
        Index("ix_ai_records_created", "account_id", text("created_at DESC")),
    )

    session_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    purpose: Mapped[Short]
    at_step: Mapped[int | None] = mapped_column(Integer)
    attempt: Mapped[int] = mapped_column(Integer, server_default="1")
    model: Mapped[str] = mapped_column(String(200))
    parameters: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    prompt_hash: Mapped[str] = mapped_column(String(64))
    raw: Mapped[str | None] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(Text)
    findings: Mapped[Json] = mapped_column(server_default=text("'[]'::jsonb"))
    node: Mapped[Json | None]
    error_code: Mapped[MaybeShort]
    prompt_tokens: Mapped[int] = mapped_column(Integer, server_default="0")
    completion_tokens: Mapped[int] = mapped_column(Integer, server_default="0")
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    latency_ms: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[CreatedAt]


class AiSpend(TenantRow, Base):
    """Calls and money of one actor (or, with the nil UUID, of the whole account) on one UTC day."""

    __tablename__ = "ai_spend"
    __table_args__ = (
        Index("uq_ai_spend_account_id_day_actor_id", "account_id", "day", "actor_id", unique=True),
    )

    day: Mapped[date] = mapped_column(Date)
    actor_id: Mapped[UUID]
    calls: Mapped[int] = mapped_column(Integer, server_default="0")
    cost_usd: Mapped[Decimal] = mapped_column(Numeric(12, 6), server_default="0")
    tokens: Mapped[int] = mapped_column(Integer, server_default="0")

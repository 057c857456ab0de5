"""The tenant, its settings and its counters."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Boolean, Integer, Numeric, String, Text, false, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, Json


class Account(Base):
    """One MSP. Settings live here so that the caller's look-up brings them without another statement."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    enabled_categories: Mapped[list[str]] = mapped_column(ARRAY(String(100)), server_default=text("'{}'"))
    escalation_addresses: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    seat_limits: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    ai_enabled: Mapped[bool] = mapped_column(Boolean, server_default=true())
    ai_speculation: Mapped[bool] = mapped_column(Boolean, server_default=false())
    ai_calls_per_day: Mapped[int] = mapped_column(Integer, server_default="2000")
    ai_calls_per_user_day: Mapped[int] = mapped_column(Integer, server_default="500")
    ai_usd_per_day: Mapped[Decimal] = mapped_column(Numeric(12, 6), server_default="25")
    ai_usd_per_user_day: Mapped[Decimal] = mapped_column(Numeric(12, 6), server_default="10")
    last_session_number: Mapped[int] = mapped_column(Integer, server_default="0")
    last_ticket_number: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[CreatedAt]

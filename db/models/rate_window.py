"""Counters of requests, shared between processes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Moment, TenantRow


class RateWindow(TenantRow, Base):
    """How often a principal used a limited field in one window of a minute."""

    __tablename__ = "rate_windows"
    __table_args__ = (
        Index("uq_rate_windows_account_id_actor_id_bucket_started_at", "account_id", "actor_id", "bucket",
              "started_at", unique=True),
    )

    actor_id: Mapped[UUID]
    bucket: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[Moment]
    used: Mapped[int] = mapped_column(Integer, server_default="0")


class CredentialFailure(Base):
    """Failed credentials by peer address and minute. No tenant: who fails has none."""

    __tablename__ = "credential_failures"

    peer: Mapped[str] = mapped_column(String(100), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, server_default="0")

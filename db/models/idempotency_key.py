"""Outcomes of mutations that were sent with a key."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, Json, TenantRow


class IdempotencyKey(TenantRow, Base):
    """A key belongs to (account, actor, key). Written in the transaction of the effect, kept at least 24 hours."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        Index("uq_idempotency_keys_account_id_actor_id_key", "account_id", "actor_id", "key", unique=True),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )

    actor_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[Json]
    created_at: Mapped[CreatedAt]

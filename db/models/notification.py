"""What one person is told inside the product."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from db.models.base import Base, CreatedAt, MaybeMoment, Short, TenantRow, tenant_key


class Notification(TenantRow, Base):
    """Written in the transaction of what it tells about."""

    __tablename__ = "notifications"
    __table_args__ = (
        tenant_key("user_id", "users"),
        Index("ix_notifications_user", "account_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("ix_notifications_unread", "account_id", "user_id", postgresql_where=text("read_at IS NULL")),
    )

    user_id: Mapped[UUID]
    kind: Mapped[Short]
    subject_type: Mapped[Short]
    subject_id: Mapped[UUID]
    created_at: Mapped[CreatedAt]
    read_at: Mapped[MaybeMoment]

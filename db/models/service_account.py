"""Machine callers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, MaybeMoment, TenantRow, tenant_key


class ServiceAccount(TenantRow, Base):
    """A PSA or a script. Only a hash of its secret is kept; the secret is shown once, at creation."""

    __tablename__ = "service_accounts"
    __table_args__ = (tenant_key("created_by_user_id", "users"),)

    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(30)))
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_by_user_id: Mapped[UUID]
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[MaybeMoment]
    revoked_at: Mapped[MaybeMoment]

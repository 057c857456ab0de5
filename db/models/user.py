"""People of an account."""

from __future__ import annotations

from sqlalchemy import Boolean, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, MaybeMoment, Short, TenantRow, one_of
from domain.principal import Role


class User(TenantRow, Base):
    """A member. Identity is ``(issuer, subject)``; the e-mail binds an invited member once, when verified."""

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        Index("uq_users_account_id_issuer_subject", "account_id", "issuer", "subject", unique=True,
              postgresql_where=text("deleted_at IS NULL")),
        Index("uq_users_account_id_email", "account_id", text("lower(email)"), unique=True,
              postgresql_where=text("deleted_at IS NULL")),
        Index("ix_users_account_id_role", "account_id", "role", postgresql_where=text("deleted_at IS NULL")),
    )

    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Short]
    can_cover_l1: Mapped[bool] = mapped_column(Boolean, server_default=false())
    issuer: Mapped[str | None] = mapped_column(String(300))
    subject: Mapped[str | None] = mapped_column(String(300))
    deactivated_at: Mapped[MaybeMoment]
    deleted_at: Mapped[MaybeMoment]
    created_at: Mapped[CreatedAt]

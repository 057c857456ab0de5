"""Flows, their immutable published versions, and the one draft each may have."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Index, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, Json, MaybeMoment, TenantRow, tenant_key


class Flow(TenantRow, Base):
    """A decision flow. What is walked is its published version; archived flows are walked no more."""

    __tablename__ = "flows"
    __table_args__ = (
        tenant_key("published_version_id", "flow_versions", use_alter=True),
        tenant_key("owner_user_id", "users"),
        tenant_key("created_by_user_id", "users"),
        Index("uq_flows_account_id_slug", "account_id", "slug", unique=True),
        Index("ix_flows_account_id_title", "account_id", "title", "id"),
    )

    slug: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(300))
    category: Mapped[str] = mapped_column(String(100))
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    owner_user_id: Mapped[UUID | None]
    review_by: Mapped[date | None] = mapped_column(Date)
    published_version_id: Mapped[UUID | None]
    created_by_user_id: Mapped[UUID | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    archived_at: Mapped[MaybeMoment]


class FlowVersion(TenantRow, Base):
    """One immutable published snapshot."""

    __tablename__ = "flow_versions"
    __table_args__ = (
        tenant_key("flow_id", "flows", ondelete="CASCADE"),
        tenant_key("published_by_user_id", "users"),
        Index("uq_flow_versions_account_id_flow_id_number", "account_id", "flow_id", "number", unique=True),
    )

    flow_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(300))
    tree: Mapped[Json]
    note: Mapped[str | None] = mapped_column(Text)
    published_by_user_id: Mapped[UUID | None]
    published_at: Mapped[CreatedAt]


class FlowDraft(TenantRow, Base):
    """The working copy of a flow. Every save gives it a new id, which is what the next save must name."""

    __tablename__ = "flow_drafts"
    __table_args__ = (
        tenant_key("flow_id", "flows", ondelete="CASCADE"),
        tenant_key("saved_by_user_id", "users"),
        Index("uq_flow_drafts_account_id_flow_id", "account_id", "flow_id", unique=True),
    )

    flow_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(300))
    category: Mapped[str] = mapped_column(String(100))
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    tree: Mapped[Json]
    saved_by_user_id: Mapped[UUID | None]
    saved_at: Mapped[CreatedAt]

"""Draft flows that await review."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Index, String, Text, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, Json, MaybeMoment, Short, TenantRow, one_of, tenant_key

PROPOSAL_STATUSES = ["pending", "approved", "modified", "rejected", "dismissed"]
PROPOSAL_KINDS = ["new_flow", "branch"]


class FlowProposal(TenantRow, Base):
    """A proposal has exactly one source: a walk it was captured from, or a person who wrote it."""

    __tablename__ = "flow_proposals"
    __table_args__ = (
        one_of("status", PROPOSAL_STATUSES),
        one_of("kind", PROPOSAL_KINDS),
        CheckConstraint("num_nonnulls(source_session_id, created_by_user_id) = 1", name="one_source"),
        tenant_key("source_session_id", "l1_walk_sessions", ondelete="CASCADE", use_alter=True),
        tenant_key("created_by_user_id", "users"),
        tenant_key("reviewed_by_user_id", "users"),
        tenant_key("published_flow_id", "flows"),
        tenant_key("nearest_flow_id", "flows"),
        Index("uq_flow_proposals_account_id_source_session_id", "account_id", "source_session_id", unique=True),
        Index("ix_flow_proposals_review", "account_id", "status", text("is_validated_by_outcome DESC"),
              text("created_at DESC"), "id"),
    )

    title: Mapped[str] = mapped_column(String(300))
    category: Mapped[str | None] = mapped_column(String(100))
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    kind: Mapped[Short] = mapped_column(server_default="new_flow")
    status: Mapped[Short] = mapped_column(server_default="pending")
    tree: Mapped[Json]
    is_ai_authored: Mapped[bool] = mapped_column(Boolean, server_default=false())
    edited_node_ids: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    is_validated_by_outcome: Mapped[bool] = mapped_column(Boolean, server_default=false())
    validated_at: Mapped[MaybeMoment]
    source_session_id: Mapped[UUID | None]
    created_by_user_id: Mapped[UUID | None]
    reviewed_by_user_id: Mapped[UUID | None]
    reviewed_at: Mapped[MaybeMoment]
    review_reason: Mapped[str | None] = mapped_column(Text)
    published_flow_id: Mapped[UUID | None]
    nearest_flow_id: Mapped[UUID | None]
    attach_at_node_id: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[CreatedAt]

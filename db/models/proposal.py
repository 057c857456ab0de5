"""Draft flows that await review."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, Text, false, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, Json, MaybeMoment, Short, TenantRow, one_of, tenant_key

PROPOSAL_STATUSES = ["pending", "approved", "modified", "rejected", "dismissed"]
PROPOSAL_KINDS = ["new_flow", "branch"]


class FlowProposal(TenantRow, Base):
    """A proposal has exactly one source: a walk it was captured from, or a person who wrote it.

    Those that say nearly the same have one ``group_id``; ``grouped_at`` is when their group began.
    """

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
        Index("ix_flow_proposals_queue", "account_id", "status", text("is_validated_by_outcome DESC"),
              text("grouped_at DESC"), "group_id", text("created_at DESC"), "id"),
        Index("ix_flow_proposals_group", "account_id", "group_id"),
        Index("ix_flow_proposals_bands", "bands", postgresql_using="gin",
              postgresql_where=text("status = 'pending'")),
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
    group_id: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    grouped_at: Mapped[CreatedAt]
    digest: Mapped[str] = mapped_column(
        Text, server_default="", comment="words it is compared by, domain/proposal_likeness.py"
    )
    bands: Mapped[list[int]] = mapped_column(
        ARRAY(Integer), server_default=text("'{}'"), comment="proposals that may be alike share one"
    )

"""One attempt at one ticket."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Float, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import (
    Base,
    CreatedAt,
    Json,
    MaybeMoment,
    MaybeShort,
    Short,
    TenantRow,
    one_of,
    tenant_key,
)

SESSION_KINDS = ["flow", "proposal", "adhoc", "ai_build"]
SESSION_STATUSES = ["active", "resolved", "escalated", "abandoned"]

_TARGET = (
    "(session_kind = 'flow' AND flow_id IS NOT NULL AND flow_version_id IS NOT NULL AND flow_proposal_id IS NULL)"
    " OR (session_kind = 'proposal' AND flow_proposal_id IS NOT NULL AND flow_id IS NULL)"
    " OR (session_kind IN ('adhoc', 'ai_build') AND flow_id IS NULL AND flow_proposal_id IS NULL)"
)


class WalkSession(TenantRow, Base):
    """Position, record and outcome of a walk. ``step`` only grows; ``walked_path`` holds answered nodes only."""

    __tablename__ = "l1_walk_sessions"
    __table_args__ = (
        one_of("session_kind", SESSION_KINDS),
        one_of("status", SESSION_STATUSES),
        CheckConstraint("ticket_kind IN ('psa', 'internal')", name="ticket_kind"),
        CheckConstraint(_TARGET, name="target_consistency"),
        CheckConstraint("num_nonnulls(created_by_user_id, created_by_service_account_id) = 1", name="one_creator"),
        CheckConstraint("status = 'active' OR pending_node IS NULL", name="ended_has_no_pending_node"),
        tenant_key("created_by_user_id", "users"),
        tenant_key("created_by_service_account_id", "service_accounts"),
        tenant_key("assigned_user_id", "users"),
        tenant_key("ticket_row_id", "tickets"),
        tenant_key("flow_id", "flows"),
        tenant_key("flow_version_id", "flow_versions"),
        tenant_key("flow_proposal_id", "flow_proposals", use_alter=True),
        tenant_key("continues_session_id", "l1_walk_sessions", ondelete="SET NULL (continues_session_id)"),
        Index("uq_l1_walk_sessions_account_id_number", "account_id", "number", unique=True),
        Index("ix_l1_walk_sessions_escalated", "account_id", text("last_step_at DESC"),
              postgresql_where=text("status = 'escalated'")),
        Index("ix_l1_walk_sessions_last_step", "account_id", text("last_step_at DESC"), text("id DESC")),
        Index("ix_l1_walk_sessions_started", "account_id", text("started_at DESC"), text("id DESC")),
        Index("ix_l1_walk_sessions_assigned", "account_id", "assigned_user_id", text("last_step_at DESC"),
              postgresql_where=text("status = 'active'")),
        Index("ix_l1_walk_sessions_idle", "last_activity_at", postgresql_where=text("status = 'active'")),
        Index("ix_l1_walk_sessions_ticket", "account_id", "ticket_row_id"),
        Index("ix_l1_walk_sessions_flow", "account_id", "flow_id"),
        Index("ix_l1_walk_sessions_continues", "account_id", "continues_session_id",
              postgresql_where=text("continues_session_id IS NOT NULL")),
        Index("ix_l1_walk_sessions_proposal", "account_id", "flow_proposal_id"),
    )

    number: Mapped[int] = mapped_column(Integer)
    session_kind: Mapped[Short]
    status: Mapped[Short] = mapped_column(server_default="active")
    start_reason: Mapped[Short] = mapped_column(server_default="explicit")
    match_score: Mapped[float | None] = mapped_column(Float)
    created_by_user_id: Mapped[UUID | None]
    created_by_service_account_id: Mapped[UUID | None]
    assigned_user_id: Mapped[UUID | None]
    acting_as: Mapped[MaybeShort]
    customer_name: Mapped[str | None] = mapped_column(String(300))
    customer_contact: Mapped[str | None] = mapped_column(String(300))
    company_name: Mapped[str | None] = mapped_column(String(300))
    company_external_id: Mapped[str | None] = mapped_column(String(128))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="2")
    ticket_row_id: Mapped[UUID]
    ticket_id: Mapped[str] = mapped_column(String(128))
    ticket_kind: Mapped[Short]
    category: Mapped[str | None] = mapped_column(String(100))
    problem_text: Mapped[str] = mapped_column(Text)
    flow_id: Mapped[UUID | None]
    flow_version_id: Mapped[UUID | None]
    flow_proposal_id: Mapped[UUID | None]
    pinned_tree: Mapped[Json | None]
    pinned_versions: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    continues_session_id: Mapped[UUID | None]
    inherited_depth: Mapped[int] = mapped_column(Integer, server_default="0")
    current_node_id: Mapped[str | None] = mapped_column(String(100))
    terminal_node_id: Mapped[str | None] = mapped_column(
        String(100), comment="the current node of a tree when it takes no answer: resolved or escalate"
    )
    call_stack: Mapped[Json] = mapped_column(server_default=text("'[]'::jsonb"))
    pending_node: Mapped[Json | None]
    first_node: Mapped[Json | None]
    step: Mapped[int] = mapped_column(Integer, server_default="0")
    walked_path: Mapped[Json] = mapped_column(server_default=text("'[]'::jsonb"))
    facts: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    walk_notes: Mapped[Json] = mapped_column(server_default=text("'[]'::jsonb"))
    notes_version: Mapped[int] = mapped_column(Integer, server_default="0")
    speculated: Mapped[Json | None]
    generation_token: Mapped[UUID | None]
    generation_expires_at: Mapped[MaybeMoment]
    resolution_notes: Mapped[str | None] = mapped_column(Text)
    resolution_visibility: Mapped[MaybeShort]
    outcome: Mapped[MaybeShort]
    helpful: Mapped[bool | None] = mapped_column(Boolean)
    escalation_reason: Mapped[str | None] = mapped_column(Text)
    escalation_reason_category: Mapped[MaybeShort]
    abandon_reason: Mapped[MaybeShort]
    abandon_note: Mapped[str | None] = mapped_column(Text)
    wait_until: Mapped[MaybeMoment]
    started_at: Mapped[CreatedAt]
    last_step_at: Mapped[CreatedAt]
    last_activity_at: Mapped[CreatedAt]
    resolved_at: Mapped[MaybeMoment]
    ended_at: Mapped[MaybeMoment]

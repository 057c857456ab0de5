"""What matching searches: the texts of a published flow, the words in them, and what people thought of its suggestions.

The texts are the truth (one row each, so that a past problem leaves with its session); document and terms are counted
from them and written anew whenever they change. Terms are an inverted index in a plain table because row-level security
keeps PostgreSQL from using a GIN index (`@@` and `%` are not leakproof), while equality on (account, stem) is an
index-only scan within the tenant. Vectors of the same texts live in `db/vector_store.py`.
"""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, Index, Integer, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, TenantRow, tenant_key


class FlowSearchText(TenantRow, Base):
    """One text a flow can be found by: its title, a keyword, a question of its tree, a problem it has solved.

    A `past_problem` names its session, masked before it is stored, and is deleted with it.
    """

    __tablename__ = "flow_search_texts"
    __table_args__ = (
        tenant_key("flow_id", "flows", ondelete="CASCADE"),
        tenant_key("session_id", "l1_walk_sessions", ondelete="CASCADE"),
        CheckConstraint("kind IN ('title', 'keyword', 'category', 'question', 'past_problem')", name="kind"),
        CheckConstraint("(kind = 'past_problem') = (session_id IS NOT NULL)", name="session_consistency"),
        Index("ix_flow_search_texts_flow", "account_id", "flow_id", "kind"),
        Index(
            "uq_flow_search_texts_session",
            "account_id",
            "session_id",
            unique=True,
            postgresql_where=text("session_id IS NOT NULL"),
        ),
    )

    flow_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(
        BIT(1024), server_default=text("repeat('0', 1024)::bit(1024)"), comment="trigrams of the content"
    )
    session_id: Mapped[uuid.UUID | None]
    created_at: Mapped[CreatedAt]


class FlowSearchDocument(TenantRow, Base):
    """One published flow as matching sees it; a flow without one is not found."""

    __tablename__ = "flow_search_documents"
    __table_args__ = (
        tenant_key("flow_id", "flows", ondelete="CASCADE"),
        Index(
            "uq_flow_search_documents_flow",
            "account_id",
            "flow_id",
            unique=True,
            postgresql_include=["term_total", "text_total"],
        ),
    )

    flow_id: Mapped[uuid.UUID]
    title: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(BIT(1024), comment="trigrams of the title, domain/matching/trigram.py")
    term_total: Mapped[int] = mapped_column(Integer, comment="occurrences of words in all its texts, weighted")
    text_total: Mapped[int] = mapped_column(Integer, comment="texts counted")
    revision: Mapped[int] = mapped_column(
        Integer, server_default=text("1"), comment="rises when its texts change; vectors are of one revision"
    )
    updated_at: Mapped[CreatedAt]


class FlowSearchTerm(TenantRow, Base):
    """How often a stem stands in a flow's texts: the inverted index of lexical matching."""

    __tablename__ = "flow_search_terms"
    __table_args__ = (
        tenant_key("flow_id", "flows", ondelete="CASCADE"),
        Index(
            "uq_flow_search_terms_stem",
            "account_id",
            "stem",
            "flow_id",
            unique=True,
            postgresql_include=["occurrences"],
        ),
        Index("ix_flow_search_terms_flow", "account_id", "flow_id"),
    )

    flow_id: Mapped[uuid.UUID]
    stem: Mapped[str] = mapped_column(String(40))
    occurrences: Mapped[int] = mapped_column(SmallInteger)


class FlowFeedback(TenantRow, Base):
    """How often people took or declined the suggestion of a flow, or found the walk it led to unhelpful.

    Shown in the reason of a suggestion; never part of its score.
    """

    __tablename__ = "flow_feedback"
    __table_args__ = (
        tenant_key("flow_id", "flows", ondelete="CASCADE"),
        CheckConstraint("taken_count >= 0 AND declined_count >= 0 AND not_helpful_count >= 0", name="counts"),
        UniqueConstraint("account_id", "flow_id", name="uq_flow_feedback_flow"),
    )

    flow_id: Mapped[uuid.UUID]
    taken_count: Mapped[int] = mapped_column(Integer, server_default="0")
    declined_count: Mapped[int] = mapped_column(Integer, server_default="0")
    not_helpful_count: Mapped[int] = mapped_column(Integer, server_default="0")
    updated_at: Mapped[CreatedAt]

"""What matching searches: the texts of a published flow, their lexical document, and what people thought of its suggestions.

The texts are the truth (one row each, so that a past problem leaves with its session); a document is one flow's texts
gathered into one tsvector, rebuilt whenever they change. Vectors of the same texts live in `db/vector_store.py`.
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class FlowSearchText(Base):
    """One text a flow can be found by: its title, a keyword, a question of its tree, a problem it has solved.

    A `past_problem` names its session, masked before it is stored, and is deleted with it.
    """

    __tablename__ = "flow_search_texts"
    __table_args__ = (
        ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["account_id", "flow_id"], ["flows.account_id", "flows.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["account_id", "session_id"], ["l1_walk_sessions.account_id", "l1_walk_sessions.id"], ondelete="CASCADE"
        ),
        CheckConstraint(
            "kind IN ('title', 'keyword', 'category', 'question', 'past_problem')", name="ck_flow_search_texts_kind"
        ),
        CheckConstraint(
            "(kind = 'past_problem') = (session_id IS NOT NULL)", name="ck_flow_search_texts_session_consistency"
        ),
        Index("ix_flow_search_texts_flow", "account_id", "flow_id", "kind"),
        Index(
            "uq_flow_search_texts_session",
            "account_id",
            "session_id",
            unique=True,
            postgresql_where="session_id IS NOT NULL",
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    flow_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)
    session_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class FlowSearchDocument(Base):
    """All texts of one published flow as one document: stemmed terms with their counts, and a string for trigrams."""

    __tablename__ = "flow_search_documents"
    __table_args__ = (
        ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["account_id", "flow_id"], ["flows.account_id", "flows.id"], ondelete="CASCADE"),
        UniqueConstraint("account_id", "flow_id", name="uq_flow_search_documents_flow"),
        Index("ix_flow_search_documents_terms", "terms", postgresql_using="gin"),
        Index(
            "ix_flow_search_documents_handle",
            "handle",
            postgresql_using="gin",
            postgresql_ops={"handle": "gin_trgm_ops"},
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    flow_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    title: Mapped[str] = mapped_column(Text)
    handle: Mapped[str] = mapped_column(Text, comment="title, keywords and category in lower case, for trigrams")
    terms: Mapped[str] = mapped_column(TSVECTOR, comment="stemmed by domain.matching, weight A title B keywords C rest")
    term_total: Mapped[int] = mapped_column(Integer, comment="words counted in all texts")
    text_total: Mapped[int] = mapped_column(Integer, comment="texts gathered")
    updated_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


class FlowFeedback(Base):
    """How often people took or declined the suggestion of a flow, or found the walk it led to unhelpful.

    Shown in the reason of a suggestion; never part of its score.
    """

    __tablename__ = "flow_feedback"
    __table_args__ = (
        ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["account_id", "flow_id"], ["flows.account_id", "flows.id"], ondelete="CASCADE"),
        UniqueConstraint("account_id", "flow_id", name="uq_flow_feedback_flow"),
        CheckConstraint(
            "taken_count >= 0 AND declined_count >= 0 AND not_helpful_count >= 0", name="ck_flow_feedback_counts"
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    flow_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    taken_count: Mapped[int] = mapped_column(Integer, server_default="0")
    declined_count: Mapped[int] = mapped_column(Integer, server_default="0")
    not_helpful_count: Mapped[int] = mapped_column(Integer, server_default="0")
    updated_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )

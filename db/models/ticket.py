"""Tickets: a PSA's, by connection and external id, and our own when there is no PSA."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, CreatedAt, Short, TenantRow, one_of

TICKET_KINDS = ["psa", "internal"]
TICKET_STATUSES = ["open", "walking", "escalated", "closed"]


class Ticket(TenantRow, Base):
    """``status`` is kept for internal tickets; a PSA's own status stays in the PSA."""

    __tablename__ = "tickets"
    __table_args__ = (
        one_of("kind", TICKET_KINDS),
        one_of("status", TICKET_STATUSES),
        CheckConstraint("(kind = 'psa') = (external_id IS NOT NULL)", name="external_id"),
        CheckConstraint("(kind = 'internal') = (number IS NOT NULL)", name="number"),
        Index("uq_tickets_account_id_connection_id_external_id", "account_id", "connection_id", "external_id",
              unique=True, postgresql_nulls_not_distinct=True, postgresql_where="external_id IS NOT NULL"),
        Index("uq_tickets_account_id_number", "account_id", "number", unique=True),
    )

    kind: Mapped[Short]
    connection_id: Mapped[UUID | None]
    external_id: Mapped[str | None] = mapped_column(String(128))
    number: Mapped[int | None] = mapped_column(Integer)
    url: Mapped[str | None] = mapped_column(Text)
    status: Mapped[Short] = mapped_column(server_default="open")
    created_at: Mapped[CreatedAt]

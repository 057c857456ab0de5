"""Which type an id belongs to. One statement over the tables of the account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, union_all

from db.models import (
    Account,
    AuditEvent,
    Escalation,
    EscalationNote,
    Flow,
    FlowDraft,
    FlowProposal,
    FlowVersion,
    Notification,
    ServiceAccount,
    Ticket,
    User,
    WalkSession,
)
from resolvers.access import in_account, visible_escalations
from resolvers.context import Context

TABLES: dict[str, Any] = {
    "walk_session": WalkSession, "escalation": Escalation, "escalation_note": EscalationNote, "flow": Flow,
    "flow_version": FlowVersion, "flow_draft": FlowDraft, "proposal": FlowProposal, "ticket": Ticket, "user": User,
    "service_account": ServiceAccount, "notification": Notification, "audit_event": AuditEvent,
}


async def kind_of(context: Context, found: UUID) -> str | None:
    """The kind of thing an id names in the caller's account, or None."""
    arms = [
        select(literal(kind)).where(in_account(table, context.account_id), table.id == found)
        for kind, table in TABLES.items()
    ]
    arms.append(select(literal("account")).where(Account.id == context.account_id, Account.id == found))
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(union_all(*arms).limit(1))).scalar_one_or_none()


async def notification(context: Context, found: UUID) -> Any:
    """One of the caller's own notifications."""
    statement = select(*Notification.__table__.columns).where(
        in_account(Notification, context.account_id), Notification.user_id == context.principal.id,
        Notification.id == found,
    )
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


async def escalation_note(context: Context, found: UUID) -> Any:
    """A remark on an escalation the caller may see."""
    statement = (
        select(*EscalationNote.__table__.columns)
        .join(Escalation, (Escalation.account_id == EscalationNote.account_id)
              & (Escalation.id == EscalationNote.escalation_id))
        .where(visible_escalations(context.principal), EscalationNote.id == found)
    )
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()

"""The batched permission check: many (action, subject) questions, one statement a kind of subject."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader

from db.models import Escalation, WalkSession
from domain.permission import UNKNOWN, Action, Decision, EscalationFacts, SessionFacts, Subject, decide
from resolvers.access import in_account

if TYPE_CHECKING:
    from resolvers.context import Context

log = logging.getLogger("handrail.access")


@dataclass(frozen=True, slots=True)
class Check:
    """One question: may the caller do ``action`` to this session, this escalation, or in the account at all?"""

    action: Action
    session_id: UUID | None = None
    escalation_id: UUID | None = None


Facts = dict[UUID, Subject]


class PermissionLoader(DataLoader[Check, Decision]):
    """Feeds the ``viewerCan…`` fields and the mutations alike, so both are decided by the same rule."""

    def __init__(self, context: Context) -> None:
        super().__init__(load_fn=self._load)
        self._context = context

    async def _load(self, checks: Sequence[Check]) -> list[Decision]:
        sessions = {check.session_id for check in checks if check.session_id}
        escalations = {check.escalation_id for check in checks if check.escalation_id}
        facts: Facts = {}
        if sessions or escalations:
            async with self._context.db.read(self._context.account_id) as connection:
                if sessions:
                    facts |= await self._session_facts(connection, sessions)
                if escalations:
                    facts |= await self._escalation_facts(connection, escalations)
        return [self._decide(check, facts) for check in checks]

    def _decide(self, check: Check, facts: Facts) -> Decision:
        subject_id = check.session_id or check.escalation_id
        principal = self._context.principal
        if subject_id is None:
            decision = decide(principal, check.action)
        else:
            subject = facts.get(subject_id)
            decision = decide(principal, check.action, subject) if subject else UNKNOWN
        if not decision.is_allowed:
            log.info("denied action=%s subject=%s actor=%s", check.action, subject_id or "account", principal.id)
        return decision

    async def _session_facts(self, connection: AsyncConnection, ids: set[Any]) -> Facts:
        rows = await connection.execute(
            select(WalkSession.id, WalkSession.status, has_node_column()).where(
                in_account(WalkSession, self._context.account_id), WalkSession.id.in_(ids)
            )
        )
        return {row.id: SessionFacts(row.status, row.has_node) for row in rows}

    async def _escalation_facts(self, connection: AsyncConnection, ids: set[Any]) -> Facts:
        by = func.coalesce(Escalation.escalated_by_user_id, Escalation.escalated_by_service_account_id)
        rows = await connection.execute(
            select(Escalation.id, Escalation.status, by.label("by"), Escalation.claimed_by_user_id).where(
                in_account(Escalation, self._context.account_id), Escalation.id.in_(ids)
            )
        )
        return {row.id: EscalationFacts(row.status, row.by, row.claimed_by_user_id) for row in rows}


def has_node_column() -> Any:
    """Whether a node is served: an AI node that is pending, or a place in a pinned tree."""
    return or_(WalkSession.pending_node.is_not(None), WalkSession.current_node_id.is_not(None)).label("has_node")

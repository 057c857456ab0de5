"""The batched permission check: many (action, subject) questions, one statement a kind of subject."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, func, select
from strawberry.dataloader import DataLoader

from db.models import Escalation, WalkSession
from db.prepared import ACCOUNT, Prepared, Row, among
from domain.flow_tree import TERMINAL_KINDS
from domain.permission import UNKNOWN, Action, Decision, EscalationFacts, SessionFacts, Subject, decide
from domain.vocabulary import EscalationStatus
from resolvers.access import in_account
from resolvers.flow_trees import version_ids

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
        self.pinned: dict[UUID, list[UUID]] = {}  # by session asked about alone, as commands do: its versions

    async def _load(self, checks: Sequence[Check]) -> list[Decision]:
        sessions = {check.session_id for check in checks if check.session_id}
        escalations = {check.escalation_id for check in checks if check.escalation_id}
        facts: Facts = {}
        if len(sessions) == 1:
            rows = await self._rows(_ONE_SESSION, sessions)
            self.pinned |= {row.id: version_ids(row) for row in rows}
        else:
            rows = await self._rows(_SESSIONS, sessions) if sessions else []
        facts |= {row.id: SessionFacts(row.status, row.takes_answer) for row in rows}
        if escalations:
            facts |= {row.id: EscalationFacts(row.status, row.by, row.claimed_by_user_id, row.returned_to)
                      for row in await self._rows(_ESCALATIONS, escalations)}
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
            log.info("denied action=%s subject=%s actor=%s request=%s", check.action, subject_id or "account",
                     principal.id, self._context.request_id)
        return decision

    async def _rows(self, statement: Prepared, ids: set[UUID]) -> list[Row]:
        return await self._context.db.rows(self._context.account_id, statement, ids=list(ids))


def takes_answer_column() -> Any:
    """Whether a node is served, an AI one or one of a pinned tree, that is no end."""
    kind = WalkSession.pending_node["kind"].astext
    return func.coalesce(
        and_(*(kind != end.value for end in sorted(TERMINAL_KINDS))),
        WalkSession.current_node_id.is_not(None)
        & WalkSession.current_node_id.is_distinct_from(WalkSession.terminal_node_id),
    ).label("takes_answer")


_SESSIONS = Prepared(
    select(WalkSession.id, WalkSession.status, takes_answer_column())
    .where(in_account(WalkSession, ACCOUNT), among(WalkSession.id, "ids"))
)
_ONE_SESSION = Prepared(
    select(WalkSession.id, WalkSession.status, takes_answer_column(), WalkSession.flow_version_id,
           WalkSession.pinned_versions)
    .where(in_account(WalkSession, ACCOUNT), among(WalkSession.id, "ids"))
)
_ESCALATIONS = Prepared(
    select(
        Escalation.id, Escalation.status, Escalation.claimed_by_user_id,
        func.coalesce(Escalation.escalated_by_user_id, Escalation.escalated_by_service_account_id).label("by"),
        select(WalkSession.assigned_user_id).where(
            in_account(WalkSession, ACCOUNT), WalkSession.id == Escalation.session_id,
            Escalation.status == EscalationStatus.RETURNED.value,
        ).scalar_subquery().label("returned_to"),
    ).where(in_account(Escalation, ACCOUNT), among(Escalation.id, "ids"))
)

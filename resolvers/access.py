"""The one place where a caller becomes the rows they may see. Everything else asks here; a lint holds it.

Every statement on a tenant's table takes its conditions from ``in_account`` or one of the ``visible_…`` functions.
"""

from __future__ import annotations

from typing import Any, NewType
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from db.models import Escalation, FlowProposal, WalkSession
from db.models.base import TenantRow
from domain.permission import Action, has_right, sees_whole_queue
from domain.principal import ActorKind, Principal
from domain.vocabulary import EscalationStatus

Scope = NewType("Scope", ColumnElement[bool])


def in_account(
    table: type[TenantRow] | Any, account_id: UUID | ColumnElement[Any] | InstrumentedAttribute[UUID]
) -> Scope:
    """Rows of one account; a bound parameter may stand for it in a statement that is built once."""
    return Scope(table.account_id == account_id)


def visible_sessions(principal: Principal) -> Scope:
    """Every role sees all sessions of its account; service accounts need a right to read."""
    if not has_right(principal, Action.SEE_SESSIONS):
        return Scope(false())
    return in_account(WalkSession, principal.account_id)


def visible_escalations(principal: Principal) -> Scope:
    """The queue for engineers and above, what is theirs for L1 technicians, nothing for viewers."""
    if sees_whole_queue(principal):
        return in_account(Escalation, principal.account_id)
    if sees_own_escalations(principal):
        return own_escalations(principal.account_id, principal.id)
    return Scope(false())


def sees_own_escalations(principal: Principal) -> bool:
    """Whether the caller sees what is theirs, if no others."""
    return has_right(principal, Action.SEE_ESCALATION) or principal.kind is ActorKind.SERVICE_ACCOUNT


def own_escalations(account_id: UUID | ColumnElement[Any], actor_id: UUID | ColumnElement[Any]) -> Scope:
    """What one actor handed over, and what came back to them as the assignee: its notes say how to go on."""
    assigned = select(WalkSession.id).where(
        in_account(WalkSession, account_id), WalkSession.assigned_user_id == actor_id
    )
    own = or_(
        Escalation.escalated_by_user_id == actor_id, Escalation.escalated_by_service_account_id == actor_id,
        (Escalation.status == EscalationStatus.RETURNED.value) & Escalation.session_id.in_(assigned),
    )
    return Scope(in_account(Escalation, account_id) & own)


def visible_proposals(principal: Principal) -> Scope:
    """Proposals are for those who review them."""
    if not has_right(principal, Action.SEE_DRAFTS):
        return Scope(false())
    return in_account(FlowProposal, principal.account_id)

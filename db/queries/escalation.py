"""Reading escalations together with the sessions they hand off, in one statement."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from db.models import Escalation, ServiceAccount, User, WalkSession
from db.queries.columns import prefixed
from db.queries.walk_session import SERVICE, USER, same_tenant, session_columns, wants, with_edges

SMALL = ("id", "session_id", "status", "priority", "is_customer_waiting", "reason_category", "reason", "acting_as",
         "escalated_at", "escalated_by_user_id", "escalated_by_service_account_id", "claimed_by_user_id",
         "claimed_at", "closed_by_user_id", "closed_at", "outcome", "closing_notes")
Claimed = aliased(User, name="claimed")
Closed = aliased(User, name="closed")
EscalatedBy = aliased(User, name="escalated_by")
EscalatedByService = aliased(ServiceAccount, name="escalated_by_service")


@lru_cache(maxsize=512)  # building one costs more than running it
def select_escalations(wanted: frozenset[str], session_wanted: frozenset[str] | None) -> Select[Any]:
    """Columns are prefixed ``escalation__``; the session's, when wanted, have their plain names."""
    names = SMALL + (("package",) if wants(wanted, "package") else ())
    statement = select(*prefixed(Escalation, "escalation", names)).select_from(Escalation)
    if wants(wanted, "claimedBy"):
        statement = _edge(statement, Claimed, "claimed", Escalation.claimed_by_user_id, USER)
    if wants(wanted, "closedBy"):
        statement = _edge(statement, Closed, "closed", Escalation.closed_by_user_id, USER)
    if wants(wanted, "escalatedBy"):
        statement = _edge(statement, EscalatedBy, "escalated_by", Escalation.escalated_by_user_id, USER)
        statement = _edge(statement, EscalatedByService, "escalated_by_service",
                          Escalation.escalated_by_service_account_id, SERVICE)
    if session_wanted is None:
        return statement
    statement = statement.add_columns(*session_columns(session_wanted)).join(
        WalkSession, same_tenant(WalkSession, Escalation, Escalation.session_id)
    )
    return with_edges(statement, session_wanted)


def _edge(statement: Select[Any], table: Any, prefix: str, column: Any, names: tuple[str, ...]) -> Select[Any]:
    return statement.add_columns(*prefixed(table, prefix, names)).outerjoin(
        table, same_tenant(table, Escalation, column)
    )

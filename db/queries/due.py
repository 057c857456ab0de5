"""What is due, in all accounts: asked as the jobs' role, which sees ids and times only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, or_, select, tuple_, union

from db.models import AiRecord, EscalationDelivery, IdempotencyKey, RateWindow, WalkSession
from domain.walk_session.status import IDLE_LIMIT

Rows: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a batch; the next batch begins after it."""

    moment: datetime
    id: UUID


def idle_sessions(now: datetime, after: Place | None, limit: int) -> Rows:
    """Active walks idle for as long as a walk may be, whose pause (if any) is over; longest idle first."""
    statement = (
        select(WalkSession.account_id, WalkSession.id, WalkSession.last_activity_at)
        .where(WalkSession.status == "active", WalkSession.last_activity_at <= now - IDLE_LIMIT,
               or_(WalkSession.wait_until.is_(None), WalkSession.wait_until <= now))
        .order_by(WalkSession.last_activity_at, WalkSession.id).limit(limit)
    )
    if after is None:
        return statement
    return statement.where(tuple_(WalkSession.last_activity_at, WalkSession.id) > (after.moment, after.id))


def pending_deliveries(now: datetime, limit: int) -> Rows:
    """Deliveries whose time has come, the longest waiting first."""
    return (
        select(EscalationDelivery.account_id, EscalationDelivery.id)
        .where(EscalationDelivery.state == "pending", EscalationDelivery.next_attempt_at <= now)
        .order_by(EscalationDelivery.next_attempt_at).limit(limit)
    )


def accounts_with_old(keys: datetime, windows: datetime, ai_records: datetime) -> CompoundSelect[Any]:
    """Accounts with idempotency keys, counters or model calls made before these moments."""
    return union(
        select(IdempotencyKey.account_id).where(IdempotencyKey.created_at < keys),
        select(RateWindow.account_id).where(RateWindow.started_at < windows),
        select(AiRecord.account_id).where(AiRecord.created_at < ai_records),
    )

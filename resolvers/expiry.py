"""Abandoning one idle walk, for the system."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import Database
from db.models import WalkSession
from domain.refusal import Refusal
from domain.vocabulary import AbandonReason
from domain.walk_session import WalkEvent, WalkStatus
from domain.walk_session.status import is_idle, transition
from resolvers import ticket as tickets
from resolvers.access import in_account
from resolvers.audit import record_by_system
from resolvers.walk_session.state_rows import tell_waiting


async def expire(db: Database, account_id: UUID, session_id: UUID, now: datetime) -> bool:
    """False when the walk is no longer idle, or somebody is changing it right now.

    The record stays as it was: only the status, its reason and time, and what an ended walk may not have, are written.
    """
    async with db.write(account_id) as connection:
        row = await _locked(connection, account_id, session_id)
        if row is None or not is_idle(row.last_activity_at, row.wait_until, now):
            return False
        after = transition(WalkStatus(row.status), WalkEvent.EXPIRE)
        if isinstance(after, Refusal):
            return False
        await connection.execute(
            update(WalkSession).where(in_account(WalkSession, account_id), WalkSession.id == session_id)
            .values(status=after.value, abandon_reason=AbandonReason.IDLE.value, ended_at=now, pending_node=None,
                    speculated=None, generation_token=None, generation_expires_at=None)
        )
        await tell_waiting(connection, row)
        await tickets.reopen(connection, account_id, row.ticket_row_id, session_id)
        await record_by_system(connection, account_id, "walk.abandoned", ("walk_session", session_id),
                               reason=AbandonReason.IDLE.value)
    return True


async def _locked(connection: AsyncConnection, account_id: UUID, session_id: UUID) -> Any:
    """The row, or None when it is gone or somebody else holds it."""
    found = await connection.execute(
        select(WalkSession.id, WalkSession.status, WalkSession.last_activity_at, WalkSession.wait_until,
               WalkSession.ticket_row_id, WalkSession.generation_token)
        .where(in_account(WalkSession, account_id), WalkSession.id == session_id)
        .with_for_update(skip_locked=True)
    )
    return found.first()

"""Forgetting what has been kept long enough, one account at a time and in bounded bites."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, or_, select, text, update

from db.engine import Database
from db.models import AiRecord, CredentialFailure, IdempotencyKey, RateWindow
from resolvers.access import in_account

KEYS_KEPT: Final = timedelta(hours=48)  # 24 are promised
WINDOWS_KEPT: Final = timedelta(hours=2)
FAILURES_KEPT: Final = timedelta(hours=1)
BITE: Final = 2_000


async def forget_keys(db: Database, account_id: UUID, now: datetime) -> int:
    """Remove outcomes that no client will ask for again."""
    return await _remove(db, account_id, IdempotencyKey, IdempotencyKey.created_at < now - KEYS_KEPT)


async def forget_windows(db: Database, account_id: UUID, now: datetime) -> int:
    """Remove counters of minutes long past."""
    return await _remove(db, account_id, RateWindow, RateWindow.started_at < now - WINDOWS_KEPT)


async def forget_failures(db: Database, now: datetime) -> int:
    """Remove failed credentials; they have no tenant."""
    statement = delete(CredentialFailure).where(CredentialFailure.started_at < now - FAILURES_KEPT)
    async with db.write(None) as connection:
        return (await connection.execute(statement)).rowcount


async def blank_ai_records(db: Database, account_id: UUID, before: datetime) -> int:
    """Blank what models were asked and said; model, verdict, tokens, cost and latency stay."""
    old = (
        select(AiRecord.id)
        .where(in_account(AiRecord, account_id), AiRecord.created_at < before,
               or_(AiRecord.raw.is_not(None), AiRecord.parameters != text("'{}'::jsonb")))
        .limit(BITE)
    )
    statement = (
        update(AiRecord).where(in_account(AiRecord, account_id), AiRecord.id.in_(old)).values(raw=None, parameters={})
    )
    return await _bite_by_bite(db, account_id, statement)


async def _remove(db: Database, account_id: UUID, table: Any, condition: Any) -> int:
    old = select(table.id).where(in_account(table, account_id), condition).limit(BITE)
    return await _bite_by_bite(db, account_id, delete(table).where(in_account(table, account_id), table.id.in_(old)))


async def _bite_by_bite(db: Database, account_id: UUID, statement: Any) -> int:
    """Each bite is a transaction of its own: locks are short, and what is done stays done."""
    done = 0
    while True:
        async with db.write(account_id) as connection:
            bitten = (await connection.execute(statement)).rowcount
        done += bitten
        if bitten < BITE:
            return done

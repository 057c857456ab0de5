"""Hourly: what need not be kept goes."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from db.engine import Database
from db.queries.due import accounts_with_old
from resolvers.retention import KEYS_KEPT, WINDOWS_KEPT, blank_ai_records, forget_failures, forget_keys, forget_windows

log = logging.getLogger("handrail.jobs")


async def run(db: Database, now: datetime, ai_records_kept: timedelta) -> int:
    """How many rows were removed or blanked. An account that fails is logged and met again at the next run."""
    done = await forget_failures(db, now)
    for account_id in await _due(db, now, ai_records_kept):
        try:
            done += await forget_keys(db, account_id, now)
            done += await forget_windows(db, account_id, now)
            done += await blank_ai_records(db, account_id, now - ai_records_kept)
        except Exception as error:  # noqa: BLE001 - one account must not keep the others waiting
            log.warning("retention of account %s failed: %s", account_id, type(error).__name__)
    return done


async def _due(db: Database, now: datetime, ai_records_kept: timedelta) -> list[UUID]:
    async with db.due() as connection:
        statement = accounts_with_old(now - KEYS_KEPT, now - WINDOWS_KEPT, now - ai_records_kept)
        return list((await connection.execute(statement)).scalars())

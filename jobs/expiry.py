"""Hourly: walks that nobody has touched for a day are abandoned."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from db.engine import Database
from db.queries.due import Place, idle_sessions
from resolvers.expiry import expire

log = logging.getLogger("handrail.jobs")
BATCH = 500


async def run(db: Database, now: datetime) -> int:
    """How many walks were abandoned. One that fails is logged and met again at the next run."""
    done, place = 0, None
    while rows := await _batch(db, now, place):
        for row in rows:
            done += await _expired(db, row, now)
        place = Place(rows[-1].last_activity_at, rows[-1].id)
    return done


async def _batch(db: Database, now: datetime, after: Place | None) -> list[Any]:
    async with db.due() as connection:
        return list((await connection.execute(idle_sessions(now, after, BATCH))).all())


async def _expired(db: Database, row: Any, now: datetime) -> bool:
    try:
        return await expire(db, row.account_id, row.id, now)
    except Exception as error:  # noqa: BLE001 - one row that cannot be done must not keep the others waiting
        log.warning("session %s could not be abandoned: %s", row.id, type(error).__name__)
        return False

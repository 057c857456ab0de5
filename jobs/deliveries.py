"""Every few seconds: mail of escalations that is waiting is sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from db.engine import Database
from db.queries.due import pending_deliveries
from integrations.mail import Mailer, MailRefused, MailUnavailable
from resolvers.delivery import Claimed, claim, settle

log = logging.getLogger("handrail.jobs")
BATCH = 50
AT_ONCE = 4
DEADLINE = 10.0  # seconds for one mail, whatever the server does


async def run(db: Database, mailer: Mailer, now: Callable[[], datetime]) -> int:
    """How many mails were sent. No connection is held while one is on its way."""
    async with db.due() as connection:
        rows = (await connection.execute(pending_deliveries(now(), BATCH))).all()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(account_id: UUID, delivery_id: UUID) -> bool:
        async with gate:
            return await _deliver(db, mailer, account_id, delivery_id, now)

    return sum(await asyncio.gather(*(one(row.account_id, row.id) for row in rows)))


async def _deliver(
    db: Database, mailer: Mailer, account_id: UUID, delivery_id: UUID, now: Callable[[], datetime]
) -> bool:
    try:
        claimed = await claim(db, account_id, delivery_id, now())
        if claimed is None:
            return False
        error, is_final = await _send(mailer, claimed)
        await settle(db, account_id, claimed, error, now(), is_final=is_final)
    except Exception as fault:  # noqa: BLE001 - the claim runs out and the mail is tried again
        log.warning("delivery %s could not be handled: %s", delivery_id, type(fault).__name__)
        return False
    return error is None


async def _send(mailer: Mailer, claimed: Claimed) -> tuple[str | None, bool]:
    """(code of what went wrong or None, whether trying again is pointless)."""
    try:
        async with asyncio.timeout(DEADLINE):
            await mailer.send(claimed.message)
    except MailRefused as refused:
        return refused.code, True
    except MailUnavailable as unavailable:
        return unavailable.code, False
    except TimeoutError:
        return "timeout", False
    return None, False

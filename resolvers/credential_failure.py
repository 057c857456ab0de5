"""Failed credentials by peer and minute, shared between processes. They have no tenant: who fails has none."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from db.engine import Database
from db.models import CredentialFailure

PER_MINUTE = 60
KEPT = timedelta(hours=1)


async def count_failure(db: Database, peer: str, now: datetime) -> int:
    """Count one more failure of this peer; how many there are in this minute."""
    started = now.replace(second=0, microsecond=0)
    put = insert(CredentialFailure).values(peer=peer[:100], started_at=started, failures=1)
    statement = put.on_conflict_do_update(
        index_elements=["peer", "started_at"], set_={"failures": CredentialFailure.failures + 1}
    ).returning(CredentialFailure.failures)
    async with db.write(None) as connection:
        failures = int((await connection.execute(statement)).scalar_one())
        if failures == 1:
            await connection.execute(delete(CredentialFailure).where(CredentialFailure.started_at < now - KEPT))
    return failures

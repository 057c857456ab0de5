"""Per-principal limits, counted in the database so that all processes share them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert

from db.models import RateWindow
from resolvers.context import Context
from resolvers.public_error import PublicError

WINDOW = timedelta(minutes=1)
PER_MINUTE = {"intake": 3_000, "suggest_flows": 1_200, "next_node": 600}


async def consume(context: Context, bucket: str) -> None:
    """Count one use; raises ``PublicError`` RATE_LIMITED when the minute's share is used up."""
    limit = context.services.options.get(f"{bucket}_per_minute", PER_MINUTE[bucket])
    now = context.now()
    started = now.replace(second=0, microsecond=0)
    put = insert(RateWindow).values(
        account_id=context.account_id, id=uuid4(), actor_id=context.principal.id, bucket=bucket,
        started_at=started, used=1,
    )
    statement = put.on_conflict_do_update(
        index_elements=["account_id", "actor_id", "bucket", "started_at"], set_={"used": RateWindow.used + 1}
    ).returning(RateWindow.used)
    async with context.db.write(context.account_id) as connection:
        used = (await connection.execute(statement)).scalar_one()
    if used > limit:
        wait = int((started + WINDOW - now).total_seconds()) + 1
        message = f"At most {limit} of these requests a minute; wait {wait} seconds and repeat."
        raise PublicError("RATE_LIMITED", message, retryAfterSeconds=wait)

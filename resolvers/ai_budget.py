"""What an account and a person may spend on models in a day, counted before each call."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import AiSpend
from resolvers.access import in_account
from resolvers.context import Context

WHOLE_ACCOUNT = UUID(int=0)


class _UsedUp(Exception):
    """One of the two budgets is used up."""


def today(now: datetime) -> date:
    """Budgets are per UTC day."""
    return now.astimezone(UTC).date()


async def reserve(context: Context) -> bool:
    """Count one call against the account's and the caller's budget; False, and nothing counted, when one is used up."""
    account = context.account
    if not account.ai_enabled:
        return False
    try:
        async with context.db.write(context.account_id) as connection:
            await _count(connection, context, WHOLE_ACCOUNT, account.ai_calls_per_day, account.ai_usd_per_day)
            await _count(connection, context, context.principal.id, account.ai_calls_per_user_day,
                         account.ai_usd_per_user_day)
    except _UsedUp:
        return False
    return True


async def _count(connection: AsyncConnection, context: Context, actor_id: UUID, calls: int, usd: Decimal) -> None:
    if calls <= 0 or usd <= 0:
        raise _UsedUp
    put = insert(AiSpend).values(
        account_id=context.account_id, id=uuid4(), day=today(context.now()), actor_id=actor_id, calls=1
    )
    statement: Any = put.on_conflict_do_update(
        index_elements=["account_id", "day", "actor_id"], set_={"calls": AiSpend.calls + 1},
        where=(AiSpend.calls < calls) & (AiSpend.cost_usd < usd),
    ).returning(AiSpend.calls)
    if (await connection.execute(statement)).first() is None:
        raise _UsedUp


async def add_cost(connection: AsyncConnection, context: Context, cost: Decimal, tokens: int) -> None:
    """Add what the calls of a step came to, in the transaction that stores their outcome."""
    if not cost and not tokens:
        return
    await connection.execute(
        update(AiSpend)
        .where(in_account(AiSpend, context.account_id), AiSpend.day == today(context.now()),
               AiSpend.actor_id.in_([WHOLE_ACCOUNT, context.principal.id]))
        .values(cost_usd=AiSpend.cost_usd + cost, tokens=AiSpend.tokens + tokens)
    )

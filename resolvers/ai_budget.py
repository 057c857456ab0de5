"""What an account and a person may spend on models in a day, counted before each call."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_UP, Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.faults import is_unavailable
from db.models import AiSpend
from resolvers.access import in_account
from resolvers.context import Context

WHOLE_ACCOUNT = UUID(int=0)
MAX_USD = 1_000  # more for one call is a provider's mistake


class _UsedUp(Exception):
    """One of the two budgets is used up."""


def today(now: datetime) -> date:
    """Budgets are per UTC day."""
    return now.astimezone(UTC).date()


def usd(value: float | None) -> Decimal:
    """A price as the database counts it: millionths, rounded up; nonsense and unknown prices are 0."""
    known = Decimal(str(value)) if value is not None else Decimal(0)
    return known.quantize(Decimal("0.000001"), ROUND_UP) if known.is_finite() and 0 <= known < MAX_USD else Decimal(0)


class Purse:
    """The budgets as one piece of work meets them: each call is counted before it is made, its price held until known.

    What is held is the most a call can cost. Calls at the same time see it, so that together they cannot spend more
    than one call beyond a budget of money. A process that dies leaves it counted.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._day = today(context.now())
        self._held = Decimal(0)

    async def reserve(self) -> bool:
        """Count one call for the account and the caller; False, and nothing counted, when a budget is used up.

        A database that cannot count allows no call either.
        """
        context, account = self._context, self._context.account
        if not account.ai_enabled:
            return False
        hold = usd(context.services.model.most_usd())
        try:
            async with context.db.write(context.account_id) as connection:
                await self._count(connection, WHOLE_ACCOUNT, account.ai_calls_per_day, account.ai_usd_per_day, hold)
                await self._count(connection, context.principal.id, account.ai_calls_per_user_day,
                                  account.ai_usd_per_user_day, hold)
        except _UsedUp:
            return False
        except Exception as error:
            if is_unavailable(error):
                return False
            raise
        self._held += hold
        return True

    async def _count(
        self, connection: AsyncConnection, actor_id: UUID, calls: int, usd: Decimal, hold: Decimal
    ) -> None:
        if calls <= 0 or usd <= 0:
            raise _UsedUp
        put = insert(AiSpend).values(
            account_id=self._context.account_id, id=uuid4(), day=self._day, actor_id=actor_id, calls=1, cost_usd=hold
        )
        statement: Any = put.on_conflict_do_update(
            index_elements=["account_id", "day", "actor_id"],
            set_={"calls": AiSpend.calls + 1, "cost_usd": AiSpend.cost_usd + hold},
            where=(AiSpend.calls < calls) & (AiSpend.cost_usd < usd),
        ).returning(AiSpend.calls)
        if (await connection.execute(statement)).first() is None:
            raise _UsedUp

    async def settle(self, connection: AsyncConnection, cost: Decimal, tokens: int) -> None:
        """Replace what was held by what the calls came to, in the transaction that records them."""
        change = cost - self._held
        if not change and not tokens:
            return
        await connection.execute(
            update(AiSpend)
            .where(in_account(AiSpend, self._context.account_id), AiSpend.day == self._day,
                   AiSpend.actor_id.in_([WHOLE_ACCOUNT, self._context.principal.id]))
            .values(cost_usd=AiSpend.cost_usd + change, tokens=AiSpend.tokens + tokens)
        )


async def spent_today(context: Context) -> tuple[int, Decimal]:
    """Calls and money of the whole account so far today, what is held for running calls included."""
    statement = select(AiSpend.calls, AiSpend.cost_usd).where(
        in_account(AiSpend, context.account_id), AiSpend.day == today(context.now()),
        AiSpend.actor_id == WHOLE_ACCOUNT,
    )
    async with context.db.read(context.account_id) as connection:
        row = (await connection.execute(statement)).first()
    return (row.calls, row.cost_usd) if row else (0, Decimal(0))

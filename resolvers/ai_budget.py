"""What an account and a person may spend on models in a day, counted before each call."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from decimal import ROUND_UP, Decimal
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

from sqlalchemy import case, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.faults import is_unavailable
from db.models import AiSpend
from resolvers.access import in_account
from resolvers.context import Context

WHOLE_ACCOUNT = UUID(int=0)
MAX_USD = 1_000  # more for one call is a provider's mistake


STORING_AT_ONCE = 4

_slots: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()
_turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()


def _turn(account_id: UUID) -> asyncio.Lock:
    """One at a time in this process: those who wait for the account's row must not hold the pool's connections."""
    return _turns.setdefault(account_id, asyncio.Lock())


def storing_slot(account_id: UUID) -> asyncio.Semaphore:
    """Round a transaction that settles: when many calls end together, the rest of the pool is for everybody else."""
    return _slots.setdefault(account_id, asyncio.Semaphore(STORING_AT_ONCE))


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
        if not self._context.account.ai_enabled:
            return False
        hold = usd(self._context.services.model.most_usd())
        try:
            async with _turn(self._context.account_id), self._context.db.write(self._context.account_id) as connection:
                await self._count(connection, hold)
        except _UsedUp:
            return False
        except Exception as error:
            if is_unavailable(error):
                return False
            raise
        self._held += hold
        return True

    async def _count(self, connection: AsyncConnection, hold: Decimal) -> None:
        """Both rows in one statement: everybody who builds waits for the account's row, so it is locked briefly."""
        account, caller = self._context.account, self._context.principal.id
        if min(account.ai_calls_per_day, account.ai_calls_per_user_day) <= 0:
            raise _UsedUp
        if min(account.ai_usd_per_day, account.ai_usd_per_user_day) <= 0:
            raise _UsedUp
        put = insert(AiSpend).values([
            {"account_id": self._context.account_id, "id": uuid4(), "day": self._day, "actor_id": actor, "calls": 1,
             "cost_usd": hold}
            for actor in (WHOLE_ACCOUNT, caller)
        ])
        is_whole = AiSpend.actor_id == WHOLE_ACCOUNT
        statement: Any = put.on_conflict_do_update(
            index_elements=["account_id", "day", "actor_id"],
            set_={"calls": AiSpend.calls + 1, "cost_usd": AiSpend.cost_usd + hold},
            where=(AiSpend.calls < case((is_whole, account.ai_calls_per_day), else_=account.ai_calls_per_user_day))
            & (AiSpend.cost_usd < case((is_whole, account.ai_usd_per_day), else_=account.ai_usd_per_user_day)),
        ).returning(AiSpend.actor_id)
        if len((await connection.execute(statement)).all()) != 2:
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

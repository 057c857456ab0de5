"""Sending what an escalation must tell: taken by one process, sent without a connection, settled afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import Database
from db.models import Account, Escalation, EscalationDelivery
from domain.vocabulary import DeliveryState, Priority
from integrations.mail import MailMessage
from resolvers.access import in_account

# Pushed ahead before sending; a process that dies meanwhile leaves its mail to another after this time.
LEASE: Final = timedelta(seconds=60)
# Waits after the first failure, the second, …; after the last attempt the delivery has failed.
WAITS: Final = tuple(timedelta(minutes=one) for one in (1, 5, 30, 120, 360))
MAX_ATTEMPTS: Final = len(WAITS) + 1


@dataclass(frozen=True, slots=True)
class Claimed:
    """One mail that this process may send now. ``attempt`` counts from 1."""

    delivery_id: UUID
    attempt: int
    message: MailMessage


async def claim(db: Database, account_id: UUID, delivery_id: UUID, now: datetime) -> Claimed | None:
    """Take a due delivery; None when it is not due (any more) or another process has it."""
    async with db.write(account_id) as connection:
        row = await _taken(connection, account_id, delivery_id, now)
        if row is None:
            return None
        escalation = (await connection.execute(
            select(Escalation.package, Escalation.priority, Escalation.reason_category, Account.name)
            .join(Account, Account.id == Escalation.account_id)
            .where(in_account(Escalation, account_id), Escalation.id == row.escalation_id)
        )).one()
    return Claimed(delivery_id, row.attempts, _message(delivery_id, row, escalation))


async def _taken(connection: AsyncConnection, account_id: UUID, delivery_id: UUID, now: datetime) -> Any:
    found = await connection.execute(
        update(EscalationDelivery)
        .where(in_account(EscalationDelivery, account_id), EscalationDelivery.id == delivery_id,
               EscalationDelivery.state == DeliveryState.PENDING.value, EscalationDelivery.next_attempt_at <= now)
        .values(next_attempt_at=now + LEASE, attempts=EscalationDelivery.attempts + 1)
        .returning(EscalationDelivery.attempts, EscalationDelivery.address, EscalationDelivery.escalation_id)
    )
    return found.first()


def _message(delivery_id: UUID, row: Any, escalation: Any) -> MailMessage:
    """The digest holds no customer's name or contact. The id is the same at every attempt, so a repeat is known."""
    urgency = Priority(escalation.priority).name.lower()
    category = escalation.reason_category.replace("_", " ")
    text = (
        f"{escalation.package.get('digest', '')}\n\n"
        f"Claim it in Handrail: escalation {row.escalation_id} of {escalation.name}.\n"
    )
    return MailMessage(row.address, f"Escalation ({urgency}): {category}", text, str(delivery_id))


async def settle(
    db: Database, account_id: UUID, claimed: Claimed, error: str | None, now: datetime, *, is_final: bool = False
) -> None:
    """Record how an attempt ended; one that another process has taken over meanwhile is left to that."""
    state, due = DeliveryState.SENT, None
    if error is not None:
        state, due = DeliveryState.FAILED, None
        if claimed.attempt < MAX_ATTEMPTS and not is_final:
            state, due = DeliveryState.PENDING, now + WAITS[claimed.attempt - 1]
    async with db.write(account_id) as connection:
        await connection.execute(
            update(EscalationDelivery)
            .where(in_account(EscalationDelivery, account_id), EscalationDelivery.id == claimed.delivery_id,
                   EscalationDelivery.state == DeliveryState.PENDING.value,
                   EscalationDelivery.attempts == claimed.attempt)
            .values(state=state.value, last_error=error, next_attempt_at=due)
        )

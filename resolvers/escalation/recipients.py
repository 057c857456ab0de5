"""Who is told of an escalation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Account, EscalationDelivery, User
from domain.principal import Role
from domain.vocabulary import DeliveryChannel, DeliveryState, WarningCode
from resolvers.access import in_account
from resolvers.context import Context

TOLD_ROLES = (Role.ENGINEER.value, Role.ADMIN.value, Role.OWNER.value)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told: a member in the product, or an address by e-mail."""

    name: str
    channel: DeliveryChannel
    user_id: UUID | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Recipients:
    """All who are told, and what the escalator should know about that."""

    members: tuple[Recipient, ...]
    addresses: tuple[Recipient, ...]
    warning: WarningCode | None

    @property
    def all(self) -> tuple[Recipient, ...]:
        return self.members + self.addresses


async def choose(connection: AsyncConnection, context: Context) -> Recipients:
    """Active engineers, admins and owners but the escalator; else the account's addresses; else nobody, said aloud."""
    rows = (await connection.execute(
        select(User.id, User.name)
        .where(in_account(User, context.account_id), User.role.in_(TOLD_ROLES), User.deleted_at.is_(None),
               User.deactivated_at.is_(None), User.id != context.principal.id)
        .order_by(User.name, User.id)
    )).all()
    if rows:
        return Recipients(tuple(Recipient(row.name, DeliveryChannel.IN_APP, row.id) for row in rows), (), None)
    # read here, not from the caller's look-up: the fallback must be the one that holds now
    found = await connection.execute(select(Account.escalation_addresses).where(Account.id == context.account_id))
    addresses = tuple(Recipient(one, DeliveryChannel.EMAIL, address=one) for one in found.scalar_one())
    return Recipients((), addresses, WarningCode.DEFAULT_RECIPIENTS_USED if addresses else WarningCode.NO_RECIPIENTS)


async def write_deliveries(
    connection: AsyncConnection, context: Context, escalation_id: UUID, chosen: Recipients
) -> None:
    """One row a recipient. In-app ones are told by the notification of the same transaction; mail is sent later."""
    now = context.now()
    rows: list[dict[str, Any]] = [
        {
            "account_id": context.account_id, "id": uuid4(), "escalation_id": escalation_id, "user_id": one.user_id,
            "name": one.name, "address": one.address, "channel": one.channel.value,
            "state": (DeliveryState.SENT if one.user_id else DeliveryState.PENDING).value,
            "attempts": 1 if one.user_id else 0, "next_attempt_at": None if one.user_id else now, "created_at": now,
        }
        for one in chosen.all
    ]
    if rows:
        await connection.execute(insert(EscalationDelivery).values(rows))

"""Claims of a member who can no longer work on them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Escalation
from domain.vocabulary import EscalationStatus
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context


async def give_back(connection: AsyncConnection, context: Context, user_id: UUID) -> None:
    """What the member had claimed is in the queue again: only its claimant could have released or closed it."""
    released = await connection.execute(
        update(Escalation)
        .where(in_account(Escalation, context.account_id), Escalation.claimed_by_user_id == user_id,
               Escalation.status == EscalationStatus.CLAIMED.value)
        .values(status=EscalationStatus.OPEN.value, claimed_by_user_id=None, claimed_at=None)
        .returning(Escalation.id)
    )
    for escalation_id in released.scalars().all():
        await record(connection, context.principal, "escalation.released", ("escalation", escalation_id),
                     claimant=str(user_id))

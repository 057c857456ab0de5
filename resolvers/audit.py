"""One audit row for one deed, in the transaction of its effect. Ids and enums only."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import AuditEvent
from domain.principal import Principal


async def record(
    connection: AsyncConnection, principal: Principal, action: str, subject: tuple[str, UUID], *,
    acting_as: str | None = None, **details: Any,
) -> None:
    """``subject`` is (type, id); ``details`` hold ids and enum values, never free text."""
    await connection.execute(
        insert(AuditEvent).values(
            account_id=principal.account_id, id=uuid4(), action=action, subject_type=subject[0],
            subject_id=subject[1], actor_kind="system" if principal.is_operator else principal.kind.value,
            actor_id=None if principal.is_operator else principal.id, acting_as=acting_as, details=details,
        )
    )


async def record_by_system(
    connection: AsyncConnection, account_id: UUID, action: str, subject: tuple[str, UUID], **details: Any
) -> None:
    """A deed that nobody called for: a job's or an operator's. The API shows no actor."""
    await connection.execute(
        insert(AuditEvent).values(
            account_id=account_id, id=uuid4(), action=action, subject_type=subject[0], subject_id=subject[1],
            actor_kind="system", actor_id=None, acting_as=None, details=details,
        )
    )

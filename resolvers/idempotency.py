"""One effect for a key: its outcome is stored in the transaction of the effect and given again to a repeat.

A key belongs to (account, actor, key). Only outcomes with an effect are kept: a refused command leaves by an
exception, which rolls the key back with everything else. A concurrent twin waits on the unique index until the
first commits, then finds its outcome; one that waited too long is told to try again.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import Database
from db.faults import is_lock_timeout
from db.models import IdempotencyKey
from domain.principal import Principal
from domain.refusal import Code
from resolvers.access import in_account
from resolvers.outcome import refuse

Stored = dict[str, Any]


def request_hash(mutation: str, values: Any) -> str:
    """Covers the mutation and its whole input, however the client ordered it."""
    payload = orjson.dumps([mutation, values], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(payload).hexdigest()


class KeyedCommand:
    """One mutation call with its key (or without one: then every call is new)."""

    def __init__(self, principal: Principal, mutation: str, key: str | None, values: Any) -> None:
        self._principal = principal
        self._key = key
        self._hash = request_hash(mutation, values) if key else ""
        self._id: UUID | None = None

    async def peek(self, db: Database) -> Stored | None:
        """The stored outcome when there is one; for commands with work to do before their transaction."""
        if self._key is None:
            return None
        async with db.read(self._principal.account_id) as connection:
            return await self._stored(connection)

    async def begin(self, connection: AsyncConnection, outcome: Stored | None = None) -> Stored | None:
        """Take the key; the stored outcome when an earlier call with it took effect.

        ``outcome`` may be given when it is known beforehand, which saves ``finish`` its statement.
        Raises ``Refused``: IDEMPOTENCY_KEY_REUSED for other input, IDEMPOTENCY_IN_PROGRESS after a lock time-out.
        """
        if self._key is None:
            return None
        self._id = uuid4()
        try:
            taken = await connection.execute(self._take(outcome))
        except DBAPIError as error:
            if is_lock_timeout(error):
                message = "The first call with this idempotency key is still running; repeat it in a second."
                raise refuse(Code.IDEMPOTENCY_IN_PROGRESS, message, "idempotencyKey") from None
            raise
        return None if taken.first() else await self._stored(connection)

    def _take(self, outcome: Stored | None) -> Any:
        row = {
            "account_id": self._principal.account_id, "id": self._id, "actor_id": self._principal.id,
            "key": self._key, "request_hash": self._hash, "outcome": outcome or {},
        }
        return insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.id)

    async def _stored(self, connection: AsyncConnection) -> Stored | None:
        found = await connection.execute(
            select(IdempotencyKey.request_hash, IdempotencyKey.outcome).where(
                in_account(IdempotencyKey, self._principal.account_id),
                IdempotencyKey.actor_id == self._principal.id, IdempotencyKey.key == self._key,
            )
        )
        row = found.first()
        if row is None:
            return None
        if row.request_hash != self._hash:
            message = "This idempotency key was used for another request; send a new key with a new request."
            raise refuse(Code.IDEMPOTENCY_KEY_REUSED, message, "idempotencyKey")
        return dict(row.outcome)

    async def finish(self, connection: AsyncConnection, outcome: Stored) -> None:
        """Keep what the effect came to, in its transaction."""
        if self._id is not None:
            await connection.execute(
                update(IdempotencyKey)
                .where(in_account(IdempotencyKey, self._principal.account_id), IdempotencyKey.id == self._id)
                .values(outcome=outcome)
            )

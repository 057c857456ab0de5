"""A read in one round trip: its tenant travels ahead of the statement, and both are one transaction.

PostgreSQL takes all messages up to the next Sync for one transaction. So the two messages that run a prepared
``set_config(…, true)`` are put on the wire right before the driver's own Bind, Execute and Sync. The setting ends with
that transaction, whatever becomes of the statement: there is nothing to commit, and nothing stays on the connection.
The driver needs to know nothing of it: "bound" and "done, no rows" are answers it gets from its own messages too.
"""

from __future__ import annotations

import asyncio
import struct
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from db.prepared import Prepared, Row

TENANT_SETTING = "handrail.account_id"
# Finds no row, whatever it sets: the driver would take one for a row of the statement that follows.
TENANT_AHEAD = (
    f"SELECT WHERE set_config('{TENANT_SETTING}', $1, true) || set_config('transaction_read_only', 'on', true) IS NULL"
)
MAX_KEPT = 300
SETTLE_SECONDS = 0.5
_STALE = (
    asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError, asyncpg.InvalidSQLStatementNameError,
)
_EXECUTE = b"E" + struct.pack("!i", 9) + b"\0" + struct.pack("!i", 0)


class UnusableValue(ValueError):
    """A value does not fit its place in a statement. Says nothing about it: it may be a customer's."""


class Statements:
    """The statements that one connection has prepared, those used last."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._kept: OrderedDict[str, PreparedStatement[Any]] = OrderedDict()
        self._tenant_ahead: PreparedStatement[Any] | None = None

    async def rows(self, tenant: UUID, statement: Prepared, values: Mapping[str, Any]) -> list[Row]:
        """Run it as the tenant. Any exception leaves the connection in a state that ``settled`` must end."""
        arguments = statement.arguments(values)
        try:
            return await self._run(tenant, statement, arguments)
        except _STALE:  # a migration ran: what was prepared before it is of no use
            await self._forget()
            return await self._run(tenant, statement, arguments)
        except asyncpg.DataError:
            raise UnusableValue("a value does not fit the statement") from None

    async def within(self, statement: Prepared, values: Mapping[str, Any]) -> list[Row]:
        """Run it in the transaction that is open; whose that is, is the caller's business."""
        prepared = await self._prepared(statement)
        try:
            rows: list[Row] = await prepared.fetch(*statement.arguments(values))
        except asyncpg.DataError:
            raise UnusableValue("a value does not fit the statement") from None
        return rows

    async def _run(self, tenant: UUID, statement: Prepared, arguments: list[Any]) -> list[Row]:
        prepared = await self._prepared(statement)
        ahead = await self._ahead_of(tenant)
        self._connection._transport.write(ahead)  # noqa: SLF001 - from here to the driver's own messages nothing waits
        rows: list[Row] = await prepared.fetch(*arguments)
        return rows

    async def _prepared(self, statement: Prepared) -> PreparedStatement[Any]:
        kept = self._kept.get(statement.sql)
        if kept is not None:
            self._kept.move_to_end(statement.sql)
            return kept
        prepared = await self._connection.prepare(statement.sql, record_class=Row)
        statement.require_plain([column.type.oid for column in prepared.get_attributes()])
        self._kept[statement.sql] = prepared
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return prepared

    async def _ahead_of(self, tenant: UUID) -> bytes:
        """Bind and Execute of the statement that sets the tenant."""
        if self._tenant_ahead is None:
            self._tenant_ahead = await self._connection.prepare(TENANT_AHEAD)
        name = self._tenant_ahead.get_name().encode()
        values = struct.pack("!hhi", 0, 1, 36) + str(tenant).encode() + struct.pack("!h", 0)
        return _message(b"B", b"\0" + name + b"\0" + values) + _EXECUTE

    async def _forget(self) -> None:
        self._kept.clear()
        self._tenant_ahead = None
        await settled(self._connection)
        await self._connection.reload_schema_state()


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


async def settled(connection: asyncpg.Connection) -> bool:
    """After a failure: end whatever was begun. False when the server does not answer in time."""
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            await connection.execute("ROLLBACK")
    except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return False
    return True

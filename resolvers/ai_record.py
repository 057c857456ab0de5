"""The record of every model call: written with its outcome, read by those who may."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import AiRecord, AiSpend
from domain.flow_tree import FlowNode
from domain.walk_replay import ServedRecord
from domain.walk_session import node_from_json, node_to_json
from integrations.llm import ModelCall
from integrations.node_generation import ACCEPTED
from resolvers.access import in_account
from resolvers.ai_budget import WHOLE_ACCOUNT, Purse, storing_slot, today, usd
from resolvers.context import Context
from resolvers.walk_session.history import with_earlier

MAX_DAYS = 366


@dataclass(frozen=True, slots=True)
class Entry:
    """The paid calls of one piece of work. ``ids`` are given beforehand, so that storing twice records once.

    ``at_step``: the session's step when it was asked; None for a classification.
    """

    calls: tuple[ModelCall, ...]
    purse: Purse
    at_step: int | None = None
    node: FlowNode | None = None
    ids: tuple[UUID, ...] = ()

    @classmethod
    def of(
        cls, calls: Sequence[ModelCall], purse: Purse, at_step: int | None = None, node: FlowNode | None = None
    ) -> Entry:
        return cls(tuple(calls), purse, at_step, node, tuple(uuid4() for _ in calls))


@asynccontextmanager
async def storing(context: Context) -> AsyncIterator[AsyncConnection]:
    """The transaction for ``write``: a few at a time, as they all end at the row of the account's spending."""
    async with storing_slot(context.account_id), context.db.write(context.account_id) as connection:
        yield connection


async def write(
    connection: AsyncConnection, context: Context, session_id: UUID | None, entry: Entry, *, is_dropped: bool = False
) -> None:
    """One row a call, and what they cost. ``is_dropped``: the session went on, the result was not served."""
    if not entry.calls:
        return
    rows = [
        _row(context, session_id, entry, attempt, is_dropped=is_dropped) for attempt in range(1, len(entry.calls) + 1)
    ]
    written = await connection.execute(insert(AiRecord).values(rows).on_conflict_do_nothing().returning(AiRecord.id))
    if written.first() is None:
        return  # stored by an earlier try whose answer was lost
    cost = sum((usd(call.cost) for call in entry.calls), Decimal(0))
    tokens = sum((call.prompt_tokens or 0) + (call.completion_tokens or 0) for call in entry.calls)
    await entry.purse.settle(connection, cost, tokens)


def _row(
    context: Context, session_id: UUID | None, entry: Entry, attempt: int, *, is_dropped: bool
) -> dict[str, Any]:
    call, node = entry.calls[attempt - 1], entry.node
    return {
        "account_id": context.account_id, "id": entry.ids[attempt - 1], "session_id": session_id,
        "actor_id": context.principal.id, "purpose": call.purpose.value, "at_step": entry.at_step, "attempt": attempt,
        "model": call.model[:200], "parameters": dict(call.parameters), "prompt_hash": call.prompt_hash[:64],
        "raw": call.raw, "verdict": f"dropped:{call.verdict}" if is_dropped else call.verdict,
        "node": node_to_json(node) if node is not None and call.verdict == ACCEPTED else None,
        "error_code": call.error_code[:30] if call.error_code else None,
        "prompt_tokens": call.prompt_tokens or 0, "completion_tokens": call.completion_tokens or 0,
        "cost_usd": None if call.cost is None else usd(call.cost), "latency_ms": call.latency_ms,
        "created_at": context.now(),
    }


async def attach(connection: AsyncConnection, context: Context, record_id: UUID | None, session_id: UUID) -> None:
    """A classification belongs to the walk it led to. An earlier walk keeps what it has."""
    if record_id is not None:
        await connection.execute(
            update(AiRecord)
            .where(in_account(AiRecord, context.account_id), AiRecord.id == record_id, AiRecord.session_id.is_(None))
            .values(session_id=session_id)
        )


async def of_sessions(context: Context, ids: Sequence[UUID]) -> list[list[Any]]:
    """Records of walks in the order they were made; the caller has been checked."""
    statement = (
        select(*AiRecord.__table__.columns)
        .where(in_account(AiRecord, context.account_id), AiRecord.session_id.in_(ids))
        .order_by(AiRecord.created_at, AiRecord.at_step, AiRecord.attempt)
    )
    async with context.db.read(context.account_id) as connection:
        rows = (await connection.execute(statement)).all()
    return [[row for row in rows if row.session_id == one] for one in ids]


async def usage(context: Context, days: int) -> list[Any]:
    """Calls, tokens and money of the account by UTC day, newest first."""
    since: date = today(context.now()) - timedelta(days=min(max(days, 1), MAX_DAYS) - 1)
    statement = (
        select(AiSpend.day, AiSpend.calls, AiSpend.tokens, AiSpend.cost_usd)
        .where(in_account(AiSpend, context.account_id), AiSpend.actor_id == WHOLE_ACCOUNT, AiSpend.day >= since)
        .order_by(AiSpend.day.desc())
    )
    async with context.db.read(context.account_id) as connection:
        return list((await connection.execute(statement)).all())


async def served(context: Context, session_id: UUID) -> list[ServedRecord]:
    """Accepted records of a walk and of those it continues: what was served, and what it was read from."""
    async with context.db.read(context.account_id) as connection:
        chain = await with_earlier(connection, context, session_id)
        statement = select(AiRecord.node, AiRecord.raw).where(
            in_account(AiRecord, context.account_id), AiRecord.session_id.in_(chain), AiRecord.node.is_not(None)
        )
        rows = (await connection.execute(statement)).all()
    found = [(node_from_json(row.node), row.raw) for row in rows]
    return [ServedRecord(node, raw) for node, raw in found if node is not None]

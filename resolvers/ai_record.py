"""The record of every model call: written with its outcome, read by those who may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import AiRecord, AiSpend
from domain.flow_tree import FlowNode
from domain.walk_replay import ServedRecord
from domain.walk_session import node_from_json, node_to_json
from integrations.llm import ModelCall
from integrations.node_generation import ACCEPTED
from resolvers.access import in_account
from resolvers.ai_budget import WHOLE_ACCOUNT, add_cost, today
from resolvers.context import Context

MAX_RECORDS = 200
MAX_DAYS = 366


async def write(
    connection: AsyncConnection, context: Context, session_id: UUID | None, at_step: int | None,
    calls: Sequence[ModelCall], node: FlowNode | None, *, is_dropped: bool = False,
) -> None:
    """One row a call, and what they cost. ``is_dropped``: the session went on, the result was not served."""
    if not calls:
        return
    rows = [
        _row(context, session_id, at_step, attempt, call, node, is_dropped=is_dropped)
        for attempt, call in enumerate(calls, 1)
    ]
    await connection.execute(insert(AiRecord).values(rows))
    cost = sum((Decimal(str(call.cost)) for call in calls if call.cost), Decimal(0))
    tokens = sum((call.prompt_tokens or 0) + (call.completion_tokens or 0) for call in calls)
    await add_cost(connection, context, cost, tokens)


def _row(
    context: Context, session_id: UUID | None, at_step: int | None, attempt: int, call: ModelCall,
    node: FlowNode | None, *, is_dropped: bool,
) -> dict[str, Any]:
    served = node is not None and call.verdict == ACCEPTED
    return {
        "account_id": context.account_id, "id": uuid4(), "session_id": session_id,
        "actor_id": context.principal.id, "purpose": call.purpose.value, "at_step": at_step, "attempt": attempt,
        "model": call.model[:200], "parameters": dict(call.parameters), "prompt_hash": call.prompt_hash,
        "raw": call.raw, "verdict": f"dropped:{call.verdict}" if is_dropped else call.verdict,
        "node": node_to_json(node) if node is not None and served else None, "error_code": call.error_code,
        "prompt_tokens": call.prompt_tokens or 0, "completion_tokens": call.completion_tokens or 0,
        "cost_usd": None if call.cost is None else Decimal(str(call.cost)), "latency_ms": call.latency_ms,
        "created_at": context.now(),
    }


async def of_session(context: Context, session_id: UUID) -> list[Any]:
    """Records of a walk in the order they were made; the caller has been checked."""
    statement = (
        select(*AiRecord.__table__.columns)
        .where(in_account(AiRecord, context.account_id), AiRecord.session_id == session_id)
        .order_by(AiRecord.created_at, AiRecord.at_step, AiRecord.attempt)
        .limit(MAX_RECORDS)
    )
    async with context.db.read(context.account_id) as connection:
        return list((await connection.execute(statement)).all())


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
    """Accepted records of a walk: what was served, and what it was read from."""
    rows = await of_session(context, session_id)
    found = [(node_from_json(row.node), row.raw) for row in rows if row.node is not None]
    return [ServedRecord(node, raw) for node, raw in found if node is not None]

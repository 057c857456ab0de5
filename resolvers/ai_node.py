"""The next node of an AI-built walk: replayed when it is there, made once when it is not.

A claim on the session's row (token and expiry) lets one generation run across all processes. The answer is committed
before; no transaction and no connection is held while a model is asked; the result is stored only while the claim
still stands. Those who lose the claim wait for the result, a while. A claim whose holder died expires and is taken.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.faults import is_unavailable
from db.models import WalkSession
from domain.builder.prompt import NodeRequest
from domain.flow_tree import FlowNode
from domain.permission import Action
from domain.refusal import Refusal
from domain.walk_session import (
    SessionKind,
    WalkEvent,
    WalkStatus,
    refusal_of,
    serve_generated,
)
from integrations.node_generation import GeneratedNode, generate_node
from resolvers import ai_record, ai_speculation, rate_limit
from resolvers.access import in_account
from resolvers.ai_budget import reserve
from resolvers.ai_request import COLUMNS, request_of
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import Refused, not_found
from resolvers.walk_session.history import earlier_path
from resolvers.walk_session.state_rows import LOCKED, authorise, load_state, values_of, write_session

CLAIM_MARGIN = 4.0
ANSWER_MARGIN = 3.0
POLL_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.4)
STORE_TRIES = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make the next node of one session, until it expires."""

    session_id: UUID
    token: UUID
    step: int
    request: NodeRequest


_under_way: dict[UUID, asyncio.Task[None]] = {}


@guarded
async def next_node(context: Context, session_id: UUID) -> UUID:
    """The session with its current node: there already, or made now. Raises ``Refused`` NOT_ACTIVE after the end."""
    await authorise(context, Action.ANSWER, session_id)
    row = await _standing(context, session_id)
    if row is None:
        raise not_found("walk session", "sessionId")
    refused = refusal_of(WalkStatus(row.status), WalkEvent.NEXT_NODE)
    if refused is not None:
        raise Refused(refused, session_id=session_id)
    if row.is_missing:
        await rate_limit.consume(context, "next_node")
        await ensure_node(context, session_id)
    return session_id


async def _standing(context: Context, session_id: UUID) -> Any:
    is_missing = (WalkSession.session_kind == SessionKind.AI_BUILD.value) & WalkSession.pending_node.is_(None)
    statement = select(WalkSession.status, is_missing.label("is_missing")).where(
        in_account(WalkSession, context.account_id), WalkSession.id == session_id
    )
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


async def ensure_node(context: Context, session_id: UUID) -> None:
    """Return once the node is there, or when the step's time is over: then ``isGenerating`` says so."""
    ends = context.ai_deadline(context.services.model.settings.step_timeout)
    context.extend_deadline(max(ends - time.monotonic(), 0) + ANSWER_MARGIN)
    for attempt in range(1_000):
        running = _under_way.get(session_id)
        if running is None:
            claim = await _claim(context, session_id)
            running = _start(context, claim, ends) if claim else None
        left = ends - time.monotonic()
        if running is not None:
            await asyncio.wait({running}, timeout=max(left, 0.05) + 0.5)
            return
        if left <= 0 or not await _is_being_made(context, session_id):
            return
        await asyncio.sleep(POLL_SECONDS[min(attempt, len(POLL_SECONDS) - 1)])


def _start(context: Context, claim: Claim, ends: float) -> asyncio.Task[None]:
    """The generation runs on its own: a caller who hangs up cancels nothing that is paid for."""
    task = context.services.background.spawn(_generate(context, claim, ends))
    _under_way[claim.session_id] = task
    task.add_done_callback(lambda _: _under_way.pop(claim.session_id, None))
    return task


async def _is_being_made(context: Context, session_id: UUID) -> bool:
    """Whether it is worth waiting: no node yet, and somebody (or a claim that will expire) is at it."""
    row = await _standing(context, session_id)
    return row is not None and row.status == WalkStatus.ACTIVE and row.is_missing


async def _claim(context: Context, session_id: UUID) -> Claim | None:
    """Take the claim when a node is missing and nobody holds a live one; the database's clock decides."""
    token = uuid4()
    seconds = context.services.model.settings.step_timeout + CLAIM_MARGIN
    statement = (
        update(WalkSession)
        .where(in_account(WalkSession, context.account_id), WalkSession.id == session_id,
               WalkSession.status == WalkStatus.ACTIVE.value,
               WalkSession.session_kind == SessionKind.AI_BUILD.value, WalkSession.pending_node.is_(None),
               or_(WalkSession.generation_token.is_(None),
                   WalkSession.generation_expires_at < func.clock_timestamp()))
        .values(generation_token=token,
                generation_expires_at=func.clock_timestamp() + text(f"interval '{seconds:.3f} seconds'"))
        .returning(*(getattr(WalkSession, name) for name in COLUMNS))
    )
    async with context.db.write(context.account_id) as connection:
        row = (await connection.execute(statement)).first()
        if row is None:
            return None
        earlier = await earlier_path(connection, context, row.continues_session_id)
    return Claim(session_id, token, row.step, request_of(row, earlier))


async def _generate(context: Context, claim: Claim, ends: float) -> None:
    made = await generate_node(
        context.services.model, claim.request, str(uuid4()), seconds=max(ends - time.monotonic(), 0.1),
        reserve=lambda: reserve(context),
    )
    for attempt in range(STORE_TRIES):
        try:
            await _store(context, claim, made)
        except Exception as error:
            if attempt == STORE_TRIES - 1 or not is_unavailable(error):
                raise
            await asyncio.sleep(0.3 * 2**attempt)
        else:
            return


async def _store(context: Context, claim: Claim, made: GeneratedNode) -> None:
    """Serve the node if the claim still stands; otherwise keep only the record of what was paid."""
    async with context.db.write(context.account_id) as connection:
        row = await _locked(connection, context, claim.session_id)
        is_served = row is not None and row.generation_token == claim.token and await _serve(
            connection, context, row, made.node, claim.step
        )
        await ai_record.write(
            connection, context, claim.session_id if row is not None else None, claim.step, made.calls, made.node,
            is_dropped=not is_served,
        )
    if is_served:
        ai_speculation.begin(context, claim.session_id)


async def _locked(connection: AsyncConnection, context: Context, session_id: UUID) -> Any:
    statement = (
        select(*(getattr(WalkSession, name) for name in LOCKED))
        .where(in_account(WalkSession, context.account_id), WalkSession.id == session_id)
        .with_for_update(of=WalkSession)
    )
    return (await connection.execute(statement)).first()


async def _serve(connection: AsyncConnection, context: Context, row: Any, node: FlowNode, after_step: int) -> bool:
    served = serve_generated(await load_state(connection, context, row), node, after_step)
    if isinstance(served, Refusal):
        await write_session(connection, context, row.id, generation_token=None, generation_expires_at=None)
        return False
    await write_session(connection, context, row.id, **values_of(served), generation_token=None,
                        generation_expires_at=None)
    return True

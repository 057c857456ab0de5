"""The next node of an AI-built walk: replayed when it is there, made once when it is not.

A claim on the session's row (token and expiry) lets one generation run across all processes. The answer is committed
before; no transaction and no connection is held while a model is asked; the result is stored only while the claim
still stands. Those who lose the claim wait until they are told of the result, a while. A claim whose holder died
expires and is taken.
"""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Float, cast, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import WalkSession
from domain.builder.escalate_nodes import EscalateCause, escalate_node
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
from resolvers.ai_budget import Purse
from resolvers.ai_request import COLUMNS, request_of
from resolvers.ai_storing import persist
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import Refused, not_found
from resolvers.walk_session.history import earlier_path
from resolvers.walk_session.state_rows import (
    LOCKED,
    authorise,
    load_state,
    tell_waiting,
    topic_of,
    values_of,
    write_session,
)

CLAIM_MARGIN = 4.0  # seconds a claim outlives its step, for storing
ANSWER_MARGIN = 3.0  # seconds a request outlives its step, for reading what it answers with
WORTH_BEGINNING = 0.25  # of a step's time; with less left the node is made by the next request
LOOK_AGAIN = 2.0  # seconds after which one who waits looks for himself: a word can be lost
LOOK_OFTEN = 0.3  # the same where other processes cannot be heard
JUST_AFTER = 0.05  # seconds after a claim's end it is taken over
CROWD_SECONDS = 0.05  # one call's end and its storing, beside those of others
WAY_BACK_SHARE = 0.5  # of the time that is left, at most


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make the next node of one session, until it expires."""

    session_id: UUID
    token: UUID
    step: int
    request: NodeRequest


_under_way: set[UUID] = set()  # tokens of the claims that this process works for


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
    if _is_missing(row):
        await rate_limit.consume(context, "next_node")
        await ensure_node(context, session_id)
    return session_id


async def _standing(context: Context, session_id: UUID) -> Any:
    has_no_node = (WalkSession.session_kind == SessionKind.AI_BUILD.value) & WalkSession.pending_node.is_(None)
    expires_in = func.extract("epoch", WalkSession.generation_expires_at - func.clock_timestamp())
    statement = select(
        WalkSession.status, has_no_node.label("has_no_node"), WalkSession.generation_token,
        _claimable().label("is_claimable"), cast(expires_in, Float).label("expires_in"),
    ).where(
        in_account(WalkSession, context.account_id), WalkSession.id == session_id
    )
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


def _claimable() -> Any:
    """Nobody holds a live claim; the database's clock decides."""
    return or_(WalkSession.generation_token.is_(None), WalkSession.generation_expires_at < func.clock_timestamp())


def _is_missing(row: Any) -> bool:
    return row is not None and row.status == WalkStatus.ACTIVE and bool(row.has_no_node)


async def ensure_node(context: Context, session_id: UUID) -> None:
    """Return once the node is there, or when the step's time is over: then ``isGenerating`` says so.

    One caller takes the claim; the others, in this process or another, wait for what it makes and buy nothing. Who has
    waited in vain, with too little time left for a model, leaves the rest to the next request.
    """
    seconds = context.services.model.settings.step_timeout
    ends = context.ai_deadline(seconds)
    with context.services.listener.hearing(topic_of(session_id)) as hearing:
        while _is_missing(row := await _standing(context, session_id)):
            left = ends - time.monotonic()
            context.extend_deadline(max(left, 0) + ANSWER_MARGIN)
            if left <= (seconds * WORTH_BEGINNING if row.is_claimable else 0):
                return
            claim = await _claim(context, session_id) if row.is_claimable else None
            if claim is not None:
                _start(context, claim, ends)
            await hearing.wait(left if claim else min(left, _patience(context, row)))


def _patience(context: Context, row: Any) -> float:
    """Seconds until one who waits looks without having been told: soon when nobody could tell, or the claim ends."""
    if row.generation_token in _under_way:
        return math.inf
    patience = LOOK_AGAIN if context.services.listener.is_live else LOOK_OFTEN
    return float(min(patience, max(row.expires_in or 0.0, 0.0) + JUST_AFTER))


def _start(context: Context, claim: Claim, ends: float) -> None:
    """The generation runs on its own: a caller who hangs up cancels nothing that is paid for."""
    _under_way.add(claim.token)
    task: asyncio.Task[None] = context.services.background.spawn(_generate(context, claim, ends))
    task.add_done_callback(lambda _: _end(context, claim))


def _end(context: Context, claim: Claim) -> None:
    """Those of this process who wait look at once; the others are told by the transaction that stored the node."""
    _under_way.discard(claim.token)
    context.services.listener.tell(topic_of(claim.session_id))


async def _claim(context: Context, session_id: UUID) -> Claim | None:
    """Take the claim when a node is missing and nobody holds a live one; the database's clock decides."""
    token = uuid4()
    seconds = context.services.model.settings.step_timeout + CLAIM_MARGIN
    statement = (
        update(WalkSession)
        .where(in_account(WalkSession, context.account_id), WalkSession.id == session_id,
               WalkSession.status == WalkStatus.ACTIVE.value,
               WalkSession.session_kind == SessionKind.AI_BUILD.value, WalkSession.pending_node.is_(None),
               _claimable())
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
    purse, node_id = Purse(context), str(uuid4())
    if context.account.ai_enabled:
        made = await generate_node(
            context.services.model, claim.request, node_id, reserve=purse.reserve,
            seconds=_granted(context, ends - time.monotonic()),
        )
    else:
        made = GeneratedNode(escalate_node(EscalateCause.AI_UNAVAILABLE, node_id), (), is_fallback=True)
    entry = ai_record.Entry.of(made.calls, purse, claim.step, made.node)
    if await persist(partial(_store, context, claim, made.node, entry)):
        ai_speculation.begin(context, claim.session_id)


def _granted(context: Context, left: float) -> float:
    """Seconds for the model of those that are left: the way back to the client takes about as long as the way here.

    Calls that began together and hang are let go one after the other, not at once.
    """
    way_back = max(context.own_seconds, CROWD_SECONDS * len(_under_way))
    return max(left - min(way_back, left * WAY_BACK_SHARE), 0.1)


async def _store(context: Context, claim: Claim, node: FlowNode, entry: ai_record.Entry) -> bool:
    """Serve the node if the claim still stands; otherwise keep only the record of what was paid."""
    async with ai_record.storing(context) as connection:
        row = await _locked(connection, context, claim.session_id)
        is_served = row is not None and row.generation_token == claim.token and await _serve(
            connection, context, row, node, claim.step
        )
        session_id = claim.session_id if row is not None else None
        await ai_record.write(connection, context, session_id, entry, is_dropped=not is_served)
    return is_served


async def _locked(connection: AsyncConnection, context: Context, session_id: UUID) -> Any:
    statement = (
        select(*(getattr(WalkSession, name) for name in LOCKED))
        .where(in_account(WalkSession, context.account_id), WalkSession.id == session_id)
        .with_for_update(of=WalkSession)
    )
    return (await connection.execute(statement)).first()


async def _serve(connection: AsyncConnection, context: Context, row: Any, node: FlowNode, after_step: int) -> bool:
    served = serve_generated(await load_state(connection, context, row), node, after_step)
    await tell_waiting(connection, row)
    if isinstance(served, Refusal):
        await write_session(connection, context, row.id, generation_token=None, generation_expires_at=None)
        return False
    await write_session(connection, context, row.id, **values_of(served), generation_token=None,
                        generation_expires_at=None)
    return True

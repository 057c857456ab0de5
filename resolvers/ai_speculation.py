"""The likeliest next node, made while the technician still reads: at most one paid call a node, in the budget.

The result waits beside the pending node; it is served only when that very answer is given to that very node.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import WalkSession
from domain.builder.prompt import NodeRequest, PathStep
from domain.flow_tree import TERMINAL_KINDS, FlowNode
from domain.walk_session import DEPTH_CAP, SessionKind, WalkStatus, node_from_json, node_to_json
from integrations.llm import CallError, Purpose
from integrations.node_generation import generate_node
from resolvers import ai_record
from resolvers.access import in_account
from resolvers.ai_budget import Purse
from resolvers.ai_request import COLUMNS, request_of
from resolvers.ai_storing import persist
from resolvers.context import Context
from resolvers.walk_session.history import earlier_path
from resolvers.walk_session.state_rows import write_session

NEEDED = (*COLUMNS, "status", "session_kind", "pending_node", "speculated")


@dataclass(frozen=True, slots=True)
class Guess:
    """The answer that is expected to a pending node, and the request that would follow it."""

    node_id: str
    answer: str
    step: int
    request: NodeRequest


def is_on(context: Context) -> bool:
    """By the account's switch or the server's setting."""
    return context.account.ai_speculation or bool(context.services.options.get("ai_speculation"))


def begin(context: Context, session_id: UUID) -> None:
    """Start guessing for the node that was just served; nobody waits for it."""
    if is_on(context):
        context.services.background.spawn(_speculate(context, session_id))


def hit(speculated: Any, node_id: str, answer: str) -> FlowNode | None:
    """The node made ahead for this answer to this node, if that was the guess."""
    if isinstance(speculated, dict) and (speculated.get("nodeId"), speculated.get("answer")) == (node_id, answer):
        return node_from_json(speculated.get("node"))
    return None


async def _speculate(context: Context, session_id: UUID) -> None:
    guess = await _guess(context, session_id)
    if guess is None or not context.account.ai_enabled:
        return
    purse, asked = Purse(context), iter([True])

    async def once() -> bool:
        return next(asked, False) and await purse.reserve()

    made = await generate_node(
        context.services.model, guess.request, str(uuid4()), reserve=once, purpose=Purpose.SPECULATE
    )
    paid = [call for call in made.calls if call.error_code != CallError.BUDGET]
    kept = None if made.is_fallback else made.node
    entry = ai_record.Entry.of(paid, purse, guess.step, kept)
    await persist(partial(_store, context, session_id, guess, entry))


async def _store(context: Context, session_id: UUID, guess: Guess, entry: ai_record.Entry) -> None:
    """Keep the node beside the one it follows unless the walk has moved on; the record is kept in any case."""
    async with ai_record.storing(context) as connection:
        row = await _row(connection, context, session_id, locked=True)
        is_kept = entry.node is not None and _still_fits(row, guess)
        if is_kept and entry.node is not None:
            ahead = {"nodeId": guess.node_id, "answer": guess.answer, "node": node_to_json(entry.node)}
            await write_session(connection, context, session_id, speculated=ahead)
        is_dropped = entry.node is not None and not is_kept
        await ai_record.write(connection, context, session_id if row is not None else None, entry,
                              is_dropped=is_dropped)


def _still_fits(row: Any, guess: Guess) -> bool:
    pending = node_from_json(row.pending_node) if row is not None else None
    return pending is not None and pending.node_id == guess.node_id and row.status == WalkStatus.ACTIVE


async def _guess(context: Context, session_id: UUID) -> Guess | None:
    """The first option, or the acknowledgement; nothing for ends, ended walks and places next to the cap."""
    async with context.db.read(context.account_id) as connection:
        row = await _row(connection, context, session_id)
        if row is None or row.status != WalkStatus.ACTIVE or row.session_kind != SessionKind.AI_BUILD:
            return None
        earlier = await earlier_path(connection, context, row.continues_session_id)
    node, request = node_from_json(row.pending_node), request_of(row, earlier)
    if node is None or node.kind in TERMINAL_KINDS or row.speculated or len(request.path) + 1 >= DEPTH_CAP:
        return None
    answer, label = (node.options[0].value, node.options[0].label) if node.options else ("done", "Done")
    ahead = replace(request, path=(*request.path, PathStep(node.text, label)))
    return Guess(node.node_id, answer, row.step, ahead)


async def _row(connection: AsyncConnection, context: Context, session_id: UUID, *, locked: bool = False) -> Any:
    statement = select(*(getattr(WalkSession, name) for name in NEEDED)).where(
        in_account(WalkSession, context.account_id), WalkSession.id == session_id
    )
    return (await connection.execute(statement.with_for_update() if locked else statement)).first()

"""Answering the current node and going back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from domain.clean_text import idempotency_key
from domain.permission import Action
from domain.refusal import Refusal
from domain.walk_session import Accepted, Actor, AnswerCommand, WalkState, answer, go_back, serve_generated
from resolvers import ai_node, ai_speculation
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.idempotency import KeyedCommand
from resolvers.outcome import Refused, checked
from resolvers.walk_session.state_rows import (
    authorise,
    load_state,
    lock_session,
    tell_waiting,
    values_of,
    write_session,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Input of ``answerNode``."""

    session_id: UUID
    node_id: str
    answer: str
    expected_step: int
    note: str | None
    idempotency_key: str | None


@dataclass(frozen=True, slots=True)
class GoBack:
    """Input of ``goBack``."""

    session_id: UUID
    to_step: int
    expected_step: int
    idempotency_key: str | None


def keyed(context: Context, mutation: str, given: Any) -> KeyedCommand:
    """The key of a command that was sent as a dataclass with an ``idempotency_key``."""
    values = asdict(given)
    key = checked(idempotency_key(values.pop("idempotency_key")))
    return KeyedCommand(context.principal, mutation, key, values)


def actor(context: Context) -> Actor:
    return Actor(context.principal.kind, context.principal.id)


@guarded
async def answer_node(context: Context, given: Answer) -> UUID:
    """Record an answer exactly once, commit it, then see to the next node of an AI-built walk."""
    command = keyed(context, "answerNode", given)
    acting_as = await authorise(context, Action.ANSWER, given.session_id)
    needs_node = await _record(context, given, command, acting_as)
    if needs_node:
        await ai_node.ensure_node(context, given.session_id)
    return given.session_id


async def _record(context: Context, given: Answer, command: KeyedCommand, acting_as: str | None) -> bool:
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        if await command.begin(connection, {"session_id": str(given.session_id)}) is not None:
            return True  # the first call may have died before its node was there
        row = await lock_session(connection, context, Action.ANSWER, given.session_id)
        state = await load_state(connection, context, row)
        accepted = answer(state, AnswerCommand(
            node_id=given.node_id, answer=given.answer, expected_step=given.expected_step, who=actor(context),
            now=now, new_node_id=str(uuid4()), note=given.note, acting_as=acting_as,
        ))
        if isinstance(accepted, Refusal):
            raise Refused(accepted, session_id=given.session_id)
        accepted, was_ahead = _served_ahead(accepted, row.speculated)
        await write_session(
            connection, context, given.session_id, **_moved(accepted.state), last_step_at=now, last_activity_at=now,
            wait_until=None,
        )
        await tell_waiting(connection, row)
    if was_ahead:
        ai_speculation.begin(context, given.session_id)
    return accepted.needs_generation


def _served_ahead(accepted: Accepted, speculated: Any) -> tuple[Accepted, bool]:
    """The node that was made ahead for this answer, served without waiting."""
    ahead = ai_speculation.hit(speculated, accepted.step.node_id, accepted.step.answer)
    if ahead is None or not accepted.needs_generation:
        return accepted, False
    served = serve_generated(accepted.state, ahead, accepted.state.step)
    return (accepted, False) if isinstance(served, Refusal) else (replace(accepted, state=served), True)


def _moved(state: WalkState) -> dict[str, Any]:
    """Columns of a move; a generation that runs for the place before is no longer wanted."""
    return {**values_of(state), "generation_token": None, "generation_expires_at": None,
            "speculated": None}


@guarded
async def go_back_to(context: Context, given: GoBack) -> UUID:
    """Supersede a step and all after it; its recorded node is served again."""
    command = keyed(context, "goBack", given)
    await authorise(context, Action.ANSWER, given.session_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        if await command.begin(connection, {"session_id": str(given.session_id)}) is not None:
            return given.session_id
        row = await lock_session(connection, context, Action.ANSWER, given.session_id)
        state = await load_state(connection, context, row)
        back = go_back(state, given.to_step, given.expected_step, actor(context), now)
        if isinstance(back, Refusal):
            raise Refused(back, session_id=given.session_id)
        await write_session(
            connection, context, given.session_id, **_moved(back), last_activity_at=now, wait_until=None
        )
        await tell_waiting(connection, row)
    return given.session_id

"""Intake: from a described problem to a walk, suggestions, or a clear "out of scope".

The order matters (design section 5): an explicit target is walked as named; matching stands before the gate, so that
an authored flow is never blocked by a setting; a ticket is made only together with a session.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Flow
from db.queries.flow_search import FeedbackKind, count_feedback
from domain.builder.gate import OutOfScopeReason
from domain.builder.known_values import known_values
from domain.clean_text import idempotency_key
from domain.permission import Action
from domain.vocabulary import WalkStartReason
from domain.walk_session import SessionKind
from resolvers import ai_node, ai_record, flow_building, flow_matching, rate_limit
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.flow_matching import Suggestion
from resolvers.guard import guarded
from resolvers.idempotency import KeyedCommand, Stored
from resolvers.outcome import checked, require
from resolvers.permission_loader import Check
from resolvers.proposal_walking import require_walkable
from resolvers.walk_session.intake_input import Caller, Intake, clean_intake
from resolvers.walk_session.starting import Target, insert_session, pin

MATCH_SCORE = 0.75
SUGGEST_SCORE = 0.60
MAX_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class Started:
    """A walk began (or began with the first call of this key)."""

    session_id: UUID
    reason: WalkStartReason
    score: float | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """No session: flows that come near, best first."""

    suggestions: tuple[Suggestion, ...]
    can_build: bool


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """No session: nothing fits and nothing may be built."""

    category: str | None
    reason: OutOfScopeReason


Result = Started | Suggested | OutOfScope


@guarded
async def intake(context: Context, given: Intake) -> Result:
    """Decide what the problem leads to and, when that is a walk, begin it exactly once."""
    values = asdict(given)
    command = KeyedCommand(
        context.principal, "intake", checked(idempotency_key(values.pop("idempotency_key"))), values
    )
    clean = clean_intake(given)
    require(await context.loaders.permissions.load(Check(Action.INTAKE)), "account")
    if (stored := await command.peek(context.db)) is not None:
        return await _with_node(context, _replayed(stored))
    await rate_limit.consume(context, "intake")
    decided = await _decide(context, clean)
    return await _begin(context, clean, decided, command) if isinstance(decided, Target) else decided


async def _with_node(context: Context, started: Started) -> Started:
    """An AI-built walk comes with its first node; a repeat makes the one that a crash left missing."""
    if started.reason is WalkStartReason.BUILD:
        await ai_node.ensure_node(context, started.session_id)
    return started


async def _decide(context: Context, given: Intake) -> Target | Suggested | OutOfScope:
    if given.flow_id is not None:
        return Target(SessionKind.FLOW, WalkStartReason.EXPLICIT, flow_id=given.flow_id)
    if given.proposal_id is not None:
        await require_walkable(context, given.proposal_id)
        return Target(SessionKind.PROPOSAL, WalkStartReason.EXPLICIT, proposal_id=given.proposal_id)
    if given.adhoc:
        return Target(SessionKind.ADHOC, WalkStartReason.ADHOC)
    context.ai_deadline(context.services.model.settings.step_timeout)  # matching may ask a model too
    matched = None if given.force_build else await _match(context, given.caller)
    return matched or await _build(context, given.caller)


async def _match(context: Context, caller: Caller) -> Target | Suggested | None:
    found = await flow_matching.suggestions(context, caller.problem, MAX_SUGGESTIONS, known_of(caller))
    if found and found[0].score >= MATCH_SCORE:
        best = found[0]
        return Target(SessionKind.FLOW, WalkStartReason.MATCHED, flow_id=best.flow_id, score=best.score)
    near = tuple(one for one in found if one.score >= SUGGEST_SCORE)
    return Suggested(near, flow_building.can_build(context)) if near else None


async def _build(context: Context, caller: Caller) -> Target | OutOfScope:
    gate = await flow_building.gate(context, caller.problem, known_of(caller))
    if gate.refused is not None:
        return OutOfScope(gate.category, gate.refused)
    return Target(SessionKind.AI_BUILD, WalkStartReason.BUILD, category=gate.category,
                  classification_id=gate.record_id)


def known_of(caller: Caller) -> tuple[str, ...]:
    """What no model may read, an embedding one included."""
    return known_values(caller.customer_name, caller.customer_contact, caller.company_name,
                        caller.company_external_id, texts=(caller.problem,))


async def _begin(context: Context, given: Intake, target: Target, command: KeyedCommand) -> Result:
    async with context.db.write(context.account_id) as connection:
        stored = await command.begin(connection)
        if stored is None:
            stored = await _start(connection, context, given, target)
            await command.finish(connection, stored)
    return await _with_node(context, _replayed(stored))


async def _start(connection: AsyncConnection, context: Context, given: Intake, target: Target) -> Stored:
    pinned = await pin(connection, context, target)
    session_id = await insert_session(
        connection, context, given.caller, target, pinned, assignee_id=given.assignee_id, now=context.now()
    )
    await _count_choice(connection, context, given)
    await ai_record.attach(connection, context, target.classification_id, session_id)
    return _stored(session_id, target)


async def _count_choice(connection: AsyncConnection, context: Context, given: Intake) -> None:
    """What became of earlier suggestions, as far as the client says; ids that are no flow of ours count nothing."""
    if not given.declined_flow_ids:
        return
    chosen = set(given.declined_flow_ids[:MAX_SUGGESTIONS]) | ({given.flow_id} if given.flow_id else set())
    statement = select(Flow.id).where(in_account(Flow, context.account_id), Flow.id.in_(chosen)).order_by(Flow.id)
    for flow_id in (await connection.execute(statement)).scalars().all():
        kind: FeedbackKind = "taken" if flow_id == given.flow_id else "declined"
        await count_feedback(connection, context.account_id, flow_id, kind)


def _stored(session_id: UUID, target: Target) -> dict[str, Any]:
    return {"session_id": str(session_id), "reason": target.reason.value, "score": target.score}


def _replayed(stored: Stored) -> Started:
    return Started(UUID(stored["session_id"]), WalkStartReason(stored["reason"]), stored["score"])

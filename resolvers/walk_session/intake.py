"""Intake: from a described problem to a walk, suggestions, or a clear "out of scope".

The order matters (design section 5): an explicit target is walked as named; matching stands before the gate, so that
an authored flow is never blocked by a setting; a ticket is made only together with a session.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from domain.builder.gate import OutOfScopeReason
from domain.clean_text import idempotency_key
from domain.permission import Action
from domain.vocabulary import WalkStartReason
from domain.walk_session import SessionKind
from resolvers import ai_node, flow_building, flow_matching, rate_limit
from resolvers.context import Context
from resolvers.flow_matching import Suggestion
from resolvers.guard import guarded
from resolvers.idempotency import KeyedCommand, Stored
from resolvers.outcome import checked, require
from resolvers.permission_loader import Check
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
        return _replayed(stored)
    await rate_limit.consume(context, "intake")
    decided = await _decide(context, clean)
    return await _begin(context, clean, decided, command) if isinstance(decided, Target) else decided


async def _decide(context: Context, given: Intake) -> Target | Suggested | OutOfScope:
    if given.flow_id is not None:
        return Target(SessionKind.FLOW, WalkStartReason.EXPLICIT, flow_id=given.flow_id)
    if given.proposal_id is not None:
        return Target(SessionKind.PROPOSAL, WalkStartReason.EXPLICIT, proposal_id=given.proposal_id)
    if given.adhoc:
        return Target(SessionKind.ADHOC, WalkStartReason.ADHOC)
    matched = None if given.force_build else await _match(context, given.caller.problem)
    return matched or await _build(context, given.caller)


async def _match(context: Context, problem: str) -> Target | Suggested | None:
    found = await flow_matching.suggestions(context, problem, MAX_SUGGESTIONS)
    if found and found[0].score >= MATCH_SCORE:
        best = found[0]
        return Target(SessionKind.FLOW, WalkStartReason.MATCHED, flow_id=best.flow_id, score=best.score)
    near = tuple(one for one in found if one.score >= SUGGEST_SCORE)
    return Suggested(near, flow_building.can_build(context)) if near else None


async def _build(context: Context, caller: Caller) -> Target | OutOfScope:
    known = tuple(one for one in (caller.customer_name, caller.customer_contact, caller.company_name) if one)
    gate = await flow_building.gate(context, caller.problem, known)
    if gate.refused is not None:
        return OutOfScope(gate.category, gate.refused)
    return Target(SessionKind.AI_BUILD, WalkStartReason.BUILD, category=gate.category)


async def _begin(context: Context, given: Intake, target: Target, command: KeyedCommand) -> Result:
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        if (stored := await command.begin(connection)) is not None:
            return _replayed(stored)
        pinned = await pin(connection, context, target)
        session_id = await insert_session(
            connection, context, given.caller, target, pinned, assignee_id=given.assignee_id, now=now
        )
        await command.finish(connection, _stored(session_id, target))
    if target.kind is SessionKind.AI_BUILD:
        await ai_node.ensure_node(context, session_id)
    return Started(session_id, target.reason, target.score)


def _stored(session_id: UUID, target: Target) -> dict[str, Any]:
    return {"session_id": str(session_id), "reason": target.reason.value, "score": target.score}


def _replayed(stored: Stored) -> Started:
    return Started(UUID(stored["session_id"]), WalkStartReason(stored["reason"]), stored["score"])

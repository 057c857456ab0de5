"""Resolve and abandon: the ends that stay with L1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries.flow_search import add_past_problem, count_feedback
from domain.builder.masking import mask
from domain.clean_text import optional_text, required_text
from domain.permission import Action
from domain.refusal import Code, Refusal
from domain.vocabulary import AbandonReason, ResolutionOutcome, TicketStatus, WalkStartReason
from domain.walk_session import NoteVisibility, SessionKind, WalkEvent, WalkState, end
from resolvers import ticket as tickets
from resolvers.ai_request import known_of
from resolvers.audit import record
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import Refused, checked, refuse
from resolvers.proposal_capture import capture_proposal, validate_proposal
from resolvers.walk_session.answering import keyed
from resolvers.walk_session.state_rows import (
    authorise,
    load_state,
    lock_session,
    tell_waiting,
    values_of,
    write_session,
)


@dataclass(frozen=True, slots=True)
class Resolve:
    """Input of ``resolve``."""

    session_id: UUID
    resolution_notes: str
    helpful: bool
    outcome: ResolutionOutcome = ResolutionOutcome.FIXED
    visibility: NoteVisibility = NoteVisibility.INTERNAL
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """``proposal_id``: the proposal this walk validated or was captured as; else ``no_proposal`` says why not."""

    session_id: UUID
    proposal_id: UUID | None = None
    no_proposal: str | None = None


@dataclass(frozen=True, slots=True)
class Abandon:
    """Input of ``abandonWalk``."""

    session_id: UUID
    reason: AbandonReason
    note: str | None = None
    idempotency_key: str | None = None


@guarded
async def resolve(context: Context, given: Resolve) -> Resolved:
    """End the walk as resolved; a helpful, fixed one teaches."""
    command = keyed(context, "resolve", given)
    notes = checked(required_text(given.resolution_notes, ("resolutionNotes",)))
    acting_as = await authorise(context, Action.RESOLVE, given.session_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        if (stored := await command.begin(connection)) is not None:
            return Resolved(given.session_id, _uuid(stored["proposal_id"]), stored.get("no_proposal"))
        row = await lock_session(connection, context, Action.RESOLVE, given.session_id)
        state = await load_state(connection, context, row)
        await write_session(
            connection, context, given.session_id, **ended(state, WalkEvent.RESOLVE, given.session_id, now),
            resolution_notes=notes, resolution_visibility=given.visibility.value, outcome=given.outcome.value,
            helpful=given.helpful, resolved_at=now,
        )
        await tell_waiting(connection, row)
        await tickets.set_status(connection, context, row.ticket_row_id, TicketStatus.CLOSED)
        resolved = await _learn(connection, context, row, state, given, notes)
        await record(connection, context.principal, "walk.resolved", ("walk_session", given.session_id),
                     acting_as=acting_as, outcome=given.outcome.value, helpful=given.helpful)
        await command.finish(connection, {
            "proposal_id": str(resolved.proposal_id) if resolved.proposal_id else None,
            "no_proposal": resolved.no_proposal,
        })
    return resolved


async def _learn(
    connection: AsyncConnection, context: Context, row: Any, state: WalkState, given: Resolve, notes: str
) -> Resolved:
    """What a resolved walk leaves behind for the flows: a validated or a captured proposal, or a reason why none."""
    if state.kind is SessionKind.PROPOSAL:
        teaches = given.helpful and given.outcome is ResolutionOutcome.FIXED
        if teaches:
            await validate_proposal(connection, context, row.flow_proposal_id)
        return Resolved(given.session_id, row.flow_proposal_id if teaches else None)
    if state.kind is SessionKind.FLOW:
        await _feed_back(connection, context, row, given)
    captured = await capture_proposal(
        connection, context, row, state, notes, helpful=given.helpful, outcome=given.outcome
    )
    if isinstance(captured, UUID):
        return Resolved(given.session_id, captured)
    return Resolved(given.session_id, None, captured)


async def _feed_back(connection: AsyncConnection, context: Context, row: Any, given: Resolve) -> None:
    """A flow is found by the problems it has solved; a match that did not help is counted, never ranked by."""
    if given.helpful and given.outcome is ResolutionOutcome.FIXED:
        masked = mask(row.problem_text, known_of(row, row.problem_text))
        await add_past_problem(connection, context.account_id, row.flow_id, row.id, masked)
    elif not given.helpful and row.start_reason == WalkStartReason.MATCHED:
        await count_feedback(connection, context.account_id, row.flow_id, "not_helpful")


def ended(state: WalkState, event: WalkEvent, session_id: UUID, now: datetime) -> dict[str, Any]:
    """Columns of a walk that ends now. Raises ``Refused`` with the session when it has ended already."""
    after = end(state, event)
    if isinstance(after, Refusal):
        raise Refused(after, session_id=session_id)
    return {**values_of(after), "generation_token": None, "generation_expires_at": None,
            "speculated": None, "wait_until": None,
            "ended_at": now, "last_activity_at": now}


@guarded
async def abandon(context: Context, given: Abandon) -> UUID:
    """End a walk that was a mistake or a hang-up; its internal ticket is open again."""
    command = keyed(context, "abandonWalk", given)
    note = checked(optional_text(given.note, ("note",)))
    if given.reason is AbandonReason.IDLE:
        raise refuse(Code.INVALID_INPUT, "IDLE is the system's own reason; choose another.", "reason")
    if given.reason is AbandonReason.OTHER and note is None:
        raise refuse(Code.INVALID_INPUT, "OTHER needs a note that says why.", "note")
    acting_as = await authorise(context, Action.ABANDON, given.session_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        if await command.begin(connection, {}) is not None:
            return given.session_id
        row = await lock_session(connection, context, Action.ABANDON, given.session_id)
        state = await load_state(connection, context, row)
        await write_session(
            connection, context, given.session_id, **ended(state, WalkEvent.ABANDON, given.session_id, now),
            abandon_reason=given.reason.value, abandon_note=note,
        )
        await tell_waiting(connection, row)
        await tickets.reopen(connection, context.account_id, row.ticket_row_id, given.session_id)
        await record(connection, context.principal, "walk.abandoned", ("walk_session", given.session_id),
                     acting_as=acting_as, reason=given.reason.value)
    return given.session_id


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None

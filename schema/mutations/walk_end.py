"""How a walk ends, and how one goes on after its end."""

from __future__ import annotations

import strawberry

from domain.refusal import Code
from domain.vocabulary import ResolutionOutcome
from domain.walk_session import NoteVisibility as Visibility
from resolvers import proposal
from resolvers.walk_session import continuing, ending
from schema.context import Info
from schema.errors import ErrorType, UserError, errors_field, payload_object
from schema.ids import input_id
from schema.inputs.walk_session import AbandonWalkInput, ContinueWalkInput, ResolveInput
from schema.payload import changed_session, refusing, session_payload
from schema.types.proposal import Proposal
from schema.types.walk_session import WalkSession

CODES = (Code.NOT_FOUND, Code.FORBIDDEN, Code.INVALID_INPUT, Code.NOT_ACTIVE, Code.TOO_LARGE,
         Code.IDEMPOTENCY_KEY_REUSED, Code.IDEMPOTENCY_IN_PROGRESS)
RESOLVE_ERRORS = ErrorType("Resolve", CODES, session=WalkSession)
ABANDON_ERRORS = ErrorType("AbandonWalk", CODES, session=WalkSession)
CONTINUE_ERRORS = ErrorType("ContinueWalk", CODES, session=WalkSession)

NO_PROPOSAL = {
    "not_helpful": "The walk was marked not helpful.",
    "not_fixed": "Only outcome FIXED teaches.",
    "not_captured_kind": "Walks of flows and proposals make no new proposal.",
    "empty_path": "The walk has no steps.",
}


@strawberry.type(description="Result of `resolve`.")
class ResolvePayload:
    session: WalkSession | None = payload_object("The resolved walk.")
    proposal: Proposal | None = strawberry.field(default=None, description="The proposal this walk validated, or was captured as.")
    no_proposal_reason: str | None = strawberry.field(default=None, description="Why there is no proposal, in words.")
    errors: list[UserError] = errors_field(RESOLVE_ERRORS)


@strawberry.type(description="Result of `abandonWalk`.")
class AbandonWalkPayload:
    session: WalkSession | None = payload_object("The abandoned walk.")
    errors: list[UserError] = errors_field(ABANDON_ERRORS)


@strawberry.type(description="Result of `continueWalk`.")
class ContinueWalkPayload:
    session: WalkSession | None = payload_object("The new walk.")
    errors: list[UserError] = errors_field(CONTINUE_ERRORS)


@strawberry.type
class EndMutation:
    @strawberry.mutation(description="End a walk as resolved; a helpful one that fixed the problem teaches. Needs the L1 surface, or scope WALK.")
    @refusing(ResolvePayload, RESOLVE_ERRORS)
    async def resolve(self, info: Info, input: ResolveInput) -> ResolvePayload:  # noqa: A002
        given = ending.Resolve(
            input_id(input.session_id, "walk session", "sessionId"), input.resolution_notes, input.helpful,
            input.outcome or ResolutionOutcome.FIXED, input.notes_visibility or Visibility.INTERNAL,
            input.idempotency_key,
        )
        outcome = await ending.resolve(info.context, given)
        done = outcome.value
        session = await changed_session(info, done.session_id if done else outcome.session_id)
        if done is None:
            return ResolvePayload(errors=RESOLVE_ERRORS.of(outcome.refusals, session))
        row = await proposal.changed(info.context, done.proposal_id) if done.proposal_id else None
        return ResolvePayload(session=session, proposal=Proposal.from_row(row) if row else None,
                              no_proposal_reason=NO_PROPOSAL.get(done.no_proposal or ""))

    @strawberry.mutation(description="End a walk that was a mistake or a hang-up. Needs the L1 surface, or scope WALK.")
    @refusing(AbandonWalkPayload, ABANDON_ERRORS)
    async def abandon_walk(self, info: Info, input: AbandonWalkInput) -> AbandonWalkPayload:  # noqa: A002
        given = ending.Abandon(
            input_id(input.session_id, "walk session", "sessionId"), input.reason, input.note, input.idempotency_key
        )
        outcome = await ending.abandon(info.context, given)
        return await session_payload(info, AbandonWalkPayload, ABANDON_ERRORS, outcome)

    @strawberry.mutation(description="Start the walk that goes on from a returned, withdrawn, abandoned or wrongly resolved one. Needs the L1 surface, or scope WALK.")
    @refusing(ContinueWalkPayload, CONTINUE_ERRORS)
    async def continue_walk(self, info: Info, input: ContinueWalkInput) -> ContinueWalkPayload:  # noqa: A002
        given = continuing.Continue(input_id(input.session_id, "walk session", "sessionId"), input.idempotency_key)
        outcome = await continuing.continue_walk(info.context, given)
        return await session_payload(info, ContinueWalkPayload, CONTINUE_ERRORS, outcome)

"""Escalations: making them and working on them."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import strawberry

from domain.refusal import Code
from domain.vocabulary import WarningCode as Warn
from domain.walk_session import NoteVisibility as Visibility
from resolvers.escalation import escalating, handling, queue
from resolvers.outcome import Outcome
from schema.context import Info, wanted, wanted_any
from schema.enums import WarningCode
from schema.errors import ErrorType, UserError, errors_field, payload_object
from schema.ids import input_id
from schema.inputs.escalation import (
    AddEscalationNoteInput,
    ClaimEscalationInput,
    CloseEscalationInput,
    ReleaseEscalationInput,
    WithdrawEscalationInput,
)
from schema.inputs.walk_session import EscalateInput, EscalateWithoutWalkInput
from schema.mutations.intake import caller_of
from schema.payload import changed_session, refusing
from schema.types.escalation import Escalation
from schema.types.walk_session import WalkSession

BASIC = (Code.NOT_FOUND, Code.FORBIDDEN, Code.INVALID_INPUT)
KEYED = (Code.IDEMPOTENCY_KEY_REUSED, Code.IDEMPOTENCY_IN_PROGRESS, Code.TOO_LARGE)
ESCALATE_ERRORS = ErrorType("Escalate", (*BASIC, *KEYED, Code.NOT_ACTIVE), session=WalkSession)
WITHOUT_ERRORS = ErrorType("EscalateWithoutWalk", (*BASIC, *KEYED))
CLAIM_ERRORS = ErrorType("ClaimEscalation", (*BASIC, Code.ALREADY_CLAIMED, Code.OWN_ESCALATION, Code.NOT_ACTIVE))
HELD = (*BASIC, Code.NOT_CLAIMED, Code.NOT_CLAIMANT, Code.NOT_ACTIVE)
RELEASE_ERRORS = ErrorType("ReleaseEscalation", HELD)
WITHDRAW_ERRORS = ErrorType("WithdrawEscalation", (*BASIC, Code.ALREADY_CLAIMED, Code.NOT_ACTIVE))
NOTE_ERRORS = ErrorType("AddEscalationNote", (*BASIC, Code.TOO_LARGE))
CLOSE_ERRORS = ErrorType("CloseEscalation", (*HELD, Code.TOO_LARGE))

WARNING_TEXTS = {
    Warn.NO_RECIPIENTS: "Nobody was told: no engineer is active and no default address is set. Tell somebody yourself.",
    Warn.DEFAULT_RECIPIENTS_USED: "No engineer is active; the account's default addresses are told.",
}


@strawberry.type(description="Something to know about an escalation that stands.")
class EscalationWarning:
    code: WarningCode = strawberry.field(description="What clients branch on.")
    message: str = strawberry.field(description="What it means, in English.")


@strawberry.type(description="Result of `escalate`.")
class EscalatePayload:
    session: WalkSession | None = payload_object("The escalated walk.")
    escalation: Escalation | None = payload_object("The escalation.")
    warnings: list[EscalationWarning] = strawberry.field(default_factory=list, description="The escalation stands all the same.")
    errors: list[UserError] = errors_field(ESCALATE_ERRORS)


@strawberry.type(description="Result of `escalateWithoutWalk`.")
class EscalateWithoutWalkPayload:
    escalation: Escalation | None = payload_object("The escalation.")
    warnings: list[EscalationWarning] = strawberry.field(default_factory=list, description="The escalation stands all the same.")
    errors: list[UserError] = errors_field(WITHOUT_ERRORS)


@strawberry.type(description="Result of `claimEscalation`.")
class ClaimEscalationPayload:
    escalation: Escalation | None = payload_object("The escalation, now the caller's.")
    errors: list[UserError] = errors_field(CLAIM_ERRORS)


@strawberry.type(description="Result of `releaseEscalation`.")
class ReleaseEscalationPayload:
    escalation: Escalation | None = payload_object("The escalation, open again.")
    errors: list[UserError] = errors_field(RELEASE_ERRORS)


@strawberry.type(description="Result of `withdrawEscalation`.")
class WithdrawEscalationPayload:
    escalation: Escalation | None = payload_object("The withdrawn escalation.")
    errors: list[UserError] = errors_field(WITHDRAW_ERRORS)


@strawberry.type(description="Result of `addEscalationNote`.")
class AddEscalationNotePayload:
    escalation: Escalation | None = payload_object("The escalation with its notes.")
    errors: list[UserError] = errors_field(NOTE_ERRORS)


@strawberry.type(description="Result of `closeEscalation`.")
class CloseEscalationPayload:
    escalation: Escalation | None = payload_object("The closed escalation.")
    errors: list[UserError] = errors_field(CLOSE_ERRORS)


def _reason(given: EscalateInput | EscalateWithoutWalkInput) -> escalating.Reason:
    return escalating.Reason(given.reason_category, given.reason, given.priority, bool(given.is_customer_waiting))


def _warnings(code: Warn | None) -> list[EscalationWarning]:
    return [EscalationWarning(code=code, message=WARNING_TEXTS[code])] if code else []


async def _changed(info: Info, escalation_id: UUID) -> Escalation | None:
    """The escalation as it is now, with what the payload asks for."""
    names = wanted(info, "escalation")
    if not names:
        return None
    session = wanted_any(info, ("escalation", "session")) if "session" in names else None
    row = await queue.changed(info.context, escalation_id, names, session)
    return Escalation.from_row(row) if row else None


async def _payload(info: Info, kind: Any, errors: ErrorType, command: Awaitable[Outcome[UUID]]) -> Any:
    outcome = await command
    if outcome.value is None:
        return kind(errors=errors.of(outcome.refusals))
    return kind(escalation=await _changed(info, outcome.value))


@strawberry.type
class EscalationMutation:
    @strawberry.mutation(description="Hand a walk to the engineers with everything it recorded. Needs the L1 surface, or scope ESCALATE.")
    @refusing(EscalatePayload, ESCALATE_ERRORS)
    async def escalate(self, info: Info, input: EscalateInput) -> EscalatePayload:  # noqa: A002
        given = escalating.Escalate(
            input_id(input.session_id, "walk session", "sessionId"), _reason(input), input.idempotency_key
        )
        outcome = await escalating.escalate(info.context, given)
        done = outcome.value
        session = await changed_session(info, done.session_id if done else outcome.session_id)
        if done is None:
            return EscalatePayload(errors=ESCALATE_ERRORS.of(outcome.refusals, session))
        return EscalatePayload(session=session, escalation=await _changed(info, done.escalation_id),
                               warnings=_warnings(done.warning))

    @strawberry.mutation(description="Hand a call to the engineers without a walk: an ad-hoc session, escalated at once. Needs the L1 surface, or scope ESCALATE.")
    @refusing(EscalateWithoutWalkPayload, WITHOUT_ERRORS)
    async def escalate_without_walk(self, info: Info, input: EscalateWithoutWalkInput) -> EscalateWithoutWalkPayload:  # noqa: A002
        given = escalating.EscalateWithoutWalk(caller_of(input), _reason(input), input.idempotency_key)
        outcome = await escalating.escalate_without_walk(info.context, given)
        done = outcome.value
        if done is None:
            return EscalateWithoutWalkPayload(errors=WITHOUT_ERRORS.of(outcome.refusals))
        return EscalateWithoutWalkPayload(escalation=await _changed(info, done.escalation_id),
                                          warnings=_warnings(done.warning))

    @strawberry.mutation(description="Take an open escalation; of two engineers one wins. Never one's own. For engineers and above.")
    @refusing(ClaimEscalationPayload, CLAIM_ERRORS)
    async def claim_escalation(self, info: Info, input: ClaimEscalationInput) -> ClaimEscalationPayload:  # noqa: A002
        found = input_id(input.escalation_id, "escalation", "escalationId")
        return await _payload(info, ClaimEscalationPayload, CLAIM_ERRORS, handling.claim(info.context, found))

    @strawberry.mutation(description="Give an escalation one has claimed back to the queue. For engineers and above.")
    @refusing(ReleaseEscalationPayload, RELEASE_ERRORS)
    async def release_escalation(self, info: Info, input: ReleaseEscalationInput) -> ReleaseEscalationPayload:  # noqa: A002
        found = input_id(input.escalation_id, "escalation", "escalationId")
        return await _payload(info, ReleaseEscalationPayload, RELEASE_ERRORS, handling.release(info.context, found))

    @strawberry.mutation(description="Take one's own escalation back while nobody has claimed it. For its originator.")
    @refusing(WithdrawEscalationPayload, WITHDRAW_ERRORS)
    async def withdraw_escalation(self, info: Info, input: WithdrawEscalationInput) -> WithdrawEscalationPayload:  # noqa: A002
        found = input_id(input.escalation_id, "escalation", "escalationId")
        return await _payload(info, WithdrawEscalationPayload, WITHDRAW_ERRORS, handling.withdraw(info.context, found))

    @strawberry.mutation(description="Add a remark; remarks are never changed, and may be added after the end. For engineers and above, the originator, and scope ESCALATE.")
    @refusing(AddEscalationNotePayload, NOTE_ERRORS)
    async def add_escalation_note(self, info: Info, input: AddEscalationNoteInput) -> AddEscalationNotePayload:  # noqa: A002
        found = input_id(input.escalation_id, "escalation", "escalationId")
        command = handling.add_note(info.context, found, input.text, input.visibility or Visibility.INTERNAL)
        return await _payload(info, AddEscalationNotePayload, NOTE_ERRORS, command)

    @strawberry.mutation(description="End an escalation one has claimed. For engineers and above.")
    @refusing(CloseEscalationPayload, CLOSE_ERRORS)
    async def close_escalation(self, info: Info, input: CloseEscalationInput) -> CloseEscalationPayload:  # noqa: A002
        found = input_id(input.escalation_id, "escalation", "escalationId")
        command = handling.close(info.context, found, input.outcome, input.notes)
        return await _payload(info, CloseEscalationPayload, CLOSE_ERRORS, command)

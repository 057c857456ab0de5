"""Intake: the call becomes a walk, suggestions, or a clear "out of scope"."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from domain.refusal import Code
from resolvers import flow_matching
from resolvers.ticket import TicketRef
from resolvers.walk_session import intake as command
from resolvers.walk_session import reading
from resolvers.walk_session.intake_input import Caller, Intake
from schema.context import Info, wanted
from schema.enums import IntakeReason
from schema.errors import ErrorType, UserError, errors_field, payload_object
from schema.ids import input_id, uuid_or_none
from schema.inputs.walk_session import EscalateWithoutWalkInput, IntakeInput, TicketRefInput
from schema.payload import refusing
from schema.types.flow import Flow
from schema.types.walk_session import WalkSession

ERRORS = ErrorType("Intake", (
    Code.NOT_FOUND, Code.FORBIDDEN, Code.INVALID_INPUT, Code.TOO_LARGE, Code.IDEMPOTENCY_KEY_REUSED,
    Code.IDEMPOTENCY_IN_PROGRESS,
))


@strawberry.type(description="A flow that may fit a problem.")
class FlowSuggestion:
    score: float = strawberry.field(description="0 to 1; at least 0.75 is walked at once, at least 0.60 is suggested.")
    reason: str = strawberry.field(description="Why: what matched, and how earlier suggestions were taken.")
    flow_id: strawberry.Private[UUID]

    @strawberry.field(description="The flow. Null when it is gone meanwhile.")
    async def flow(self, info: Info) -> Flow | None:
        row = await info.context.loaders.flows.load(self.flow_id)
        return Flow.from_row(row) if row else None

    @classmethod
    def of(cls, suggestion: flow_matching.Suggestion) -> FlowSuggestion:
        return cls(score=suggestion.score, reason=suggestion.reason, flow_id=suggestion.flow_id)


@strawberry.type(description="A walk began.")
class WalkStarted:
    reason: IntakeReason = strawberry.field(description="Why it began as it did: MATCHED, EXPLICIT, ADHOC, BUILD or CONTINUED.")
    score: float | None = strawberry.field(description="Score of the match, when it began by one.")
    session_id: strawberry.Private[UUID]

    @strawberry.field(description="The walk. Null only when an operator deleted it meanwhile.")
    async def session(self, info: Info) -> WalkSession | None:
        row = await reading.changed(info.context, self.session_id, wanted(info))
        return WalkSession.from_row(row) if row else None

    @strawberry.field(description="Other active walks of the same ticket, newest first, at most ten.")
    async def other_active_walks(self, info: Info) -> list[WalkSession]:
        rows = await reading.other_active_walks(info.context, self.session_id, wanted(info))
        return [WalkSession.from_row(row) for row in rows]


@strawberry.type(description="No walk yet: flows come near. Call `intake` again with a `flowId`, `adhoc` or `forceBuild`.")
class FlowsSuggested:
    suggestions: list[FlowSuggestion] = strawberry.field(description="Near misses, best first.")
    can_build: bool = strawberry.field(description="Whether `forceBuild` can build a walk instead.")


@strawberry.type(description="No walk: nothing fits and nothing may be built.")
class OutOfScope:
    category: str | None = strawberry.field(description="The category the problem was put into, when it was.")
    reason: IntakeReason = strawberry.field(description="Why: CATEGORY_UNKNOWN, CATEGORY_DISABLED, AI_UNAVAILABLE or AI_DISABLED.")
    can_walk_adhoc: bool = strawberry.field(description="Whether `intake` with `adhoc` is possible.")
    can_escalate: bool = strawberry.field(description="Whether `escalateWithoutWalk` is possible.")


IntakeOutcome = Annotated[
    WalkStarted | FlowsSuggested | OutOfScope,
    strawberry.union("IntakeOutcome", description="What an intake led to."),
]


@strawberry.type(description="Result of `intake`.")
class IntakePayload:
    outcome: IntakeOutcome | None = payload_object("What it led to.")
    errors: list[UserError] = errors_field(ERRORS)


def ticket_ref(given: TicketRefInput) -> TicketRef:
    """Raises ``Refused`` for an id that cannot exist."""
    return TicketRef(
        given.external_id, input_id(given.connection_id, "PSA connection", "ticket", "connectionId"),
        input_id(given.id, "ticket", "ticket", "id"), given.url,
    )


def caller_of(given: IntakeInput | EscalateWithoutWalkInput) -> Caller:
    """What both ways in share. Raises ``Refused``."""
    return Caller(
        given.problem, given.customer_name, given.customer_contact, given.company_name, given.company_external_id,
        given.priority, ticket_ref(given.ticket) if given.ticket else None,
    )


def outcome_of(result: command.Result) -> WalkStarted | FlowsSuggested | OutOfScope:
    match result:
        case command.Started():
            return WalkStarted(reason=IntakeReason(result.reason.value), score=result.score, session_id=result.session_id)
        case command.Suggested():
            return FlowsSuggested(
                suggestions=[FlowSuggestion.of(one) for one in result.suggestions], can_build=result.can_build
            )
        case command.OutOfScope():
            return OutOfScope(
                category=result.category, reason=IntakeReason(result.reason.value), can_walk_adhoc=True, can_escalate=True,
            )


@strawberry.type
class IntakeMutation:
    @strawberry.mutation(description="Turn a call into a walk: an explicit target, a matching flow, or a walk built by a model; else suggestions or out of scope. Needs the L1 surface, or scope INTAKE.")
    @refusing(IntakePayload, ERRORS)
    async def intake(self, info: Info, input: IntakeInput) -> IntakePayload:  # noqa: A002
        given = Intake(
            caller_of(input), input_id(input.assignee_id, "member", "assigneeId"),
            input_id(input.flow_id, "flow", "flowId"), input_id(input.proposal_id, "proposal", "proposalId"),
            bool(input.adhoc), bool(input.force_build),
            tuple(found for one in input.declined_flow_ids or () if (found := uuid_or_none(one)) is not None),
            input.idempotency_key,
        )
        outcome = await command.intake(info.context, given)
        if outcome.value is None:
            return IntakePayload(errors=ERRORS.of(outcome.refusals))
        return IntakePayload(outcome=outcome_of(outcome.value))

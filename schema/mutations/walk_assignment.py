"""Whose walk it is, and whether it waits."""

from __future__ import annotations

import strawberry

from domain.refusal import Code
from resolvers.walk_session import assignment
from schema.context import Info
from schema.errors import ErrorType, UserError, errors_field, payload_object
from schema.ids import input_id
from schema.inputs.walk_session import LinkTicketInput, PauseWalkInput, TakeOverWalkInput, TransferWalkInput
from schema.mutations.intake import ticket_ref
from schema.payload import refusing, session_payload
from schema.types.walk_session import WalkSession

BASIC = (Code.NOT_FOUND, Code.FORBIDDEN, Code.INVALID_INPUT, Code.NOT_ACTIVE)
TAKE_ERRORS = ErrorType("TakeOverWalk", BASIC, session=WalkSession)
TRANSFER_ERRORS = ErrorType("TransferWalk", (*BASIC, Code.TOO_LARGE), session=WalkSession)
PAUSE_ERRORS = ErrorType("PauseWalk", BASIC, session=WalkSession)
LINK_ERRORS = ErrorType("LinkTicket", (*BASIC, Code.TOO_LARGE), session=WalkSession)


@strawberry.type(description="Result of `takeOverWalk`.")
class TakeOverWalkPayload:
    session: WalkSession | None = payload_object("The walk, now the caller's.")
    errors: list[UserError] = errors_field(TAKE_ERRORS)


@strawberry.type(description="Result of `transferWalk`.")
class TransferWalkPayload:
    session: WalkSession | None = payload_object("The walk, now the colleague's.")
    errors: list[UserError] = errors_field(TRANSFER_ERRORS)


@strawberry.type(description="Result of `pauseWalk`.")
class PauseWalkPayload:
    session: WalkSession | None = payload_object("The walk.")
    errors: list[UserError] = errors_field(PAUSE_ERRORS)


@strawberry.type(description="Result of `linkTicket`.")
class LinkTicketPayload:
    session: WalkSession | None = payload_object("The walk with its ticket.")
    errors: list[UserError] = errors_field(LINK_ERRORS)


@strawberry.type
class AssignmentMutation:
    @strawberry.mutation(description="Make a colleague's walk the caller's; the former assignee is told. Needs the L1 surface.")
    @refusing(TakeOverWalkPayload, TAKE_ERRORS)
    async def take_over_walk(self, info: Info, input: TakeOverWalkInput) -> TakeOverWalkPayload:  # noqa: A002
        session_id = input_id(input.session_id, "walk session", "sessionId")
        outcome = await assignment.take_over(info.context, session_id)
        return await session_payload(info, TakeOverWalkPayload, TAKE_ERRORS, outcome)

    @strawberry.mutation(description="Give a walk to a colleague on the L1 surface; both are told. Needs the L1 surface, or scope WALK.")
    @refusing(TransferWalkPayload, TRANSFER_ERRORS)
    async def transfer_walk(self, info: Info, input: TransferWalkInput) -> TransferWalkPayload:  # noqa: A002
        outcome = await assignment.transfer(
            info.context, input_id(input.session_id, "walk session", "sessionId"),
            input_id(input.assignee_id, "member", "assigneeId"), input.note,
        )
        return await session_payload(info, TransferWalkPayload, TRANSFER_ERRORS, outcome)

    @strawberry.mutation(description="Let a walk wait for the customer, at most 14 days; it is not abandoned meanwhile. Needs the L1 surface, or scope WALK.")
    @refusing(PauseWalkPayload, PAUSE_ERRORS)
    async def pause_walk(self, info: Info, input: PauseWalkInput) -> PauseWalkPayload:  # noqa: A002
        session_id = input_id(input.session_id, "walk session", "sessionId")
        outcome = await assignment.pause(info.context, session_id, input.wait_until)
        return await session_payload(info, PauseWalkPayload, PAUSE_ERRORS, outcome)

    @strawberry.mutation(description="Give a walk the ticket that came later, also after its end. Needs the L1 surface, or scope INTAKE or WALK.")
    @refusing(LinkTicketPayload, LINK_ERRORS)
    async def link_ticket(self, info: Info, input: LinkTicketInput) -> LinkTicketPayload:  # noqa: A002
        session_id = input_id(input.session_id, "walk session", "sessionId")
        outcome = await assignment.link_ticket(info.context, session_id, ticket_ref(input.ticket))
        return await session_payload(info, LinkTicketPayload, LINK_ERRORS, outcome)

"""Moving through a walk: answer, next node, go back, notes."""

from __future__ import annotations

import strawberry

from domain.refusal import Code
from domain.walk_session import NoteDraft
from resolvers import ai_node
from resolvers.walk_session import answering, note_taking
from schema.context import Info
from schema.errors import ErrorType, UserError, errors_field, payload_object
from schema.ids import input_id
from schema.inputs.walk_session import AnswerNodeInput, GoBackInput, NextNodeInput, SaveNotesInput
from schema.payload import refusing, session_payload
from schema.types.walk_session import WalkSession

BASIC = (Code.NOT_FOUND, Code.FORBIDDEN, Code.INVALID_INPUT)
KEYED = (Code.IDEMPOTENCY_KEY_REUSED, Code.IDEMPOTENCY_IN_PROGRESS)
STALE = (Code.NOT_ACTIVE, Code.STALE_STEP, Code.STALE_NODE)

ANSWER_ERRORS = ErrorType(
    "AnswerNode", (*BASIC, *KEYED, *STALE, Code.INVALID_ANSWER, Code.STEP_LIMIT, Code.TOO_LARGE), session=WalkSession
)
NEXT_ERRORS = ErrorType("NextNode", (*BASIC, *STALE), session=WalkSession)
BACK_ERRORS = ErrorType("GoBack", (*BASIC, *KEYED, *STALE), session=WalkSession)
NOTES_ERRORS = ErrorType("SaveNotes", (*BASIC, Code.NOT_ACTIVE, Code.STALE_NOTES, Code.TOO_LARGE), session=WalkSession)


@strawberry.type(description="Result of `answerNode`.")
class AnswerNodePayload:
    session: WalkSession | None = payload_object("The walk, at its next node.")
    errors: list[UserError] = errors_field(ANSWER_ERRORS)


@strawberry.type(description="Result of `nextNode`.")
class NextNodePayload:
    session: WalkSession | None = payload_object("The walk, with its current node.")
    errors: list[UserError] = errors_field(NEXT_ERRORS)


@strawberry.type(description="Result of `goBack`.")
class GoBackPayload:
    session: WalkSession | None = payload_object("The walk, back at the recorded node.")
    errors: list[UserError] = errors_field(BACK_ERRORS)


@strawberry.type(description="Result of `saveNotes`.")
class SaveNotesPayload:
    session: WalkSession | None = payload_object("The walk with its notes.")
    errors: list[UserError] = errors_field(NOTES_ERRORS)


@strawberry.type
class WalkMutation:
    @strawberry.mutation(description="Answer the current node. Recorded exactly once; a stale answer is refused with the current session. Needs the L1 surface, or scope WALK.")
    @refusing(AnswerNodePayload, ANSWER_ERRORS)
    async def answer_node(self, info: Info, input: AnswerNodeInput) -> AnswerNodePayload:  # noqa: A002
        given = answering.Answer(
            input_id(input.session_id, "walk session", "sessionId"), input.node_id, input.answer,
            input.expected_step, input.note, input.idempotency_key,
        )
        return await session_payload(info, AnswerNodePayload, ANSWER_ERRORS,
                                     await answering.answer_node(info.context, given))

    @strawberry.mutation(description="Replay the pending node, or have it made once, for a walk whose current node is not there yet. Needs the L1 surface, or scope WALK.")
    @refusing(NextNodePayload, NEXT_ERRORS)
    async def next_node(self, info: Info, input: NextNodeInput) -> NextNodePayload:  # noqa: A002
        session_id = input_id(input.session_id, "walk session", "sessionId")
        return await session_payload(info, NextNodePayload, NEXT_ERRORS,
                                     await ai_node.next_node(info.context, session_id))

    @strawberry.mutation(description="Go back to a step: it and all after it are superseded, its recorded node is served again. Needs the L1 surface, or scope WALK.")
    @refusing(GoBackPayload, BACK_ERRORS)
    async def go_back(self, info: Info, input: GoBackInput) -> GoBackPayload:  # noqa: A002
        given = answering.GoBack(
            input_id(input.session_id, "walk session", "sessionId"), input.to_step, input.expected_step,
            input.idempotency_key,
        )
        return await session_payload(info, GoBackPayload, BACK_ERRORS,
                                     await answering.go_back_to(info.context, given))

    @strawberry.mutation(description="Save notes. Touches only the caller's own; after the end it may only add. Needs the L1 surface, or scope WALK.")
    @refusing(SaveNotesPayload, NOTES_ERRORS)
    async def save_notes(self, info: Info, input: SaveNotesInput) -> SaveNotesPayload:  # noqa: A002
        drafts = tuple(
            NoteDraft(one.text, input_id(one.id, "note", "notes", str(at), "id"), one.is_step, one.visibility)
            for at, one in enumerate(input.notes)
        )
        given = note_taking.Save(
            input_id(input.session_id, "walk session", "sessionId"), drafts, input.expected_notes_version
        )
        return await session_payload(info, SaveNotesPayload, NOTES_ERRORS, await note_taking.save(info.context, given))

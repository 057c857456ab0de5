"""Inputs of intake and of a walk."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.enums import (
    AbandonReason,
    EscalationReasonCategory,
    NoteVisibility,
    Outcome,
    Priority,
)

KEY = "Makes a repeat safe: the same key with the same input gives the first outcome. At most 255 characters."


@strawberry.input(description="A PSA ticket by its external id, or one of our internal tickets by its id; exactly one.")
class TicketRefInput:
    external_id: str | None = strawberry.field(default=None, description="The ticket's id in the PSA, at most 128 characters.")
    connection_id: strawberry.ID | None = strawberry.field(default=None, description="The PSA connection it belongs to.")
    id: strawberry.ID | None = strawberry.field(default=None, description="An internal ticket's id.")
    url: str | None = strawberry.field(default=None, description="Where to open it, http or https.")


@strawberry.input(description="A call: what the customer describes, who they are, and what to do with it.")
class IntakeInput:
    problem: str = strawberry.field(description="What the customer describes, at most 20,000 characters.")
    customer_name: str | None = strawberry.field(default=None, description="Who calls.")
    customer_contact: str | None = strawberry.field(default=None, description="How to reach them.")
    company_name: str | None = strawberry.field(default=None, description="Their company.")
    company_external_id: str | None = strawberry.field(default=None, description="The company's id in the PSA.")
    priority: Priority | None = strawberry.field(default=None, description="Default NORMAL.")
    ticket: TicketRefInput | None = strawberry.field(default=None, description="Without one an internal ticket is made.")
    assignee_id: strawberry.ID | None = strawberry.field(default=None, description="Who walks it; default the caller.")
    flow_id: strawberry.ID | None = strawberry.field(default=None, description="Walk this flow, without matching.")
    proposal_id: strawberry.ID | None = strawberry.field(default=None, description="Walk this proposal, without matching.")
    declined_flow_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Flows of the suggestions before this call that were not taken. Counted as declined, and `flowId` as taken; shown in later reasons, never ranked by.")
    adhoc: bool | None = strawberry.field(default=None, description="A free-form walk.")
    force_build: bool | None = strawberry.field(default=None, description="Skip matching and build.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="An answer to the current node.")
class AnswerNodeInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")
    node_id: str = strawberry.field(description="The node that is answered.")
    answer: str = strawberry.field(description="An option's `value`; `done` for an instruction.")
    expected_step: int = strawberry.field(description="The session's `step` as last read.")
    note: str | None = strawberry.field(default=None, description="A remark kept with the answer.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Ask for the current node of a walk.")
class NextNodeInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")


@strawberry.input(description="Go back to a step; it and all after it are superseded.")
class GoBackInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")
    to_step: int = strawberry.field(description="The first step to take back.")
    expected_step: int = strawberry.field(description="The session's `step` as last read.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A note to add (no `id`) or change (one's own).")
class NoteInput:
    id: strawberry.ID | None = strawberry.field(default=None, description="The note to change.")
    text: str = strawberry.field(description="The remark; blank takes one's own note away.")
    is_step: bool | None = strawberry.field(default=None, description="Whether it says what was done.")
    visibility: NoteVisibility | None = strawberry.field(default=None, description="Default INTERNAL.")


@strawberry.input(description="Notes to save; those not mentioned are kept.")
class SaveNotesInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")
    notes: list[NoteInput] = strawberry.field(description="New and changed notes.")
    expected_notes_version: int = strawberry.field(description="The session's `notesVersion` as last read.")


@strawberry.input(description="Make a colleague's walk the caller's.")
class TakeOverWalkInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")


@strawberry.input(description="Give a walk to a colleague.")
class TransferWalkInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")
    assignee_id: strawberry.ID = strawberry.field(description="A member who works the L1 surface.")
    note: str | None = strawberry.field(default=None, description="Kept as an internal note.")


@strawberry.input(description="Let a walk wait.")
class PauseWalkInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")
    wait_until: datetime | None = strawberry.field(default=None, description="At most 14 days ahead; null ends the wait.")


@strawberry.input(description="End a walk without an outcome.")
class AbandonWalkInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")
    reason: AbandonReason = strawberry.field(description="Why.")
    note: str | None = strawberry.field(default=None, description="More about it; required for OTHER.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Go on from a walk that had ended.")
class ContinueWalkInput:
    session_id: strawberry.ID = strawberry.field(description="The ended walk.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Give a walk the ticket that came later.")
class LinkTicketInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")
    ticket: TicketRefInput = strawberry.field(description="The ticket.")


@strawberry.input(description="End a walk as resolved.")
class ResolveInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")
    resolution_notes: str = strawberry.field(description="What solved it.")
    helpful: bool = strawberry.field(description="Whether the walk helped.")
    outcome: Outcome | None = strawberry.field(default=None, description="Default FIXED, the only one that teaches.")
    notes_visibility: NoteVisibility | None = strawberry.field(default=None, description="Default INTERNAL.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Hand a walk to the engineers.")
class EscalateInput:
    session_id: strawberry.ID = strawberry.field(description="The walk.")
    reason_category: EscalationReasonCategory = strawberry.field(description="Why.")
    reason: str | None = strawberry.field(default=None, description="Why, in words; required for OTHER.")
    priority: Priority | None = strawberry.field(default=None, description="Default: the walk's.")
    is_customer_waiting: bool | None = strawberry.field(default=None, description="Whether the customer is on the line.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Hand a call to the engineers without a walk.")
class EscalateWithoutWalkInput:
    problem: str = strawberry.field(description="What the customer describes.")
    customer_name: str | None = strawberry.field(default=None, description="Who calls.")
    customer_contact: str | None = strawberry.field(default=None, description="How to reach them.")
    company_name: str | None = strawberry.field(default=None, description="Their company.")
    company_external_id: str | None = strawberry.field(default=None, description="The company's id in the PSA.")
    ticket: TicketRefInput | None = strawberry.field(default=None, description="Without one an internal ticket is made.")
    reason_category: EscalationReasonCategory = strawberry.field(description="Why.")
    reason: str | None = strawberry.field(default=None, description="Why, in words; required for OTHER.")
    priority: Priority | None = strawberry.field(default=None, description="Default NORMAL.")
    is_customer_waiting: bool | None = strawberry.field(default=None, description="Whether the customer is on the line.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

"""Inputs of what is done with an escalation."""

from __future__ import annotations

import strawberry

from schema.enums import (
    Direction,
    EscalationOutcome,
    EscalationReasonCategory,
    EscalationStatus,
    NoteVisibility,
    Priority,
)
from schema.order_fields import EscalationOrderField


@strawberry.input(description="Claim an open escalation.")
class ClaimEscalationInput:
    escalation_id: strawberry.ID = strawberry.field(description="The escalation.")


@strawberry.input(description="Give a claimed escalation back to the queue.")
class ReleaseEscalationInput:
    escalation_id: strawberry.ID = strawberry.field(description="The escalation.")


@strawberry.input(description="Take one's own open escalation back.")
class WithdrawEscalationInput:
    escalation_id: strawberry.ID = strawberry.field(description="The escalation.")


@strawberry.input(description="A remark on an escalation.")
class AddEscalationNoteInput:
    escalation_id: strawberry.ID = strawberry.field(description="The escalation.")
    text: str = strawberry.field(description="The remark.")
    visibility: NoteVisibility | None = strawberry.field(default=None, description="Default INTERNAL.")


@strawberry.input(description="End a claimed escalation.")
class CloseEscalationInput:
    escalation_id: strawberry.ID = strawberry.field(description="The escalation.")
    outcome: EscalationOutcome = strawberry.field(description="How it ends.")
    notes: str | None = strawberry.field(default=None, description="Required for RETURNED_TO_L1: how L1 goes on.")


@strawberry.input(description="All conditions hold together. Without `status`: OPEN and CLAIMED.")
class EscalationFilter:
    status: list[EscalationStatus] | None = strawberry.field(default=None, description="Any of these.")
    reason_category: list[EscalationReasonCategory] | None = strawberry.field(default=None, description="Any of these.")
    priority: list[Priority] | None = strawberry.field(default=None, description="Any of these.")
    claimed_by_id: strawberry.ID | None = strawberry.field(default=None, description="Claimed by this member.")
    company_name: str | None = strawberry.field(default=None, description="The customer's company, case ignored.")


@strawberry.input(description="Order of the queue.")
class EscalationOrder:
    field: EscalationOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which end comes first.")

"""One attempt at one ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from db.queries.columns import joined
from domain import vocabulary as words
from domain.builder.escalate_nodes import DISCLAIMER
from domain.flow_render import render_mermaid
from domain.permission import Action, has_right
from domain.walk_picture import pictured
from domain.walk_session import SessionKind, WalkState, WalkStatus, current_node
from resolvers.flow_judging import beside
from resolvers.flow_trees import version_ids
from resolvers.permission_loader import Check
from resolvers.public_error import forbidden
from resolvers.walk_session.state_rows import state_of
from schema.context import Info
from schema.enums import (
    AbandonReason,
    EscalationReasonCategory,
    Kind,
    Outcome,
    Priority,
    StartReason,
    Status,
)
from schema.types.actor import ServiceAccount, User
from schema.types.ai_record import AiRecord
from schema.types.flow import Flow, FlowVersion
from schema.types.lazily import made, member, read_lazily, text_id
from schema.types.node import Actor, Node
from schema.types.proposal import Proposal
from schema.types.ticket import Ticket
from schema.types.walk_node import WalkNode, node_of
from schema.types.walked_step import WalkedStep, WalkFact, WalkNote


def _text(description: str) -> Any:
    return strawberry.field(description=description)


@read_lazily(
    "row", id=text_id("row.id"), kind=member(SessionKind, "row.session_kind"), status=member(WalkStatus, "row.status"),
    start_reason=member(words.WalkStartReason, "row.start_reason"), priority=member(words.Priority, "row.priority"),
    outcome=member(words.ResolutionOutcome, "row.outcome"),
    escalation_reason_category=member(words.EscalationReasonCategory, "row.escalation_reason_category"),
    abandon_reason=member(words.AbandonReason, "row.abandon_reason"),
)
@strawberry.type(description="One attempt at one ticket through one flow, proposal, ad-hoc investigation or AI build.")
class WalkSession(Node):
    number: int = _text("The number people say, unique in the account.")
    kind: Kind = _text("What is walked.")
    status: Status = _text("Where it is in its life.")
    start_reason: StartReason = _text("Why it began as it did.")
    match_score: float | None = _text("Score of the match it began with, 0 to 1.")
    step: int = _text("The highest step ever recorded; what `expectedStep` takes.")
    category: str | None = _text("Category key.")
    priority: Priority = _text("How urgent it is.")
    customer_name: str | None = _text("Who called.")
    company_name: str | None = _text("The customer's company.")
    company_external_id: str | None = _text("The company's id in the PSA.")
    acting_as: str | None = _text("`l1_coverage` when it was started by somebody other than a native L1.")
    notes_version: int = _text("What `expectedNotesVersion` takes.")
    outcome: Outcome | None = _text("How it was resolved.")
    helpful: bool | None = _text("Whether the walk helped.")
    escalation_reason_category: EscalationReasonCategory | None = _text("Why it was escalated.")
    abandon_reason: AbandonReason | None = _text("Why it was abandoned.")
    started_at: datetime = _text("When it began.")
    last_step_at: datetime = _text("When a node was last answered.")
    last_activity_at: datetime = _text("When anything last happened; after 24 idle hours the walk is abandoned.")
    wait_until: datetime | None = _text("Until when it waits for the customer.")
    resolved_at: datetime | None = _text("When it was resolved.")
    ended_at: datetime | None = _text("When it ended.")
    row: strawberry.Private[Any]

    @strawberry.field(description="What the customer described.")
    def problem(self) -> str:
        return str(self.row.problem_text)

    @strawberry.field(description="How to reach the customer. Null for viewers.")
    def customer_contact(self, info: Info) -> str | None:
        allowed = has_right(info.context.principal, Action.SEE_CUSTOMER_CONTACT)
        return self.row.customer_contact if allowed else None

    @strawberry.field(description="What was written when it was resolved; internal unless marked for the customer.")
    def resolution_notes(self) -> str | None:
        return self.row.resolution_notes

    @strawberry.field(description="Why it was escalated, in words.")
    def escalation_reason(self) -> str | None:
        return self.row.escalation_reason

    @strawberry.field(description="What is said with every AI-built walk; null for the others.")
    def disclaimer(self) -> str | None:
        return DISCLAIMER if self.row.session_kind == SessionKind.AI_BUILD else None

    @strawberry.field(description="Whether the next node is being made right now; ask `nextNode` for it.")
    def is_generating(self, info: Info) -> bool:
        until = self.row.generation_expires_at
        return until is not None and until > info.context.now()

    @strawberry.field(description="The node to answer. Null when there is none (yet), and after the end.")
    async def current_node(self, info: Info) -> WalkNode | None:
        if self.row.status != WalkStatus.ACTIVE:
            return None
        node = current_node(await self._state(info))
        return node_of(node) if node else None

    async def _state(self, info: Info) -> WalkState:
        trees = {one: await info.context.loaders.trees.load(one) for one in version_ids(self.row)}
        return state_of(self.row, {key: tree for key, tree in trees.items() if tree})

    @strawberry.field(description="Answered nodes in the order of their steps, those gone back over included.")
    def walked_path(self) -> list[WalkedStep]:
        return [WalkedStep.from_json(one) for one in self.row.walked_path]

    @strawberry.field(description="What its answers have stored, in the order it was first asked for.")
    def facts(self) -> list[WalkFact]:
        return [WalkFact.of(name, value) for name, value in (self.row.facts or {}).items()]

    @strawberry.field(description="The picture of its tree as Mermaid text, the walked path highlighted. Null for ad-hoc walks.")
    async def mermaid(self, info: Info) -> str | None:
        found = pictured(await self._state(info))
        return await beside(render_mermaid, *found) if found else None

    @strawberry.field(description="Remarks, oldest first.")
    def notes(self) -> list[WalkNote]:
        return [WalkNote.from_json(one) for one in self.row.walk_notes]

    @strawberry.field(description="What it is about.")
    def ticket(self) -> Ticket | None:
        found = joined(self.row, "ticket")
        return Ticket.from_row(found) if found else None

    @strawberry.field(description="The flow that is walked.")
    def flow(self) -> Flow | None:
        found = joined(self.row, "flow")
        return Flow.from_row(found) if found else None

    @strawberry.field(description="The version it is pinned to.")
    def flow_version(self) -> FlowVersion | None:
        found = joined(self.row, "version")
        return FlowVersion.from_row(found) if found else None

    @strawberry.field(description="The proposal that is walked.")
    def proposal(self) -> Proposal | None:
        found = joined(self.row, "proposal")
        return Proposal.from_row(found) if found else None

    @strawberry.field(description="Whose walk it is.")
    def assigned_to(self) -> User | None:
        found = joined(self.row, "assigned")
        return User.from_row(found) if found else None

    @strawberry.field(description="Who started it.")
    def created_by(self) -> Actor | None:
        user, service = joined(self.row, "creator"), joined(self.row, "service")
        if user:
            return User.from_row(user)
        return ServiceAccount.from_row(service) if service else None

    @strawberry.field(description="The walk it goes on from.")
    async def continues(self, info: Info) -> WalkSession | None:
        if self.row.continues_session_id is None:
            return None
        found = await info.context.loaders.sessions.load(self.row.continues_session_id)
        return WalkSession.from_row(found) if found else None

    @strawberry.field(description="Calls of models for this walk, in their order. For engineers and above.")
    async def ai_records(self, info: Info) -> list[AiRecord] | None:
        if not has_right(info.context.principal, Action.SEE_AI_RECORDS):
            raise forbidden("AI records")
        return [AiRecord.from_row(row) for row in await info.context.loaders.ai_records.load(self.row.id)]

    @strawberry.field(
        description="Whether the caller may answer its current node now: not at an end, where one goes back, resolves "
        "or escalates."
    )
    async def viewer_can_answer(self, info: Info) -> bool:
        return await _can(info, Action.ANSWER, self.row.id)

    @strawberry.field(description="Whether the caller may resolve it now.")
    async def viewer_can_resolve(self, info: Info) -> bool:
        return await _can(info, Action.RESOLVE, self.row.id)

    @strawberry.field(description="Whether the caller may escalate it now.")
    async def viewer_can_escalate(self, info: Info) -> bool:
        return await _can(info, Action.ESCALATE, self.row.id)

    @classmethod
    def from_row(cls, row: Any) -> WalkSession:
        return made(cls, row=row)


async def _can(info: Info, action: Action, session_id: UUID) -> bool:
    return (await info.context.loaders.permissions.load(Check(action, session_id=session_id))).can

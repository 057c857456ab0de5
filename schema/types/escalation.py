"""The hand-off of a session to engineers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from db.queries.columns import Prefixed, joined
from domain import vocabulary as words
from domain.permission import Action
from domain.walk_session import NoteVisibility as Visibility
from resolvers.permission_loader import Check
from schema.context import Info
from schema.enums import (
    DeliveryChannel,
    DeliveryState,
    EscalationOutcome,
    EscalationReasonCategory,
    EscalationStatus,
    NoteVisibility,
    Priority,
)
from schema.types.actor import ServiceAccount, User, actor_from_row
from schema.types.hand_off import HandOffPackage
from schema.types.lazily import made, member, read_lazily, text_id
from schema.types.node import Actor, Node
from schema.types.walk_session import WalkSession


@strawberry.type(description="Somebody who is told of an escalation.")
class EscalationRecipient:
    name: str = strawberry.field(description="A member's name, or an address.")
    channel: DeliveryChannel = strawberry.field(description="How they are told.")


@strawberry.type(description="Whether one recipient has been told.")
class EscalationDelivery:
    recipient: EscalationRecipient = strawberry.field(description="Who.")
    state: DeliveryState = strawberry.field(description="Whether it was sent.")
    attempts: int = strawberry.field(description="How often it was tried.")
    last_error: str | None = strawberry.field(description="Why the last try failed.")


@strawberry.type(description="A remark on an escalation; never changed.")
class EscalationNote(Node):
    text: str = strawberry.field(description="The remark.")
    visibility: NoteVisibility = strawberry.field(description="Who may read it.")
    created_at: datetime = strawberry.field(description="When it was added.")
    author_id: strawberry.Private[UUID]

    @strawberry.field(description="Who wrote it.")
    async def author(self, info: Info) -> Actor | None:
        return actor_from_row(await info.context.loaders.actors.load(self.author_id))

    @classmethod
    def from_row(cls, row: Any) -> EscalationNote:
        return cls(
            id=strawberry.ID(str(row.id)), text=row.text, visibility=Visibility(row.visibility),
            created_at=row.created_at, author_id=row.author_user_id or row.author_service_account_id,
        )


@read_lazily(
    "own", id=text_id("own.id"), status=member(words.EscalationStatus, "own.status"),
    priority=member(words.Priority, "own.priority"),
    reason_category=member(words.EscalationReasonCategory, "own.reason_category"),
    outcome=member(words.EscalationOutcome, "own.outcome"),
)
@strawberry.type(description="The hand-off of a walk to the engineers.")
class Escalation(Node):
    status: EscalationStatus = strawberry.field(description="Where it is in its life.")
    priority: Priority = strawberry.field(description="How urgent it is.")
    is_customer_waiting: bool = strawberry.field(description="Whether the customer is on the line.")
    reason_category: EscalationReasonCategory = strawberry.field(description="Why it was handed over.")
    reason: str | None = strawberry.field(description="Why, in words.")
    acting_as: str | None = strawberry.field(description="`l1_coverage` when it was escalated by somebody other than a native L1.")
    escalated_at: datetime = strawberry.field(description="When it was handed over.")
    claimed_at: datetime | None = strawberry.field(description="When an engineer took it.")
    closed_at: datetime | None = strawberry.field(description="When it was closed, returned or withdrawn.")
    outcome: EscalationOutcome | None = strawberry.field(description="How it was closed.")
    closing_notes: str | None = strawberry.field(description="What was said at the end; for a return, how L1 goes on.")
    row: strawberry.Private[Any]
    own: strawberry.Private[Prefixed]

    @strawberry.field(description="Who took it.")
    def claimed_by(self) -> User | None:
        found = joined(self.row, "claimed")
        return User.from_row(found) if found else None

    @strawberry.field(description="Who closed, returned or withdrew it; null for a machine, and while it waits.")
    def closed_by(self) -> User | None:
        found = joined(self.row, "closed")
        return User.from_row(found) if found else None

    @strawberry.field(description="Who handed it over.")
    def escalated_by(self) -> Actor | None:
        user, service = joined(self.row, "escalated_by"), joined(self.row, "escalated_by_service")
        if user:
            return User.from_row(user)
        return ServiceAccount.from_row(service) if service else None

    @strawberry.field(description="The walk that was handed over.")
    async def session(self, info: Info) -> WalkSession | None:
        if "id" in self.row._mapping:
            return WalkSession.from_row(self.row)
        found = await info.context.loaders.sessions.load(self.own.session_id)
        return WalkSession.from_row(found) if found else None

    @strawberry.field(description="Everything an engineer needs, as it was when the walk was escalated.")
    def package(self) -> HandOffPackage:
        return HandOffPackage.from_json(self.own.package)

    @strawberry.field(description="Remarks of engineers and the originator, oldest first.")
    async def notes(self, info: Info) -> list[EscalationNote]:
        rows = await info.context.loaders.escalation_notes.load(UUID(self.id))
        return [EscalationNote.from_row(row) for row in rows]

    @strawberry.field(description="Who is told of it.")
    async def recipients(self, info: Info) -> list[EscalationRecipient]:
        return [delivery.recipient for delivery in await self._deliveries(info)]

    @strawberry.field(description="Whether they have been told.")
    async def deliveries(self, info: Info) -> list[EscalationDelivery]:
        return await self._deliveries(info)

    async def _deliveries(self, info: Info) -> list[EscalationDelivery]:
        return [
            EscalationDelivery(
                recipient=EscalationRecipient(name=row.name, channel=words.DeliveryChannel(row.channel)),
                state=words.DeliveryState(row.state), attempts=row.attempts, last_error=row.last_error,
            )
            for row in await info.context.loaders.deliveries.load(UUID(self.id))
        ]

    @strawberry.field(description="Whether the caller may claim it now.")
    async def viewer_can_claim(self, info: Info) -> bool:
        return await _can(info, Action.CLAIM, UUID(self.id))

    @strawberry.field(description="Whether the caller may withdraw it now.")
    async def viewer_can_withdraw(self, info: Info) -> bool:
        return await _can(info, Action.WITHDRAW, UUID(self.id))

    @strawberry.field(description="Whether the caller may close or release it now.")
    async def viewer_can_close(self, info: Info) -> bool:
        return await _can(info, Action.CLOSE_ESCALATION, UUID(self.id))

    @classmethod
    def from_row(cls, row: Any) -> Escalation:
        return made(cls, row=row, own=Prefixed(row, "escalation"))


async def _can(info: Info, action: Action, escalation_id: UUID) -> bool:
    return (await info.context.loaders.permissions.load(Check(action, escalation_id=escalation_id))).can

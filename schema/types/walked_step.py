"""The record of a walk: answered nodes, and notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from domain.walk_session import NoteVisibility as Visibility
from schema.context import Info
from schema.enums import FlowNodeKind, NoteVisibility
from schema.types.actor import actor_from_row
from schema.types.lazily import Reader, read_lazily
from schema.types.node import Actor
from schema.types.walk_node import NodeOption


def _item(key: str) -> Reader:
    return lambda one: one.record[key]


def _maybe(key: str) -> Reader:
    return lambda one: one.record.get(key)


@read_lazily(
    "record", step=_item("step"), node_id=_item("nodeId"), question=_item("question"), answer=_item("answer"),
    answer_label=_item("answerLabel"), note=_maybe("note"), acting_as=_maybe("actingAs"),
    answered_at=lambda one: datetime.fromisoformat(one.record["answeredAt"]),
    is_superseded=lambda one: one.record.get("supersededAt") is not None,
    superseded_at=lambda one: _moment(one.record.get("supersededAt")),
)
@strawberry.type(description="One answered node, as the technician saw it.")
class WalkedStep:
    step: int = strawberry.field(description="Its number in the session, never used again.")
    node_id: str = strawberry.field(description="The node within its tree.")
    question: str = strawberry.field(description="What was asked or ordered.")
    answer: str = strawberry.field(description="The value that was sent.")
    answer_label: str = strawberry.field(description="The label that was chosen.")
    note: str | None = strawberry.field(description="A remark made with the answer.")
    answered_at: datetime = strawberry.field(description="When.")
    acting_as: str | None = strawberry.field(description="`l1_coverage` when somebody other than a native L1 answered.")
    is_superseded: bool = strawberry.field(description="Whether the technician went back over it.")
    superseded_at: datetime | None = strawberry.field(description="When they went back.")
    record: strawberry.Private[dict[str, Any]]

    @strawberry.field(description="What kind of node it was.")
    def kind(self) -> FlowNodeKind:
        return FlowNodeKind(self.record["kind"])

    @strawberry.field(description="What was offered.")
    def options(self) -> list[NodeOption]:
        return [
            NodeOption(value=one["value"], label=one["label"], next_node_id=None)
            for one in self.record.get("options") or ()
        ]

    @strawberry.field(description="Who answered.")
    async def answered_by(self, info: Info) -> Actor | None:
        return await _actor(info, self.record.get("answeredBy"))

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> WalkedStep:
        step = cls.__new__(cls)  # as ``made`` does, for there are hundreds of them
        step.record = record
        return step


@strawberry.type(description="Something the walk knows from its answers.")
class WalkFact:
    name: str = strawberry.field(description="The fact's name, unique in its session.")
    value: str = strawberry.field(description="Its value as text; several choices are joined by a comma.")
    values: list[str] = strawberry.field(description="Its values one by one: of a multi-choice those chosen, else one.")

    @classmethod
    def of(cls, name: str, value: Any) -> WalkFact:
        values = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        return cls(name=name, value=", ".join(values), values=values)


@strawberry.type(description="A remark in a walk. Unique within its session.")
class WalkNote:
    id: strawberry.ID = strawberry.field(description="A UUID; send it back to change your own note.")
    text: str = strawberry.field(description="The remark.")
    is_step: bool = strawberry.field(description="Whether it says what was done; such notes become a proposal's steps.")
    step: int | None = strawberry.field(description="Its place among the step notes.")
    visibility: NoteVisibility = strawberry.field(description="Who may read it.")
    created_at: datetime = strawberry.field(description="When it was added.")
    acting_as: str | None = strawberry.field(description="`l1_coverage` when somebody other than a native L1 wrote it.")
    record: strawberry.Private[dict[str, Any]]

    @strawberry.field(description="Who wrote it.")
    async def author(self, info: Info) -> Actor | None:
        return await _actor(info, self.record.get("author"))

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> WalkNote:
        return cls(
            id=strawberry.ID(record["id"]), text=record["text"], is_step=bool(record.get("isStep")),
            step=record.get("step"), visibility=Visibility(record.get("visibility") or "internal"),
            created_at=datetime.fromisoformat(record["createdAt"]), acting_as=record.get("actingAs"), record=record,
        )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


async def _actor(info: Info, reference: dict[str, str] | None) -> Actor | None:
    if reference is None:
        return None
    return actor_from_row(await info.context.loaders.actors.load(UUID(reference["id"])))

"""Flows and their published versions."""

from __future__ import annotations

from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

import strawberry

from db.queries.columns import Prefixed, joined
from domain.flow_render import render_mermaid
from domain.permission import Action, has_right
from resolvers import flow as flows
from resolvers.flow_judging import beside
from schema.connection import After, Connection, First, connection, page_size, paged
from schema.context import Info
from schema.types.actor import User, actor_from_row
from schema.types.flow_draft import FlowDraft
from schema.types.flow_tree import FlowTree
from schema.types.lazily import made, read_lazily, text_id
from schema.types.node import Node


@strawberry.type(description="One immutable published snapshot of a flow.")
class FlowVersion(Node):
    number: int = strawberry.field(description="1 for the first, growing by one.")
    title: str = strawberry.field(description="The flow's title at that time.")
    note: str | None = strawberry.field(description="What its publisher said about it.")
    published_at: datetime = strawberry.field(description="When it was published.")
    publisher_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who published it; null for flows that came with the product.")
    async def published_by(self, info: Info) -> User | None:
        if self.publisher_id is None:
            return None
        row = await info.context.loaders.actors.load(self.publisher_id)
        found = actor_from_row(row)
        return found if isinstance(found, User) else None

    @strawberry.field(description="Its decision tree. Null when it cannot be read any more.")
    async def tree(self, info: Info) -> FlowTree | None:
        tree = await info.context.loaders.trees.load(UUID(self.id))
        return FlowTree.of(tree) if tree else None

    @strawberry.field(description="Its picture as Mermaid text.")
    async def mermaid(self, info: Info) -> str | None:
        return await _mermaid(info, UUID(self.id))

    @classmethod
    def from_row(cls, row: Any) -> FlowVersion:
        return cls(
            id=strawberry.ID(str(row.id)), number=row.number, title=row.title, note=row.note,
            published_at=row.published_at, publisher_id=row.published_by_user_id,
        )


@read_lazily(
    "row", id=text_id("row.id"), keywords=lambda one: list(one.row.keywords), owner_id=attrgetter("row.owner_user_id"),
    is_archived=lambda one: one.row.archived_at is not None,
)
@strawberry.type(description="A decision flow of the account.")
class Flow(Node):
    slug: str = strawberry.field(description="Handle for people and scripts, unique in the account.")
    title: str = strawberry.field(description="What problem it solves.")
    category: str = strawberry.field(description="Category key, e.g. `printer`.")
    keywords: list[str] = strawberry.field(description="Words customers use for this problem.")
    is_archived: bool = strawberry.field(description="Archived flows start no new walks.")
    archived_at: datetime | None = strawberry.field(description="When it was archived.")
    review_by: date | None = strawberry.field(description="When its owner wants to look at it again.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last published, archived or renamed.")
    owner_id: strawberry.Private[UUID | None]
    published_version_id: strawberry.Private[UUID | None]
    row: strawberry.Private[Any]
    version_row: strawberry.Private[Prefixed | None] = None

    @strawberry.field(description="What a new walk would walk. Null before the first publishing.")
    async def published_version(self, info: Info) -> FlowVersion | None:
        if self.version_row is not None:
            return FlowVersion.from_row(self.version_row)
        if self.published_version_id is None:
            return None
        row = await info.context.loaders.versions.load(self.published_version_id)
        return FlowVersion.from_row(row) if row else None

    @strawberry.field(description="Published versions, newest first.")
    async def versions(self, info: Info, first: First = None, after: After = None) -> Connection[FlowVersion]:
        size, flow_id = page_size(first), UUID(self.id)
        page = await paged(lambda: flows.versions(info.context, flow_id, size, after))
        return connection(Connection[FlowVersion], page, FlowVersion.from_row,
                          lambda: flows.count_versions(info.context, flow_id))

    @strawberry.field(description="The working copy. Null when there is none, and for those who do not author flows.")
    async def draft(self, info: Info) -> FlowDraft | None:
        if not has_right(info.context.principal, Action.SEE_DRAFTS):
            return None
        row = await info.context.loaders.drafts.load(UUID(self.id))
        return FlowDraft.from_row(row) if row else None

    @strawberry.field(description="The picture of its published version as Mermaid text; of its draft for authors of one that was never published.")
    async def mermaid(self, info: Info) -> str | None:
        if self.published_version_id is not None:
            return await _mermaid(info, self.published_version_id)
        draft = await self.draft(info)
        return await draft.mermaid() if draft else None

    @strawberry.field(description="Whether the caller may edit, publish and archive it.")
    def viewer_can_edit(self, info: Info) -> bool:
        return has_right(info.context.principal, Action.AUTHOR_FLOWS)

    @strawberry.field(description="Who looks after it.")
    async def owner(self, info: Info) -> User | None:
        if self.owner_id is None:
            return None
        found = actor_from_row(await info.context.loaders.actors.load(self.owner_id))
        return found if isinstance(found, User) else None

    @classmethod
    def from_row(cls, row: Any, version: Prefixed | None = None) -> Flow:
        return made(cls, row=row, version_row=version)


async def _mermaid(info: Info, version_id: UUID) -> str | None:
    tree = await info.context.loaders.trees.load(version_id)
    return await beside(render_mermaid, tree) if tree else None


def flow_of(row: Any) -> Flow:
    """A row of the flow list, its published version joined."""
    return Flow.from_row(row, joined(row, "version"))

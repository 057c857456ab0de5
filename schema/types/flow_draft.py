"""The working copy of a flow."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from domain import flow_tree as domain
from domain.flow_render import render_mermaid
from resolvers.flow_judging import beside, lint
from schema.context import Info
from schema.types.actor import User, actor_from_row
from schema.types.flow_finding import FlowFinding, findings_of
from schema.types.flow_tree import FlowTree
from schema.types.node import Node


@strawberry.type(description="The working copy of a flow, for its authors. Every save gives it a new id.")
class FlowDraft(Node):
    title: str = strawberry.field(description="Title it would be published under.")
    category: str = strawberry.field(description="Category key it would be published under.")
    keywords: list[str] = strawberry.field(description="Words customers use for this problem.")
    saved_at: datetime = strawberry.field(description="When it was saved.")
    row: strawberry.Private[Any]

    @strawberry.field(description="Its decision tree.")
    async def tree(self) -> FlowTree:
        return FlowTree.of(await self._parsed())

    @strawberry.field(description="What lint remarks, errors first; errors block publishing.")
    async def lint(self, info: Info) -> list[FlowFinding]:
        return findings_of(await lint(info.context, await self._parsed(), self.row.id))

    @strawberry.field(description="Its picture as Mermaid text.")
    async def mermaid(self) -> str:
        return await beside(render_mermaid, await self._parsed())

    @strawberry.field(description="Who saved it; null for a machine.")
    async def saved_by(self, info: Info) -> User | None:
        saved_by: UUID | None = self.row.saved_by_user_id
        found = actor_from_row(await info.context.loaders.actors.load(saved_by)) if saved_by else None
        return found if isinstance(found, User) else None

    async def _parsed(self) -> domain.FlowTree:
        return await beside(domain.parse_tree, self.row.tree)

    @classmethod
    def from_row(cls, row: Any) -> FlowDraft:
        return cls(
            id=strawberry.ID(str(row.id)), title=row.title, category=row.category, keywords=list(row.keywords),
            saved_at=row.saved_at, row=row,
        )

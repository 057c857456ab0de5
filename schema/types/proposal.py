"""Proposals: draft flows that await review."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from domain import vocabulary as words
from schema.enums import ProposalKind, ProposalStatus
from schema.types.node import Node


@strawberry.type(description="A draft flow that awaits review.")
class Proposal(Node):
    title: str = strawberry.field(description="Title it would be published under.")
    status: ProposalStatus = strawberry.field(description="Where it is in its review.")
    kind: ProposalKind = strawberry.field(description="What approving it would make.")
    category: str | None = strawberry.field(description="Category key.")
    keywords: list[str] = strawberry.field(description="Words from the problem, masked.")
    is_validated_by_outcome: bool = strawberry.field(description="Whether a walk of it, or the walk it was captured from, fixed the problem.")
    is_ai_authored: bool = strawberry.field(description="Whether a model wrote its nodes.")
    created_at: datetime = strawberry.field(description="When it was captured or written.")
    reviewed_at: datetime | None = strawberry.field(description="When it was reviewed.")
    review_reason: str | None = strawberry.field(description="What the reviewer said.")
    source_session_id: strawberry.Private[UUID | None]
    nearest_flow_id: strawberry.Private[UUID | None]
    published_flow_id: strawberry.Private[UUID | None]

    @classmethod
    def from_row(cls, row: Any) -> Proposal:
        return cls(
            id=strawberry.ID(str(row.id)), title=row.title, status=words.ProposalStatus(row.status),
            kind=words.ProposalKind(row.kind), category=row.category, keywords=list(row.keywords),
            is_validated_by_outcome=row.is_validated_by_outcome, is_ai_authored=row.is_ai_authored,
            created_at=row.created_at, reviewed_at=row.reviewed_at, review_reason=row.review_reason,
            source_session_id=row.source_session_id, nearest_flow_id=row.nearest_flow_id,
            published_flow_id=row.published_flow_id,
        )

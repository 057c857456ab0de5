"""Proposals: draft flows that await review."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from domain import flow_tree as domain
from domain import vocabulary as words
from domain.flow_merge import MergeProblem
from domain.flow_render import render_mermaid
from domain.permission import Action, has_right
from resolvers import proposal as proposals
from resolvers import proposal_merging
from resolvers.flow_judging import beside, lint
from resolvers.proposal_grouping import Group
from schema.connection import First, page_size
from schema.context import Info
from schema.enums import ProposalKind, ProposalStatus
from schema.ids import uuid_or_none
from schema.types.actor import User, actor_from_row
from schema.types.flow import Flow
from schema.types.flow_diff import FlowDiff
from schema.types.flow_finding import FlowFinding, findings_of
from schema.types.flow_tree import FlowTree
from schema.types.node import Node

if TYPE_CHECKING:
    from schema.types.walk_session import WalkSession


@strawberry.type(description="The published flow that comes nearest to a proposal.")
class NearestFlow:
    flow: Flow = strawberry.field(description="The flow.")
    score: float = strawberry.field(description="How alike they are, 0 to 1.")


@strawberry.type(description="What approving a proposal as a branch of a flow would make.")
class MergePreview:
    flow: Flow = strawberry.field(description="The flow it is merged with.")
    problem: str | None = strawberry.field(description="Why it cannot be merged; then the rest is empty.")
    score: float | None = strawberry.field(default=None, description="Share of the walk that the flow has already, 0 to 1.")
    attached_node_ids: list[str] = strawberry.field(default_factory=list, description="`nodeId`s of the flow where something new begins.")
    tree: FlowTree | None = strawberry.field(default=None, description="The flow with the branch in it.")
    diff: FlowDiff | None = strawberry.field(default=None, description="What the branch changes in the flow.")


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
    attached_at_node_id: str | None = strawberry.field(description="Where its branch was attached, when it was published as one.")
    row: strawberry.Private[Any]

    @strawberry.field(description="The walk it was captured from; null for one that a person wrote.")
    async def session(self, info: Info) -> Annotated[WalkSession, strawberry.lazy("schema.types.walk_session")] | None:
        from schema.types.walk_session import WalkSession

        found = await _load(info.context.loaders.sessions, self.row.source_session_id)
        return WalkSession.from_row(found) if found else None

    @strawberry.field(description="Its decision tree. For engineers and above and scope FLOWS.")
    async def tree(self, info: Info) -> FlowTree | None:
        tree = await self._tree(info)
        return FlowTree.of(tree) if tree else None

    @strawberry.field(description="What lint remarks, errors first; errors and stubs block publishing. For engineers and above and scope FLOWS.")
    async def lint(self, info: Info) -> list[FlowFinding] | None:
        tree = await self._tree(info)
        return findings_of(await lint(info.context, tree)) if tree else None

    @strawberry.field(description="Its picture as Mermaid text. For engineers and above and scope FLOWS.")
    async def mermaid(self, info: Info) -> str | None:
        tree = await self._tree(info)
        return await beside(render_mermaid, tree) if tree else None

    @strawberry.field(description="`nodeId`s that a person has written or changed since it was captured.")
    async def edited_node_ids(self, info: Info) -> list[str]:
        found = await info.context.loaders.proposal_edits.load(UUID(self.id))
        return list(found.edited_node_ids) if found else []

    @strawberry.field(description="The published flow that comes nearest; null when none is near. For engineers and above and scope FLOWS.")
    async def nearest_flow(self, info: Info) -> NearestFlow | None:
        tree = await self._tree(info)
        near = await proposal_merging.nearest_flow(info.context, tree) if tree else None
        row = await info.context.loaders.flows.load(near.id) if near else None
        return NearestFlow(flow=Flow.from_row(row), score=near.score) if near and row else None

    @strawberry.field(description="What approving it as a branch would make: of the nearest flow, or of the one named. For engineers and above and scope FLOWS.")
    async def merge_preview(
        self, info: Info,
        flow_id: Annotated[strawberry.ID | None, strawberry.argument(description="Default: the nearest flow.")] = None,
        at_node_id: Annotated[str | None, strawberry.argument(description="Default: where the walk left the flow.")] = None,
    ) -> MergePreview | None:
        tree = await self._tree(info)
        wanted = uuid_or_none(flow_id)
        if tree is not None and flow_id is None:
            near = await proposal_merging.nearest_flow(info.context, tree)
            wanted = near.id if near else None
        return await self._preview(info, tree, wanted, at_node_id) if tree and wanted else None

    async def _preview(
        self, info: Info, tree: domain.FlowTree, flow_id: UUID, node_id: str | None
    ) -> MergePreview | None:
        merged = await proposal_merging.preview(info.context, tree, self.title, flow_id, node_id)
        row = await info.context.loaders.flows.load(flow_id)
        if merged is None or row is None:
            return None
        if isinstance(merged, MergeProblem):
            return MergePreview(flow=Flow.from_row(row), problem=merged.message)
        return MergePreview(
            flow=Flow.from_row(row), problem=None, score=merged.score, attached_node_ids=list(merged.attached_at),
            tree=FlowTree.of(merged.tree), diff=FlowDiff.of(merged.diff),
        )

    @strawberry.field(description="The pending proposals that say nearly the same, this one among them while it is pending. For engineers and above and scope FLOWS.")
    async def group(self, info: Info) -> ProposalGroup | None:
        proposals.require_reviewer(info.context)
        return ProposalGroup(found=await info.context.loaders.proposal_groups.load(self.row.group_id))

    @strawberry.field(description="The other ones of its group, most alike first; of a large group 50. For engineers and above and scope FLOWS.")
    async def similar_proposals(self, info: Info, first: First = None) -> list[SimilarProposal] | None:
        proposals.require_reviewer(info.context)
        size = page_size(first)
        near = (await info.context.loaders.similar_proposals.load(UUID(self.id)))[:size]
        rows = await info.context.loaders.proposals.load_many([one for one, _ in near])
        return [SimilarProposal(proposal=Proposal.from_row(row), score=score)
                for (_, score), row in zip(near, rows, strict=True) if row]

    @strawberry.field(description="The flow it was published as, or in.")
    async def published_flow(self, info: Info) -> Flow | None:
        row = await _load(info.context.loaders.flows, self.row.published_flow_id)
        return Flow.from_row(row) if row else None

    @strawberry.field(description="Who wrote it; null for one that was captured from a walk.")
    async def created_by(self, info: Info) -> User | None:
        return await _person(info, self.row.created_by_user_id)

    @strawberry.field(description="Who reviewed it; null for a machine.")
    async def reviewed_by(self, info: Info) -> User | None:
        return await _person(info, self.row.reviewed_by_user_id)

    @strawberry.field(description="Whether the caller may review it now.")
    def viewer_can_review(self, info: Info) -> bool:
        return self.status is words.ProposalStatus.PENDING and has_right(
            info.context.principal, Action.REVIEW_PROPOSALS
        )

    async def _tree(self, info: Info) -> domain.FlowTree | None:
        return await proposals.tree(info.context, UUID(self.id))

    @classmethod
    def from_row(cls, row: Any) -> Proposal:
        return cls(
            id=strawberry.ID(str(row.id)), title=row.title, status=words.ProposalStatus(row.status),
            kind=words.ProposalKind(row.kind), category=row.category, keywords=list(row.keywords),
            is_validated_by_outcome=row.is_validated_by_outcome, is_ai_authored=row.is_ai_authored,
            created_at=row.created_at, reviewed_at=row.reviewed_at, review_reason=row.review_reason,
            attached_at_node_id=row.attach_at_node_id, row=row,
        )


@strawberry.type(description="Pending proposals that say nearly the same. A proposal joins its group when it is captured, written or edited.")
class ProposalGroup:
    found: strawberry.Private[Group]

    @strawberry.field(description="Names the group; `ProposalFilter.groupId` takes it. It stays the same while the group grows and shrinks.")
    def group_id(self) -> strawberry.ID:
        return strawberry.ID(str(self.found.id))

    @strawberry.field(description="How many pending proposals are in it.")
    def size(self) -> int:
        return self.found.size

    @strawberry.field(description="Validated ones first, then the newest; of a large group 50. The first one stands for the group in a queue with `oneOfEachGroup`.")
    async def proposals(self, info: Info, first: First = None) -> list[Proposal]:
        size = page_size(first)
        rows = await info.context.loaders.proposals.load_many(self.found.member_ids[:size])
        return [Proposal.from_row(row) for row in rows if row]


@strawberry.type(description="A proposal that says nearly the same as another.")
class SimilarProposal:
    proposal: Proposal = strawberry.field(description="The proposal.")
    score: float = strawberry.field(description="How alike they are, 0 to 1.")


async def _load(loader: Any, key: UUID | None) -> Any:
    return await loader.load(key) if key is not None else None


async def _person(info: Info, user_id: UUID | None) -> User | None:
    row = await _load(info.context.loaders.actors, user_id)
    found = actor_from_row(row) if row is not None else None
    return found if isinstance(found, User) else None

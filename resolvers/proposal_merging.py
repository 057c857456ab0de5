"""Merge, not copy: a proposal as a branch of a flow that exists, and which flow comes nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Flow
from domain.flow_align import tree_similarity
from domain.flow_finding import Finding
from domain.flow_gate import publishing_refusal
from domain.flow_merge import Merged, MergeProblem, merge_walked
from domain.flow_tree import FlowTree
from domain.refusal import Code
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.flow_drafting import draft_of
from resolvers.flow_judging import LintRefused, beside, lint
from resolvers.flow_publishing import require_live
from resolvers.flow_rows import Heading, insert_version, lock_flow
from resolvers.flow_trees import load_trees
from resolvers.outcome import not_found, refuse

MAX_COMPARED = 500  # flows one proposal is compared with
NEAR = 0.3  # similarity below which no flow is near


@dataclass(frozen=True, slots=True)
class Branch:
    """A flow with a proposal's branch in it, ready to be published on top of ``version_id``."""

    flow_id: UUID
    version_id: UUID
    tree: FlowTree
    attached_at: tuple[str, ...]
    findings: tuple[Finding, ...]


async def prepare_branch(
    context: Context, flow_id: UUID, walked: FlowTree, label: str, node_id: str | None
) -> Branch:
    """Merge and lint, holding nothing. Raises ``Refused``."""
    async with context.db.read(context.account_id) as connection:
        row, flow = await _published(connection, context, flow_id)
    merged = await beside(merge_walked, flow, walked, label, node_id)
    if isinstance(merged, MergeProblem):
        raise refuse(Code.INVALID_INPUT, merged.message, "attachAtNodeId" if node_id else "attachToFlowId")
    if merged.diff.is_empty:
        message = "The flow has all of this already; dismiss the proposal, or attach it at a node."
        raise refuse(Code.INVALID_INPUT, message, "attachToFlowId")
    findings = await lint(context, merged.tree)
    refusal = publishing_refusal(findings)
    if refusal is not None:
        raise LintRefused(refusal, findings)
    return Branch(flow_id, row.published_version_id, merged.tree, merged.attached_at, findings)


async def _published(connection: AsyncConnection, context: Context, flow_id: UUID) -> tuple[Any, FlowTree]:
    row = (await connection.execute(
        select(Flow.id, Flow.title, Flow.published_version_id, Flow.archived_at)
        .where(in_account(Flow, context.account_id), Flow.id == flow_id)
    )).first()
    if row is None:
        raise not_found("flow", "attachToFlowId")
    if row.published_version_id is None or row.archived_at is not None:
        raise refuse(Code.INVALID_INPUT, "Only a published flow gets a branch.", "attachToFlowId")
    trees = await load_trees(connection, context.account_id, [row.published_version_id])
    return row, trees[row.published_version_id]


async def publish_branch(connection: AsyncConnection, context: Context, branch: Branch) -> None:
    """The merged tree as the flow's next version, unless somebody published or is writing another one meanwhile."""
    row = await lock_flow(connection, context, branch.flow_id)
    require_live(row)
    if row.published_version_id != branch.version_id:
        raise refuse(Code.STALE_DRAFT, "The flow was published from elsewhere meanwhile; try again.", "attachToFlowId")
    if await draft_of(connection, context, branch.flow_id) is not None:
        # Publishing that draft later would silently take the branch away again.
        message = "The flow has an unpublished draft; publish or discard it first."
        raise refuse(Code.STALE_DRAFT, message, "attachToFlowId")
    heading = Heading(row.title, row.category, tuple(row.keywords))
    await insert_version(connection, context, branch.flow_id, heading, branch.tree, "A branch from a proposal.")


@dataclass(frozen=True, slots=True)
class Near:
    """A flow that is alike, and how alike, 0 to 1."""

    id: UUID
    score: float


async def nearest_flow(context: Context, walked: FlowTree) -> Near | None:
    """The published flow that comes nearest; None when none is near."""
    versions = await context.loaders.published_versions.load(context.account_id)
    trees = await context.loaders.trees.load_many([version for _, version in versions])
    candidates = [(flow, tree) for (flow, _), tree in zip(versions, trees, strict=True) if tree is not None]
    best = await beside(_best, walked, candidates)
    return best if best and best.score >= NEAR else None


def _best(walked: FlowTree, candidates: Sequence[tuple[UUID, FlowTree]]) -> Near | None:
    scored = [Near(flow, tree_similarity(walked, tree)) for flow, tree in candidates]
    return max(scored, key=lambda near: (near.score, str(near.id)), default=None)


async def preview(
    context: Context, walked: FlowTree, label: str, flow_id: UUID, node_id: str | None
) -> Merged | MergeProblem | None:
    """What approving the tree as a branch of a flow would make; None when there is no such published flow."""
    row = await context.loaders.flows.load(flow_id)
    if row is None or row.published_version_id is None or row.archived_at is not None:
        return None
    flow = await context.loaders.trees.load(row.published_version_id)
    return await beside(merge_walked, flow, walked, label, node_id) if flow else None


async def published_versions(context: Context) -> list[tuple[UUID, UUID]]:
    """(flow, version) of the account's published flows that are not archived, those changed last first."""
    statement = (
        select(Flow.id, Flow.published_version_id)
        .where(in_account(Flow, context.account_id), Flow.published_version_id.is_not(None), Flow.archived_at.is_(None))
        .order_by(Flow.updated_at.desc()).limit(MAX_COMPARED)
    )
    async with context.db.read(context.account_id) as connection:
        return [(row.id, row.published_version_id) for row in await connection.execute(statement)]

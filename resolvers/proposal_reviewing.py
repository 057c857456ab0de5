"""Review: a pending proposal is approved, modified, rejected or dismissed, once.

The row is locked before its status is judged, so two reviewers at once come to one outcome and one NOT_PENDING.
Lint and merging run before that, without a connection; what they were asked about is checked again under the lock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import FlowProposal
from domain.clean_text import optional_text, required_text
from domain.flow_finding import Finding
from domain.flow_gate import edited_nodes, publishing_refusal
from domain.flow_tree import FlowTree, dump_tree, parse_tree
from domain.permission import Action
from domain.proposal_likeness import Likeness, likeness_of
from domain.refusal import Code
from domain.vocabulary import ProposalKind, ProposalStatus
from resolvers import proposal as proposals
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.flow_judging import LintRefused, beside, given_tree, lint
from resolvers.flow_rows import (
    MAX_TITLE,
    Heading,
    clean_heading,
    clean_keywords,
    clean_line,
    insert_flow,
    insert_version,
    user_id,
)
from resolvers.guard import guarded
from resolvers.outcome import checked, not_found, refuse, require
from resolvers.permission_loader import Check
from resolvers.proposal_grouping import join_group
from resolvers.proposal_merging import Branch, prepare_branch, publish_branch

MAX_REASON = 2_000  # characters
LOCKED = ("id", "title", "category", "keywords", "tree", "status", "kind", "is_ai_authored", "edited_node_ids",
          "source_session_id", "group_id", "grouped_at")


@dataclass(frozen=True, slots=True)
class Approve:
    """Input of ``approveProposal``."""

    proposal_id: UUID
    flow_title: str | None = None
    flow_id: UUID | None = None
    node_id: str | None = None


@dataclass(frozen=True, slots=True)
class Modify:
    """Input of ``modifyProposal``; ``tree`` in its JSON form."""

    proposal_id: UUID
    tree: dict[str, Any]
    title: str | None = None
    keywords: tuple[str, ...] | None = None
    is_published: bool = True


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A reviewed proposal, the flow it was published as or in, and what lint remarks."""

    proposal_id: UUID
    flow_id: UUID | None = None
    findings: tuple[Finding, ...] = ()


async def authorise_review(context: Context, proposal_id: UUID | None = None) -> None:
    """May the caller review? Raises ``Refused``: NOT_FOUND before FORBIDDEN."""
    decision = await context.loaders.permissions.load(Check(Action.REVIEW_PROPOSALS))
    if not decision.is_allowed and proposal_id is not None and await proposals.by_id(context, proposal_id) is None:
        raise not_found("proposal", "proposalId")
    require(decision, "proposal")


async def _read(context: Context, proposal_id: UUID) -> Any:
    """The proposal, pending so far. Raises ``Refused``."""
    await authorise_review(context, proposal_id)
    async with context.db.read(context.account_id) as connection:
        row = await proposal_row(connection, context, proposal_id)
    return _pending(row)


async def _lock(connection: AsyncConnection, context: Context, proposal_id: UUID) -> Any:
    return _pending(await proposal_row(connection, context, proposal_id, is_locked=True))


async def proposal_row(
    connection: AsyncConnection, context: Context, proposal_id: UUID, *, is_locked: bool = False
) -> Any:
    """The columns that a review judges, or None; locked when the review is to be written."""
    statement = select(*(getattr(FlowProposal, name) for name in LOCKED)).where(
        in_account(FlowProposal, context.account_id), FlowProposal.id == proposal_id
    )
    return (await connection.execute(statement.with_for_update() if is_locked else statement)).first()


def _pending(row: Any) -> Any:
    if row is None:
        raise not_found("proposal", "proposalId")
    if row.status != ProposalStatus.PENDING:
        message = f"This proposal was reviewed already ({row.status}); read it again."
        raise refuse(Code.NOT_PENDING, message, "proposalId")
    return row


async def _judged(
    context: Context, tree: FlowTree, *, is_ai_authored: bool, edited: frozenset[str]
) -> tuple[Finding, ...]:
    """Lint's findings of a tree that may be published. Raises ``LintRefused``."""
    findings = await lint(context, tree)
    refusal = publishing_refusal(findings, is_ai_authored=is_ai_authored, edited=edited)
    if refusal is not None:
        raise LintRefused(refusal, findings)
    return findings


@guarded
async def approve(context: Context, given: Approve) -> Reviewed:
    """Publish a pending proposal as a flow of its own, or as a branch of an existing one."""
    if given.node_id is not None and given.flow_id is None:
        raise refuse(Code.INVALID_INPUT, "Name the flow of that node.", "attachToFlowId")
    row = await _read(context, given.proposal_id)
    tree = await beside(parse_tree, row.tree)
    findings = await _judged(context, tree, is_ai_authored=row.is_ai_authored, edited=frozenset(row.edited_node_ids))
    title = given.flow_title if given.flow_title is not None else row.title
    heading = Heading(clean_line(title, "flowTitle", MAX_TITLE), *_found_by(row))
    branch = None
    if given.flow_id is not None:
        branch = await prepare_branch(context, given.flow_id, tree, heading.title, given.node_id)
    async with context.db.write(context.account_id) as connection:
        now = await _lock(connection, context, given.proposal_id)
        if now.tree != row.tree:
            raise refuse(Code.STALE_DRAFT, "The proposal was edited meanwhile; read it again.", "proposalId")
        flow_id = await _publish(connection, context, heading, tree, branch)
        status = ProposalStatus.MODIFIED if row.edited_node_ids else ProposalStatus.APPROVED
        await close_proposal(connection, context, given.proposal_id, status, published_flow_id=flow_id, **_kind(branch))
        await record(connection, context.principal, "proposal.approved", ("proposal", given.proposal_id),
                     flow_id=str(flow_id), kind=_kind(branch)["kind"])
    return Reviewed(given.proposal_id, flow_id, branch.findings if branch else findings)


def _found_by(row: Any) -> tuple[str, tuple[str, ...]]:
    """Category and keywords of a captured proposal, made fit for a flow."""
    heading = clean_heading("proposal", row.category, None)
    return heading.category, tuple(row.keywords)


def _kind(branch: Branch | None) -> dict[str, Any]:
    if branch is None:
        return {"kind": ProposalKind.NEW_FLOW.value}
    return {"kind": ProposalKind.BRANCH.value, "nearest_flow_id": branch.flow_id,
            "attach_at_node_id": branch.attached_at[0] if branch.attached_at else None}


async def _publish(
    connection: AsyncConnection, context: Context, heading: Heading, tree: FlowTree, branch: Branch | None
) -> UUID:
    if branch is not None:
        await publish_branch(connection, context, branch)
        return branch.flow_id
    flow_id = await insert_flow(connection, context, heading)
    await insert_version(connection, context, flow_id, heading, tree, "Published from a proposal.")
    return flow_id


async def close_proposal(
    connection: AsyncConnection, context: Context, proposal_id: UUID, status: ProposalStatus, **values: Any
) -> None:
    """The outcome of the review of a locked proposal."""
    await connection.execute(
        update(FlowProposal).where(in_account(FlowProposal, context.account_id), FlowProposal.id == proposal_id)
        .values(status=status.value, reviewed_by_user_id=user_id(context), reviewed_at=context.now(), **values)
    )


@guarded
async def modify(context: Context, given: Modify) -> Reviewed:
    """Publish a pending proposal with a person's changes, or only keep them (``is_published`` false: still pending)."""
    row = await _read(context, given.proposal_id)
    tree = await given_tree(given.tree, "tree")
    edited = frozenset(row.edited_node_ids) | await beside(edited_nodes, await beside(parse_tree, row.tree), tree)
    edited &= frozenset(tree.by_id)
    heading = _modified_heading(row, given)
    findings: tuple[Finding, ...] = ()
    if given.is_published:
        findings = await _judged(context, tree, is_ai_authored=row.is_ai_authored, edited=edited)
    likeness = await beside(likeness_of, tree, context.account_id)
    async with context.db.write(context.account_id) as connection:
        now = await _lock(connection, context, given.proposal_id)
        if now.tree != row.tree:
            raise refuse(Code.STALE_DRAFT, "The proposal was edited meanwhile; read it again.", "proposalId")
        content = {"title": heading.title, "keywords": list(heading.keywords), "tree": dump_tree(tree),
                   "edited_node_ids": sorted(edited)}
        flow_id = None
        if given.is_published:
            flow_id = await _publish_modified(connection, context, given, heading, tree, content)
        else:
            await _keep_modified(connection, context, now, content, likeness)
    return Reviewed(given.proposal_id, flow_id, findings)


def _modified_heading(row: Any, given: Modify) -> Heading:
    heading = Heading(clean_line(given.title if given.title is not None else row.title, "title", MAX_TITLE),
                      *_found_by(row))
    return heading if given.keywords is None else replace(heading, keywords=clean_keywords(given.keywords))


async def _keep_modified(
    connection: AsyncConnection, context: Context, proposal: Any, content: dict[str, Any], likeness: Likeness
) -> None:
    await record(connection, context.principal, "proposal.edited", ("proposal", proposal.id))
    group = await join_group(connection, context, likeness, proposal)
    await connection.execute(
        update(FlowProposal).where(in_account(FlowProposal, context.account_id), FlowProposal.id == proposal.id)
        .values(**content, **group)
    )


async def _publish_modified(
    connection: AsyncConnection, context: Context, given: Modify, heading: Heading, tree: FlowTree,
    content: dict[str, Any],
) -> UUID:
    flow_id = await _publish(connection, context, heading, tree, None)
    await close_proposal(connection, context, given.proposal_id, ProposalStatus.MODIFIED, published_flow_id=flow_id,
                         **content)
    await record(connection, context.principal, "proposal.modified", ("proposal", given.proposal_id),
                 flow_id=str(flow_id))
    return flow_id


@guarded
async def reject(context: Context, proposal_id: UUID, reason: str) -> Reviewed:
    """Judge a pending proposal wrong, with a reason."""
    reason = checked(required_text(reason, ("reason",), max_chars=MAX_REASON))
    return await _turn_down(context, proposal_id, ProposalStatus.REJECTED, reason)


@guarded
async def dismiss(context: Context, proposal_id: UUID, reason: str | None) -> Reviewed:
    """Say that a pending proposal is not needed."""
    given = checked(optional_text(reason, ("reason",), max_chars=MAX_REASON))
    return await _turn_down(context, proposal_id, ProposalStatus.DISMISSED, given)


async def _turn_down(context: Context, proposal_id: UUID, status: ProposalStatus, reason: str | None) -> Reviewed:
    await authorise_review(context, proposal_id)
    async with context.db.write(context.account_id) as connection:
        await _lock(connection, context, proposal_id)
        await close_proposal(connection, context, proposal_id, status, review_reason=reason)
        await record(connection, context.principal, f"proposal.{status.value}", ("proposal", proposal_id))
    return Reviewed(proposal_id)

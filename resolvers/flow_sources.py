"""Any tree by the id of what holds it: a flow, a version, a draft, a proposal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, literal, or_, select, union_all

from db.models import Flow, FlowDraft, FlowProposal, FlowVersion
from domain.flow_diff import TreeDiff, diff_trees
from domain.flow_import.result import FlowFormat
from domain.flow_markdown import flow_to_json, flow_to_markdown
from domain.flow_node import MAX_CONTENT_BYTES
from domain.flow_tree import FlowTree, parse_tree
from domain.permission import Action, has_right
from resolvers.access import in_account, visible_proposals
from resolvers.context import Context
from resolvers.flow_judging import beside
from resolvers.public_error import PublicError, forbidden


@dataclass(frozen=True, slots=True)
class Source:
    """A tree with its heading. ``id`` names content that does not change, whatever it was asked by."""

    id: UUID
    title: str
    category: str | None
    keywords: tuple[str, ...]
    slug: str | None
    tree: FlowTree


async def find(context: Context, wanted: UUID) -> Source | None:
    """What the caller may see of it: drafts and proposals are for authors. A flow stands for its published version,
    one that was never published for its draft.
    """
    if not has_right(context.principal, Action.SEE_FLOWS):
        raise forbidden("flows")
    async with context.db.read(context.account_id) as connection:
        row = (await connection.execute(union_all(*_arms(context, wanted)).limit(1))).first()
    if row is None:
        return None
    tree = await beside(parse_tree, row.tree)
    return Source(row.id, row.title, row.category, tuple(row.keywords or ()), row.slug, tree)


def _arms(context: Context, wanted: UUID) -> list[Any]:
    account = context.account_id
    version = (
        select(FlowVersion.id.label("id"), FlowVersion.title, Flow.category, Flow.keywords, Flow.slug, FlowVersion.tree)
        .join(Flow, and_(Flow.account_id == FlowVersion.account_id, Flow.id == FlowVersion.flow_id))
        .where(in_account(FlowVersion, account),
               or_(FlowVersion.id == wanted, and_(Flow.id == wanted, Flow.published_version_id == FlowVersion.id)))
    )
    if not has_right(context.principal, Action.SEE_DRAFTS):
        return [version]
    draft = (
        select(FlowDraft.id, FlowDraft.title, FlowDraft.category, FlowDraft.keywords, Flow.slug, FlowDraft.tree)
        .join(Flow, and_(Flow.account_id == FlowDraft.account_id, Flow.id == FlowDraft.flow_id))
        .where(in_account(FlowDraft, account),
               or_(FlowDraft.id == wanted, and_(Flow.id == wanted, Flow.published_version_id.is_(None))))
    )
    proposal = select(
        FlowProposal.id, FlowProposal.title, FlowProposal.category, FlowProposal.keywords, literal(None).label("slug"),
        FlowProposal.tree,
    ).where(visible_proposals(context.principal), FlowProposal.id == wanted)
    return [version, draft, proposal]


async def diff(context: Context, before: UUID, after: UUID) -> TreeDiff | None:
    """What changed between two of them; None when one is unknown."""
    first = await find(context, before)
    second = await find(context, after)
    return await beside(diff_trees, first.tree, second.tree) if first and second else None


async def export(context: Context, wanted: UUID, flow_format: FlowFormat) -> str | None:
    """Its content in a format that ``importFlow`` reads back to the same tree; None when it is unknown."""
    if flow_format not in {FlowFormat.HANDRAIL_JSON, FlowFormat.MARKDOWN}:
        raise PublicError("BAD_REQUEST", "Flows are exported as HANDRAIL_JSON or MARKDOWN.")
    found = await find(context, wanted)
    written = await beside(_written, found, flow_format) if found else None
    if written is not None and len(written.encode()) > MAX_CONTENT_BYTES:
        raise PublicError("BAD_REQUEST", "This flow is too large for MARKDOWN; export it as HANDRAIL_JSON.")
    return written


def _written(source: Source, flow_format: FlowFormat) -> str:
    if flow_format is FlowFormat.MARKDOWN:
        return flow_to_markdown(source.tree, source.title, source.category, source.keywords)
    data = flow_to_json(source.tree, source.title, source.category, source.keywords, source.slug)
    shown = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if len(shown.encode()) <= MAX_CONTENT_BYTES:
        return shown
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))  # so that it can be read again

"""Publishing a draft, going back to an old version, archiving. Walks that have begun never notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Flow, FlowVersion
from db.queries.flow_search import remove_flow
from domain.clean_text import optional_text
from domain.flow_finding import Finding
from domain.flow_gate import publishing_refusal
from domain.flow_tree import FlowTree, parse_tree
from domain.refusal import Code
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.flow_drafting import STALE, draft_of, remove_draft
from resolvers.flow_judging import LintRefused, beside, lint
from resolvers.flow_rows import Heading, authorise, change_flow, index, insert_version, lock_flow
from resolvers.flow_trees import load_trees
from resolvers.guard import guarded
from resolvers.outcome import checked, not_found, refuse

MAX_NOTE = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Published:
    """A flow whose draft is its newest version now, and what lint still remarks."""

    flow_id: UUID
    findings: tuple[Finding, ...] = ()


@guarded
async def publish(context: Context, flow_id: UUID, expected_draft_id: UUID | None, note: str | None) -> Published:
    """Make the draft the next version. What lint says of it is asked before anything is locked."""
    note = checked(optional_text(note, ("note",), max_chars=MAX_NOTE))
    await authorise(context, flow_id)
    draft = await _read_draft(context, flow_id, expected_draft_id)
    tree = await beside(parse_tree, draft.tree)
    findings = await lint(context, tree, draft.id)
    refusal = publishing_refusal(findings)
    if refusal is not None:
        raise LintRefused(refusal, findings)
    await _write(context, flow_id, draft, tree, note)
    return Published(flow_id, findings)


async def _read_draft(context: Context, flow_id: UUID, expected_draft_id: UUID | None) -> Any:
    async with context.db.read(context.account_id) as connection:
        draft = await draft_of(connection, context, flow_id)
        flow = (await connection.execute(
            select(Flow.id).where(in_account(Flow, context.account_id), Flow.id == flow_id))).first()
    if flow is None:
        raise not_found("flow", "flowId")
    if expected_draft_id is not None and (draft is None or draft.id != expected_draft_id):
        raise refuse(Code.STALE_DRAFT, STALE, "expectedDraftId")
    if draft is None:
        raise refuse(Code.INVALID_INPUT, "This flow has no draft to publish; save one first.", "flowId")
    return draft


async def _write(context: Context, flow_id: UUID, draft: Any, tree: FlowTree, note: str | None) -> None:
    heading = Heading(draft.title, draft.category, tuple(draft.keywords))
    async with context.db.write(context.account_id) as connection:
        row = await lock_flow(connection, context, flow_id)
        require_live(row)
        now = await draft_of(connection, context, flow_id)
        if now is None or now.id != draft.id:
            raise refuse(Code.STALE_DRAFT, STALE, "expectedDraftId")
        number = await insert_version(connection, context, flow_id, heading, tree, note)
        await remove_draft(connection, context, flow_id)
        await record(connection, context.principal, "flow.published", ("flow", flow_id), number=number)


def require_live(row: Any) -> None:
    """Raises ``Refused`` for an archived flow."""
    if row.archived_at is not None:
        raise refuse(Code.INVALID_INPUT, "This flow is archived; unarchive it first.", "flowId")


@guarded
async def rollback(context: Context, flow_id: UUID, version_id: UUID, note: str | None) -> UUID:
    """Publish the content of an old version as a new one. A draft stays. Lint is not asked: it was published."""
    note = checked(optional_text(note, ("note",), max_chars=MAX_NOTE))
    await authorise(context, flow_id)
    async with context.db.write(context.account_id) as connection:
        row = await lock_flow(connection, context, flow_id)
        old = await _version(connection, context, flow_id, version_id)
        require_live(row)
        tree = (await load_trees(connection, context.account_id, [version_id]))[version_id]
        heading = Heading(old.title, row.category, tuple(row.keywords))
        said = note or f"Back to version {old.number}."
        number = await insert_version(connection, context, flow_id, heading, tree, said)
        await record(connection, context.principal, "flow.rolled_back", ("flow", flow_id), number=number,
                     to_number=old.number)
    return flow_id


async def _version(connection: AsyncConnection, context: Context, flow_id: UUID, version_id: UUID) -> Any:
    row = (await connection.execute(select(FlowVersion.title, FlowVersion.number).where(
        in_account(FlowVersion, context.account_id), FlowVersion.flow_id == flow_id, FlowVersion.id == version_id,
    ))).first()
    if row is None:
        raise not_found("version of this flow", "toVersionId")
    return row


@guarded
async def archive(context: Context, flow_id: UUID) -> UUID:
    """No new walk begins and matching finds it no more; walks that have begun go on. Repeating it changes nothing."""
    await authorise(context, flow_id)
    async with context.db.write(context.account_id) as connection:
        row = await lock_flow(connection, context, flow_id)
        if row.archived_at is None:
            await change_flow(connection, context, flow_id, archived_at=context.now())
            await remove_flow(connection, context.account_id, flow_id)
            await record(connection, context.principal, "flow.archived", ("flow", flow_id))
    return flow_id


@guarded
async def unarchive(context: Context, flow_id: UUID) -> UUID:
    """The reverse of ``archive``: its published version is walked and found again."""
    await authorise(context, flow_id)
    async with context.db.write(context.account_id) as connection:
        row = await lock_flow(connection, context, flow_id)
        if row.archived_at is not None:
            await change_flow(connection, context, flow_id, archived_at=None)
            await _index_published(connection, context, row)
            await record(connection, context.principal, "flow.unarchived", ("flow", flow_id))
    return flow_id


async def _index_published(connection: AsyncConnection, context: Context, row: Any) -> None:
    if row.published_version_id is None:
        return
    tree = (await load_trees(connection, context.account_id, [row.published_version_id]))[row.published_version_id]
    heading = Heading(row.title, row.category, tuple(row.keywords))
    await index(connection, context, row.id, heading, tree)

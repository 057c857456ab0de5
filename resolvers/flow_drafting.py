"""The working copy of a flow: saved under optimistic concurrency, thrown away, and the flow's own settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import FlowDraft, User
from domain.flow_tree import FlowTree, dump_tree
from domain.refusal import Code
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.flow_judging import given_tree
from resolvers.flow_rows import (
    MAX_CATEGORY,
    Heading,
    authorise,
    change_flow,
    clean_heading,
    clean_keywords,
    clean_line,
    index,
    insert_flow,
    lock_flow,
    user_id,
)
from resolvers.flow_trees import load_trees
from resolvers.guard import guarded
from resolvers.outcome import not_found, refuse

STALE = "The draft was saved, published or discarded from elsewhere meanwhile; read the flow and save again."


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Input of ``saveFlowDraft``; ``tree`` in its JSON form."""

    flow_id: UUID | None
    title: str
    category: str
    keywords: tuple[str, ...] | None
    tree: dict[str, Any]
    expected_draft_id: UUID | None


@dataclass(frozen=True, slots=True)
class FlowChange:
    """Input of ``updateFlow``: column values by name, for what is to be changed."""

    flow_id: UUID
    category: str | None = None
    keywords: tuple[str, ...] | None = None
    owner_id: UUID | None = None
    review_by: date | None = None
    cleared: frozenset[str] = frozenset()  # ownerId, reviewBy: given as null


@guarded
async def save(context: Context, given: SaveDraft) -> UUID:
    """Save the draft of a flow, or of a new one; the flow's id. Every save gives the draft a new id."""
    await authorise(context, given.flow_id)
    if given.flow_id is None and given.expected_draft_id is not None:
        raise refuse(Code.INVALID_INPUT, "A new flow has no draft to expect.", "expectedDraftId")
    tree = await given_tree(given.tree, "tree")
    heading = clean_heading(given.title, given.category, given.keywords)
    async with context.db.write(context.account_id) as connection:
        flow_id = given.flow_id
        if flow_id is None:
            flow_id = await insert_flow(connection, context, heading)
            await record(connection, context.principal, "flow.created", ("flow", flow_id))
        else:
            heading = await _onto(connection, context, flow_id, given, heading)
            await record(connection, context.principal, "flow.draft_saved", ("flow", flow_id))
        await write_draft(connection, context, flow_id, heading, tree)
    return flow_id


async def _onto(
    connection: AsyncConnection, context: Context, flow_id: UUID, given: SaveDraft, heading: Heading
) -> Heading:
    """Check that nobody saved in between; keywords that were not given stay as they are."""
    row = await lock_flow(connection, context, flow_id)
    draft = await draft_of(connection, context, flow_id)
    if given.expected_draft_id != (draft.id if draft else None):
        raise refuse(Code.STALE_DRAFT, STALE, "expectedDraftId")
    if given.keywords is None:
        heading = Heading(heading.title, heading.category, tuple((draft or row).keywords))
    if row.published_version_id is None:  # nobody knows it by its old name yet
        await change_flow(connection, context, flow_id, title=heading.title, category=heading.category,
                          keywords=list(heading.keywords))
    return heading


async def draft_of(connection: AsyncConnection, context: Context, flow_id: UUID) -> Any:
    """The draft's row, or None."""
    statement = select(
        FlowDraft.id, FlowDraft.title, FlowDraft.category, FlowDraft.keywords, FlowDraft.tree
    ).where(in_account(FlowDraft, context.account_id), FlowDraft.flow_id == flow_id)
    return (await connection.execute(statement)).first()


async def write_draft(
    connection: AsyncConnection, context: Context, flow_id: UUID, heading: Heading, tree: FlowTree
) -> None:
    """The one draft of a locked (or new) flow, under a new id."""
    values = {
        "id": uuid4(), "title": heading.title, "category": heading.category, "keywords": list(heading.keywords),
        "tree": dump_tree(tree), "saved_by_user_id": user_id(context), "saved_at": context.now(),
    }
    await connection.execute(
        insert(FlowDraft).values(account_id=context.account_id, flow_id=flow_id, **values)
        .on_conflict_do_update(index_elements=[FlowDraft.account_id, FlowDraft.flow_id], set_=values)
    )


async def remove_draft(connection: AsyncConnection, context: Context, flow_id: UUID) -> None:
    await connection.execute(
        delete(FlowDraft).where(in_account(FlowDraft, context.account_id), FlowDraft.flow_id == flow_id)
    )


@guarded
async def discard(context: Context, flow_id: UUID, expected_draft_id: UUID) -> UUID:
    """Throw the draft away; what is published stays."""
    await authorise(context, flow_id)
    async with context.db.write(context.account_id) as connection:
        await lock_flow(connection, context, flow_id)
        draft = await draft_of(connection, context, flow_id)
        if draft is None or draft.id != expected_draft_id:
            raise refuse(Code.STALE_DRAFT, STALE, "expectedDraftId")
        await remove_draft(connection, context, flow_id)
        await record(connection, context.principal, "flow.draft_discarded", ("flow", flow_id))
    return flow_id


@guarded
async def change(context: Context, given: FlowChange) -> UUID:
    """Change what is not part of a version: owner, review date, category and keywords, at once."""
    await authorise(context, given.flow_id)
    values: dict[str, Any] = {}
    if given.category is not None:
        values["category"] = clean_line(given.category, "category", MAX_CATEGORY)
    if given.keywords is not None:
        values["keywords"] = list(clean_keywords(given.keywords))
    if given.review_by is not None or "reviewBy" in given.cleared:
        values["review_by"] = given.review_by
    if given.owner_id is not None or "ownerId" in given.cleared:
        values["owner_user_id"] = given.owner_id
    async with context.db.write(context.account_id) as connection:
        row = await lock_flow(connection, context, given.flow_id)
        await _require_member(connection, context, given.owner_id)
        if values:
            await change_flow(connection, context, given.flow_id, **values)
            await _index_anew(connection, context, row, values)
            await record(connection, context.principal, "flow.updated", ("flow", given.flow_id),
                         changed=sorted(values))
    return given.flow_id


async def _require_member(connection: AsyncConnection, context: Context, owner_id: UUID | None) -> None:
    if owner_id is None:
        return
    found = await connection.execute(select(User.id).where(
        in_account(User, context.account_id), User.id == owner_id, User.deleted_at.is_(None)))
    if found.first() is None:
        raise not_found("member", "ownerId")


async def _index_anew(connection: AsyncConnection, context: Context, row: Any, values: dict[str, Any]) -> None:
    if row.published_version_id is None or row.archived_at is not None or not {"category", "keywords"} & set(values):
        return
    tree = (await load_trees(connection, context.account_id, [row.published_version_id]))[row.published_version_id]
    heading = Heading(row.title, values.get("category", row.category), tuple(values.get("keywords", row.keywords)))
    await index(connection, context, row.id, heading, tree)

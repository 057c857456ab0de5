"""Reading flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from db.models import Flow, FlowDraft, FlowVersion
from db.queries.columns import prefixed
from db.queries.walk_session import FLOW, VERSION, same_tenant
from domain.permission import Action, has_right
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.paging import Key, Page, page_of, paged
from resolvers.public_error import forbidden

ORDER = (Key(Flow.title, "title", str), Key(Flow.id, "id", UUID))
DRAFT = ("id", "flow_id", "title", "category", "keywords", "tree", "saved_by_user_id", "saved_at")
VERSION_ORDER = (Key(FlowVersion.number, "number", int, is_descending=True),)


@dataclass(frozen=True, slots=True)
class FlowFilter:
    """All conditions hold together; archived flows are left out unless asked for."""

    category: str | None = None
    is_archived: bool | None = None
    search: str | None = None


def visible_flows(context: Context) -> ColumnElement[bool]:
    """Published flows for everybody; unpublished ones for authors."""
    scope = in_account(Flow, context.account_id)
    if has_right(context.principal, Action.SEE_DRAFTS):
        return scope
    return scope & Flow.published_version_id.is_not(None)


async def by_id(context: Context, flow_id: UUID) -> Any:
    """A flow the caller may see, or None."""
    if not has_right(context.principal, Action.SEE_FLOWS):
        return None
    statement = _with_version().where(visible_flows(context), Flow.id == flow_id)
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


async def by_ids(context: Context, flow_ids: Sequence[UUID]) -> list[Any]:
    """Flows the caller may see, in the order of their ids."""
    if not flow_ids or not has_right(context.principal, Action.SEE_FLOWS):
        return []
    statement = _with_version().where(visible_flows(context), Flow.id.in_(flow_ids))
    async with context.db.read(context.account_id) as connection:
        rows = {row.id: row for row in await connection.execute(statement)}
    return [rows[one] for one in flow_ids if one in rows]


async def draft_by_id(context: Context, draft_id: UUID) -> Any:
    """A draft by its own id, for those who author flows; or None."""
    if not has_right(context.principal, Action.SEE_DRAFTS):
        return None
    statement = select(*(getattr(FlowDraft, name) for name in DRAFT)).where(
        in_account(FlowDraft, context.account_id), FlowDraft.id == draft_id
    )
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


async def page(context: Context, given: FlowFilter, first: int, after: str | None) -> Page[Any]:
    """Flows by title, each with its published version."""
    _require(context)
    statement = _with_version().where(visible_flows(context), *_conditions(given))
    async with context.db.read(context.account_id, stale_is_fine=True) as connection:
        rows = (await connection.execute(paged(statement, ORDER, first, after))).all()
    return page_of(rows, ORDER, first, after)


async def count(context: Context, given: FlowFilter) -> int:
    _require(context)
    statement = select(func.count()).select_from(Flow).where(visible_flows(context), *_conditions(given))
    async with context.db.read(context.account_id, stale_is_fine=True) as connection:
        return int((await connection.execute(statement)).scalar_one())


async def versions(context: Context, flow_id: UUID, first: int, after: str | None) -> Page[Any]:
    """Published versions of a flow, newest first."""
    statement = select(*(getattr(FlowVersion, name) for name in VERSION)).where(
        in_account(FlowVersion, context.account_id), FlowVersion.flow_id == flow_id
    )
    async with context.db.read(context.account_id) as connection:
        rows = (await connection.execute(paged(statement, VERSION_ORDER, first, after))).all()
    return page_of(rows, VERSION_ORDER, first, after)


async def count_versions(context: Context, flow_id: UUID) -> int:
    statement = select(func.count()).select_from(FlowVersion).where(
        in_account(FlowVersion, context.account_id), FlowVersion.flow_id == flow_id
    )
    async with context.db.read(context.account_id) as connection:
        return int((await connection.execute(statement)).scalar_one())


def _with_version() -> Any:
    return select(*(getattr(Flow, name) for name in FLOW), *prefixed(FlowVersion, "version", VERSION)).outerjoin(
        FlowVersion, same_tenant(FlowVersion, Flow, Flow.published_version_id)
    )


def _require(context: Context) -> None:
    if not has_right(context.principal, Action.SEE_FLOWS):
        raise forbidden("flows")


def _conditions(given: FlowFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Flow.archived_at.is_not(None) if given.is_archived else Flow.archived_at.is_(None)
    ]
    if given.category is not None:
        found.append(Flow.category == given.category)
    if given.search is not None and given.search.strip():
        like = "%" + given.search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found.append(or_(Flow.title.ilike(like), Flow.slug.ilike(like),
                         func.array_to_string(Flow.keywords, " ").ilike(like)))
    return found

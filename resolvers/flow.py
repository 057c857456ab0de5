"""Reading flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, func, or_, select

from db.models import Flow, FlowDraft, FlowVersion
from db.prepared import ACCOUNT, Prepared
from db.queries.columns import prefixed
from db.queries.walk_session import FLOW, VERSION, same_tenant
from domain.permission import Action, has_right
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.paging import Key, Page, containing, page_of, page_values, paged, paged_by_values
from resolvers.public_error import forbidden

ORDER = (Key(Flow.title, "title", str), Key(Flow.id, "id", UUID))
DRAFT = ("id", "flow_id", "title", "category", "keywords", "tree", "saved_by_user_id", "saved_at")
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "archived": Flow.archived_at.is_not(None),
    "current": Flow.archived_at.is_(None),
    "published": Flow.published_version_id.is_not(None),
    "category": Flow.category == bindparam("category"),
    "search": or_(Flow.title.ilike(bindparam("search")), Flow.slug.ilike(bindparam("search")),
                  func.array_to_string(Flow.keywords, " ").ilike(bindparam("search", type_=Text))),
}
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
    return scope & _CONDITIONS["published"]


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
    asked, values = _asked(context, given)
    values |= page_values(ORDER, first, after)
    statement = _page(asked, has_after=after is not None)
    rows = await context.db.rows(context.account_id, statement, stale_is_fine=True, **values)
    return page_of(rows, ORDER, first, after)


@lru_cache(maxsize=128)
def _page(asked: frozenset[str], *, has_after: bool) -> Prepared:
    statement = _with_version().where(*_conditions(asked))
    return Prepared(paged_by_values(statement, ORDER, has_after=has_after))


async def count(context: Context, given: FlowFilter) -> int:
    _require(context)
    asked, values = _asked(context, given)
    [row] = await context.db.rows(context.account_id, _count(asked), stale_is_fine=True, **values)
    return int(row.found)


@lru_cache(maxsize=128)
def _count(asked: frozenset[str]) -> Prepared:
    return Prepared(select(func.count().label("found")).select_from(Flow).where(*_conditions(asked)))


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


def _conditions(asked: frozenset[str]) -> list[ColumnElement[bool]]:
    return [in_account(Flow, ACCOUNT), *(_CONDITIONS[name] for name in sorted(asked))]


def _asked(context: Context, given: FlowFilter) -> tuple[frozenset[str], dict[str, Any]]:
    """The conditions that are asked for or that the caller's rights ask for, and their values."""
    fixed = {"archived" if given.is_archived else "current"}
    if not has_right(context.principal, Action.SEE_DRAFTS):
        fixed.add("published")
    values = {"category": given.category, "search": containing(given.search)}
    values = {name: value for name, value in values.items() if value is not None}
    return frozenset(fixed | set(values)), values

"""Flows and versions as rows: made, locked and indexed inside the transaction of a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Flow, FlowVersion
from db.queries.flow_search import index_flow
from domain.clean_text import required_text
from domain.flow_slug import free_slug, slug_of
from domain.flow_tree import FlowTree, dump_tree
from domain.matching.document import authored_texts
from domain.permission import Action, has_right
from domain.principal import ActorKind
from domain.refusal import Code
from resolvers import flow as flows
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.flow_trees import keep_tree
from resolvers.outcome import checked, not_found, refuse, require
from resolvers.permission_loader import Check

MAX_TITLE = 300  # characters
MAX_CATEGORY = 100
MAX_KEYWORDS = 100
MAX_KEYWORD = 100
UNCATEGORISED = "uncategorised"


@dataclass(frozen=True, slots=True)
class Heading:
    """What a flow is called and found by."""

    title: str
    category: str
    keywords: tuple[str, ...] = ()


def clean_heading(title: str, category: str | None, keywords: tuple[str, ...] | None) -> Heading:
    """One line each, nothing blank, no keyword twice. Raises ``Refused``."""
    place = clean_line(category or UNCATEGORISED, "category", MAX_CATEGORY)
    return Heading(clean_line(title, "title", MAX_TITLE), place, clean_keywords(keywords or ()))


def clean_line(text: str, field: str, limit: int) -> str:
    """One line of at most ``limit`` characters. Raises ``Refused``."""
    line = checked(required_text(text, (field,), max_chars=limit))
    shown = " ".join("".join(char if char.isprintable() else " " for char in line).split())
    return checked(required_text(shown, (field,), max_chars=limit))


def clean_keywords(keywords: tuple[str, ...]) -> tuple[str, ...]:
    if len(keywords) > MAX_KEYWORDS:
        raise refuse(Code.INVALID_INPUT, f"A flow has at most {MAX_KEYWORDS} keywords.", "keywords")
    return tuple(dict.fromkeys(clean_line(one, "keywords", MAX_KEYWORD) for one in keywords))


async def authorise(context: Context, flow_id: UUID | None = None) -> None:
    """May the caller author flows, and is there this one? Raises ``Refused``: NOT_FOUND before FORBIDDEN."""
    decision = await context.loaders.permissions.load(Check(Action.AUTHOR_FLOWS))
    if not decision.is_allowed and flow_id is not None and await flows.by_id(context, flow_id) is None:
        raise not_found("flow", "flowId")
    require(decision, "flow")


def user_id(context: Context) -> UUID | None:
    """The person behind the caller; None for a machine (the audit log names it)."""
    return context.principal.id if context.principal.kind is ActorKind.USER else None


async def lock_flow(connection: AsyncConnection, context: Context, flow_id: UUID) -> Any:
    """The flow's row, locked until the end of the transaction. Raises ``Refused`` NOT_FOUND."""
    row = (await connection.execute(
        select(Flow.id, Flow.title, Flow.category, Flow.keywords, Flow.published_version_id, Flow.archived_at)
        .where(in_account(Flow, context.account_id), Flow.id == flow_id).with_for_update()
    )).first()
    if row is None or not has_right(context.principal, Action.SEE_DRAFTS):
        raise not_found("flow", "flowId")
    return row


async def insert_flow(connection: AsyncConnection, context: Context, heading: Heading) -> UUID:
    """A new flow without a version; its slug is made of the title. The creator looks after it."""
    base = slug_of(heading.title)
    taken = set((await connection.execute(
        select(Flow.slug).where(in_account(Flow, context.account_id), Flow.slug.startswith(base, autoescape=True))
    )).scalars())
    values = {
        "account_id": context.account_id, "id": uuid4(), "title": heading.title, "category": heading.category,
        "keywords": list(heading.keywords), "owner_user_id": user_id(context), "created_by_user_id": user_id(context),
    }
    for slug in (free_slug(base, taken), f"{base}-{values['id']!s:.8}"):  # another flow may take the first meanwhile
        made = await connection.execute(
            upsert(Flow).values(slug=slug, **values).on_conflict_do_nothing().returning(Flow.id)
        )
        if (flow_id := made.scalar_one_or_none()) is not None:
            return UUID(str(flow_id))
    raise refuse(Code.INVALID_INPUT, "Another flow with this title was made at the same moment; try again.", "title")


async def insert_version(
    connection: AsyncConnection, context: Context, flow_id: UUID, heading: Heading, tree: FlowTree, note: str | None
) -> int:
    """Publish: the next version of a locked (or new) flow, which new walks walk and matching finds. Its number."""
    version_id = uuid4()
    last = select(func.max(FlowVersion.number)).where(
        in_account(FlowVersion, context.account_id), FlowVersion.flow_id == flow_id
    )
    number = ((await connection.execute(last)).scalar_one() or 0) + 1
    await connection.execute(insert(FlowVersion).values(
        account_id=context.account_id, id=version_id, flow_id=flow_id, number=number, title=heading.title,
        tree=dump_tree(tree), note=note, published_by_user_id=user_id(context), published_at=context.now(),
    ))
    await change_flow(
        connection, context, flow_id, title=heading.title, category=heading.category, keywords=list(heading.keywords),
        published_version_id=version_id,
    )
    await index(connection, context, flow_id, heading, tree)
    keep_tree(context.account_id, version_id, tree)
    return number


async def change_flow(connection: AsyncConnection, context: Context, flow_id: UUID, **values: Any) -> None:
    """One UPDATE of a locked flow."""
    await connection.execute(
        update(Flow).where(in_account(Flow, context.account_id), Flow.id == flow_id)
        .values(updated_at=context.now(), **values)
    )


async def index(
    connection: AsyncConnection, context: Context, flow_id: UUID, heading: Heading, tree: FlowTree
) -> None:
    """Make the flow findable by what its author wrote."""
    texts = authored_texts(heading.title, heading.keywords, heading.category, tree)
    await index_flow(connection, context.account_id, flow_id, texts)

"""Keeps what matching searches in step with the flows: one call when a flow is published, archived or has helped.

Each call stands in the caller's transaction, so that a flow and what finds it change together. Texts that stay keep
their row, and with it their vectors.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Literal

import asyncpg
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models.flow_search import FlowFeedback, FlowSearchDocument, FlowSearchTerm, FlowSearchText
from domain.matching.document import (
    MAX_PAST_PROBLEMS,
    FlowDocument,
    FlowText,
    TextKind,
    build_document,
    past_problem,
)
from domain.matching.trigram import bits, signature

Texts, Documents, Terms, Counts = FlowSearchText, FlowSearchDocument, FlowSearchTerm, FlowFeedback

FeedbackKind = Literal["taken", "declined", "not_helpful"]


async def index_flow(
    connection: AsyncConnection, account_id: uuid.UUID, flow_id: uuid.UUID, texts: Sequence[FlowText]
) -> None:
    """Make a published flow findable by `authored_texts(...)` and by the problems it has solved before."""
    await _lock(connection, flow_id)
    held = await connection.execute(
        select(Texts.id, Texts.kind, Texts.content).where(
            Texts.account_id == account_id, Texts.flow_id == flow_id, Texts.kind != TextKind.PAST_PROBLEM
        )
    )
    present = {(row.kind, row.content): row.id for row in held}
    wanted = {(one.kind.value, one.content) for one in texts}
    gone = [row_id for key, row_id in present.items() if key not in wanted]
    if gone:
        await connection.execute(delete(Texts).where(Texts.account_id == account_id, Texts.id.in_(gone)))
    fresh = [
        {
            "account_id": account_id,
            "id": uuid.uuid4(),
            "flow_id": flow_id,
            "kind": one.kind.value,
            **_content(one),
        }
        for one in texts
        if (one.kind.value, one.content) not in present
    ]
    if fresh:
        await connection.execute(insert(Texts), fresh)
    await _rebuild(connection, account_id, flow_id)


async def remove_flow(connection: AsyncConnection, account_id: uuid.UUID, flow_id: uuid.UUID) -> None:
    """An archived flow is not found; the problems it solved wait for its next publication."""
    await _lock(connection, flow_id)
    await connection.execute(
        delete(Texts).where(
            Texts.account_id == account_id, Texts.flow_id == flow_id, Texts.kind != TextKind.PAST_PROBLEM
        )
    )
    await _rebuild(connection, account_id, flow_id)


async def add_past_problem(
    connection: AsyncConnection, account_id: uuid.UUID, flow_id: uuid.UUID, session_id: uuid.UUID, masked_problem: str
) -> None:
    """A walk of the flow ended well: its problem finds the flow from now on. Repeating it changes nothing.

    Only the last `MAX_PAST_PROBLEMS` are kept; older wording makes room, but age ranks nothing.
    """
    kept = past_problem(masked_problem)
    if kept is None:
        return
    await _lock(connection, flow_id)
    await connection.execute(
        insert(Texts)
        .values(
            account_id=account_id,
            id=uuid.uuid4(),
            flow_id=flow_id,
            kind=TextKind.PAST_PROBLEM.value,
            session_id=session_id,
            **_content(kept),
        )
        .on_conflict_do_nothing()
    )
    await _drop_oldest(connection, account_id, flow_id)
    await _rebuild(connection, account_id, flow_id)


async def forget_sessions(
    connection: AsyncConnection, account_id: uuid.UUID, session_ids: Sequence[uuid.UUID]
) -> None:
    """Take back what sessions taught: before they are deleted, or when a person's data are erased."""
    taught = (Texts.account_id == account_id, Texts.session_id.in_(session_ids))
    flows = sorted((await connection.execute(select(Texts.flow_id).where(*taught).distinct())).scalars())
    for flow_id in flows:
        await _lock(connection, flow_id)
    await connection.execute(delete(Texts).where(*taught))
    for flow_id in flows:
        await _rebuild(connection, account_id, flow_id)


async def count_feedback(
    connection: AsyncConnection, account_id: uuid.UUID, flow_id: uuid.UUID, kind: FeedbackKind
) -> None:
    """One more `taken`, `declined` or `not_helpful` for the flow. Shown in reasons, never ranked by."""
    column = f"{kind}_count"
    first = insert(Counts).values({"account_id": account_id, "id": uuid.uuid4(), "flow_id": flow_id, column: 1})
    await connection.execute(
        first.on_conflict_do_update(
            index_elements=[Counts.account_id, Counts.flow_id],
            set_={column: getattr(Counts, column) + 1, "updated_at": func.now()},
        )
    )


def _content(one: FlowText) -> dict[str, object]:
    return {"content": one.content, "signature": _bit_string(one.content)}


def _bit_string(content: str) -> asyncpg.BitString:
    return asyncpg.BitString(bits(signature(content)))


async def _lock(connection: AsyncConnection, flow_id: uuid.UUID) -> None:
    """Two changes of one flow's texts follow each other; the later one counts both."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('flow_search', CAST(:low AS bigint)))"),
        {"low": flow_id.int % (1 << 63)},
    )


async def _drop_oldest(connection: AsyncConnection, account_id: uuid.UUID, flow_id: uuid.UUID) -> None:
    of_flow = (Texts.account_id == account_id, Texts.flow_id == flow_id, Texts.kind == TextKind.PAST_PROBLEM)
    surplus = select(Texts.id).where(*of_flow).order_by(Texts.created_at.desc(), Texts.id).offset(MAX_PAST_PROBLEMS)
    await connection.execute(delete(Texts).where(Texts.account_id == account_id, Texts.id.in_(surplus)))


async def _rebuild(connection: AsyncConnection, account_id: uuid.UUID, flow_id: uuid.UUID) -> None:
    """Count the flow's texts anew; without a title it is not searchable and has neither document nor terms."""
    rows = await connection.execute(
        select(Texts.kind, Texts.content).where(Texts.account_id == account_id, Texts.flow_id == flow_id)
    )
    texts = [FlowText(TextKind(row.kind), row.content) for row in rows]
    await connection.execute(delete(Terms).where(Terms.account_id == account_id, Terms.flow_id == flow_id))
    title = next((one.content for one in texts if one.kind is TextKind.TITLE), None)
    if title is None:
        await connection.execute(
            delete(Documents).where(Documents.account_id == account_id, Documents.flow_id == flow_id)
        )
        return
    document = build_document(texts)
    await _write_document(connection, account_id, flow_id, title, document)
    await _write_terms(connection, account_id, flow_id, document)


async def _write_document(
    connection: AsyncConnection, account_id: uuid.UUID, flow_id: uuid.UUID, title: str, document: FlowDocument
) -> None:
    values: dict[str, object] = {
        "title": title,
        "signature": _bit_string(title),
        "term_total": document.total,
        "text_total": document.texts,
    }
    await connection.execute(
        insert(Documents)
        .values(account_id=account_id, id=uuid.uuid4(), flow_id=flow_id, **values)
        .on_conflict_do_update(
            index_elements=[Documents.account_id, Documents.flow_id],
            set_=values | {"updated_at": func.now(), "revision": Documents.revision + 1},
        )
    )


async def _write_terms(
    connection: AsyncConnection, account_id: uuid.UUID, flow_id: uuid.UUID, document: FlowDocument
) -> None:
    await connection.execute(
        text("""
            INSERT INTO flow_search_terms (account_id, id, flow_id, stem, occurrences)
            SELECT :account_id, gen_random_uuid(), :flow_id, u.stem, u.occurrences
            FROM unnest(CAST(:stems AS text[]), CAST(:occurrences AS smallint[])) AS u (stem, occurrences)"""),
        {
            "account_id": account_id,
            "flow_id": flow_id,
            "stems": list(document.counts),
            "occurrences": list(document.counts.values()),
        },
    )

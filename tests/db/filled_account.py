"""An account with at least one row in every table and every reference used, written as the owner.

A new table or reference belongs here too: the catalogue's tests say so when it is missing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

TREE = {"rootId": "solved", "nodes": [{"nodeId": "solved", "kind": "resolved", "text": "It works."}]}
ESCALATIONS = ("open", "claimed", "closed")


@dataclass(frozen=True, slots=True)
class Filled:
    """Ids of what tests need to name."""

    account_id: UUID
    owner: UUID
    tech: UUID
    service: UUID
    flow: UUID
    version: UUID
    session: UUID
    proposal_session: UUID
    captured: UUID
    written: UUID
    escalations: tuple[UUID, ...]


class Writer:
    """Inserts rows of one account."""

    def __init__(self, connection: asyncpg.Connection, account_id: UUID) -> None:
        self._connection = connection
        self.account_id = account_id

    async def row(self, table: str, **values: Any) -> UUID:
        given = {"account_id": self.account_id, "id": uuid4(), **values}
        sent = [json.dumps(value) if isinstance(value, dict) else value for value in given.values()]
        places = ", ".join(f"${number}" for number in range(1, len(sent) + 1))
        await self._connection.execute(f"INSERT INTO {table} ({', '.join(given)}) VALUES ({places})", *sent)
        return given["id"]

    async def set(self, table: str, found: UUID, **values: Any) -> None:
        for column, value in values.items():
            await self._connection.execute(
                f"UPDATE {table} SET {column} = $1 WHERE account_id = $2 AND id = $3", value, self.account_id, found)


async def fill(connection: asyncpg.Connection, account_id: UUID, slug: str) -> Filled:
    """Everything an account can hold, captured proposals and claimed escalations among it."""
    await connection.execute("INSERT INTO accounts (id, slug, name) VALUES ($1, $2, $2)", account_id, slug)
    one = Writer(connection, account_id)
    now = datetime.now(UTC)
    owner, tech, engineer = [
        await one.row("users", email=f"{role}@{slug}.example", name=role, role=role, issuer="https://id.example",
                      subject=f"{slug}-{role}")
        for role in ("owner", "l1_tech", "engineer")
    ]
    service = await one.row("service_accounts", name="PSA", scopes=["read"], secret_hash=uuid4().hex,
                            created_by_user_id=owner)
    flow = await one.row("flows", slug="printer", title="Printer", category="printer", owner_user_id=owner,
                         created_by_user_id=owner)
    version = await one.row("flow_versions", flow_id=flow, number=1, title="Printer", tree=TREE,
                            published_by_user_id=owner)
    await one.set("flows", flow, published_version_id=version)
    await one.row("flow_drafts", flow_id=flow, title="Printer", category="printer", tree=TREE, saved_by_user_id=owner)
    written = await one.row("flow_proposals", title="Written", tree=TREE, created_by_user_id=owner)
    sessions = await _sessions(one, tech, service, flow, version, written)
    captured = await one.row("flow_proposals", title="Captured", tree=TREE, source_session_id=sessions["adhoc"],
                             reviewed_by_user_id=owner, published_flow_id=flow, nearest_flow_id=flow)
    escalations = await _escalations(one, sessions["escalated"], tech, service, engineer)
    await _search(one, flow, sessions["flow"])
    await one.row("ai_records", session_id=sessions["ai_build"], purpose="node", model="m", prompt_hash="x", verdict="ok")
    await one.row("ai_spend", day=date(2026, 11, 23), actor_id=tech)
    await one.row("audit_events", action="walk.resolved", subject_type="walk_session", subject_id=sessions["flow"],
                  actor_kind="user", actor_id=tech)
    await one.row("idempotency_keys", actor_id=tech, key="a key", request_hash="x", outcome={})
    await one.row("notifications", user_id=tech, kind="escalation_claimed", subject_type="escalation",
                  subject_id=escalations[0])
    await one.row("rate_windows", actor_id=tech, bucket="intake", started_at=now)
    return Filled(account_id, owner, tech, service, flow, version, sessions["flow"], sessions["proposal"], captured,
                  written, escalations)


async def _sessions(
    one: Writer, tech: UUID, service: UUID, flow: UUID, version: UUID, proposal: UUID
) -> dict[str, Any]:
    """A session of every kind and status, by a person and by a machine, and one that continues another."""
    numbers = iter(range(1, 100))

    async def session(kind: str, status: str = "active", **more: Any) -> UUID:
        number = next(numbers)
        ticket = await one.row("tickets", kind="internal", number=number)
        given = {"created_by_user_id": tech, "assigned_user_id": tech, "problem_text": f"secret of {one.account_id}",
                 "customer_name": "Carla", "customer_contact": "+49 30 1234567", **more}
        return await one.row("l1_walk_sessions", number=number, session_kind=kind, status=status, ticket_row_id=ticket,
                             ticket_id=str(ticket), ticket_kind="internal", **given)

    by_machine = {"created_by_user_id": None, "created_by_service_account_id": service}
    found = {
        "flow": await session("flow", flow_id=flow, flow_version_id=version),
        "proposal": await session("proposal", "resolved", flow_proposal_id=proposal),
        "adhoc": await session("adhoc", "resolved"),
        "ai_build": await session("ai_build", "abandoned", **by_machine),
        "escalated": [await session("adhoc", "escalated") for _ in ESCALATIONS],
    }
    await session("flow", flow_id=flow, flow_version_id=version, continues_session_id=found["flow"])
    return found


async def _escalations(
    one: Writer, sessions: list[UUID], tech: UUID, service: UUID, engineer: UUID
) -> tuple[UUID, ...]:
    found = []
    for status, session in zip(ESCALATIONS, sessions, strict=True):
        by = {"escalated_by_service_account_id": service} if status == "closed" else {"escalated_by_user_id": tech}
        found.append(await one.row(
            "escalations", session_id=session, status=status, priority=2, reason_category="other", package={}, **by,
            claimed_by_user_id=None if status == "open" else engineer,
            closed_by_user_id=engineer if status == "closed" else None))
    await one.row("escalation_notes", escalation_id=found[1], author_user_id=engineer, text="Seen before.")
    await one.row("escalation_notes", escalation_id=found[1], author_service_account_id=service, text="From the PSA.")
    await one.row("escalation_deliveries", escalation_id=found[0], user_id=engineer, name="Erin", channel="in_app")
    return tuple(found)


async def _search(one: Writer, flow: UUID, session: UUID) -> None:
    """The lexical index of a flow and, where the server has vectors, those."""
    signature = asyncpg.BitString("0" * 1024)
    await one.row("flow_feedback", flow_id=flow)
    await one.row("flow_search_documents", flow_id=flow, title="Printer", signature=signature, term_total=1, text_total=1)
    await one.row("flow_search_terms", flow_id=flow, stem="printer", occurrences=1)
    solved = await one.row("flow_search_texts", flow_id=flow, kind="past_problem", content="It jams.", session_id=session)
    if await one._connection.fetchval("SELECT to_regclass('flow_embeddings')") is None:
        return
    for sql in (
        "INSERT INTO flow_embeddings (account_id, id, flow_id, text_id, model, embedding) VALUES ($1, $2, $3, $4, 'm', '[1,2]')",
        ("INSERT INTO flow_embedding_centroids (account_id, id, flow_id, model, revision, embedding)"
        " SELECT $1, $2, $3, 'm', 1, '[1,2]' WHERE $4::uuid IS NOT NULL"),
        ("INSERT INTO flow_embedding_metrics (account_id, id, model, revision, texts, map)"
        " SELECT $1, $2, 'm', 1, 1, NULL WHERE $3::uuid IS NOT NULL AND $4::uuid IS NOT NULL"),
    ):
        await one._connection.execute(sql, one.account_id, uuid4(), flow, solved)

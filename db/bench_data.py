"""Made-up accounts for measurements: the same ids and texts every time, made by the database itself.

Run as the owner. Sessions come from templates, five thousand a statement, so 200,000 take well under two minutes.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bench_templates import BEGAN, STEP_SECONDS, STEPS, WALKS_PER_FLOW, WHO, flow_title, flow_tree, walk
from db.engine import Database
from db.models import Account, Flow, FlowProposal, FlowVersion
from db.queries.flow_search import index_flow
from db.seed import create_account, create_user
from domain.flow_tree import dump_tree
from domain.matching.document import authored_texts

FLOWS: Final = 20  # an account
PROPOSALS: Final = 5
TECHNICIANS: Final = 12
PEOPLE: Final = (
    ("owner", 1), ("admin", 2), ("engineer", 4), ("l1_tech", TECHNICIANS), ("viewer", 1),
)
CHUNK: Final = 5_000
TABLES: Final = ("l1_walk_sessions", "escalations", "tickets", "users", "flows")


def bench_id(*parts: object) -> UUID:
    """The same id for the same thing in every installation; ``md5(…)::uuid`` in SQL."""
    return UUID(hashlib.md5("/".join(map(str, ("handrail-bench", *parts))).encode(), usedforsecurity=False).hexdigest())


def slug_of(number: int) -> str:
    return f"bench-{number:03}"


async def make(owner: Database, accounts: int, sessions: int, until: datetime) -> AsyncIterator[str]:
    """Yields a line for each account; one that is there already is left as it is. The last walk began at ``until``.

    One that an interrupted run left half-filled is filled to its end.
    """
    for number in range(1, accounts + 1):
        share = sessions // accounts + (number <= sessions % accounts)
        await _account(owner, number)
        made = await _is_empty(owner, number)
        if made:
            await _walks(owner, number, share, until)
        yield f"{slug_of(number)}: {f'{share} sessions' if made else 'is there already'} (account {bench_id(number)})"
    await _measure(owner)


async def _measure(owner: Database) -> None:
    """Let the planner know at once what was put in."""
    async with owner.write(None) as connection:
        for table in TABLES:
            await connection.execute(text(f"ANALYZE {table}"))


async def _is_empty(owner: Database, number: int) -> bool:
    async with owner.read(bench_id(number)) as connection:
        found = await connection.scalar(select(Account.last_session_number).where(Account.id == bench_id(number)))
    return found == 0


async def _account(owner: Database, number: int) -> None:
    account_id, slug = bench_id(number), slug_of(number)
    async with owner.write(account_id) as connection:
        if not await create_account(connection, account_id, slug, f"Bench {number}"):
            return
        for role, count in PEOPLE:
            for at in range(count):
                name = role if at == 0 else f"{role}{at + 1}"
                await create_user(connection, account_id, bench_id(number, role, at), f"{name}@{slug}.example",
                                  f"{role.replace('_', ' ').title()} {at + 1}", role, covers=at == 1)
        for at in range(FLOWS):
            await _flow(connection, number, at)
        for at in range(PROPOSALS):
            await _proposal(connection, number, at)


async def _flow(connection: AsyncConnection, number: int, at: int) -> None:
    account_id, flow_id, version_id = bench_id(number), bench_id(number, "flow", at), bench_id(number, "version", at)
    category, title = flow_title(at)
    keywords, tree = title.lower().split(), flow_tree(at)
    await connection.execute(insert(Flow).values(
        account_id=account_id, id=flow_id, slug=f"flow-{at:02}", title=title, category=category, keywords=keywords,
    ))
    await connection.execute(insert(FlowVersion).values(
        account_id=account_id, id=version_id, flow_id=flow_id, number=1, title=title, tree=dump_tree(tree),
    ))
    await connection.execute(
        update(Flow).where(Flow.account_id == account_id, Flow.id == flow_id).values(published_version_id=version_id)
    )
    await index_flow(connection, account_id, flow_id, authored_texts(title, keywords, category, tree))


async def _proposal(connection: AsyncConnection, number: int, at: int) -> None:
    category, title = flow_title(at)
    await connection.execute(insert(FlowProposal).values(
        account_id=bench_id(number), id=bench_id(number, "proposal", at), title=f"{title}, proposed", category=category,
        tree=dump_tree(flow_tree(at)), created_by_user_id=bench_id(number, "engineer", 0),
    ))


@cache
def _templates() -> str:
    """Every walk through every flow, as the statement's JSON parameter."""
    found = []
    for flow in range(FLOWS):
        tree = flow_tree(flow)
        for variant in range(WALKS_PER_FLOW):
            one = asdict(walk(tree, variant * 5 + flow, flow_title(flow)[1]))
            found.append({**one, "flow": flow, "tree": dump_tree(tree), "category": flow_title(flow)[0]})
    return orjson.dumps(found).decode()


async def _walks(owner: Database, number: int, sessions: int, until: datetime) -> None:
    templates = _templates()
    for first in range(1, sessions + 1, CHUNK):
        given = {
            "account": bench_id(number), "number": str(number), "first": first, "until": until, "templates": templates,
            "last": min(first + CHUNK - 1, sessions), "all": sessions,
        }
        async with owner.write(bench_id(number)) as connection:
            await connection.execute(text(_PLAN), given)
            for statement in (_TICKETS, _SESSIONS, _ESCALATIONS):
                await connection.execute(text(statement), given)
            await connection.execute(text("DROP TABLE bench_plan"))
    async with owner.write(bench_id(number)) as connection:
        await connection.execute(
            update(Account).where(Account.id == bench_id(number))
            .values(last_session_number=sessions, last_ticket_number=sessions)
        )


def _id(*parts: str) -> str:
    """SQL for ``bench_id`` of the account's number and these expressions."""
    inside = " || '/' || ".join(("'handrail-bench'", "CAST(:number AS text)", *parts))
    return f"CAST(md5({inside}) AS uuid)"


def _filled(json: str, began: str, who: str) -> str:
    """SQL for a template's JSON with its placeholders filled in."""
    filled = f"replace({json}::text, '{WHO}', {who}::text)"
    for step in range(1, STEPS + 1):
        mark = BEGAN.timestamp() + step * STEP_SECONDS
        stamp = datetime.fromtimestamp(mark, BEGAN.tzinfo).isoformat()
        at = f"({began} + interval '{step * STEP_SECONDS} s') AT TIME ZONE 'UTC'"
        moment = f"to_char({at}, 'YYYY-MM-DD\"T\"HH24:MI:SS')"
        filled = f"replace({filled}, '{stamp}', {moment} || '+00:00')"
    return f"CAST({filled} AS jsonb)"


# What each session is, decided once and read by three statements. One in ten is active, one in ten was escalated.
_PLAN = f"""
CREATE TEMP TABLE bench_plan ON COMMIT DROP AS
SELECT n, {_id("'session'", 'n')} AS session_id, {_id("'ticket'", 'n')} AS ticket_id,
       {_id("'escalation'", 'n')} AS escalation_id, {_id("'l1_tech'", f'(n % {TECHNICIANS})')} AS user_id,
       t.value AS template, (t.value->>'flow')::int AS flow, CAST(:until AS timestamptz) - (CAST(:all AS int) - n) *
       CASE WHEN n % 10 = 0 THEN interval '5 s' ELSE interval '9 minutes' END AS began,
       CASE n % 10 WHEN 0 THEN 'active' WHEN 1 THEN 'escalated' WHEN 2 THEN 'abandoned' ELSE 'resolved' END AS status,
       CASE WHEN n / 10 % 20 < 14 THEN 'flow' WHEN n / 10 % 20 < 17 THEN 'adhoc' WHEN n / 10 % 20 < 19 THEN 'ai_build'
            ELSE 'proposal' END AS kind
FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
JOIN LATERAL (SELECT CAST(:templates AS jsonb) AS every) AS given ON true
JOIN LATERAL (SELECT every->(n % {FLOWS * WALKS_PER_FLOW}) AS value) AS t ON true
"""  # noqa: S608 - nothing of a caller's is in these statements

_TICKETS = """
INSERT INTO tickets (account_id, id, kind, number, external_id, status, created_at)
SELECT :account, ticket_id, CASE WHEN n % 2 = 0 THEN 'internal' ELSE 'psa' END, CASE WHEN n % 2 = 0 THEN n END,
       CASE WHEN n % 2 = 1 THEN 'T' || n END,
       CASE status WHEN 'active' THEN 'walking' WHEN 'escalated' THEN 'escalated' WHEN 'resolved' THEN 'closed'
            ELSE 'open' END, began
FROM bench_plan ON CONFLICT DO NOTHING
"""

_SESSIONS = f"""
INSERT INTO l1_walk_sessions (
  account_id, id, number, session_kind, status, start_reason, created_by_user_id, assigned_user_id, customer_name,
  customer_contact, company_name, priority, ticket_row_id, ticket_id, ticket_kind, category, problem_text, flow_id,
  flow_version_id, flow_proposal_id, pinned_tree, current_node_id, step, walked_path, resolution_notes,
  resolution_visibility, outcome, helpful, escalation_reason, escalation_reason_category, abandon_reason, started_at,
  last_step_at, last_activity_at, resolved_at, ended_at)
SELECT :account, session_id, n, kind, status,
  CASE kind WHEN 'adhoc' THEN 'adhoc' WHEN 'ai_build' THEN 'build' ELSE 'matched' END, user_id, user_id,
  'Customer ' || n % 997, '+1 555 ' || lpad((n % 9999)::text, 4, '0'), 'Company ' || n % 97, 1 + n % 4, ticket_id,
  CASE WHEN n % 2 = 0 THEN ticket_id::text ELSE 'T' || n END, CASE WHEN n % 2 = 0 THEN 'internal' ELSE 'psa' END,
  template->>'category', 'It began this morning, call ' || n || ': ' || (template->'package'->>'symptom'),
  CASE kind WHEN 'flow' THEN {_id("'flow'", "flow")} END, CASE kind WHEN 'flow' THEN {_id("'version'", "flow")} END,
  CASE kind WHEN 'proposal' THEN {_id("'proposal'", f"(flow % {PROPOSALS})")} END,
  CASE kind WHEN 'proposal' THEN template->'tree' END,
  CASE WHEN kind IN ('flow', 'proposal') THEN template->>'current_node_id' END,
  CASE WHEN kind = 'adhoc' THEN 0 ELSE (template->>'step')::int END,
  CASE WHEN kind = 'adhoc' THEN '[]'::jsonb ELSE {_filled("(template->'path')", "began", "user_id")} END,
  CASE status WHEN 'resolved' THEN 'Works again after the last step.' END,
  CASE status WHEN 'resolved' THEN 'internal' END, CASE status WHEN 'resolved' THEN 'fixed' END,
  CASE status WHEN 'resolved' THEN n % 3 <> 0 END, CASE status WHEN 'escalated' THEN 'Nothing safe is left to try.' END,
  CASE status WHEN 'escalated' THEN 'exhausted_safe_steps' END, CASE status WHEN 'abandoned' THEN 'customer_gone' END,
  began, began + interval '5 minutes', began + interval '5 minutes',
  CASE status WHEN 'resolved' THEN began + interval '6 minutes' END,
  CASE WHEN status <> 'active' THEN began + interval '6 minutes' END
FROM bench_plan ON CONFLICT DO NOTHING
"""  # noqa: S608

# Of ten escalations six wait, two are claimed, one was returned, one is closed.
_ESCALATIONS = f"""
INSERT INTO escalations (
  account_id, id, session_id, status, priority, reason_category, reason, escalated_by_user_id, escalated_at,
  claimed_by_user_id, claimed_at, closed_by_user_id, closed_at, outcome, closing_notes, package)
SELECT :account, escalation_id, session_id, state, 1 + n % 4, 'exhausted_safe_steps', 'Nothing safe is left to try.',
  user_id, began + interval '6 minutes', CASE WHEN state <> 'open' THEN {_id("'engineer'", "0")} END,
  CASE WHEN state <> 'open' THEN began + interval '9 minutes' END,
  CASE WHEN state IN ('returned', 'closed') THEN {_id("'engineer'", "0")} END,
  CASE WHEN state IN ('returned', 'closed') THEN began + interval '20 minutes' END,
  CASE state WHEN 'returned' THEN 'returned_to_l1' WHEN 'closed' THEN 'resolved' END,
  CASE state WHEN 'returned' THEN 'Please restart it once more.' END,
  {_filled("(template->'package')", "began", "user_id")}
FROM (SELECT *, CASE WHEN n / 10 % 10 < 6 THEN 'open' WHEN n / 10 % 10 < 8 THEN 'claimed'
                     WHEN n / 10 % 10 < 9 THEN 'returned' ELSE 'closed' END AS state
      FROM bench_plan WHERE status = 'escalated') AS escalated ON CONFLICT DO NOTHING
"""  # noqa: S608

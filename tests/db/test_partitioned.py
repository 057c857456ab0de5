"""The same schema hash-partitioned by tenant: the same keys and policies, and the API works on it unchanged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from db.engine import APP_ROLE, JOBS_ROLE
from tests.db.catalogue import REFERENCES, fingerprint, owner, rows_of, snapshot, tenant_tables
from tests.db.filled_account import fill
from tests.support.api import Api, Caller, open_api
from tests.support.partitioned import PARTITIONS, partition
from tests.support.trees import printer

ACME, GLOBEX = UUID(int=0xA), UUID(int=0xB)


@pytest_asyncio.fixture(scope="module")
async def partitioned(module_database_url: str) -> AsyncIterator[str]:
    async with owner(module_database_url) as connection:
        before = await snapshot(connection)
        tables = await partition(connection)
        assert set(tables) == set(await tenant_tables(connection))
        after = await snapshot(connection)
    for key, definition in before.items():  # nothing was lost on the way
        if key[0] in {"column", "policy", "table", "column grants"}:
            assert after[key] == definition, key
    assert {key for key in before if key[0] == "constraint"} <= set(after)
    assert {key for key in before if key[0] == "index"} <= set(after)
    yield module_database_url


@pytest_asyncio.fixture(scope="module")
async def connection(partitioned: str) -> AsyncIterator[asyncpg.Connection]:
    async with owner(partitioned) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module")
async def api(partitioned: str) -> AsyncIterator[Api]:
    async with open_api(partitioned, "acme", "globex") as opened:
        yield opened


async def test_partitions_cannot_be_reached_past_the_policies(connection: asyncpg.Connection) -> None:
    parts = [row["name"] for row in await connection.fetch("SELECT relname AS name FROM pg_class WHERE relispartition AND relkind = 'r'")]
    assert len(parts) == PARTITIONS * len(await tenant_tables(connection))
    for part in parts:
        for role in (APP_ROLE, JOBS_ROLE):
            assert not await connection.fetchval("SELECT has_any_column_privilege($1, $2, 'SELECT, INSERT, UPDATE')", role, part)


async def test_every_reference_stands(connection: asyncpg.Connection) -> None:
    assert len(await connection.fetch(REFERENCES)) > 40


async def test_an_account_goes_whole_and_alone(connection: asyncpg.Connection) -> None:
    for account_id, slug in ((ACME, "acme-filled"), (GLOBEX, "globex-filled")):
        await fill(connection, account_id, slug)
    before = await fingerprint(connection, GLOBEX)
    assert all((await rows_of(connection, ACME)).values())
    await connection.execute("DELETE FROM accounts WHERE id = $1", ACME)
    assert set((await rows_of(connection, ACME)).values()) == {0}
    assert await fingerprint(connection, GLOBEX) == before


async def test_a_reference_to_another_account_is_refused(connection: asyncpg.Connection) -> None:
    await fill(connection, UUID(int=0xC), "third")
    flow = await connection.fetchval("SELECT id FROM flows WHERE account_id = $1", GLOBEX)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await connection.execute("UPDATE flow_drafts SET flow_id = $1 WHERE account_id = $2", flow, UUID(int=0xC))


START = """mutation($input: IntakeInput!) { intake(input: $input) {
    outcome { ... on WalkStarted { session { id step currentNode { nodeId } ticket { id } } } } errors { code } } }"""
ANSWER = """mutation($input: AnswerNodeInput!) { answerNode(input: $input) {
    session { id step status currentNode { nodeId } walkedPath { step answer } } errors { code } } }"""
BACK = "mutation($input: GoBackInput!) { goBack(input: $input) { session { step currentNode { nodeId } } errors { code } } }"
NOTES = "mutation($input: SaveNotesInput!) { saveNotes(input: $input) { session { notesVersion notes { text } } errors { code } } }"
RESOLVE = "mutation($input: ResolveInput!) { resolve(input: $input) { session { status ticket { status } } errors { code } } }"
ESCALATE = "mutation($input: EscalateInput!) { escalate(input: $input) { escalation { id status } errors { code } } }"
CLAIM = "mutation($input: ClaimEscalationInput!) { claimEscalation(input: $input) { escalation { status } errors { code } } }"
CLOSE = "mutation($input: CloseEscalationInput!) { closeEscalation(input: $input) { escalation { status } errors { code } } }"
CONTINUE = "mutation($input: ContinueWalkInput!) { continueWalk(input: $input) { session { id continues { id } } errors { code } } }"


async def _begin(tech: Caller, flow: str, **more: object) -> dict[str, object]:
    return (await tech.do(START, problem="The printer prints nothing", flowId=flow, **more))["outcome"]["session"]


async def test_a_ticket_is_walked_to_its_end(api: Api) -> None:
    acme = api.teams["acme"]
    tech = acme.as_("l1")
    flow = await acme.publish(printer())
    session = await _begin(tech, flow, idempotencyKey="once")
    assert (await _begin(tech, flow, idempotencyKey="once"))["id"] == session["id"]
    one = {"sessionId": session["id"], "nodeId": "on", "answer": "yes", "expectedStep": 0, "idempotencyKey": "answer"}
    assert (await tech.do(ANSWER, **one))["session"]["step"] == 1
    assert (await tech.do(ANSWER, **one))["session"]["step"] == 1
    assert (await tech.do(BACK, sessionId=session["id"], toStep=1, expectedStep=1))["session"]["currentNode"] == {"nodeId": "on"}
    step = 1
    for node, answer in (("on", "yes"), ("reprint", "done"), ("printed", "yes")):
        moved = await tech.do(ANSWER, sessionId=session["id"], nodeId=node, answer=answer, expectedStep=step)
        step = moved["session"]["step"]
    saved = await tech.do(NOTES, sessionId=session["id"], notes=[{"text": "tray two"}], expectedNotesVersion=0)
    assert saved["session"]["notes"] == [{"text": "tray two"}]
    ended = (await tech.do(RESOLVE, sessionId=session["id"], resolutionNotes="Sent again.", helpful=True))["session"]
    assert ended == {"status": "RESOLVED", "ticket": {"status": "CLOSED"}}


async def test_a_ticket_is_handed_over_claimed_and_returned(api: Api) -> None:
    acme = api.teams["acme"]
    tech, engineer = acme.as_("l1"), acme.as_("engineer")
    session = await _begin(tech, await acme.publish(printer(), "Another flow"))
    handed = (await tech.do(ESCALATE, sessionId=session["id"], reasonCategory="OTHER", reason="no light"))["escalation"]["id"]
    queue = (await engineer.run("{ escalations { nodes { id session { id flow { title } } } totalCount } }"))["escalations"]
    assert (queue["totalCount"], queue["nodes"][0]["id"]) == (1, handed)
    assert (await engineer.do(CLAIM, escalationId=handed))["escalation"]["status"] == "CLAIMED"
    assert await acme.as_("owner").refused(CLAIM, escalationId=handed) == "ALREADY_CLAIMED"
    await engineer.do(CLOSE, escalationId=handed, outcome="RETURNED_TO_L1", notes="Ask for the model.")
    gone_on = (await tech.do(CONTINUE, sessionId=session["id"]))["session"]
    assert gone_on["continues"]["id"] == session["id"]


async def test_lists_search_and_the_log(api: Api) -> None:
    acme = api.teams["acme"]
    data = await acme.as_("admin").run("""{ walkSessions(first: 2) { nodes { id } pageInfo { endCursor hasNextPage } totalCount }
        flows { nodes { id title } } auditEvents { nodes { action } } members { totalCount } }""")
    assert data["walkSessions"]["totalCount"] >= 2
    assert data["members"]["totalCount"] == 6
    assert {"walk.resolved"} <= {one["action"] for one in data["auditEvents"]["nodes"]}
    assert (await api.as_("admin", "globex").run("{ walkSessions { totalCount } escalations { totalCount } flows { totalCount } }")) == {
        "walkSessions": {"totalCount": 0}, "escalations": {"totalCount": 0}, "flows": {"totalCount": 0}}


async def test_a_filter_on_the_tenant_reads_one_partition(connection: asyncpg.Connection) -> None:
    plan = await connection.fetch("EXPLAIN SELECT id FROM l1_walk_sessions WHERE account_id = $1 ORDER BY last_step_at DESC LIMIT 5", GLOBEX)
    text = "\n".join(row[0] for row in plan)
    assert sum(f"l1_walk_sessions_p{number}" in text for number in range(PARTITIONS)) == 1

"""Every id slot of the schema × roles: a foreign id looks like a missing one, shows nothing and changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from tests.api.tenancy.slots import BATCH, Slot, arguments, nested_slots, request, roots, slots
from tests.api.tenancy.world import World, build, leaks, outcome, owner_connection
from tests.db.catalogue import fingerprint, tenant_tables
from tests.support.api import Api, Caller

ROLES = ("owner", "engineer", "cover", "l1", "viewer", "machine")
LIKELY = ("l1_walk_sessions", "escalations", "flows", "flow_versions", "flow_drafts", "flow_proposals", "users",
          "service_accounts", "tickets", "notifications")
# The caller's own, or the account's as a whole: nothing of another account can be named in them.
WITHOUT_IDS = {
    "query": {"viewer", "account", "members", "serviceAccounts", "flows", "suggestFlows"},
    "mutation": {"setL1Categories", "setAiSettings", "setEscalationDefaults", "addMember", "createServiceAccount", "importFlow"},
}


@pytest_asyncio.fixture(scope="module")
async def connection(api: Api) -> AsyncIterator[asyncpg.Connection]:
    opened = await owner_connection(api)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module")
async def world(api: Api, connection: asyncpg.Connection) -> World:
    return await build(api, connection)


def test_every_root_field_is_driven_or_takes_no_id() -> None:
    driven = {(slot.root, slot.field) for slot in slots()}
    for root, fields in roots().items():
        left = {name for name in fields if (root, name) not in driven}
        assert left >= WITHOUT_IDS[root]
        assert [name for name in left if any(argument for argument in fields[name].args if argument.lower().endswith("id"))] == []


NESTED = {
    "Proposal.mergePreview(flowId)":
        "query($p: ID!, $id: ID!) { proposal(id: $p) { mergePreview(flowId: $id) { __typename } } }",
}


def test_every_field_below_the_root_that_takes_an_id_is_driven() -> None:
    assert set(nested_slots()) <= set(NESTED)


@pytest.mark.parametrize("slot", nested_slots())
async def test_a_foreign_id_below_the_root_is_a_missing_id(world: World, slot: str) -> None:
    for role in ROLES:
        answers = []
        for found in (*world.foreign.values(), str(uuid4())):
            variables = {"p": world.own["proposalId"], "id": found}
            answer = await world.callers[role].post({"query": NESTED[slot], "variables": variables})
            assert leaks(answer.text, world.secrets) == []
            answers.append((answer.status_code, answer.json()))
        assert answers.count(answers[0]) == len(answers), role


async def _ask(caller: Caller, slot: Slot, own: dict[str, str], ids: list[str]) -> list[Any]:
    """What each id came to; the raw texts are checked by the caller of this function."""
    found = []
    for some in in_batches(ids):
        many = [arguments(slot.root, slot.field, own, slot.path, one) for one in some]
        answer = await caller.post(request(slot.root, slot.field, many))
        body = answer.json()
        assert "data" in body or body["errors"][0]["extensions"]["code"] != "BAD_REQUEST", (str(slot), body)
        found += [(answer.status_code, outcome(body, f"a{number}"), answer.text) for number in range(len(some))]
    return found


def in_batches(ids: list[str]) -> list[list[str]]:
    return [ids[start:start + BATCH] for start in range(0, len(ids), BATCH)]


@pytest.mark.parametrize("slot", slots(), ids=str)
async def test_a_foreign_id_is_a_missing_id(world: World, connection: asyncpg.Connection, slot: Slot) -> None:
    before = await fingerprint(connection, world.acme.id)
    for role in ROLES:
        kinds = [kind for kind in world.foreign if role == "owner" or kind in LIKELY]
        foreign = [world.foreign[kind] for kind in kinds]
        got = await _ask(world.callers[role], slot, world.own, foreign)
        expected = await _ask(world.callers[role], slot, world.own, [str(uuid4()) for _ in foreign])
        for kind, (status, came_to, text), (other_status, other, _) in zip(kinds, got, expected, strict=True):
            assert (status, came_to) == (other_status, other), f"{role}: an id of {kind} is told from a missing one"
            assert leaks(text, world.secrets) == [], f"{role}: values of another account are shown"
    after = await fingerprint(connection, world.acme.id)
    assert {table for table in after if after[table] != before[table]} == set(), "another account was changed"


@pytest.mark.parametrize("role", ROLES)
async def test_lists_show_the_callers_account_only(world: World, role: str) -> None:
    for name in roots()["query"]:
        given = arguments("query", name, world.own)
        answer = await world.callers[role].post(request("query", name, [given]))
        assert leaks(answer.text, world.secrets) == [], name


@pytest.mark.parametrize("role", ROLES)
async def test_words_of_another_account_find_nothing(world: World, role: str) -> None:
    """Names, slugs, numbers and tickets that another account uses."""
    caller = world.callers[role]
    for query in (
        '{ walkSessions(filter: {search: "acme"}) { nodes { id problem } totalCount } }',
        '{ walkSessions(filter: {companyName: "Company of acme"}) { nodes { id } totalCount } }',
        '{ escalations(filter: {companyName: "Company of acme"}) { nodes { id } totalCount } }',
        '{ flows(filter: {search: "acme"}) { nodes { id title } totalCount } }',
        '{ suggestFlows(problem: "Printers of acme") { flow { id title } } }',
    ):
        answer = await caller.post({"query": query})
        assert leaks(answer.text, world.secrets - {"acme", "Company of acme", "Printers of acme"}) == []


async def test_no_id_of_the_other_account_was_stored(world: World, connection: asyncpg.Connection) -> None:
    """Not even in JSON that no foreign key watches."""
    for table in await tenant_tables(connection):
        rows = await connection.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} t WHERE account_id = $1", world.globex.id)
        for row in rows:
            stored = [kind for kind, found in world.foreign.items() if found in row["row"]]
            assert stored == [], f"{table} of globex names {stored} of acme"

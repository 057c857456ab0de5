"""Role × operation: who may not, is refused after a check that names the action and its subject; nothing is written."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from tests.api.tenancy.slots import arguments, request, roots
from tests.api.tenancy.world import PEOPLE, SCOPES, World, build, owner_connection
from tests.db.catalogue import fingerprint
from tests.support.api import Api, Caller

L1 = frozenset({"owner", "admin", "cover", "l1"})
ENGINEERS = frozenset({"owner", "admin", "engineer", "cover"})
LEADERS = frozenset({"owner", "admin"})
# A mutation, the action its check names, and who of the people and of the single scopes has the right (design: who may do what).
RIGHTS: dict[str, tuple[str, frozenset[str]]] = {
    "intake": ("intake", L1 | {"intake"}),
    "answerNode": ("answer", L1 | {"walk"}),
    "nextNode": ("answer", L1 | {"walk"}),
    "goBack": ("answer", L1 | {"walk"}),
    "saveNotes": ("note", L1 | {"walk"}),
    "takeOverWalk": ("take_over", L1),
    "transferWalk": ("transfer", L1 | {"walk"}),
    "pauseWalk": ("pause", L1 | {"walk"}),
    "abandonWalk": ("abandon", L1 | {"walk"}),
    "continueWalk": ("continue", L1 | {"walk"}),
    "linkTicket": ("link_ticket", L1 | {"intake", "walk"}),
    "resolve": ("resolve", L1 | {"walk"}),
    "escalate": ("escalate", L1 | {"escalate"}),
    "escalateWithoutWalk": ("escalate", L1 | {"escalate"}),
    "claimEscalation": ("claim", ENGINEERS),
    "releaseEscalation": ("release", ENGINEERS),
    "closeEscalation": ("close_escalation", ENGINEERS),
    "withdrawEscalation": ("withdraw", frozenset({"l1"})),
    "addEscalationNote": ("note_escalation", ENGINEERS | {"l1"}),
    "setL1Categories": ("write_settings", LEADERS | {"settings"}),
    "setAiSettings": ("write_settings", LEADERS | {"settings"}),
    "setEscalationDefaults": ("write_settings", LEADERS | {"settings"}),
    "addMember": ("manage_members", LEADERS),
    "setMemberRole": ("manage_members", LEADERS),
    "removeMember": ("manage_members", LEADERS),
    "transferOwnership": ("transfer_ownership", frozenset({"owner"})),
    "createServiceAccount": ("manage_service_accounts", LEADERS),
    "revokeServiceAccount": ("manage_service_accounts", LEADERS),
    "eraseCustomerData": ("erase_customer", LEADERS),
    "saveFlowDraft": ("author_flows", ENGINEERS | {"flows"}),
    "discardFlowDraft": ("author_flows", ENGINEERS | {"flows"}),
    "updateFlow": ("author_flows", ENGINEERS | {"flows"}),
    "publishFlow": ("author_flows", ENGINEERS | {"flows"}),
    "rollbackFlow": ("author_flows", ENGINEERS | {"flows"}),
    "archiveFlow": ("author_flows", ENGINEERS | {"flows"}),
    "unarchiveFlow": ("author_flows", ENGINEERS | {"flows"}),
    "importFlow": ("author_flows", ENGINEERS | {"flows"}),
    "saveProposalDraft": ("review_proposals", ENGINEERS | {"flows"}),
    "editProposal": ("review_proposals", ENGINEERS | {"flows"}),
    "createProposal": ("review_proposals", ENGINEERS | {"flows"}),
    "modifyProposal": ("review_proposals", ENGINEERS | {"flows"}),
    "approveProposal": ("review_proposals", ENGINEERS | {"flows"}),
    "rejectProposal": ("review_proposals", ENGINEERS | {"flows"}),
    "dismissProposal": ("review_proposals", ENGINEERS | {"flows"}),
    "dismissDuplicates": ("review_proposals", ENGINEERS | {"flows"}),
    "mergeProposal": ("review_proposals", ENGINEERS | {"flows"}),
}
# Everybody may mark what is addressed to themselves.
FOR_EVERYBODY = {"markNotificationsRead"}
EVERYBODY = (*PEOPLE, *SCOPES)
SUBJECTS = ("sessionId", "escalationId")
ABOUT_THE_ACCOUNT = {"eraseCustomerData"}
# What only some of those with the right may do: never to owners, no scope one lacks, only people propose.
NARROWER = {"createServiceAccount", "setMemberRole", "addMember", "createProposal"}


@pytest_asyncio.fixture(scope="module")
async def connection(api: Api) -> AsyncIterator[asyncpg.Connection]:
    opened = await owner_connection(api)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module")
async def world(api: Api, connection: asyncpg.Connection) -> World:
    made = await build(api, connection)
    for scope in SCOPES:
        made.callers[scope] = await made.globex.service_account(scope)
    return made


def test_every_mutation_has_its_row() -> None:
    assert set(roots()["mutation"]) - FOR_EVERYBODY - set(RIGHTS) == set(), "who may not do it? name it in RIGHTS"


async def _send(caller: Caller, mutation: str, own: dict[str, str]) -> dict[str, object]:
    given = arguments("mutation", mutation, own)
    body = (await caller.post(request("mutation", mutation, [given]))).json()
    assert "errors" not in body, body
    return body["data"]["a0"]


@pytest.mark.parametrize("mutation", [name for name in roots()["mutation"] if name in RIGHTS])
async def test_who_lacks_the_right_is_refused_and_nothing_happens(
    world: World, connection: asyncpg.Connection, caplog: pytest.LogCaptureFixture, mutation: str
) -> None:
    action, allowed = RIGHTS[mutation]
    before = await fingerprint(connection, world.globex.id)
    denied = [who for who in EVERYBODY if who not in allowed]
    assert denied, "nobody is denied: the test would prove nothing"
    for who in denied:
        caplog.clear()
        caller = world.callers[who]
        with caplog.at_level(logging.INFO, "handrail.access"):
            payload = await _send(caller, mutation, world.own)
        codes = {error["code"] for error in payload["errors"]}
        assert codes in ({"FORBIDDEN"}, {"NOT_FOUND"}), (who, payload)
        changed = {name for name, value in payload.items() if value and not isinstance(value, bool)} - {"errors", "__typename"}
        assert changed == set(), who
        of_one = () if mutation in ABOUT_THE_ACCOUNT else SUBJECTS
        subject = next((world.own[name] for name in of_one if name in _inputs(mutation)), "account")
        assert f"denied action={action} subject={subject} actor={caller.id}" in caplog.text, (who, caplog.text)
    after = await fingerprint(connection, world.globex.id)
    ignored = {"service_accounts"}  # the minute of a key's last use
    assert {table for table in after if after[table] != before[table]} - ignored == set()


def _inputs(mutation: str) -> set[str]:
    [argument] = roots()["mutation"][mutation].args.values()
    return set(argument.type.of_type.fields)


@pytest.mark.parametrize("mutation", [name for name in roots()["mutation"] if name in RIGHTS])
async def test_who_has_the_right_passes_the_check(
    world: World, caplog: pytest.LogCaptureFixture, mutation: str
) -> None:
    """The other half of the table: the same call with an id nobody has is not denied, it is not found (or done)."""
    _, allowed = RIGHTS[mutation]
    missing = {name: value for name, value in world.own.items() if not name.endswith("Id")}
    for who in [one for one in EVERYBODY if one in allowed]:
        caplog.clear()
        if mutation in {"transferOwnership", "createServiceAccount"} and who == "owner":
            continue  # covered by the account's own tests: they would change who is who here
        payload = await _send(world.callers[who], mutation, missing)
        codes = {error["code"] for error in payload["errors"]}
        assert "FORBIDDEN" not in codes or mutation in NARROWER, (who, payload)


async def test_a_viewer_writes_nothing(world: World, connection: asyncpg.Connection) -> None:
    before = await fingerprint(connection, world.globex.id)
    for mutation in roots()["mutation"]:
        await _send(world.callers["viewer"], mutation, world.own)
    after = await fingerprint(connection, world.globex.id)
    assert {table for table in after if after[table] != before[table]} - {"notifications"} == set()


# Reading

READS: dict[str, tuple[str, frozenset[str]]] = {
    "members": ("{ members { nodes { id } } }", frozenset(PEOPLE) | {"read"}),
    "serviceAccounts": ("{ serviceAccounts { nodes { id } } }", LEADERS),
    "auditEvents": ("{ auditEvents { nodes { id } } }", LEADERS),
    "walkSessions": ("{ walkSessions { nodes { id } } }", frozenset(PEOPLE) | {"read"}),
    "flows": ("{ flows { nodes { id } } }", frozenset(PEOPLE) | {"read", "flows"}),
    "suggestFlows": ('{ suggestFlows(problem: "printer") { score } }', frozenset(PEOPLE) | {"read", "flows"}),
    "escalations": ("{ escalations { nodes { id } } }", ENGINEERS | {"l1", "read"}),
    "escalationDefaults": ("{ account { escalationDefaults { addresses } } }", LEADERS | {"settings"}),
    "l1Categories": ("{ account { l1Categories { enabled } } }", LEADERS | {"settings"}),
}


@pytest.mark.parametrize("name", READS)
async def test_reading_behind_a_permission(world: World, name: str) -> None:
    query, allowed = READS[name]
    for who in EVERYBODY:
        body = await world.callers[who].raw(query)
        codes = [error["extensions"]["code"] for error in body.get("errors", [])]
        assert codes == ([] if who in allowed else ["FORBIDDEN"]), (who, body)


async def test_members_addresses_are_not_for_viewers(world: World) -> None:
    for who in PEOPLE:
        body = await world.callers[who].raw("{ members { nodes { id email } } }")
        emails = [node["email"] for node in body["data"]["members"]["nodes"]]
        assert all(emails) is (who != "viewer"), who


async def test_customers_contact_is_not_for_viewers(world: World) -> None:
    """On its own, in a list, and beneath an escalation or a hand-off."""
    session = world.own["sessionId"]
    await world.globex.rows("UPDATE l1_walk_sessions SET customer_contact = '+49 30 5550199' WHERE account_id = :account")
    for who in EVERYBODY:
        body = await world.callers[who].post({
            "query": "query($s: ID!) { walkSession(id: $s) { id customerContact } walkSessions { nodes { id customerContact } }"
                     " node(id: $s) { ... on WalkSession { customerContact } } escalations { nodes { session { customerContact } } } }",
            "variables": {"s": session}})
        assert ("5550199" in body.text) is (who in {*PEOPLE, "read"} - {"viewer"}), who


async def test_an_l1_technician_sees_their_own_escalations_only(world: World) -> None:
    other = await world.globex.person("lena")
    own = world.own["escalationId"]
    assert (await other.run("query($id: ID!) { escalation(id: $id) { id } node(id: $id) { id } }", id=own)) == {
        "escalation": None, "node": None}
    assert own in [node["id"] for node in (await world.callers["l1"].run("{ escalations { nodes { id } } }"))["escalations"]["nodes"]]
    assert (await other.run("{ escalations { nodes { id } totalCount } }"))["escalations"] == {"nodes": [], "totalCount": 0}

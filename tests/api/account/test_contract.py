"""The contract's documents about the account, as clients send them: settings, members, keys, the log, any id."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.builder.categories import DEFAULT_CATEGORY_KEYS, FLOOR_KEYS
from tests.support.api import Api, Caller, Team
from tests.support.documents import contract
from tests.support.trees import printer

START = """mutation($input: IntakeInput!) { intake(input: $input) {
    outcome { ... on WalkStarted { session { id ticket { id } } } } errors { code } } }"""
HAND_OVER = """mutation($input: EscalateInput!) { escalate(input: $input) { escalation { id } errors { code } } }"""


async def do(caller: Caller, operation: str, **given: Any) -> dict[str, Any]:
    return await caller.do(contract(operation), **given)


async def refused(caller: Caller, operation: str, **given: Any) -> str:
    return await caller.refused(contract(operation), **given)


async def log(team: Team, **given: Any) -> list[dict[str, Any]]:
    data = await team.as_("owner").run(contract("AuditLog"), first=100, filter=given or None)
    return data["auditEvents"]["nodes"]


# The caller

async def test_viewer(team: Team) -> None:
    viewer = (await team.as_("l1").run(contract("Viewer")))["viewer"]
    assert (viewer["id"], viewer["kind"], viewer["role"]) == (str(team.people["l1"]), "USER", "L1_TECH")
    assert {"INTAKE", "ANSWER", "RESOLVE", "ESCALATE"} <= set(viewer["permissions"])
    assert not {"CLAIM", "WRITE_SETTINGS", "MANAGE_MEMBERS"} & set(viewer["permissions"])
    seats = {seat["role"]: (seat["used"], seat["limit"]) for seat in viewer["account"]["seats"]}
    assert seats == {"OWNER": (1, None), "ADMIN": (1, None), "ENGINEER": (2, None), "L1_TECH": (1, None), "VIEWER": (1, None)}


async def test_a_service_account_is_a_viewer_too(team: Team) -> None:
    machine = await team.service_account("read", "walk")
    viewer = (await machine.run(contract("Viewer")))["viewer"]
    assert (viewer["id"], viewer["kind"], viewer["role"]) == (machine.id, "SERVICE_ACCOUNT", None)


# Categories

async def test_categories_begin_with_the_ten_defaults(team: Team) -> None:
    found = (await team.as_("admin").run(contract("L1Categories")))["account"]["l1Categories"]
    assert set(found["enabled"]) == set(DEFAULT_CATEGORY_KEYS)
    assert set(found["available"]) >= {"password_reset", "account_lockout", "printer", "outlook_client", "wifi_network_basics",
                                       "vpn_connect", "teams_zoom_av", "browser_cache_cookies", "peripheral_reconnect", "os_restart_update"}
    assert set(found["hardFloor"]) == set(FLOOR_KEYS)
    assert len(FLOOR_KEYS) == 11
    assert not set(found["available"]) & set(found["hardFloor"])


@pytest.mark.parametrize("person", ["owner", "admin"])
async def test_leaders_choose_a_subset(team: Team, person: str) -> None:
    await do(team.as_(person), "SetL1Categories", enabled=["printer", "vpn_connect", "printer"])
    found = (await team.as_("admin").run(contract("L1Categories")))["account"]["l1Categories"]
    assert sorted(found["enabled"]) == ["printer", "vpn_connect"]
    [event] = await log(team)
    assert (event["action"], event["actor"]["id"]) == ("settings.categories_set", str(team.people[person]))


async def test_an_empty_set_is_a_choice(team: Team) -> None:
    await do(team.as_("owner"), "SetL1Categories", enabled=[])
    assert (await team.as_("owner").run(contract("L1Categories")))["account"]["l1Categories"]["enabled"] == []


@pytest.mark.parametrize(("keys", "code", "named"), [
    (["printer", "coffee_machine"], "UNKNOWN_CATEGORY", "coffee_machine"),
    (["printer", ""], "UNKNOWN_CATEGORY", ""),
    (["PRINTER"], "UNKNOWN_CATEGORY", "PRINTER"),
    *[(["printer", key], "HARD_FLOOR_CATEGORY", key) for key in FLOOR_KEYS],
])
async def test_a_wrong_key_is_refused_by_name_and_nothing_changes(api: Api, keys: list[str], code: str, named: str) -> None:
    admin = api.as_("admin")
    payload = await admin.send(contract("SetL1Categories"), enabled=keys)
    assert payload["account"] is None
    assert [(error["code"], named in error["message"]) for error in payload["errors"]] == [(code, True)]
    enabled = (await admin.run(contract("L1Categories")))["account"]["l1Categories"]["enabled"]
    assert set(enabled) == set(DEFAULT_CATEGORY_KEYS)


async def test_every_wrong_key_is_named(api: Api) -> None:
    payload = await api.as_("admin").send(contract("SetL1Categories"), enabled=["coffee", "printer", "tea", FLOOR_KEYS[0]])
    assert len(payload["errors"]) == 3


# Defaults of escalations

async def test_escalation_defaults(team: Team) -> None:
    payload = await do(team.as_("admin"), "SetEscalationDefaults", addresses=["desk@x.example", " desk@x.example ", "two@x.example"])
    assert payload["account"]["escalationDefaults"]["addresses"] == ["desk@x.example", "two@x.example"]
    payload = await do(team.as_("admin"), "SetEscalationDefaults", addresses=[])
    assert payload["account"]["escalationDefaults"]["addresses"] == []
    assert [event["action"] for event in await log(team)] == ["settings.escalation_defaults_set"] * 2


@pytest.mark.parametrize("address", ["", "nobody", "a@", "@b", "a b@c", "a@b\nBcc: x@y", "a@" + "b" * 300])
async def test_what_is_no_address_is_refused(api: Api, address: str) -> None:
    assert await refused(api.as_("admin"), "SetEscalationDefaults", addresses=["good@x.example", address]) == "INVALID_INPUT"
    assert await api.teams["acme"].value("SELECT escalation_addresses FROM accounts WHERE id = :account") == []


# Members

async def test_a_member_is_invited_changed_and_removed(team: Team) -> None:
    admin = team.as_("admin")
    member = (await do(admin, "AddMember", email="New@x.example", name="Nora", role="L1_TECH"))["member"]
    assert (member["email"], member["role"]) == ("New@x.example", "L1_TECH")
    changed = (await do(admin, "SetMemberRole", memberId=member["id"], role="ENGINEER", canCoverL1=True))["member"]
    assert (changed["role"], changed["canCoverL1"]) == ("ENGINEER", True)
    unchanged = (await do(admin, "SetMemberRole", memberId=member["id"], role="ENGINEER"))["member"]
    assert unchanged["canCoverL1"] is True, "what is left out is kept"
    await do(admin, "RemoveMember", memberId=member["id"])
    assert await refused(admin, "RemoveMember", memberId=member["id"]) == "NOT_FOUND"
    assert [event["action"] for event in await log(team)] == ["member.removed", "member.role_set", "member.role_set", "member.added"]


async def test_an_address_is_invited_once_and_again_after_removal(team: Team) -> None:
    admin = team.as_("admin")
    first = (await do(admin, "AddMember", email="n@x.example", name="Nora", role="VIEWER"))["member"]
    assert await refused(admin, "AddMember", email="N@X.example", name="Nora", role="VIEWER") == "ALREADY_EXISTS"
    await do(admin, "RemoveMember", memberId=first["id"])
    again = (await do(admin, "AddMember", email="n@x.example", name="Nora", role="VIEWER"))["member"]
    assert again["id"] != first["id"]


@pytest.mark.parametrize("person", ["owner", "admin"])
async def test_ownership_is_not_given_by_a_role(team: Team, person: str) -> None:
    assert await refused(team.as_(person), "AddMember", email="n@x.example", name="N", role="OWNER") == "FORBIDDEN"
    assert await refused(team.as_(person), "SetMemberRole", memberId=str(team.people["l1"]), role="OWNER") == "FORBIDDEN"


async def test_nobody_changes_their_own_role(team: Team) -> None:
    for person in ("owner", "admin"):
        assert await refused(team.as_(person), "SetMemberRole", memberId=str(team.people[person]), role="VIEWER") == "FORBIDDEN"


async def test_admins_do_not_touch_owners(team: Team) -> None:
    owner = str(team.people["owner"])
    assert await refused(team.as_("admin"), "SetMemberRole", memberId=owner, role="VIEWER") == "FORBIDDEN"
    assert await refused(team.as_("admin"), "RemoveMember", memberId=owner) == "FORBIDDEN"


async def test_the_last_owner_cannot_leave(team: Team) -> None:
    assert await refused(team.as_("owner"), "RemoveMember", memberId=str(team.people["owner"])) == "LAST_OWNER"
    assert await team.value("SELECT deleted_at IS NULL FROM users WHERE account_id = :account AND role = 'owner'") is True


async def test_ownership_is_handed_on(team: Team) -> None:
    payload = await do(team.as_("owner"), "TransferOwnership", memberId=str(team.people["engineer"]))
    assert payload["owner"] == {"id": str(team.people["engineer"]), "role": "OWNER"}
    roles = {row["id"]: row["role"] for row in await team.rows("SELECT id, role FROM users WHERE account_id = :account")}
    assert (roles[team.people["owner"]], roles[team.people["engineer"]]) == ("admin", "owner")
    assert list(roles.values()).count("owner") == 1
    assert await refused(team.as_("owner"), "TransferOwnership", memberId=str(team.people["l1"])) == "FORBIDDEN"


async def test_ownership_goes_to_members_only(team: Team) -> None:
    owner, gone = team.as_("owner"), await team.person("gone")
    await do(owner, "RemoveMember", memberId=gone.id)
    for found in (gone.id, str(uuid4()), "x", str(team.api.teams["globex"].people["l1"])):
        assert await refused(owner, "TransferOwnership", memberId=found) == "NOT_FOUND"
    assert await refused(owner, "TransferOwnership", memberId=owner.id) == "INVALID_INPUT"


async def test_two_transfers_at_once_leave_one_owner(cold_api: Api) -> None:
    acme = cold_api.teams["acme"]
    await asyncio.gather(*(
        acme.as_("owner").send(contract("TransferOwnership"), memberId=str(acme.people[one])) for one in ("admin", "engineer", "l1")))
    assert await acme.value("SELECT count(*) FROM users WHERE account_id = :account AND role = 'owner'") == 1


async def test_seats(team: Team) -> None:
    await team.rows("UPDATE accounts SET seat_limits = '{\"l1_tech\": 2}' WHERE id = :account")
    admin = team.as_("admin")
    await do(admin, "AddMember", email="a@x.example", name="A", role="L1_TECH")
    payload = await admin.send(contract("AddMember"), email="b@x.example", name="B", role="L1_TECH")
    [error] = payload["errors"]
    assert error["code"] == "SEAT_LIMIT_EXCEEDED"
    assert {"L1_TECH", "2"} <= set(error["message"].replace("(", " ").replace(",", " ").split())
    assert await refused(admin, "SetMemberRole", memberId=str(team.people["viewer"]), role="L1_TECH") == "SEAT_LIMIT_EXCEEDED"
    await do(admin, "AddMember", email="c@x.example", name="C", role="VIEWER")
    seats = (await admin.run(contract("Viewer")))["viewer"]["account"]["seats"]
    assert {"role": "L1_TECH", "used": 2, "limit": 2} in seats


async def test_over_a_lowered_limit_people_keep_working(team: Team) -> None:
    await team.rows("UPDATE accounts SET seat_limits = '{\"l1_tech\": 0}' WHERE id = :account")
    assert (await team.as_("l1").run(contract("Viewer")))["viewer"]["role"] == "L1_TECH"
    covers = await do(team.as_("admin"), "SetMemberRole", memberId=str(team.people["l1"]), role="L1_TECH", canCoverL1=False)
    assert covers["member"]["role"] == "L1_TECH"


async def test_two_invitations_race_for_the_last_seat(cold_api: Api) -> None:
    acme = cold_api.teams["acme"]
    await acme.rows("UPDATE accounts SET seat_limits = '{\"l1_tech\": 2}' WHERE id = :account")
    payloads = await asyncio.gather(*(
        acme.as_("admin").send(contract("AddMember"), email=f"n{number}@x.example", name="N", role="L1_TECH") for number in range(8)))
    codes = [payload["errors"][0]["code"] if payload["errors"] else "added" for payload in payloads]
    assert sorted(codes) == ["SEAT_LIMIT_EXCEEDED"] * 7 + ["added"]
    assert await acme.value("SELECT count(*) FROM users WHERE account_id = :account AND role = 'l1_tech'") == 2


@pytest.mark.parametrize(("given", "code"), [
    ({"email": "x", "name": "N"}, "INVALID_INPUT"), ({"email": " ", "name": "N"}, "INVALID_INPUT"),
    ({"email": "n@x.example", "name": " "}, "INVALID_INPUT"), ({"email": "n@x.example", "name": "n" * 201}, "TOO_LARGE"),
])
async def test_a_member_needs_a_name_and_an_address(api: Api, given: dict[str, str], code: str) -> None:
    before = await api.teams["acme"].counts("users", "audit_events")
    assert await refused(api.as_("admin"), "AddMember", role="VIEWER", **given) == code
    assert await api.teams["acme"].counts("users", "audit_events") == before


async def test_a_removed_member_keeps_their_name_in_history(team: Team) -> None:
    flow = await team.publish(printer())
    session = (await team.as_("l1").do(START, problem="x", flowId=flow))["outcome"]["session"]["id"]
    await do(team.as_("admin"), "RemoveMember", memberId=str(team.people["l1"]))
    assert (await team.as_("l1").post({"query": "{ viewer { id } }"})).status_code == 401
    found = await team.as_("admin").run("query($id: ID!) { walkSession(id: $id) { createdBy { id name } status } members { nodes { id } } }", id=session)
    assert found["walkSession"]["createdBy"]["id"] == str(team.people["l1"])
    assert str(team.people["l1"]) not in [one["id"] for one in found["members"]["nodes"]]


# Service accounts

async def test_a_service_account_and_its_end(team: Team) -> None:
    owner = team.as_("owner")
    made = await do(owner, "CreateServiceAccount", name="ConnectWise", scopes=["READ", "INTAKE", "READ"])
    assert (made["serviceAccount"]["name"], sorted(made["serviceAccount"]["scopes"])) == ("ConnectWise", ["INTAKE", "READ"])
    found = made["serviceAccount"]["id"]
    first = (await do(owner, "RevokeServiceAccount", serviceAccountId=found))["serviceAccount"]["revokedAt"]
    assert first
    again = (await do(owner, "RevokeServiceAccount", serviceAccountId=found))["serviceAccount"]["revokedAt"]
    assert again == first, "repeating it changes nothing"
    assert [event["action"] for event in await log(team)] == ["service_account.revoked", "service_account.created"]
    assert await refused(owner, "RevokeServiceAccount", serviceAccountId=str(uuid4())) == "NOT_FOUND"


async def test_a_service_account_needs_a_name_and_a_scope(team: Team) -> None:
    assert await refused(team.as_("owner"), "CreateServiceAccount", name=" ", scopes=["READ"]) == "INVALID_INPUT"
    assert await refused(team.as_("owner"), "CreateServiceAccount", name="x", scopes=[]) == "INVALID_INPUT"
    assert await team.counts("service_accounts", "audit_events") == (0, 0)


async def test_a_machine_makes_no_machine(team: Team) -> None:
    machine = await team.service_account("read", "intake", "walk", "escalate", "flows", "settings")
    assert await refused(machine, "CreateServiceAccount", name="x", scopes=["READ"]) == "FORBIDDEN"
    assert await refused(machine, "AddMember", email="n@x.example", name="N", role="VIEWER") == "FORBIDDEN"
    await machine.forbidden(contract("AuditLog"))


# The log

async def test_the_log_is_paged_newest_first(team: Team) -> None:
    for number in range(5):
        await do(team.as_("admin"), "SetEscalationDefaults", addresses=[f"n{number}@x.example"])
    seen, after, pages = [], None, 0
    while True:
        page = (await team.as_("owner").run(contract("AuditLog"), first=2, after=after))["auditEvents"]
        seen += [node["id"] for node in page["nodes"]]
        pages += 1
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert (pages, len(seen), len(set(seen))) == (3, 5, 5)
    expected = await team.rows("SELECT id FROM audit_events WHERE account_id = :account ORDER BY created_at DESC, id DESC")
    assert seen == [str(row["id"]) for row in expected]


async def test_the_logs_filters(team: Team) -> None:
    await do(team.as_("admin"), "SetEscalationDefaults", addresses=[])
    await do(team.as_("owner"), "SetL1Categories", enabled=["printer"])
    member = (await do(team.as_("owner"), "AddMember", email="n@x.example", name="N", role="VIEWER"))["member"]["id"]

    async def actions(**given: Any) -> list[str]:
        return sorted(event["action"] for event in await log(team, **given))

    everything = ["member.added", "settings.categories_set", "settings.escalation_defaults_set"]
    assert await actions() == everything
    assert await actions(action=["member.added", "settings.categories_set"]) == everything[:2]
    assert await actions(action=["nothing"]) == []
    assert await actions(action=[]) == []
    assert await actions(subjectId=member) == ["member.added"]
    assert await actions(subjectId="no uuid") == []
    assert await actions(actorId=str(team.people["admin"])) == everything[2:]
    now = datetime.now(UTC)
    assert await actions(since=(now - timedelta(hours=1)).isoformat(), until=(now + timedelta(hours=1)).isoformat()) == everything
    assert await actions(until=(now - timedelta(hours=1)).isoformat()) == []
    assert await actions(since=(now + timedelta(hours=1)).isoformat()) == []
    assert await actions(actorId=str(team.people["owner"]), action=["member.added"]) == ["member.added"]


async def test_the_log_holds_no_free_text(team: Team) -> None:
    flow = await team.publish(printer())
    secret = "zebra crossing"
    session = (await team.as_("l1").do(START, problem=secret, customerName=secret, flowId=flow))["outcome"]["session"]["id"]
    await team.as_("l1").do(HAND_OVER, sessionId=session, reasonCategory="OTHER", reason=secret)
    await do(team.as_("admin"), "SetEscalationDefaults", addresses=["zebra@x.example"])
    rows = await team.rows("SELECT to_jsonb(a)::text AS row FROM audit_events a WHERE account_id = :account")
    assert len(rows) >= 2
    assert not any("zebra" in row["row"] for row in rows)


async def test_a_refused_change_is_not_logged(team: Team) -> None:
    await refused(team.as_("l1"), "SetL1Categories", enabled=["printer"])
    await refused(team.as_("admin"), "SetL1Categories", enabled=["nonsense"])
    await refused(team.as_("admin"), "RemoveMember", memberId=str(uuid4()))
    assert await team.counts("audit_events") == (0,)


# Any id

async def test_node_finds_everything(team: Team) -> None:
    flow = await team.publish(printer())
    started = (await team.as_("l1").do(START, problem="x", flowId=flow))["outcome"]["session"]
    handed = (await team.as_("l1").do(HAND_OVER, sessionId=started["id"], reasonCategory="OTHER", reason="y"))["escalation"]["id"]
    owner = team.as_("owner")
    note = await team.as_("engineer").do(
        "mutation($input: AddEscalationNoteInput!) { addEscalationNote(input: $input) { escalation { notes { id } } errors { code } } }",
        escalationId=handed, text="seen")
    key = (await do(owner, "CreateServiceAccount", name="PSA", scopes=["READ"]))["serviceAccount"]["id"]
    version = await team.value("SELECT id FROM flow_versions WHERE account_id = :account")
    event = await team.value("SELECT id FROM audit_events WHERE account_id = :account LIMIT 1")
    notice = await team.value("SELECT id FROM notifications WHERE account_id = :account AND user_id = :user LIMIT 1", user=team.people["owner"]) \
        if await team.rows("SELECT 1 FROM notifications WHERE account_id = :account AND user_id = :user", user=team.people["owner"]) else None
    expected = {
        str(team.id): "Account", str(team.people["l1"]): "User", key: "ServiceAccount", flow: "Flow", str(version): "FlowVersion",
        await team.propose(printer()): "Proposal", started["id"]: "WalkSession", started["ticket"]["id"]: "Ticket", handed: "Escalation",
        note["escalation"]["notes"][0]["id"]: "EscalationNote", str(event): "AuditEvent",
        **({str(notice): "Notification"} if notice else {}),
    }
    for found, kind in expected.items():
        assert (await owner.run(contract("Node"), id=found))["node"] == {"__typename": kind, "id": found}


@pytest.mark.parametrize("found", ["", "x", "1", str(UUID(int=0)), "5f0c8e4e-9a57-4a52-8f0c-3f3c2b0d7a10", "' OR 1=1 --", "🖨", "x" * 10_000])
async def test_node_finds_nothing_by_what_names_nothing(api: Api, found: str) -> None:
    assert (await api.as_("owner").run(contract("Node"), id=found)) == {"node": None}


async def test_somebody_elses_notifications_are_not_found(team: Team) -> None:
    await team.rows("INSERT INTO notifications (account_id, id, user_id, kind, subject_type, subject_id)"
                    " VALUES (:account, :id, :user, 'walk_transferred', 'walk_session', :id)", id=UUID(int=9), user=team.people["l1"])
    assert (await team.as_("owner").run(contract("Node"), id=str(UUID(int=9))))["node"] is None


AI = "mutation($input: SetAiSettingsInput!) { setAiSettings(input: $input) { account { id } errors { code } } }"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400", "-1", "1e-400", "x", "", "9" * 400, -1, 1e300, True, [], {}])
async def test_a_budget_that_is_no_sum_of_money_is_refused(api: Api, value: Any) -> None:
    before = await api.teams["acme"].rows("SELECT ai_usd_per_day AS d, ai_usd_per_user_day AS u FROM accounts WHERE id = :account")
    for name in ("usdPerDay", "usdPerUserDay"):
        body = await api.as_("admin").raw(AI, input={name: value})
        codes = [one["extensions"]["code"] for one in body.get("errors", [])] or [one["code"] for one in body["data"]["setAiSettings"]["errors"]]
        assert codes in (["BAD_REQUEST"], ["INVALID_INPUT"]) or value == "1e-400", (value, body)
    if value != "1e-400":
        assert await api.teams["acme"].rows("SELECT ai_usd_per_day AS d, ai_usd_per_user_day AS u FROM accounts WHERE id = :account") == before


@pytest.mark.parametrize("value", [-1, 2_147_483_648])
async def test_a_number_of_calls_that_is_none_is_refused(api: Api, value: int) -> None:
    body = await api.as_("admin").raw(AI, input={"callsPerDay": value})
    codes = [one["extensions"]["code"] for one in body.get("errors", [])] or [one["code"] for one in body["data"]["setAiSettings"]["errors"]]
    assert codes in (["BAD_REQUEST"], ["INVALID_INPUT"])

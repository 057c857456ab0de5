"""Inviting, changing and removing people; ownership and seats."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.api.account.calls import START, do, log, refused
from tests.support.api import Api, Team
from tests.support.documents import contract
from tests.support.trees import printer
from tests.support.walks import begin_printer, escalated


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


async def test_ownership_goes_to_nobody_who_cannot_sign_in(team: Team) -> None:
    await team.rows("UPDATE users SET deactivated_at = now() WHERE id = :id", id=team.people["admin"])
    assert await refused(team.as_("owner"), "TransferOwnership", memberId=str(team.people["admin"])) == "INVALID_INPUT"
    assert await team.value("SELECT role FROM users WHERE id = :id", id=team.people["owner"]) == "owner"


async def test_an_owner_who_cannot_sign_in_does_not_count(team: Team) -> None:
    gone = await team.person("gone", "owner")
    await team.rows("UPDATE users SET deactivated_at = now() WHERE id = :id", id=team.people["gone"])
    assert await refused(team.as_("owner"), "RemoveMember", memberId=str(team.people["owner"])) == "LAST_OWNER"
    await do(team.as_("owner"), "RemoveMember", memberId=gone.id)
    assert await team.rows("SELECT id FROM users WHERE account_id = :account AND role = 'owner' AND deleted_at IS NULL") == [
        {"id": team.people["owner"]}]


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


SEATED = """mutation($add: AddMemberInput!, $set: SetMemberRoleInput!) {
  addMember(input: $add) { member { id } errors { code ... on AddMemberError { seat { role used limit } } } }
  setMemberRole(input: $set) { member { id } errors { code ... on SetMemberRoleError { seat { role used limit } } } } }"""


async def test_the_error_carries_role_used_and_limit(team: Team) -> None:
    await team.rows("UPDATE accounts SET seat_limits = '{\"engineer\": 1}' WHERE id = :account")
    add = {"email": "a@x.example", "name": "A", "role": "ENGINEER"}
    full = {"code": "SEAT_LIMIT_EXCEEDED", "seat": {"role": "ENGINEER", "used": 2, "limit": 1}}
    answer = await team.as_("admin").run(SEATED, add=add, set={"memberId": str(team.people["l1"]), "role": "ENGINEER"})
    assert answer == {"addMember": {"member": None, "errors": [full]}, "setMemberRole": {"member": None, "errors": [full]}}
    other = await team.as_("admin").run(SEATED, add={**add, "role": "OWNER"}, set={"memberId": "x", "role": "VIEWER"})
    assert other["addMember"]["errors"] == [{"code": "FORBIDDEN", "seat": None}]
    assert other["setMemberRole"]["errors"] == [{"code": "NOT_FOUND", "seat": None}]


async def test_who_cannot_sign_in_takes_no_seat(team: Team) -> None:
    await team.rows("UPDATE accounts SET seat_limits = '{\"l1_tech\": 1}' WHERE id = :account")
    await team.rows("UPDATE users SET deactivated_at = now() WHERE id = :id", id=team.people["l1"])
    await do(team.as_("admin"), "AddMember", email="a@x.example", name="A", role="L1_TECH")
    assert await refused(team.as_("admin"), "AddMember", email="b@x.example", name="B", role="L1_TECH") == "SEAT_LIMIT_EXCEEDED"


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


@pytest.mark.parametrize(("operation", "given", "status"), [
    ("RemoveMember", {}, "OPEN"), ("SetMemberRole", {"role": "VIEWER"}, "OPEN"), ("SetMemberRole", {"role": "L1_TECH"}, "OPEN"),
    ("SetMemberRole", {"role": "ENGINEER", "canCoverL1": True}, "CLAIMED"), ("SetMemberRole", {"role": "ADMIN"}, "CLAIMED"),
])
async def test_claims_of_who_may_not_claim_any_more_go_back_to_the_queue(
    team: Team, operation: str, given: dict[str, Any], status: str
) -> None:
    """Nobody else could release or close them."""
    engineer, admin = team.as_("engineer"), team.as_("admin")
    ids = [(await escalated(team.as_("l1"), await begin_printer(team)))["id"] for _ in range(3)]
    for one in ids[:2]:
        await engineer.do("Claim", escalationId=one)
    await engineer.do("Close", escalationId=ids[0], outcome="RESOLVED")
    await do(admin, operation, memberId=engineer.id, **given)
    rows = await team.rows("SELECT id::text, status, claimed_by_user_id::text AS by FROM escalations WHERE account_id = :account")
    assert {row["id"]: (row["status"], row["by"]) for row in rows} == {
        ids[0]: ("closed", engineer.id), ids[1]: (status.lower(), engineer.id if status == "CLAIMED" else None), ids[2]: ("open", None)}
    released = [(event["subjectId"], event["details"]) for event in await log(team, action=["escalation.released"])]
    assert released == ([(ids[1], {"claimant": engineer.id})] if status == "OPEN" else [])
    if status == "OPEN":
        assert (await team.as_("cover").do("Claim", escalationId=ids[1]))["escalation"]["status"] == "CLAIMED"

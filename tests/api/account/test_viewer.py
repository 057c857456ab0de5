"""Who the caller is, and anything by its id."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.api.account.calls import HAND_OVER, START, do
from tests.support.api import Api, Team
from tests.support.documents import contract
from tests.support.trees import printer


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
    notice = await team.value("SELECT id FROM notifications WHERE account_id = :account AND user_id = :user", user=team.people["owner"])
    expected = {
        str(team.id): "Account", str(team.people["l1"]): "User", key: "ServiceAccount", flow: "Flow", str(version): "FlowVersion",
        await team.propose(printer()): "Proposal", started["id"]: "WalkSession", started["ticket"]["id"]: "Ticket", handed: "Escalation",
        note["escalation"]["notes"][0]["id"]: "EscalationNote", str(event): "AuditEvent",
        str(notice): "Notification",
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

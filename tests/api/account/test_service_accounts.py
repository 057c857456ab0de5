"""Machine callers and their keys."""

from __future__ import annotations

from uuid import uuid4

from tests.api.account.calls import do, log, refused
from tests.support.api import Team
from tests.support.documents import contract


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


async def test_what_a_machine_may_do_is_for_those_who_manage_it(team: Team) -> None:
    """Its name is in the record for everybody; the same answer by ``node``, in a list and as an actor."""
    machine = await team.service_account("intake", "read")
    session = (await do(machine, "Intake", problem="Toner low", adhoc=True))["outcome"]["session"]["id"]
    document = """query($id: ID!, $machine: ID!) {
        node(id: $machine) { ...Parts } walkSession(id: $id) { createdBy { ...Parts } } }
        fragment Parts on ServiceAccount { id name scopes lastUsedAt revokedAt }"""
    for role, sees in [("owner", True), ("admin", True), ("engineer", False), ("l1", False), ("viewer", False)]:
        found = await team.as_(role).run(document, id=session, machine=machine.id)
        assert found["node"] == found["walkSession"]["createdBy"]
        assert found["node"]["scopes"] == (["INTAKE", "READ"] if sees else None)
        assert (found["node"]["lastUsedAt"] is not None) == sees
        assert (found["node"]["name"], found["node"]["revokedAt"]) == ("PSA", None)

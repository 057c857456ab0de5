"""Every mutation of the main job is denied to those without the right, and the denial names what was asked of what."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from domain.permission import Action
from tests.support.api import Team
from tests.support.walks import begin_printer, escalated, seen

L1_SURFACE: list[tuple[str, Action, dict[str, Any]]] = [
    ("Answer", Action.ANSWER, {"nodeId": "on", "answer": "yes", "expectedStep": 0}),
    ("Next", Action.ANSWER, {}),
    ("Back", Action.ANSWER, {"toStep": 1, "expectedStep": 0}),
    ("Notes", Action.NOTE, {"notes": [{"text": "x"}], "expectedNotesVersion": 0}),
    ("TakeOver", Action.TAKE_OVER, {}),
    ("Transfer", Action.TRANSFER, {"assigneeId": "cover"}),
    ("Pause", Action.PAUSE, {}),
    ("Abandon", Action.ABANDON, {"reason": "DUPLICATE"}),
    ("Continue", Action.CONTINUE, {}),
    ("LinkTicket", Action.LINK_TICKET, {"ticket": {"externalId": "T"}}),
    ("Resolve", Action.RESOLVE, {"resolutionNotes": "x", "helpful": True}),
    ("Escalate", Action.ESCALATE, {"reasonCategory": "FLOW_GAP"}),
]
IN_THE_ACCOUNT: list[tuple[str, Action, dict[str, Any]]] = [
    ("Intake", Action.INTAKE, {"problem": "x", "adhoc": True}),
    ("EscalateWithoutWalk", Action.ESCALATE, {"problem": "x", "reasonCategory": "FLOW_GAP"}),
]
ON_ESCALATIONS: list[tuple[str, Action, dict[str, Any]]] = [
    ("Claim", Action.CLAIM, {}), ("Release", Action.RELEASE, {}), ("Withdraw", Action.WITHDRAW, {}),
    ("AddNote", Action.NOTE_ESCALATION, {"text": "x"}), ("Close", Action.CLOSE_ESCALATION, {"outcome": "RESOLVED"}),
]
TABLES = ("l1_walk_sessions", "tickets", "escalations", "escalation_notes", "notifications", "audit_events", "idempotency_keys")


def denials(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged, without the random request id that each ends in."""
    parts = [record.getMessage().rpartition(" request=") for record in caplog.records if record.name == "handrail.access"]
    assert all(request for _, _, request in parts)
    return [denial for denial, _, _ in parts]


@pytest.mark.parametrize("person", ["viewer", "engineer", "reader"])
@pytest.mark.parametrize(("operation", "action", "given"), L1_SURFACE, ids=[row[0] for row in L1_SURFACE])
async def test_the_l1_surface(
    team: Team, caplog: pytest.LogCaptureFixture, person: str, operation: str, action: Action, given: dict[str, Any]
) -> None:
    caller = await team.service_account("read", "settings", "flows") if person == "reader" else team.as_(person)
    session = await begin_printer(team)
    before = (await seen(team.as_("l1"), session), await team.counts(*TABLES))
    given = {**given, "assigneeId": team.as_("cover").id} if "assigneeId" in given else given
    with caplog.at_level(logging.INFO, "handrail.access"):
        payload = await caller.send(operation, sessionId=session["id"], **given)
    assert [(error["code"], error.get("session")) for error in payload["errors"]] == [("FORBIDDEN", None)]
    assert denials(caplog) == [f"denied action={action} subject={session['id']} actor={caller.id}"]
    assert (await seen(team.as_("l1"), session), await team.counts(*TABLES)) == before


@pytest.mark.parametrize("person", ["viewer", "engineer"])
@pytest.mark.parametrize(("operation", "action", "given"), IN_THE_ACCOUNT, ids=[row[0] for row in IN_THE_ACCOUNT])
async def test_what_begins_something(
    team: Team, caplog: pytest.LogCaptureFixture, person: str, operation: str, action: Action, given: dict[str, Any]
) -> None:
    with caplog.at_level(logging.INFO, "handrail.access"):
        assert await team.as_(person).refused(operation, **given) == "FORBIDDEN"
    assert denials(caplog) == [f"denied action={action} subject=account actor={team.as_(person).id}"]
    assert await team.counts(*TABLES) == (0,) * len(TABLES)


@pytest.mark.parametrize("person", ["viewer", "psa"])
@pytest.mark.parametrize(("operation", "action", "given"), ON_ESCALATIONS, ids=[row[0] for row in ON_ESCALATIONS])
async def test_what_engineers_do(
    team: Team, caplog: pytest.LogCaptureFixture, person: str, operation: str, action: Action, given: dict[str, Any]
) -> None:
    caller = await team.service_account("walk", "intake") if person == "psa" else team.as_(person)
    escalation = (await escalated(team.as_("l1"), await begin_printer(team)))["id"]
    before = await team.counts(*TABLES)
    with caplog.at_level(logging.INFO, "handrail.access"):
        assert await caller.refused(operation, escalationId=escalation, **given) == "NOT_FOUND"
    assert denials(caplog) == [f"denied action={action} subject={escalation} actor={caller.id}"]
    assert await team.counts(*TABLES) == before


@pytest.mark.parametrize(("operation", "code"), [
    ("Claim", "FORBIDDEN"), ("Release", "FORBIDDEN"), ("Close", "FORBIDDEN"), ("Withdraw", None), ("AddNote", None),
])
async def test_the_originator_may_not_work_on_their_own_escalation(team: Team, operation: str, code: str | None) -> None:
    given = next(more for name, _, more in ON_ESCALATIONS if name == operation)
    escalation = (await escalated(team.as_("l1"), await begin_printer(team)))["id"]
    payload = await team.as_("l1").send(operation, escalationId=escalation, **given)
    assert [error["code"] for error in payload["errors"]] == ([code] if code else [])


async def test_a_machine_works_the_surface_within_its_scopes(team: Team) -> None:
    psa = await team.service_account("walk", "read")
    session = await begin_printer(team)
    answered = (await psa.do("Answer", sessionId=session["id"], nodeId="on", answer="yes", expectedStep=0))["session"]
    [step] = answered["walkedPath"]
    assert (step["answeredBy"]["__typename"], step["answeredBy"]["id"], step["actingAs"]) == ("ServiceAccount", psa.id, None)
    assert await psa.refused("TakeOver", sessionId=session["id"]) == "FORBIDDEN"  # nobody sits at a machine
    await psa.do("Resolve", sessionId=session["id"], resolutionNotes="Closed in the PSA", helpful=False)
    assert await team.rows("SELECT actor_kind, actor_id::text FROM audit_events WHERE account_id = :account") == [
        {"actor_kind": "service_account", "actor_id": psa.id}]

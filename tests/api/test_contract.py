"""The operations that clients already send, sent as they are: a call from intake to claim, and all that lies beside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import Caller, Team
from tests.support.documents import contract, contract_operations
from tests.support.trees import printer


async def do(caller: Caller, operation: str, **given: Any) -> dict[str, Any]:
    """The payload of a contract's mutation that must succeed."""
    return await caller.do(contract(operation), **given)


async def ask(caller: Caller, operation: str, **variables: Any) -> dict[str, Any]:
    return await caller.run(contract(operation), **variables)


async def started(caller: Caller, **given: Any) -> dict[str, Any]:
    outcome = (await do(caller, "Intake", problem="Nothing prints", **given))["outcome"]
    assert outcome["__typename"] == "WalkStarted"
    return outcome["session"]


async def test_a_call_from_intake_to_its_resolution(team: Team) -> None:
    l1, flow = team.as_("l1"), await team.publish(printer())
    given = {"customerName": "Ana", "companyName": "Northwind", "priority": "HIGH", "idempotencyKey": "one"}
    outcome = (await do(l1, "Intake", problem="Nothing prints", flowId=flow, **given))["outcome"]
    session = outcome["session"]
    assert (outcome["__typename"], outcome["reason"], outcome["otherActiveWalks"]) == ("WalkStarted", "EXPLICIT", [])
    assert (session["flow"]["id"], session["flowVersion"]["number"], session["proposal"]) == (flow, 1, None)
    assert (session["kind"], session["isGenerating"], session["disclaimer"]) == ("FLOW", False, None)
    assert session["ticket"]["kind"] == "INTERNAL" and session["ticket"]["number"]
    for step, (node, answer) in enumerate([("on", "no"), ("power", "done"), ("on", "yes"), ("reprint", "done")]):
        assert session["currentNode"]["nodeId"] == node
        session = (await do(l1, "AnswerNode", sessionId=session["id"], nodeId=node, answer=answer, expectedStep=step,
                            note=f"note {step}", idempotencyKey=f"answer {step}"))["session"]
    assert [(one["step"], one["answerLabel"], one["note"]) for one in session["walkedPath"]] == [
        (1, "No", "note 0"), (2, "It is on", "note 1"), (3, "Yes", "note 2"), (4, "Sent", "note 3")]
    assert (await do(l1, "NextNode", sessionId=session["id"]))["session"] == session
    session = (await do(l1, "GoBack", sessionId=session["id"], toStep=4, expectedStep=4))["session"]
    assert (session["currentNode"]["nodeId"], session["step"], session["walkedPath"][3]["isSuperseded"]) == ("reprint", 4, True)
    saved = (await do(l1, "SaveNotes", sessionId=session["id"], expectedNotesVersion=0, notes=[
        {"text": "Changed the cable", "isStep": True, "visibility": "CUSTOMER"}]))["session"]
    assert (saved["notesVersion"], saved["notes"][0]["text"], saved["notes"][0]["step"]) == (1, "Changed the cable", 1)
    payload = await do(l1, "Resolve", sessionId=session["id"], resolutionNotes="Prints", helpful=True,
                       outcome="FIXED", notesVisibility="CUSTOMER", idempotencyKey="end")
    assert (payload["session"]["status"], payload["session"]["outcome"], payload["session"]["resolutionNotes"]) == (
        "RESOLVED", "FIXED", "Prints")
    read = (await ask(team.as_("engineer"), "WalkSession", id=session["id"]))["walkSession"]
    assert (read["status"], read["createdBy"]["email"], read["viewerCanAnswer"]) == (
        "RESOLVED", f"l1@{team.slug}.example", False)


async def test_the_three_outcomes_of_an_intake(team: Team) -> None:
    await team.seed_flows()
    l1 = team.as_("l1")
    found = [(await do(l1, "Intake", problem=problem))["outcome"]["__typename"] for problem in (
        "The printer does not print", "Nothing comes out of the printer, jobs stuck in the queue", "zzqx vvkj wwpl")]
    assert found == ["WalkStarted", "FlowsSuggested", "OutOfScope"]


async def test_whose_walk_it_is(team: Team) -> None:
    l1, cover = team.as_("l1"), team.as_("cover")
    session = await started(l1, adhoc=True)
    taken = (await do(cover, "TakeOverWalk", sessionId=session["id"]))["session"]
    assert taken["assignedTo"]["id"] == cover.id
    given = (await do(cover, "TransferWalk", sessionId=session["id"], assigneeId=l1.id, note="Yours again"))["session"]
    assert given["assignedTo"]["id"] == l1.id
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    paused = (await do(l1, "PauseWalk", sessionId=session["id"], waitUntil=until))["session"]
    assert datetime.fromisoformat(paused["waitUntil"]) == datetime.fromisoformat(until)
    mine = (await ask(l1, "MyActiveWalks"))["viewer"]["activeWalkSessions"]["nodes"]
    assert [one["id"] for one in mine] == [session["id"]]
    linked = (await do(l1, "LinkTicket", sessionId=session["id"], ticket={"externalId": "CW-1"}))["session"]
    assert (linked["ticket"]["kind"], linked["ticket"]["externalId"]) == ("PSA", "CW-1")
    ended = (await do(l1, "AbandonWalk", sessionId=session["id"], reason="CUSTOMER_GONE"))["session"]
    assert ended["status"] == "ABANDONED"
    again = (await do(l1, "ContinueWalk", sessionId=session["id"], idempotencyKey="go on"))["session"]
    assert (again["continues"]["id"], again["status"]) == (session["id"], "ACTIVE")


async def test_from_the_call_to_the_engineers_and_back(team: Team) -> None:
    l1, engineer = team.as_("l1"), team.as_("engineer")
    session = await started(l1, flowId=await team.publish(printer()), companyName="Northwind")
    payload = await do(l1, "Escalate", sessionId=session["id"], reasonCategory="NEEDS_ELEVATED_ACCESS", reason="Spooler",
                       priority="CRITICAL", isCustomerWaiting=True, idempotencyKey="hand over")
    assert (payload["session"]["status"], payload["warnings"], len(payload["escalation"]["recipients"])) == ("ESCALATED", [], 4)
    escalation = payload["escalation"]["id"]
    queue = (await ask(engineer, "EscalationQueue", first=10, filter={"status": ["OPEN"]},
                       orderBy={"field": "LAST_STEP_AT", "direction": "DESC"}))["escalations"]
    [node] = queue["nodes"]
    assert (node["id"], node["viewerCanClaim"], node["session"]["companyName"], queue["totalCount"]) == (
        escalation, True, "Northwind", 1)
    assert (await do(engineer, "ClaimEscalation", escalationId=escalation))["escalation"]["claimedBy"]["id"] == engineer.id
    assert (await do(engineer, "ReleaseEscalation", escalationId=escalation))["escalation"]["status"] == "OPEN"
    await do(engineer, "ClaimEscalation", escalationId=escalation)
    await do(engineer, "AddEscalationNote", escalationId=escalation, text="Restarted the spooler", visibility="CUSTOMER")
    hand_off = (await ask(engineer, "HandOff", id=escalation))["escalation"]
    assert (hand_off["package"]["symptom"], hand_off["package"]["companyName"]) == ("Nothing prints", "Northwind")
    assert [note["text"] for note in hand_off["notes"]] == ["Restarted the spooler"]
    assert {one["state"] for one in hand_off["deliveries"]} == {"SENT"}
    closed = (await do(engineer, "CloseEscalation", escalationId=escalation, outcome="RETURNED_TO_L1", notes="Try now"))
    assert (closed["escalation"]["status"], closed["escalation"]["outcome"]) == ("RETURNED", "RETURNED_TO_L1")
    found = (await ask(l1, "MyNotifications", first=10))["viewer"]
    assert [one["kind"] for one in found["notifications"]["nodes"]][0] == "ESCALATION_RETURNED"
    ids = [one["id"] for one in found["notifications"]["nodes"]]
    assert (await do(l1, "MarkNotificationsRead", ids=ids))["unreadNotificationCount"] == 0
    again = (await do(l1, "ContinueWalk", sessionId=session["id"]))["session"]
    assert again["currentNode"]["nodeId"] == "on"


async def test_without_a_walk_and_withdrawn(team: Team) -> None:
    l1 = team.as_("l1")
    payload = await do(l1, "EscalateWithoutWalk", problem="Smoke", reasonCategory="HARDWARE_OR_ONSITE")
    assert payload["escalation"]["session"]["kind"] == "ADHOC"
    withdrawn = await do(l1, "WithdrawEscalation", escalationId=payload["escalation"]["id"])
    assert withdrawn["escalation"]["status"] == "WITHDRAWN"


async def test_the_dashboard(team: Team) -> None:
    session = await started(team.as_("l1"), flowId=await team.publish(printer()))
    found = await ask(team.as_("viewer"), "Dashboard")
    assert [(one["id"], one["viewerCanAnswer"]) for one in found["walkSessions"]["nodes"]] == [(session["id"], False)]
    assert (found["walkSessions"]["totalCount"], len(found["members"]["nodes"])) == (1, 6)
    assert [one["publishedVersion"]["number"] for one in found["flows"]["nodes"]] == [1]


async def test_refusals_carry_the_current_session(team: Team) -> None:
    l1 = team.as_("l1")
    session = await started(l1, flowId=await team.publish(printer()))
    stale = await l1.send(contract("AnswerNode"), sessionId=session["id"], nodeId="on", answer="yes", expectedStep=3)
    assert (stale["session"], stale["errors"][0]["code"], stale["errors"][0]["session"]["currentNode"]) == (
        None, "STALE_STEP", session["currentNode"])
    await do(l1, "AbandonWalk", sessionId=session["id"], reason="DUPLICATE")
    for operation, more in (("Resolve", {"resolutionNotes": "x", "helpful": True}), ("Escalate", {"reasonCategory": "FLOW_GAP"})):
        payload = await l1.send(contract(operation), sessionId=session["id"], **more)
        assert payload["errors"][0] | {"message": ""} == {
            "code": "NOT_ACTIVE", "message": "", "field": payload["errors"][0]["field"],
            "session": {"id": session["id"], "status": "ABANDONED"}}


def test_every_operation_of_the_job_is_sent_here() -> None:
    operations = contract_operations("walk.graphql", "escalations.graphql")
    if not operations:
        pytest.skip("the contract is not beside this checkout")
    here = Path(__file__).read_text()
    assert [name for name in operations if f'"{name}"' not in here] == []

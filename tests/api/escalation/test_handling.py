"""What engineers and originators do with an escalation, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Caller, Team
from tests.support.walks import begin_printer, escalated, seen

HANDLING: list[tuple[str, dict[str, Any]]] = [
    ("Claim", {}), ("Release", {}), ("Withdraw", {}), ("AddNote", {"text": "x"}), ("Close", {"outcome": "RESOLVED"}),
]


async def told(caller: Caller) -> list[tuple[str, str]]:
    viewer = (await caller.run("Notifications"))["viewer"]
    return [(one["kind"], one["subject"]["id"]) for one in viewer["notifications"]["nodes"]]


async def handed_over(team: Team, person: str = "l1", **given: Any) -> str:
    return (await escalated(team.as_(person), await begin_printer(team, person), **given))["id"]


async def read(caller: Caller, escalation: str) -> dict[str, Any] | None:
    return (await caller.run("Escalation", id=escalation))["escalation"]


async def audit(team: Team) -> list[str]:
    rows = await team.rows("SELECT action FROM audit_events WHERE account_id = :account AND action LIKE 'escalation.%'"
                           " ORDER BY created_at, id")
    return [row["action"] for row in rows]


async def test_an_engineer_claims_and_the_originator_is_told(team: Team) -> None:
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    escalation = await handed_over(team)
    assert (await read(engineer, escalation))["viewerCanClaim"] is True
    claimed = (await engineer.do("Claim", escalationId=escalation))["escalation"]
    assert (claimed["status"], claimed["claimedBy"]["id"], claimed["claimedAt"] is not None) == ("CLAIMED", engineer.id, True)
    assert await told(l1) == [("ESCALATION_CLAIMED", escalation)]
    assert await audit(team) == ["escalation.claimed"]
    assert (await read(l1, escalation))["session"]["status"] == "ESCALATED"


async def test_repeating_ones_own_claim_succeeds_and_changes_nothing(team: Team) -> None:
    engineer = team.as_("engineer")
    escalation = await handed_over(team)
    first = (await engineer.do("Claim", escalationId=escalation))["escalation"]
    assert (await engineer.do("Claim", escalationId=escalation))["escalation"] == first
    assert (await audit(team), len(await told(team.as_("l1")))) == (["escalation.claimed"], 1)


async def test_a_claimed_one_is_taken(team: Team) -> None:
    escalation = await handed_over(team)
    await team.as_("engineer").do("Claim", escalationId=escalation)
    for other in ("admin", "owner", "cover"):
        assert await team.as_(other).refused("Claim", escalationId=escalation) == "ALREADY_CLAIMED"
        assert (await read(team.as_(other), escalation))["viewerCanClaim"] is False
    assert (await read(team.as_("admin"), escalation))["claimedBy"]["id"] == team.as_("engineer").id


async def test_nobody_claims_their_own_escalation(team: Team) -> None:
    """Regression 16: a person could claim their own escalation."""
    cover = team.as_("cover")
    escalation = await handed_over(team, "cover")
    assert (await read(cover, escalation))["viewerCanClaim"] is False
    assert await cover.refused("Claim", escalationId=escalation) == "OWN_ESCALATION"
    assert ((await read(cover, escalation))["status"], await audit(team)) == ("OPEN", [])


@pytest.mark.parametrize("person", ["l1", "viewer"])
async def test_l1_and_viewers_never_claim(team: Team, person: str) -> None:
    """Regression 16: viewers could claim."""
    escalation = await handed_over(team)
    code = await team.as_(person).refused("Claim", escalationId=escalation)
    assert code == ("FORBIDDEN" if person == "l1" else "NOT_FOUND")  # a viewer does not see the queue at all
    assert ((await read(team.as_("engineer"), escalation))["status"], await audit(team)) == ("OPEN", [])


async def test_what_a_caller_does_not_see_they_cannot_touch(team: Team) -> None:
    other_l1, viewer = await team.person("mia"), team.as_("viewer")
    stranger = team.api.as_("owner", account="globex")
    escalation = await handed_over(team)
    for caller in (other_l1, viewer, stranger):
        assert await read(caller, escalation) is None
        for operation, more in HANDLING:
            assert await caller.refused(operation, escalationId=escalation, **more) == "NOT_FOUND", operation
    assert await audit(team) == []


async def test_a_claim_is_released_into_the_queue(team: Team) -> None:
    engineer, admin = team.as_("engineer"), team.as_("admin")
    escalation = await handed_over(team)
    assert await engineer.refused("Release", escalationId=escalation) == "NOT_CLAIMED"
    await engineer.do("Claim", escalationId=escalation)
    assert await admin.refused("Release", escalationId=escalation) == "NOT_CLAIMANT"
    released = (await engineer.do("Release", escalationId=escalation))["escalation"]
    assert (released["status"], released["claimedBy"], released["claimedAt"]) == ("OPEN", None, None)
    await admin.do("Claim", escalationId=escalation)
    assert await audit(team) == ["escalation.claimed", "escalation.released", "escalation.claimed"]


async def test_the_originator_withdraws_what_nobody_has_claimed(team: Team) -> None:
    l1, engineer = team.as_("l1"), team.as_("engineer")
    escalation = await handed_over(team)
    assert (await read(l1, escalation))["viewerCanWithdraw"] is True
    assert (await read(engineer, escalation))["viewerCanWithdraw"] is False
    assert await engineer.refused("Withdraw", escalationId=escalation) == "FORBIDDEN"
    withdrawn = (await l1.do("Withdraw", escalationId=escalation))["escalation"]
    assert (withdrawn["status"], withdrawn["closedAt"] is not None) == ("WITHDRAWN", True)
    assert await engineer.refused("Claim", escalationId=escalation) == "NOT_ACTIVE"
    assert await l1.refused("Withdraw", escalationId=escalation) == "NOT_ACTIVE"
    assert await audit(team) == ["escalation.withdrawn"]


async def test_a_claimed_one_is_not_withdrawn(team: Team) -> None:
    escalation = await handed_over(team)
    await team.as_("engineer").do("Claim", escalationId=escalation)
    assert await team.as_("l1").refused("Withdraw", escalationId=escalation) == "ALREADY_CLAIMED"
    assert (await read(team.as_("l1"), escalation))["status"] == "CLAIMED"


@pytest.mark.parametrize("outcome", ["RESOLVED", "DUPLICATE", "NO_ACTION"])
async def test_the_claimant_closes_with_an_outcome(team: Team, outcome: str) -> None:
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    escalation = await handed_over(team)
    assert await engineer.refused("Close", escalationId=escalation, outcome=outcome) == "NOT_CLAIMED"
    await engineer.do("Claim", escalationId=escalation)
    assert await team.as_("admin").refused("Close", escalationId=escalation, outcome=outcome) == "NOT_CLAIMANT"
    closed = (await engineer.do("Close", escalationId=escalation, outcome=outcome, notes="Done"))["escalation"]
    assert (closed["status"], closed["outcome"], closed["closedAt"] is not None) == ("CLOSED", outcome, True)
    assert await told(l1) == [("ESCALATION_CLOSED", escalation), ("ESCALATION_CLAIMED", escalation)]
    assert await audit(team) == ["escalation.claimed", "escalation.closed"]
    session = await seen(l1, closed["session"]["id"])
    assert (session["status"], session["ticket"]["status"]) == ("ESCALATED", "CLOSED")
    for operation, more in HANDLING[:3] + HANDLING[4:]:
        code = await engineer.refused(operation, escalationId=escalation, **more)
        assert code == ("FORBIDDEN" if operation == "Withdraw" else "NOT_ACTIVE"), operation


async def test_returning_needs_notes_and_tells_the_assignee(team: Team) -> None:
    engineer, l1, cover = team.as_("engineer"), team.as_("l1"), team.as_("cover")
    session = await begin_printer(team)
    await cover.do("TakeOver", sessionId=session["id"])
    escalation = (await escalated(l1, session))["id"]
    await engineer.do("Claim", escalationId=escalation)
    for notes in (None, "  "):
        code = await engineer.refused("Close", escalationId=escalation, outcome="RETURNED_TO_L1", notes=notes)
        assert code == "INVALID_INPUT"
    assert (await read(engineer, escalation))["status"] == "CLAIMED"
    back = (await engineer.do("Close", escalationId=escalation, outcome="RETURNED_TO_L1", notes="Try tray 2"))["escalation"]
    assert (back["status"], back["outcome"]) == ("RETURNED", "RETURNED_TO_L1")
    assert (await told(cover))[0] == ("ESCALATION_RETURNED", escalation)
    assert (await told(l1))[0] == ("ESCALATION_RETURNED", escalation)
    assert await audit(team) == ["escalation.claimed", "escalation.returned"]
    assert (await seen(l1, session))["ticket"]["status"] == "OPEN"


async def test_what_came_back_is_for_the_assignee_to_read(team: Team) -> None:
    """Also when somebody else, or a machine, handed it over: its notes say how to go on."""
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    other, machine = await team.person("nora"), await team.service_account("escalate")
    session = await begin_printer(team)
    escalation = (await escalated(machine, session))["id"]
    queue = "query($status: [EscalationStatus!]) { escalations(filter: { status: $status }) { nodes { id } totalCount } }"
    assert await read(l1, escalation) is None
    assert await l1.refused("AddNote", escalationId=escalation, text="x") == "NOT_FOUND"
    await engineer.do("Claim", escalationId=escalation)
    await engineer.do("Close", escalationId=escalation, outcome="RETURNED_TO_L1", notes="Try tray 2")
    document = """query($id: ID!) { escalation(id: $id) { closingNotes viewerCanClaim viewerCanWithdraw viewerCanClose }
        viewer { notifications(first: 1) { nodes { subject { id } } } } }"""
    found = await l1.run(document, id=escalation)
    assert found["escalation"] == {
        "closingNotes": "Try tray 2", "viewerCanClaim": False, "viewerCanWithdraw": False, "viewerCanClose": False}
    assert found["viewer"]["notifications"]["nodes"][0]["subject"]["id"] == escalation
    assert (await l1.run(queue, status=["RETURNED"]))["escalations"] == {"nodes": [{"id": escalation}], "totalCount": 1}
    await l1.do("AddNote", escalationId=escalation, text="Tray 2 it is")
    assert await l1.refused("Claim", escalationId=escalation) == "FORBIDDEN"
    assert await read(other, escalation) is None
    assert (await other.run(queue, status=["RETURNED"]))["escalations"] == {"nodes": [], "totalCount": 0}


async def test_notes_are_appended_by_engineers_and_the_originator(team: Team) -> None:
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    escalation = await handed_over(team)
    await engineer.do("AddNote", escalationId=escalation, text=" Ordered a part ")
    await l1.do("AddNote", escalationId=escalation, text="Customer called again", visibility="CUSTOMER")
    await engineer.do("Claim", escalationId=escalation)
    await engineer.do("Close", escalationId=escalation, outcome="RESOLVED")
    noted = (await engineer.do("AddNote", escalationId=escalation, text="Part has come"))["escalation"]
    assert [(note["text"], note["visibility"], note["author"]["id"]) for note in noted["notes"]] == [
        ("Ordered a part", "INTERNAL", engineer.id), ("Customer called again", "CUSTOMER", l1.id),
        ("Part has come", "INTERNAL", engineer.id)]
    for text, code in (("  ", "INVALID_INPUT"), ("x" * 20_001, "TOO_LARGE")):
        assert await engineer.refused("AddNote", escalationId=escalation, text=text) == code
    assert await team.counts("escalation_notes") == (3,)


async def test_unknown_and_broken_ids_look_the_same(team: Team) -> None:
    for escalation in ("00000000-0000-4000-8000-000000000000", "x", ""):
        for operation, more in HANDLING:
            assert await team.as_("owner").refused(operation, escalationId=escalation, **more) == "NOT_FOUND"
        assert await read(team.as_("owner"), escalation) is None


CLOSED_BY = "query($id: ID!) { escalation(id: $id) { closedBy { id } claimedBy { id } session { id } } escalations(filter: {status: [OPEN, CLAIMED, RETURNED, WITHDRAWN, CLOSED]}) { nodes { closedBy { id } } } }"


@pytest.mark.parametrize("way", ["returned", "closed", "withdrawn", "open"])
async def test_who_ended_it_is_told(team: Team, way: str) -> None:
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    escalation = await handed_over(team)
    if way in {"returned", "closed"}:
        await engineer.do("Claim", escalationId=escalation)
        await engineer.do("Close", escalationId=escalation, outcome="RESOLVED" if way == "closed" else "RETURNED_TO_L1", notes="Try tray 2")
    elif way == "withdrawn":
        await l1.do("Withdraw", escalationId=escalation)
    who = {"returned": engineer.id, "closed": engineer.id, "withdrawn": l1.id, "open": None}[way]
    found = await l1.run(CLOSED_BY, id=escalation)
    expected = {"id": who} if who else None
    assert (found["escalation"]["closedBy"], found["escalations"]["nodes"]) == (expected, [{"closedBy": expected}])

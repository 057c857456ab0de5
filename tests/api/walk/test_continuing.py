"""Final does not strand people: walks that ended go on as new ones; tickets follow."""

from __future__ import annotations

import pytest

from tests.support.api import Team
from tests.support.walks import answering, at, begin, begin_printer, escalated, path, seen, walk


async def test_an_abandoned_walk_goes_on_where_it_stood(team: Team) -> None:
    """Invariant 12: same pin, same position, earlier path readable."""
    l1, cover = team.as_("l1"), team.as_("cover")
    earlier = await walk(l1, await begin_printer(team, companyName="Northwind", priority="HIGH"), "yes", "done")
    earlier = (await l1.do("Abandon", sessionId=earlier["id"], reason="CUSTOMER_GONE"))["session"]
    session = (await cover.do("Continue", sessionId=earlier["id"]))["session"]
    assert session["id"] != earlier["id"]
    assert session["continues"] == {"id": earlier["id"], "number": earlier["number"]}
    assert (session["status"], session["step"], session["walkedPath"], at(session)) == ("ACTIVE", 0, [], "printed")
    for same in ("kind", "problem", "companyName", "priority", "category", "flow", "flowVersion"):
        assert session[same] == earlier[same], same
    assert session["ticket"] == {**earlier["ticket"], "status": "WALKING"}
    assert (session["assignedTo"]["id"], session["actingAs"]) == (cover.id, "l1_coverage")
    assert await team.counts("tickets") == (1,)
    assert path(await seen(l1, earlier)) == [(1, "on", "yes"), (2, "reprint", "done")]
    assert path(await walk(cover, session, "yes")) == [(1, "printed", "yes")]
    assert await team.value("SELECT start_reason FROM l1_walk_sessions WHERE id = :id", id=session["id"]) == "continued"


async def test_a_wrongly_resolved_walk_goes_on(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes")
    await l1.do("Resolve", sessionId=session["id"], resolutionNotes="Works", helpful=True)
    assert (await seen(l1, session))["ticket"]["status"] == "CLOSED"
    again = (await l1.do("Continue", sessionId=session["id"]))["session"]
    assert (at(again), again["ticket"]["status"], (await seen(l1, session))["status"]) == ("reprint", "WALKING", "RESOLVED")


async def test_an_escalated_walk_goes_on_only_when_it_was_given_back(team: Team) -> None:
    l1, engineer = team.as_("l1"), team.as_("engineer")
    session = await walk(l1, await begin_printer(team), "yes")
    escalation = await escalated(l1, session)
    assert await l1.refused("Continue", sessionId=session["id"]) == "NOT_ACTIVE"
    await engineer.do("Claim", escalationId=escalation["id"])
    assert await l1.refused("Continue", sessionId=session["id"]) == "NOT_ACTIVE"
    await engineer.do("Close", escalationId=escalation["id"], outcome="RETURNED_TO_L1", notes="Try the other tray")
    again = (await l1.do("Continue", sessionId=session["id"]))["session"]
    assert (at(again), again["status"], again["ticket"]["status"]) == ("reprint", "ACTIVE", "WALKING")


async def test_a_withdrawn_escalation_frees_its_walk(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin_printer(team)
    escalation = await escalated(l1, session)
    await l1.do("Withdraw", escalationId=escalation["id"])
    assert (await seen(l1, session))["ticket"]["status"] == "OPEN"
    again = (await l1.do("Continue", sessionId=session["id"]))["session"]
    assert (at(again), again["continues"]["id"]) == ("on", session["id"])


async def test_a_closed_escalation_does_not(team: Team) -> None:
    l1, engineer = team.as_("l1"), team.as_("engineer")
    session = await begin_printer(team)
    escalation = await escalated(l1, session)
    await engineer.do("Claim", escalationId=escalation["id"])
    await engineer.do("Close", escalationId=escalation["id"], outcome="RESOLVED")
    assert await l1.refused("Continue", sessionId=session["id"]) == "NOT_ACTIVE"
    assert await team.counts("l1_walk_sessions") == (1,)


async def test_an_active_walk_is_not_continued(team: Team) -> None:
    session = await begin_printer(team)
    assert await team.as_("l1").refused("Continue", sessionId=session["id"]) in {"INVALID_INPUT", "NOT_ACTIVE"}
    assert await team.counts("l1_walk_sessions") == (1,)


@pytest.mark.parametrize("person", ["engineer", "viewer"])
async def test_continuing_is_for_the_l1_surface(team: Team, person: str) -> None:
    session = await begin_printer(team)
    await team.as_("l1").do("Abandon", sessionId=session["id"], reason="DUPLICATE")
    assert await team.as_(person).refused("Continue", sessionId=session["id"]) == "FORBIDDEN"
    assert await team.counts("l1_walk_sessions") == (1,)


async def test_going_back_does_not_reach_into_the_earlier_walk(team: Team) -> None:
    l1 = team.as_("l1")
    earlier = await walk(l1, await begin_printer(team), "yes", "done")
    await l1.do("Abandon", sessionId=earlier["id"], reason="CUSTOMER_GONE")
    session = (await l1.do("Continue", sessionId=earlier["id"]))["session"]
    payload = await l1.send("Back", sessionId=session["id"], toStep=1, expectedStep=0)
    assert [error["code"] for error in payload["errors"]] == ["INVALID_INPUT"]


async def test_the_whole_way_is_in_the_hand_off_of_a_continued_walk(team: Team) -> None:
    l1 = team.as_("l1")
    earlier = await walk(l1, await begin_printer(team), "yes", "done")
    await l1.do("Abandon", sessionId=earlier["id"], reason="CUSTOMER_GONE")
    session = await walk(l1, (await l1.do("Continue", sessionId=earlier["id"]))["session"], "no")
    escalation = await escalated(l1, session)
    document = "query($id: ID!) { escalation(id: $id) { package { steps { question answerLabel } } } }"
    steps = (await team.as_("engineer").run(document, id=escalation["id"]))["escalation"]["package"]["steps"]
    assert [step["answerLabel"] for step in steps] == ["Yes", "Sent", "No"]


async def test_the_number_that_came_later(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin_printer(team)
    internal = session["ticket"]
    ref = {"externalId": "CW-9", "url": "https://psa.example/9"}
    linked = (await l1.do("LinkTicket", sessionId=session["id"], ticket=ref))["session"]
    assert (linked["ticket"]["kind"], linked["ticket"]["externalId"], linked["ticket"]["url"], linked["status"]) == (
        "PSA", "CW-9", "https://psa.example/9", "ACTIVE")
    rows = await team.rows("SELECT ticket_kind, ticket_id FROM l1_walk_sessions WHERE account_id = :account")
    assert rows == [{"ticket_kind": "psa", "ticket_id": "CW-9"}]
    assert await team.value("SELECT status FROM tickets WHERE id = :id", id=internal["id"]) == "closed"
    again = (await l1.do("LinkTicket", sessionId=session["id"], ticket={"externalId": "CW-9"}))["session"]
    assert again["ticket"] == linked["ticket"]
    assert await team.counts("tickets") == (2,)


@pytest.mark.parametrize(("end", "given"), [
    ("Resolve", {"resolutionNotes": "x", "helpful": True}), ("Escalate", {"reasonCategory": "FLOW_GAP"}),
    ("Abandon", {"reason": "DUPLICATE"}),
])
async def test_a_ticket_is_linked_after_the_end_as_well(team: Team, end: str, given: dict[str, object]) -> None:
    l1 = team.as_("l1")
    session = await begin_printer(team)
    await l1.do(end, sessionId=session["id"], **given)
    linked = (await l1.do("LinkTicket", sessionId=session["id"], ticket={"externalId": "CW-9"}))["session"]
    assert (linked["ticket"]["externalId"], linked["status"]) == ("CW-9", (await seen(l1, session))["status"])
    payload = await l1.send("Answer", **answering({**session}, "yes"))
    assert [error["code"] for error in payload["errors"]] == ["NOT_ACTIVE"]


async def test_an_internal_ticket_follows_the_walk_it_is_linked_to(team: Team) -> None:
    l1 = team.as_("l1")
    first = await begin(l1, adhoc=True)
    second = await begin(l1, adhoc=True, ticket={"externalId": "CW-9"})
    await l1.do("Abandon", sessionId=first["id"], reason="DUPLICATE")
    await l1.do("Resolve", sessionId=second["id"], resolutionNotes="Works", helpful=False)
    linked = (await l1.do("LinkTicket", sessionId=second["id"], ticket={"id": first["ticket"]["id"]}))["session"]
    assert linked["ticket"] == {**first["ticket"], "status": "CLOSED"}
    assert await team.value("SELECT status FROM tickets WHERE external_id = 'CW-9' AND account_id = :account") == "open"


@pytest.mark.parametrize(("end", "given", "status"), [
    ("Resolve", {"resolutionNotes": "x", "helpful": False}, "CLOSED"), ("Escalate", {"reasonCategory": "FLOW_GAP"}, "ESCALATED"),
    ("Abandon", {"reason": "DUPLICATE"}, "OPEN"),
])
async def test_an_ended_walks_own_ticket_linked_again_stays_as_it_is(
    team: Team, end: str, given: dict[str, object], status: str
) -> None:
    l1 = team.as_("l1")
    session = await begin_printer(team)
    await l1.do(end, sessionId=session["id"], **given)
    linked = (await l1.do("LinkTicket", sessionId=session["id"], ticket={"id": session["ticket"]["id"]}))["session"]
    assert linked["ticket"] == {**session["ticket"], "status": status}


async def test_a_ticket_that_another_walk_still_has_goes_on(team: Team) -> None:
    """Moving away, giving up and linking an ended walk leave a ticket walking as long as one of its walks is active."""
    l1 = team.as_("l1")
    stays = await begin_printer(team)
    ticket = {"id": stays["ticket"]["id"]}
    moves = await begin(l1, adhoc=True, ticket=ticket)
    await l1.do("LinkTicket", sessionId=moves["id"], ticket={"externalId": "CW-9"})
    assert (await seen(l1, stays))["ticket"]["status"] == "WALKING"
    hands_over = await begin(l1, adhoc=True, ticket=ticket)
    await escalated(l1, hands_over)
    assert (await seen(l1, stays))["ticket"]["status"] == "ESCALATED"
    await l1.do("LinkTicket", sessionId=hands_over["id"], ticket={"externalId": "CW-9"})
    assert (await seen(l1, stays))["ticket"]["status"] == "WALKING"
    gives_up = await begin(l1, adhoc=True, ticket=ticket)
    await l1.do("Abandon", sessionId=gives_up["id"], reason="DUPLICATE")
    assert (await seen(l1, stays))["ticket"]["status"] == "WALKING"
    ended = await begin(l1, adhoc=True)
    await l1.do("Resolve", sessionId=ended["id"], resolutionNotes="Works", helpful=False)
    await l1.do("LinkTicket", sessionId=ended["id"], ticket=ticket)
    assert (await seen(l1, stays))["ticket"]["status"] == "WALKING"
    await l1.do("Abandon", sessionId=stays["id"], reason="CUSTOMER_GONE")
    assert (await seen(l1, stays))["ticket"]["status"] == "OPEN"


async def test_an_internal_ticket_takes_the_place_of_a_closed_one(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin_printer(team)
    escalation = await escalated(l1, session)
    await team.as_("engineer").do("Claim", escalationId=escalation["id"])
    await team.as_("engineer").do("Close", escalationId=escalation["id"], outcome="RESOLVED")
    other = await begin(l1, adhoc=True)
    await l1.do("Abandon", sessionId=other["id"], reason="STARTED_BY_MISTAKE")
    linked = (await l1.do("LinkTicket", sessionId=session["id"], ticket={"id": other["ticket"]["id"]}))["session"]
    assert linked["ticket"]["status"] == "CLOSED"


async def test_another_accounts_ticket_is_not_found(team: Team) -> None:
    foreign = (await begin(team.api.as_("l1", account="globex"), adhoc=True))["ticket"]["id"]
    session = await begin_printer(team)
    assert await team.as_("l1").refused("LinkTicket", sessionId=session["id"], ticket={"id": foreign}) == "NOT_FOUND"
    assert await team.as_("l1").refused("Intake", problem="x", adhoc=True, ticket={"id": foreign}) == "NOT_FOUND"
    assert (await seen(team.as_("l1"), session))["ticket"] == session["ticket"]

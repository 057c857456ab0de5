"""Whose walk it is and whether it waits: take over, transfer, pause, abandon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.api import Caller, Team
from tests.support.walks import at, begin, begin_printer, path, seen, walk


async def audit(team: Team) -> list[tuple[Any, ...]]:
    rows = await team.rows("SELECT action, actor_id::text, subject_id::text, acting_as, details FROM audit_events"
                           " WHERE account_id = :account ORDER BY created_at, id")
    return [tuple(row.values()) for row in rows]


async def told(caller: Caller) -> list[tuple[str, str]]:
    viewer = (await caller.run("Notifications"))["viewer"]
    return [(one["kind"], one["subject"]["id"]) for one in viewer["notifications"]["nodes"]]


async def test_a_colleague_takes_a_walk_over_and_goes_on(team: Team) -> None:
    """Invariant 14: audited, the former assignee is told."""
    l1, cover = team.as_("l1"), team.as_("cover")
    session = await walk(l1, await begin_printer(team), "yes")
    taken = (await cover.do("TakeOver", sessionId=session["id"]))["session"]
    assert (taken["assignedTo"]["id"], taken["createdBy"]["id"], taken["step"]) == (cover.id, l1.id, 1)
    assert await audit(team) == [
        ("walk.taken_over", cover.id, session["id"], "l1_coverage", {"former_assignee": l1.id})]
    assert (await told(l1), await told(cover)) == ([("WALK_TAKEN_OVER", session["id"])], [])
    taken = await walk(cover, taken, "done")
    assert [(step["answeredBy"]["id"], step["actingAs"]) for step in taken["walkedPath"]] == [
        (l1.id, None), (cover.id, "l1_coverage")]


async def test_taking_over_ones_own_walk_is_no_change(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin_printer(team)
    await l1.do("TakeOver", sessionId=session["id"])
    assert (await audit(team), await told(l1)) == ([], [])


async def test_a_walk_is_given_to_a_colleague_with_a_note(team: Team) -> None:
    l1, cover, admin = team.as_("l1"), team.as_("cover"), team.as_("admin")
    session = await begin_printer(team)
    given = (await admin.do("Transfer", sessionId=session["id"], assigneeId=cover.id, note="Speaks French"))["session"]
    assert given["assignedTo"]["id"] == cover.id
    assert [(note["text"], note["author"]["id"], note["visibility"]) for note in given["notes"]] == [
        ("Speaks French", admin.id, "INTERNAL")]
    assert await audit(team) == [("walk.transferred", admin.id, session["id"], "l1_coverage",
                                  {"former_assignee": l1.id, "assignee": cover.id})]
    assert (await told(l1), await told(cover), await told(admin)) == (
        [("WALK_TRANSFERRED", session["id"])], [("WALK_TRANSFERRED", session["id"])], [])


@pytest.mark.parametrize(("person", "code"), [("viewer", "INVALID_INPUT"), ("engineer", "INVALID_INPUT"),
                                              ("gone", "NOT_FOUND"), ("nobody", "NOT_FOUND"), ("stranger", "NOT_FOUND")])
async def test_a_walk_goes_to_active_colleagues_on_the_l1_surface_only(team: Team, person: str, code: str) -> None:
    await team.person("gone")
    await team.rows("UPDATE users SET deactivated_at = now() WHERE id = :id", id=team.people["gone"])
    others: dict[str, UUID | str] = {"nobody": uuid4(), "stranger": team.api.as_("l1", account="globex").id or ""}
    session = await begin_printer(team)
    assignee = str(others.get(person) or team.people[person])
    assert await team.as_("l1").refused("Transfer", sessionId=session["id"], assigneeId=assignee, note="x") == code
    assert (await seen(team.as_("l1"), session))["assignedTo"]["id"] == team.as_("l1").id
    assert (await audit(team), await team.counts("notifications")) == ([], (0,))


@pytest.mark.parametrize("person", ["engineer", "viewer"])
async def test_assignments_are_for_the_l1_surface(team: Team, person: str) -> None:
    caller, session = team.as_(person), await begin_printer(team)
    assert await caller.refused("TakeOver", sessionId=session["id"]) == "FORBIDDEN"
    assert await caller.refused("Transfer", sessionId=session["id"], assigneeId=team.as_("cover").id) == "FORBIDDEN"
    assert await caller.refused("Pause", sessionId=session["id"]) == "FORBIDDEN"
    assert await caller.refused("LinkTicket", sessionId=session["id"], ticket={"externalId": "T"}) == "FORBIDDEN"
    payload = await caller.send("Abandon", sessionId=session["id"], reason="DUPLICATE")
    assert [error["code"] for error in payload["errors"]] == ["FORBIDDEN"]
    assert (await seen(caller, session))["status"] == "ACTIVE"


async def test_a_walk_waits_until_a_time_and_an_answer_ends_the_wait(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin_printer(team)
    until = (datetime.now(UTC) + timedelta(days=14) - timedelta(minutes=1)).isoformat()
    paused = (await l1.do("Pause", sessionId=session["id"], waitUntil=until))["session"]
    assert datetime.fromisoformat(paused["waitUntil"]) == datetime.fromisoformat(until)
    assert (await walk(l1, paused, "yes"))["waitUntil"] is None
    await l1.do("Pause", sessionId=session["id"], waitUntil=until)
    assert (await l1.do("Pause", sessionId=session["id"], waitUntil=None))["session"]["waitUntil"] is None


@pytest.mark.parametrize("ahead", [timedelta(days=14, minutes=1), timedelta(minutes=-1), timedelta(days=-400), timedelta(days=4000)])
async def test_a_wait_lies_ahead_and_ends_within_14_days(team: Team, ahead: timedelta) -> None:
    session = await begin_printer(team)
    until = (datetime.now(UTC) + ahead).isoformat()
    assert await team.as_("l1").refused("Pause", sessionId=session["id"], waitUntil=until) == "INVALID_INPUT"
    assert (await seen(team.as_("l1"), session))["waitUntil"] is None


@pytest.mark.parametrize("reason", ["CUSTOMER_GONE", "DUPLICATE", "STARTED_BY_MISTAKE", "OTHER"])
async def test_a_mistake_or_a_hang_up_ends_a_walk(team: Team, reason: str) -> None:
    """Regression 17: abandonment leaving the ticket "walking"."""
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes")
    assert session["ticket"]["status"] == "WALKING"
    ended = (await l1.do("Abandon", sessionId=session["id"], reason=reason, note="Hung up"))["session"]
    assert (ended["status"], ended["ticket"]["status"], ended["currentNode"], path(ended)) == (
        "ABANDONED", "OPEN", None, [(1, "on", "yes")])
    assert [row[:4] for row in await audit(team)] == [("walk.abandoned", l1.id, session["id"], None)]
    assert (await audit(team))[0][4] == {"reason": reason.lower()}
    assert await team.rows("SELECT abandon_note, ended_at IS NOT NULL AS ended, resolved_at FROM l1_walk_sessions"
                           " WHERE account_id = :account") == [{"abandon_note": "Hung up", "ended": True, "resolved_at": None}]


async def test_other_needs_words_and_idle_is_the_systems_own_reason(team: Team) -> None:
    session = await begin_printer(team)
    l1 = team.as_("l1")
    for given in ({"reason": "OTHER"}, {"reason": "OTHER", "note": "  "}):
        payload = await l1.send("Abandon", sessionId=session["id"], **given)
        assert [(error["code"], error["field"]) for error in payload["errors"]] == [("INVALID_INPUT", ["note"])]
    payload = await l1.send("Abandon", sessionId=session["id"], reason="IDLE")
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [("INVALID_INPUT", ["reason"])]
    assert (await seen(l1, session))["status"] == "ACTIVE"


async def test_the_list_of_ones_own_active_walks(team: Team) -> None:
    l1, cover = team.as_("l1"), team.as_("cover")
    mine = "{ viewer { activeWalkSessions(first: 20) { nodes { id } } } }"
    first, second = await begin(l1, adhoc=True), await begin(l1, adhoc=True)
    taken = await begin(l1, adhoc=True)
    await cover.do("TakeOver", sessionId=taken["id"])
    await l1.do("Abandon", sessionId=second["id"], reason="DUPLICATE")

    async def listed(caller: Caller) -> list[str]:
        return [one["id"] for one in (await caller.run(mine))["viewer"]["activeWalkSessions"]["nodes"]]

    assert (await listed(l1), await listed(cover), await listed(team.as_("viewer"))) == (
        [first["id"]], [taken["id"]], [])
    assert at(await seen(l1, first)) is None

"""Real concurrency over sockets, from a pool that has no connection yet: one winner, and everybody learns the state."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.db.catalogue import owner
from tests.support.api import Api, Caller, Team, listening, open_api
from tests.support.trees import colour, printer
from tests.support.walks import answering, at, begin, begin_printer, path, seen, walk


@pytest.fixture
async def team(cold_api: Api) -> Team:
    """Account acme, prepared through an application of its own, so that the one under test stays cold."""
    return cold_api.teams["acme"]


@pytest.fixture
async def elsewhere(cold_api: Api) -> AsyncIterator[Team]:
    """The same account through another application, with another pool: a second server process."""
    async with open_api(cold_api.url) as second:
        first = cold_api.teams["acme"]
        yield Team(second, first.id, first.slug, first.people)


async def over_sockets(api: Api, *calls: tuple[Caller, str, dict[str, Any]]) -> list[dict[str, Any]]:
    """All calls at once, each on a connection of its own; their payloads in the order of the calls."""
    async with listening(api.app) as base, httpx.AsyncClient(base_url=base, timeout=60, limits=httpx.Limits()) as http:
        return await asyncio.gather(*(
            Caller(http, caller.token).send(operation, **given) for caller, operation, given in calls
        ))


def codes(payloads: list[dict[str, Any]]) -> Counter[str]:
    """How many calls succeeded (``""``) and how many were refused with which code."""
    assert all(len(payload["errors"]) <= 1 for payload in payloads)
    return Counter(payload["errors"][0]["code"] if payload["errors"] else "" for payload in payloads)


async def test_50_identical_answers_with_one_key_leave_one_step(cold_api: Api, team: Team, elsewhere: Team) -> None:
    """Invariant 3."""
    session = await begin_printer(elsewhere)
    given = answering(session, "yes", idempotencyKey="double click")
    payloads = await over_sockets(cold_api, *[(team.as_("l1"), "Answer", given)] * 50)
    assert codes(payloads) <= Counter({"": 50, "IDEMPOTENCY_IN_PROGRESS": 50})
    assert codes(payloads)[""] >= 1
    assert {payload["session"]["step"] for payload in payloads if payload["session"]} == {1}
    now = await seen(team.as_("l1"), session)
    assert (now["step"], path(now, standing=False)) == (1, [(1, "on", "yes")])
    assert await team.counts("idempotency_keys") == (1,)


async def test_50_identical_answers_without_a_key_leave_one_step(cold_api: Api, team: Team, elsewhere: Team) -> None:
    session = await begin_printer(elsewhere)
    payloads = await over_sockets(cold_api, *[(team.as_("l1"), "Answer", answering(session, "yes"))] * 50)
    assert codes(payloads) == Counter({"": 1, "STALE_STEP": 49})
    for payload in payloads:
        if payload["errors"]:
            current = payload["errors"][0]["session"]
            assert (current["step"], at(current)) == (1, "reprint")
    assert path(await seen(team.as_("l1"), session), standing=False) == [(1, "on", "yes")]


async def test_four_technicians_on_one_node_one_wins(cold_api: Api, team: Team, elsewhere: Team) -> None:
    """Regression 17: two tabs answering at once."""
    session = await begin_printer(elsewhere)
    people = [team.as_("l1"), team.as_("cover"), await team.person("mia"), await team.person("tom")]
    answers = ["yes", "no", "yes", "no"]
    payloads = await over_sockets(cold_api, *[
        (caller, "Answer", answering(session, answer)) for caller, answer in zip(people, answers, strict=True)])
    assert codes(payloads) == Counter({"": 1, "STALE_STEP": 3})
    [(winner, won)] = [(place, payload["session"]) for place, payload in enumerate(payloads) if payload["session"]]
    assert won["walkedPath"][0]["answeredBy"]["id"] == people[winner].id
    assert path(won) == [(1, "on", answers[winner])]
    for payload in payloads:
        if payload["errors"]:
            assert payload["errors"][0]["session"] == won
    assert path(await seen(team.as_("l1"), session), standing=False) == path(won)


async def test_answers_that_race_in_two_processes(cold_api: Api, team: Team, elsewhere: Team) -> None:
    session = await begin_printer(elsewhere)
    given = answering(session, "yes")
    here, there = await asyncio.gather(
        over_sockets(cold_api, *[(team.as_("l1"), "Answer", given)] * 10),
        over_sockets(elsewhere.api, *[(elsewhere.as_("cover"), "Answer", given)] * 10))
    assert codes([*here, *there]) == Counter({"": 1, "STALE_STEP": 19})
    assert (await seen(team.as_("l1"), session))["step"] == 1


async def test_resolve_racing_escalate_has_exactly_one_winner(cold_api: Api, team: Team, elsewhere: Team) -> None:
    """Invariant 8."""
    session = await walk(elsewhere.as_("l1"), await begin_printer(elsewhere), "yes")
    resolve = {"sessionId": session["id"], "resolutionNotes": "Works", "helpful": True}
    escalate = {"sessionId": session["id"], "reasonCategory": "FLOW_GAP"}
    payloads = await over_sockets(cold_api, *[
        (team.as_("l1"), "Resolve", resolve), (team.as_("cover"), "Escalate", escalate)] * 5)
    assert codes(payloads) == Counter({"": 1, "NOT_ACTIVE": 9})
    [won] = [payload["session"]["status"] for payload in payloads if payload["session"]]
    now = await seen(team.as_("l1"), session)
    assert now["status"] == won
    for payload in payloads:
        if payload["errors"]:
            assert payload["errors"][0]["session"]["status"] == won
    is_escalated = won == "ESCALATED"
    assert await team.counts("escalations") == (int(is_escalated),)
    assert now["ticket"]["status"] == ("ESCALATED" if is_escalated else "CLOSED")
    rows = await team.rows("SELECT action FROM audit_events WHERE account_id = :account")
    assert rows == [{"action": "walk.escalated" if is_escalated else "walk.resolved"}]


async def test_an_answer_racing_the_end_is_recorded_before_it_or_refused(
    cold_api: Api, team: Team, elsewhere: Team
) -> None:
    session = await begin_printer(elsewhere)
    payloads = await over_sockets(
        cold_api, (team.as_("l1"), "Answer", answering(session, "yes")),
        (team.as_("cover"), "Abandon", {"sessionId": session["id"], "reason": "CUSTOMER_GONE"}))
    now = await seen(team.as_("l1"), session)
    assert (now["status"], payloads[1]["errors"]) == ("ABANDONED", [])
    assert now["step"] == (1 if payloads[0]["session"] else 0)
    assert codes(payloads[:1]) <= Counter(["", "NOT_ACTIVE"])


async def test_a_double_clicked_intake_makes_one_ticket_and_one_session(
    cold_api: Api, team: Team, elsewhere: Team
) -> None:
    """Regression 17: double-clicked intake making two tickets."""
    flow = await elsewhere.publish(printer())
    given = {"problem": "Nothing prints", "flowId": flow, "idempotencyKey": "double click"}
    payloads = await over_sockets(cold_api, *[(team.as_("l1"), "Intake", given)] * 20)
    assert set(codes(payloads)) <= {"", "IDEMPOTENCY_IN_PROGRESS"}
    assert len({payload["outcome"]["session"]["id"] for payload in payloads if payload["outcome"]}) == 1
    assert await team.counts("l1_walk_sessions", "tickets", "idempotency_keys") == (1, 1, 1)


async def test_walks_that_begin_at_once_get_numbers_of_their_own(cold_api: Api, team: Team) -> None:
    payloads = await over_sockets(cold_api, *[(team.as_("l1"), "Intake", {"problem": "x", "adhoc": True})] * 20)
    sessions = [payload["outcome"]["session"] for payload in payloads]
    assert sorted(session["number"] for session in sessions) == list(range(1, 21))
    assert len({session["ticket"]["number"] for session in sessions}) == 20


async def test_one_psa_ticket_seen_by_many_at_once_is_one_row(cold_api: Api, team: Team) -> None:
    given = {"problem": "x", "adhoc": True, "ticket": {"externalId": "CW-1"}}
    payloads = await over_sockets(cold_api, *[(team.as_("l1"), "Intake", given)] * 10)
    assert len({payload["outcome"]["session"]["ticket"]["id"] for payload in payloads}) == 1
    assert await team.counts("tickets", "l1_walk_sessions") == (1, 10)


async def test_publishing_during_a_walk_changes_nothing_in_it(cold_api: Api, team: Team, elsewhere: Team) -> None:
    flow = await elsewhere.publish(printer())
    l1 = team.as_("l1")

    async def publishing() -> None:
        for _ in range(5):
            await elsewhere.publish(colour(), flow_id=flow)

    session = await begin(l1, flow)
    walked, _ = await asyncio.gather(walk(l1, session, "no", "done", "yes", "done", "no"), publishing())
    assert (at(walked), walked["flowVersion"]["number"]) == ("engineer", 1)
    assert [node for _, node, _ in path(walked)] == ["on", "power", "on", "reprint", "printed"]


async def test_notes_from_two_tabs_at_once(cold_api: Api, team: Team, elsewhere: Team) -> None:
    session = await begin(elsewhere.as_("l1"), adhoc=True)
    payloads = await over_sockets(cold_api, *[
        (team.as_("l1"), "Notes", {"sessionId": session["id"], "notes": [{"text": f"tab {tab}"}], "expectedNotesVersion": 0})
        for tab in range(8)])
    assert codes(payloads) == Counter({"": 1, "STALE_NOTES": 7})
    [kept] = [payload["session"]["notes"] for payload in payloads if payload["session"]]
    assert (await seen(team.as_("l1"), session))["notes"] == kept


async def test_continuing_twice_at_once_with_a_key_makes_one_walk(cold_api: Api, team: Team, elsewhere: Team) -> None:
    session = await begin_printer(elsewhere)
    await elsewhere.as_("l1").do("Abandon", sessionId=session["id"], reason="CUSTOMER_GONE")
    given = {"sessionId": session["id"], "idempotencyKey": "double click"}
    payloads = await over_sockets(cold_api, *[(team.as_("l1"), "Continue", given)] * 10)
    assert set(codes(payloads)) <= {"", "IDEMPOTENCY_IN_PROGRESS"}
    assert len({payload["session"]["id"] for payload in payloads if payload["session"]}) == 1
    assert await team.counts("l1_walk_sessions") == (2,)


async def test_two_root_fields_in_one_request_on_a_cold_pool(cold_api: Api, team: Team) -> None:
    """Root fields and loaders run at once; a connection shared between them fails only while the pool is cold."""
    document = """{
      a: walkSessions(first: 5) { nodes { id viewerCanAnswer } totalCount }
      b: flows(first: 5) { nodes { id } totalCount }
      c: members(first: 5) { nodes { id } totalCount }
      d: viewer { unreadNotificationCount activeWalkSessions(first: 1) { nodes { id } } }
      e: escalations(first: 5) { nodes { id viewerCanClaim } totalCount }
    }"""
    data = await team.as_("engineer").run(document)
    assert (data["a"]["totalCount"], data["b"]["totalCount"], data["c"]["totalCount"], data["e"]["totalCount"]) == (0, 0, 6, 0)


async def test_more_requests_than_connections_all_get_an_answer(cold_api: Api, team: Team, elsewhere: Team) -> None:
    """Invariant 6: nobody holds one connection while waiting for another."""
    session = await begin_printer(elsewhere)
    async with open_api(cold_api.url, pool_size=2) as small:
        caller = Caller(small.http, team.as_("l1").token)
        answers = await asyncio.gather(*(caller.run("Session", id=session["id"]) for _ in range(40)))
    assert {answer["walkSession"]["id"] for answer in answers} == {session["id"]}


async def test_walks_that_swap_their_tickets_wait_for_each_other(cold_api: Api, team: Team, elsewhere: Team) -> None:
    """Tickets are locked in one order. Else each walk, let in at once, takes its new ticket and waits for its old one."""
    first, second = [await begin_printer(elsewhere) for _ in range(2)]
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with owner(cold_api.url) as holder, owner(cold_api.url) as watcher:
        async with holder.transaction():
            await holder.execute("SELECT id FROM tickets FOR UPDATE")
            calls = asyncio.create_task(over_sockets(
                cold_api,
                (team.as_("l1"), "LinkTicket", {"sessionId": first["id"], "ticket": {"id": second["ticket"]["id"]}}),
                (team.as_("cover"), "LinkTicket", {"sessionId": second["id"], "ticket": {"id": first["ticket"]["id"]}}),
            ))
            async with asyncio.timeout(4.5):
                while await watcher.fetchval(waiting) < 2:
                    await asyncio.sleep(0.05)
        assert codes(await calls) == Counter({"": 2})
    tickets = [(await seen(team.as_("l1"), one))["ticket"] for one in (first, second)]
    assert [(one["id"], one["status"]) for one in tickets] == [
        (second["ticket"]["id"], "WALKING"), (first["ticket"]["id"], "WALKING")]

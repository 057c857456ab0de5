"""Engineers in a race, from a pool that has no connection yet."""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import Any

import pytest

from resolvers.escalation import handling
from tests.support.api import Api, Team, open_api
from tests.support.walks import begin_printer, escalated


async def _open_escalation(api: Api) -> str:
    """Made through another application, so that the one under test stays cold."""
    async with open_api(api.url) as elsewhere:
        team = api.teams["acme"]
        other = type(team)(elsewhere, team.id, team.slug, team.people)
        return str((await escalated(other.as_("l1"), await begin_printer(other)))["id"])


async def test_two_engineers_claim_at_once_and_one_wins(cold_api: Api) -> None:
    """Regression 16: two people racing to claim, both won."""
    escalation = await _open_escalation(cold_api)
    team = cold_api.teams["acme"]
    people = ["engineer", "cover", "admin", "owner"]
    payloads = await asyncio.gather(*(team.as_(person).send("Claim", escalationId=escalation) for person in people))
    won = [person for person, payload in zip(people, payloads, strict=True) if payload["escalation"]]
    lost = [payload["errors"][0]["code"] for payload in payloads if payload["errors"]]
    assert (len(won), lost) == (1, ["ALREADY_CLAIMED"] * 3)
    row = await team.rows("SELECT status, claimed_by_user_id::text AS by FROM escalations WHERE account_id = :account")
    assert row == [{"status": "claimed", "by": team.as_(won[0]).id}]
    claims = await team.rows("SELECT actor_id::text FROM audit_events WHERE account_id = :account AND action = 'escalation.claimed'")
    assert claims == [{"actor_id": team.as_(won[0]).id}]
    told = await team.rows("SELECT 1 FROM notifications WHERE account_id = :account AND kind = 'escalation_claimed'")
    assert len(told) == 1


async def test_one_engineer_claiming_twenty_times_at_once_claims_once(cold_api: Api) -> None:
    escalation = await _open_escalation(cold_api)
    team = cold_api.teams["acme"]
    payloads = await asyncio.gather(*(team.as_("engineer").do("Claim", escalationId=escalation) for _ in range(20)))
    assert len({payload["escalation"]["claimedAt"] for payload in payloads}) == 1
    claims = await team.rows("SELECT 1 FROM audit_events WHERE account_id = :account AND action = 'escalation.claimed'")
    assert len(claims) == 1


async def test_a_claim_racing_a_withdrawal(cold_api: Api) -> None:
    escalation = await _open_escalation(cold_api)
    team = cold_api.teams["acme"]
    claim, withdrawal = await asyncio.gather(
        team.as_("engineer").send("Claim", escalationId=escalation),
        team.as_("l1").send("Withdraw", escalationId=escalation))
    status = await team.value("SELECT status FROM escalations WHERE account_id = :account")
    outcome = (status, [one["code"] for one in claim["errors"]], [one["code"] for one in withdrawal["errors"]])
    assert outcome in [("claimed", [], ["ALREADY_CLAIMED"]), ("withdrawn", ["NOT_ACTIVE"], [])]


async def test_a_claim_that_was_lost_to_a_claimant_who_gives_it_back_at_that_moment_is_won(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    escalation = (await escalated(team.as_("l1"), await begin_printer(team)))["id"]
    await team.as_("engineer").do("Claim", escalationId=escalation)
    lock = handling._lock

    async def released_before(*given: Any) -> Any:
        release = team.rows("UPDATE escalations SET status = 'open', claimed_by_user_id = NULL, claimed_at = NULL WHERE id = :id", id=escalation)
        await asyncio.create_task(release, context=Context())  # somebody else's task, which holds no connection
        return await lock(*given)

    monkeypatch.setattr(handling, "_lock", released_before)
    claimed = (await team.as_("cover").do("Claim", escalationId=escalation))["escalation"]
    assert (claimed["status"], claimed["claimedBy"]["id"]) == ("CLAIMED", team.as_("cover").id)
    claims = await team.rows("SELECT actor_id::text FROM audit_events WHERE account_id = :account"
                             " AND action = 'escalation.claimed' ORDER BY created_at")
    assert [row["actor_id"] for row in claims] == [team.as_("engineer").id, team.as_("cover").id]


async def test_closing_racing_releasing_has_one_winner(cold_api: Api) -> None:
    escalation = await _open_escalation(cold_api)
    team, engineer = cold_api.teams["acme"], cold_api.as_("engineer")
    await engineer.do("Claim", escalationId=escalation)
    closed, released = await asyncio.gather(
        engineer.send("Close", escalationId=escalation, outcome="RESOLVED"),
        engineer.send("Release", escalationId=escalation))
    status = await team.value("SELECT status FROM escalations WHERE account_id = :account")
    outcome = (status, [one["code"] for one in closed["errors"]], [one["code"] for one in released["errors"]])
    assert outcome in [("closed", [], ["NOT_ACTIVE"]), ("open", ["NOT_CLAIMED"], [])]


async def test_escalating_many_walks_at_once_tells_everybody_of_each(cold_api: Api) -> None:
    team = cold_api.teams["acme"]
    calls = [team.as_("l1").do("EscalateWithoutWalk", problem=f"call {one}", reasonCategory="FLOW_GAP") for one in range(20)]
    escalations = {payload["escalation"]["id"] for payload in await asyncio.gather(*calls)}
    assert len(escalations) == 20
    assert await team.counts("escalations", "l1_walk_sessions", "tickets", "notifications") == (20, 20, 20, 80)

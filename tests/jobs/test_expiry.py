"""Walks that are idle for a day are abandoned; nothing else is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from jobs import expiry
from tests.support.api import Api, Team
from tests.support.trees import printer

ROW = "SELECT * FROM l1_walk_sessions WHERE account_id = :account AND id = :id"
TICKET = "SELECT status FROM tickets WHERE account_id = :account AND id = :id"


def now() -> datetime:
    return datetime.now(UTC)


async def walk(team: Team, **given: object) -> str:
    flow = await team.publish(printer(), title="Printer")
    intake = await team.as_("l1").do("Intake", problem="It prints nothing", flowId=flow, **given)
    return str(intake["outcome"]["session"]["id"])


async def idle(team: Team, session: str, hours: float, wait: timedelta | None = None) -> None:
    await team.rows(
        "UPDATE l1_walk_sessions SET last_activity_at = :moment, wait_until = :wait "
        "WHERE account_id = :account AND id = :id RETURNING id",
        id=session, moment=now() - timedelta(hours=hours), wait=now() + wait if wait is not None else None,
    )


async def status(team: Team, session: str) -> str:
    [row] = await team.rows(ROW, id=session)
    return str(row["status"])


async def test_an_idle_walk_is_abandoned_and_nothing_else_of_it_changes(api: Api, team: Team) -> None:
    session = await walk(team)
    await team.as_("l1").do("Answer", sessionId=session, nodeId="on", answer="yes", expectedStep=0)
    await idle(team, session, 25)
    [before] = await team.rows(ROW, id=session)
    assert await expiry.run(api.db, now()) == 1
    [after] = await team.rows(ROW, id=session)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"status", "abandon_reason", "ended_at"}
    assert (after["status"], after["abandon_reason"]) == ("abandoned", "idle")
    assert [row["status"] for row in await team.rows(TICKET, id=before["ticket_row_id"])] == ["open"]


async def test_the_audit_log_names_the_system(api: Api, team: Team) -> None:
    session = await walk(team)
    await idle(team, session, 30)
    await expiry.run(api.db, now())
    query = '{ auditEvents(filter: {subjectId: "%s", action: ["walk.abandoned"]}) { nodes { action subjectId actor { id } details } } }'
    events = (await team.as_("owner").run(query % session))["auditEvents"]["nodes"]
    assert events == [{"action": "walk.abandoned", "subjectId": session, "actor": None, "details": {"reason": "idle"}}]


@pytest.mark.parametrize(
    ("hours", "wait", "expected"),
    [
        (23.9, None, "active"),
        (24.1, None, "abandoned"),
        (200, timedelta(hours=1), "active"),
        (200, timedelta(hours=-1), "abandoned"),
    ],
)
async def test_when(api: Api, team: Team, hours: float, wait: timedelta | None, expected: str) -> None:
    session = await walk(team)
    await idle(team, session, hours, wait)
    await expiry.run(api.db, now())
    assert await status(team, session) == expected


async def test_an_ended_walk_stays_as_it_ended(api: Api, team: Team) -> None:
    session = await walk(team)
    await team.as_("l1").do("Abandon", sessionId=session, reason="CUSTOMER_GONE")
    await idle(team, session, 100)
    assert await expiry.run(api.db, now()) == 0
    [row] = await team.rows(ROW, id=session)
    assert row["abandon_reason"] == "customer_gone"


async def test_a_psa_ticket_keeps_its_status(api: Api, team: Team) -> None:
    session = await walk(team, ticket={"externalId": f"T-{team.slug}"})
    [row] = await team.rows(ROW, id=session)
    before = await team.rows(TICKET, id=row["ticket_row_id"])
    await idle(team, session, 25)
    assert await expiry.run(api.db, now()) == 1
    assert await team.rows(TICKET, id=row["ticket_row_id"]) == before


async def test_walks_of_all_accounts_in_batches(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "BATCH", 2)
    teams = [await api.new_team() for _ in range(3)]
    sessions = [(team, await walk(team)) for team in teams for _ in range(2)]
    for team, session in sessions:
        await idle(team, session, 48)
    assert await expiry.run(api.db, now()) == 6
    assert {await status(team, session) for team, session in sessions} == {"abandoned"}


async def test_several_processes_share_the_work(cold_api: Api) -> None:
    team = cold_api.teams["acme"]
    sessions = [await walk(team) for _ in range(6)]
    for session in sessions:
        await idle(team, session, 48)
    done = await asyncio.gather(*(expiry.run(cold_api.db, now()) for _ in range(5)))
    assert sum(done) == 6
    audit = "SELECT count(*) FROM audit_events WHERE account_id = :account AND action = 'walk.abandoned'"
    assert await team.value(audit) == 6


async def test_a_walk_that_cannot_be_abandoned_keeps_no_other_waiting(
    api: Api, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = await walk(team), await walk(team)
    await idle(team, broken, 50)
    await idle(team, fine, 49)
    real = expiry.expire

    async def expire(db: object, account_id: object, session_id: object, moment: datetime) -> bool:
        if str(session_id) == broken:
            raise ValueError("cannot be read")
        return await real(db, account_id, session_id, moment)  # type: ignore[arg-type]

    monkeypatch.setattr(expiry, "expire", expire)
    assert await expiry.run(api.db, now()) == 1
    assert (await status(team, broken), await status(team, fine)) == ("active", "abandoned")
    monkeypatch.undo()
    assert await expiry.run(api.db, now()) == 1


async def test_who_comes_back_in_time_keeps_the_walk(api: Api, team: Team) -> None:
    """The job saw it idle; the answer committed first, so the re-check under the lock leaves it alone."""
    from resolvers.expiry import expire

    session = await walk(team)
    await idle(team, session, 48)
    await team.as_("l1").do("Answer", sessionId=session, nodeId="on", answer="yes", expectedStep=0)
    assert await expire(api.db, team.id, session, now()) is False  # type: ignore[arg-type]
    assert await status(team, session) == "active"

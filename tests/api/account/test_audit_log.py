"""The audit log: pages, filters, and what it never holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.api.account.calls import HAND_OVER, START, do, log, refused
from tests.support.api import Team
from tests.support.documents import contract
from tests.support.trees import printer


async def test_the_log_is_paged_newest_first(team: Team) -> None:
    for number in range(5):
        await do(team.as_("admin"), "SetEscalationDefaults", addresses=[f"n{number}@x.example"])
    seen, after, pages = [], None, 0
    while True:
        page = (await team.as_("owner").run(contract("AuditLog"), first=2, after=after))["auditEvents"]
        seen += [node["id"] for node in page["nodes"]]
        pages += 1
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert (pages, len(seen), len(set(seen))) == (3, 5, 5)
    expected = await team.rows("SELECT id FROM audit_events WHERE account_id = :account ORDER BY created_at DESC, id DESC")
    assert seen == [str(row["id"]) for row in expected]


async def test_the_logs_filters(team: Team) -> None:
    await do(team.as_("admin"), "SetEscalationDefaults", addresses=[])
    await do(team.as_("owner"), "SetL1Categories", enabled=["printer"])
    member = (await do(team.as_("owner"), "AddMember", email="n@x.example", name="N", role="VIEWER"))["member"]["id"]

    async def actions(**given: Any) -> list[str]:
        return sorted(event["action"] for event in await log(team, **given))

    everything = ["member.added", "settings.categories_set", "settings.escalation_defaults_set"]
    assert await actions() == everything
    assert await actions(action=["member.added", "settings.categories_set"]) == everything[:2]
    assert await actions(action=["nothing"]) == []
    assert await actions(action=[]) == []
    assert await actions(subjectId=member) == ["member.added"]
    assert await actions(subjectId="no uuid") == []
    assert await actions(actorId=str(team.people["admin"])) == everything[2:]
    now = datetime.now(UTC)
    assert await actions(since=(now - timedelta(hours=1)).isoformat(), until=(now + timedelta(hours=1)).isoformat()) == everything
    assert await actions(until=(now - timedelta(hours=1)).isoformat()) == []
    assert await actions(since=(now + timedelta(hours=1)).isoformat()) == []
    assert await actions(actorId=str(team.people["owner"]), action=["member.added"]) == ["member.added"]


async def test_the_log_holds_no_free_text(team: Team) -> None:
    flow = await team.publish(printer())
    secret = "zebra crossing"
    session = (await team.as_("l1").do(START, problem=secret, customerName=secret, flowId=flow))["outcome"]["session"]["id"]
    await team.as_("l1").do(HAND_OVER, sessionId=session, reasonCategory="OTHER", reason=secret)
    await do(team.as_("admin"), "SetEscalationDefaults", addresses=["zebra@x.example"])
    rows = await team.rows("SELECT to_jsonb(a)::text AS row FROM audit_events a WHERE account_id = :account")
    assert len(rows) >= 2
    assert not any("zebra" in row["row"] for row in rows)


async def test_a_refused_change_is_not_logged(team: Team) -> None:
    await refused(team.as_("l1"), "SetL1Categories", enabled=["printer"])
    await refused(team.as_("admin"), "SetL1Categories", enabled=["nonsense"])
    await refused(team.as_("admin"), "RemoveMember", memberId=str(uuid4()))
    assert await team.counts("audit_events") == (0,)

"""Lists of sessions: orders, keyset pages over equal keys, filters, and what a viewer does not see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.api import Api, Caller, Team
from tests.support.trees import printer
from tests.support.walks import begin, escalated, seen


@pytest.fixture(scope="module")
async def full(api: Api) -> Team:
    """Twelve walks of several kinds, states and people; their times are equal in pairs."""
    team = await api.new_team("full-list")
    flow, proposal = await team.publish(printer(), "Printer"), await team.propose(printer())
    targets: list[dict[str, Any]] = [{"flowId": flow}, {"proposalId": proposal}, {"adhoc": True}]
    for number in range(12):
        caller = team.as_("l1" if number % 2 else "cover")
        session = await begin(caller, problem=f"Call 100%_{number} about Zebra" if number == 7 else f"call {number}",
                              companyName="Northwind" if number < 5 else "Contoso", customerContact="+34 600",
                              ticket={"externalId": f"CW-{number:03}"}, **targets[number % 3])
        if number in {3, 9}:
            await caller.do("Resolve", sessionId=session["id"], resolutionNotes="x", helpful=False)
        if number == 4:
            await escalated(caller, session)
        if number == 5:
            await caller.do("Abandon", sessionId=session["id"], reason="DUPLICATE")
    await team.rows("UPDATE l1_walk_sessions SET last_step_at = timestamptz '2026-02-01' + interval '1 hour' * ((number - 1) / 2),"
                    " started_at = timestamptz '2026-01-01' - interval '1 hour' * ((number - 1) / 2),"
                    " last_activity_at = timestamptz '2026-03-01' + interval '1 hour' * number WHERE account_id = :account")
    return team


async def page(caller: Caller, **given: Any) -> dict[str, Any]:
    return (await caller.run("Sessions", **given))["walkSessions"]


ORDERS = [
    (None, "last_step_at DESC, id DESC"),
    ({"field": "LAST_STEP_AT", "direction": "DESC"}, "last_step_at DESC, id DESC"),
    ({"field": "LAST_STEP_AT", "direction": "ASC"}, "last_step_at, id"),
    ({"field": "STARTED_AT", "direction": "DESC"}, "started_at DESC, id DESC"),
    ({"field": "STARTED_AT", "direction": "ASC"}, "started_at, id"),
    ({"field": "NUMBER", "direction": "DESC"}, "number DESC"),
    ({"field": "NUMBER", "direction": "ASC"}, "number"),
]


@pytest.mark.parametrize(("order", "sql"), ORDERS)
@pytest.mark.parametrize("size", [1, 5, 12])
async def test_every_order_pages_without_gap_or_repeat(full: Team, order: dict[str, str] | None, sql: str, size: int) -> None:
    found: list[str] = []
    after = None
    while True:
        one = await page(full.as_("viewer"), first=size, after=after, orderBy=order)
        found += [node["id"] for node in one["nodes"]]
        assert one["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not one["pageInfo"]["hasNextPage"]:
            break
        after = one["pageInfo"]["endCursor"]
    rows = await full.rows(f"SELECT id::text FROM l1_walk_sessions WHERE account_id = :account ORDER BY {sql}")
    assert found == [row["id"] for row in rows]


@pytest.mark.parametrize(("given", "numbers"), [
    ({}, range(1, 13)), ({"status": ["ACTIVE"]}, [1, 2, 3, 7, 8, 9, 11, 12]), ({"status": ["RESOLVED", "ABANDONED"]}, [4, 6, 10]),
    ({"status": ["ESCALATED"]}, [5]), ({"status": []}, []), ({"kind": ["FLOW"]}, [1, 4, 7, 10]),
    ({"kind": ["PROPOSAL", "ADHOC"]}, [2, 3, 5, 6, 8, 9, 11, 12]), ({"companyName": "NORTHWIND"}, [1, 2, 3, 4, 5]),
    ({"companyName": "North"}, []), ({"search": "zebra"}, [8]), ({"search": "100%_"}, [8]), ({"search": "%"}, [8]),
    ({"search": "#12"}, [12]), ({"search": "cw-003"}, [4]), ({"search": "  "}, range(1, 13)),
    ({"status": ["ACTIVE"], "kind": ["FLOW"], "companyName": "Contoso"}, [7]),
    ({"idleSince": "2026-03-01T05:00:00Z"}, [1, 2, 3, 4, 5]), ({"idleSince": "2026-03-01T06:00:00+02:00"}, [1, 2, 3, 4]),
    ({"flowId": "no-uuid"}, []), ({"assignedToId": "00000000-0000-4000-8000-000000000000"}, []),
])
async def test_filters(full: Team, given: dict[str, Any], numbers: Any) -> None:
    found = await page(full.as_("engineer"), first=100, filter=given, orderBy={"field": "NUMBER", "direction": "ASC"})
    assert [node["number"] for node in found["nodes"]] == list(numbers)
    assert found["totalCount"] == len(list(numbers))


async def test_filters_by_flow_and_assignee(full: Team) -> None:
    [flow] = [row["id"] for row in await full.rows("SELECT id::text FROM flows WHERE account_id = :account")]
    order = {"field": "NUMBER", "direction": "ASC"}
    by_flow = await page(full.as_("l1"), filter={"flowId": flow}, orderBy=order)
    by_person = await page(full.as_("l1"), filter={"assignedToId": full.as_("cover").id}, orderBy=order)
    assert ([node["number"] for node in by_flow["nodes"]], [node["number"] for node in by_person["nodes"]]) == (
        [1, 4, 7, 10], [1, 3, 5, 7, 9, 11])


async def test_another_account_sees_none_of_them(full: Team) -> None:
    stranger = full.api.as_("owner", account="globex")
    assert (await page(stranger))["totalCount"] == 0
    [row] = await full.rows("SELECT id::text FROM flows WHERE account_id = :account")
    assert (await page(stranger, filter={"flowId": row["id"]}))["nodes"] == []


async def test_a_viewer_sees_walks_without_the_customers_contact(full: Team) -> None:
    [first] = (await page(full.as_("viewer"), first=1))["nodes"]
    assert (await seen(full.as_("viewer"), first))["customerContact"] is None
    for person in ("owner", "admin", "engineer", "cover", "l1"):
        assert (await seen(full.as_(person), first))["customerContact"] == "+34 600", person


async def test_service_accounts_read_with_their_scope_only(full: Team) -> None:
    [first] = (await page(await full.service_account("read"), first=1))["nodes"]
    blind = await full.service_account("intake", "walk")
    assert await seen(blind, first) is None
    await blind.forbidden("Sessions")


async def test_times_are_told_with_their_offset(full: Team) -> None:
    [node] = (await page(full.as_("viewer"), first=1))["nodes"]
    assert datetime.fromisoformat(node["lastStepAt"]).utcoffset() == timedelta(0)

"""The engineers' queue: orders, keyset pages over equal keys, filters, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Api, Caller, Team
from tests.support.walks import begin, escalated

PRIORITIES = ["LOW", "NORMAL", "HIGH", "CRITICAL"]


@pytest.fixture(scope="module")
async def full(api: Api) -> Team:
    """Twelve escalations: three of each priority, whose times are equal in pairs; the ids break the ties."""
    team = await api.new_team("full-queue")
    for number in range(12):
        await team.as_("l1" if number % 2 else "cover").do(
            "EscalateWithoutWalk", problem=f"call {number}", reasonCategory="FLOW_GAP" if number % 3 else "SAFETY_RISK",
            priority=PRIORITIES[number % 4], companyName="Northwind" if number < 5 else "Contoso")
    await team.rows("UPDATE escalations e SET escalated_at = timestamptz '2026-01-01' + interval '1 hour' * ((s.number - 1) / 2)"
                    " FROM l1_walk_sessions s WHERE s.id = e.session_id AND e.account_id = :account")
    await team.rows("UPDATE l1_walk_sessions SET last_step_at = timestamptz '2026-02-01' - interval '1 hour' * ((number - 1) / 2)"
                    " WHERE account_id = :account")
    return team


async def page(caller: Caller, **given: Any) -> dict[str, Any]:
    return (await caller.run("Queue", **given))["escalations"]


async def all_pages(caller: Caller, first: int, **given: Any) -> list[str]:
    """Ids of every page after the other; the pages' own marks are checked on the way."""
    found: list[str] = []
    after = None
    while True:
        one = await page(caller, first=first, after=after, **given)
        info = one["pageInfo"]
        cursors = [edge["cursor"] for edge in one["edges"]]
        assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1]) and len(cursors) <= first
        assert info["hasPreviousPage"] is (after is not None)
        found += [node["id"] for node in one["nodes"]]
        if not info["hasNextPage"]:
            return found
        after = info["endCursor"]


async def ids_by(team: Team, order: str) -> list[str]:
    rows = await team.rows("SELECT e.id::text FROM escalations e JOIN l1_walk_sessions s ON s.id = e.session_id"
                           f" WHERE e.account_id = :account ORDER BY {order}")
    return [row["id"] for row in rows]


ORDERS = [
    (None, "e.priority DESC, e.escalated_at, e.id"),
    ({"field": "PRIORITY", "direction": "DESC"}, "e.priority DESC, e.escalated_at, e.id"),
    ({"field": "PRIORITY", "direction": "ASC"}, "e.priority, e.escalated_at, e.id"),
    ({"field": "ESCALATED_AT", "direction": "ASC"}, "e.escalated_at, e.id"),
    ({"field": "ESCALATED_AT", "direction": "DESC"}, "e.escalated_at DESC, e.id"),
    ({"field": "LAST_STEP_AT", "direction": "DESC"}, "s.last_step_at DESC, e.id"),
    ({"field": "LAST_STEP_AT", "direction": "ASC"}, "s.last_step_at, e.id"),
]


@pytest.mark.parametrize(("order", "sql"), ORDERS)
@pytest.mark.parametrize("size", [1, 5, 12, 100])
async def test_every_order_pages_over_equal_keys_without_gap_or_repeat(
    full: Team, order: dict[str, str] | None, sql: str, size: int
) -> None:
    assert await all_pages(full.as_("engineer"), size, orderBy=order) == await ids_by(full, sql)


async def test_the_default_is_priority_then_the_longest_waiting(full: Team) -> None:
    nodes = (await page(full.as_("engineer"), first=12))["nodes"]
    assert [node["priority"] for node in nodes] == [one for one in reversed(PRIORITIES) for _ in range(3)]
    assert [node["escalatedAt"] for node in nodes[:3]] == sorted(node["escalatedAt"] for node in nodes[:3])


@pytest.mark.parametrize(("given", "count"), [
    ({"priority": ["CRITICAL"]}, 3), ({"priority": ["CRITICAL", "LOW"]}, 6), ({"priority": []}, 0),
    ({"reasonCategory": ["SAFETY_RISK"]}, 4), ({"companyName": "northwind"}, 5), ({"companyName": "North"}, 0),
    ({"status": []}, 0), ({"status": ["CLOSED"]}, 0), ({"status": ["OPEN"]}, 12), ({"priority": ["HIGH"], "companyName": "Contoso"}, 2), ({}, 12),
])
async def test_filters(full: Team, given: dict[str, Any], count: int) -> None:
    found = await page(full.as_("engineer"), first=100, filter=given)
    assert (found["totalCount"], len(found["nodes"]), found["pageInfo"]["hasNextPage"]) == (count, count, False)


async def test_the_queue_holds_what_waits_unless_filtered(team: Team) -> None:
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    made = {}
    for state in ("open", "claimed", "closed", "returned", "withdrawn"):
        made[state] = (await escalated(l1, await begin(l1, adhoc=True)))["id"]
    for state in ("claimed", "closed", "returned"):
        await engineer.do("Claim", escalationId=made[state])
    await engineer.do("Close", escalationId=made["closed"], outcome="RESOLVED")
    await engineer.do("Close", escalationId=made["returned"], outcome="RETURNED_TO_L1", notes="x")
    await l1.do("Withdraw", escalationId=made["withdrawn"])
    assert {node["id"] for node in (await page(engineer))["nodes"]} == {made["open"], made["claimed"]}
    assert (await page(engineer))["totalCount"] == 2
    every = await page(engineer, filter={"status": ["OPEN", "CLAIMED", "CLOSED", "RETURNED", "WITHDRAWN"]})
    assert {node["id"] for node in every["nodes"]} == set(made.values())
    mine = await page(engineer, filter={"claimedById": engineer.id})
    assert [node["id"] for node in mine["nodes"]] == [made["claimed"]]
    assert (await page(engineer, filter={"claimedById": "no-uuid"}))["nodes"] == []


async def test_l1_sees_their_own_and_viewers_see_nothing(full: Team) -> None:
    own = await page(full.as_("l1"), first=100)
    assert (own["totalCount"], {node["escalatedBy"]["id"] for node in own["nodes"]}) == (6, {full.as_("l1").id})
    assert {node["viewerCanClaim"] for node in own["nodes"]} == {False}
    assert (await page(await full.person("nobody")))["nodes"] == []
    await full.as_("viewer").forbidden("Queue")
    assert (await page(full.api.as_("owner", account="globex")))["totalCount"] == 0


async def test_a_service_account_reads_with_its_scope(full: Team) -> None:
    assert (await page(await full.service_account("read"), first=100))["totalCount"] == 12
    await (await full.service_account("intake")).forbidden("Queue")


async def test_what_can_be_claimed_is_said_for_each(full: Team) -> None:
    cover = full.as_("cover")
    nodes = (await page(cover, first=100))["nodes"]
    assert {(node["escalatedBy"]["id"] == cover.id, node["viewerCanClaim"]) for node in nodes} == {(True, False), (False, True)}


@pytest.mark.parametrize("after", ["x", "", "bm9wZQ", "W10", "WzEsMiwzXQ", "é", "AAAA" * 500])
async def test_a_cursor_that_is_none_is_a_bad_request(full: Team, after: str) -> None:
    body = await full.as_("engineer").raw("Queue", after=after)
    assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_REQUEST"]


async def test_a_cursor_of_another_order_is_refused_or_harmless(full: Team) -> None:
    engineer = full.as_("engineer")
    cursor = (await page(engineer, first=1))["pageInfo"]["endCursor"]
    body = await engineer.raw("Queue", after=cursor, orderBy={"field": "LAST_STEP_AT", "direction": "DESC"})
    assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_REQUEST"]


@pytest.mark.parametrize("first", [0, -1, 101, 1_000_000, -2147483648])
async def test_a_page_has_1_to_100(full: Team, first: int) -> None:
    body = await full.as_("engineer").raw("Queue", first=first)
    assert body["errors"][0]["extensions"]["code"] in {"BAD_REQUEST", "QUERY_TOO_COMPLEX"}


async def test_the_count_is_made_only_when_asked_for(full: Team) -> None:
    document = "{ escalations(first: 5) { nodes { id } } }"
    with full.api.statements() as sent:
        await full.as_("engineer").run(document)
    assert not [statement for statement in sent if "count(" in statement.lower()]

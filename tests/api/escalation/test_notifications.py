"""Notifications in the product: rows of the transaction, read and marked by their owner alone."""

from __future__ import annotations

from typing import Any

from tests.support.api import Caller, Team
from tests.support.walks import begin, escalated


async def viewer(caller: Caller, **given: Any) -> dict[str, Any]:
    return (await caller.run("Notifications", **given))["viewer"]


async def three(team: Team) -> list[str]:
    """Three escalations; each tells the engineer. Their ids, the newest first."""
    l1 = team.as_("l1")
    return [(await escalated(l1, await begin(l1, adhoc=True)))["id"] for _ in range(3)][::-1]


async def test_the_newest_come_first_and_name_their_subject(team: Team) -> None:
    made = await three(team)
    found = await viewer(team.as_("engineer"))
    assert [(one["kind"], one["subject"], one["readAt"]) for one in found["notifications"]["nodes"]] == [
        ("ESCALATION_OPENED", {"__typename": "Escalation", "id": escalation}, None) for escalation in made]
    assert found["unreadNotificationCount"] == 3


async def test_pages(team: Team) -> None:
    await three(team)
    engineer = team.as_("engineer")
    whole = (await viewer(engineer))["notifications"]["nodes"]
    first = (await viewer(engineer, first=2))["notifications"]
    rest = (await viewer(engineer, first=2, after=first["pageInfo"]["endCursor"]))["notifications"]
    assert first["nodes"] + rest["nodes"] == whole
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


async def test_marking_is_once_and_ones_own(team: Team) -> None:
    await three(team)
    engineer, admin = team.as_("engineer"), team.as_("admin")
    ids = [one["id"] for one in (await viewer(engineer))["notifications"]["nodes"]]
    assert (await admin.do("MarkRead", ids=ids))["unreadNotificationCount"] == 3  # of the admin's own
    assert (await viewer(engineer))["unreadNotificationCount"] == 3
    assert (await engineer.do("MarkRead", ids=ids[:1]))["unreadNotificationCount"] == 2
    [read] = [one for one in (await viewer(engineer))["notifications"]["nodes"] if one["readAt"]]
    assert read["id"] == ids[0]
    await engineer.do("MarkRead", ids=ids)
    nodes = (await viewer(engineer))["notifications"]["nodes"]
    assert nodes[0]["readAt"] == read["readAt"] and all(one["readAt"] for one in nodes)


async def test_unknown_ids_change_nothing(team: Team) -> None:
    await three(team)
    engineer = team.as_("engineer")
    strange = ["", "x", "00000000-0000-4000-8000-000000000000"]
    assert (await engineer.do("MarkRead", ids=strange))["unreadNotificationCount"] == 3
    assert (await engineer.do("MarkRead", ids=[]))["unreadNotificationCount"] == 3


async def test_another_accounts_notifications_stay_unread(team: Team) -> None:
    await three(team)
    ids = [one["id"] for one in (await viewer(team.as_("engineer")))["notifications"]["nodes"]]
    stranger = team.api.as_("engineer", account="globex")
    assert (await stranger.do("MarkRead", ids=ids))["unreadNotificationCount"] == 0
    assert (await viewer(team.as_("engineer")))["unreadNotificationCount"] == 3


async def test_a_service_account_has_none(team: Team) -> None:
    await three(team)
    found = await viewer(await team.service_account("read"))
    assert (found["notifications"]["nodes"], found["unreadNotificationCount"]) == ([], 0)

"""Moments from outside: any zone, the ends of the calendar, cursors made by hand. Never a fault of ours."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from schema.moment import moment
from tests.support.api import Team

SINCE = "query ($at: DateTime) { auditEvents(first: 1, filter: { since: $at }) { nodes { id } } }"
AFTER = "query ($after: String) { auditEvents(first: 1, after: $after) { nodes { id } } }"
NOBODY = "00000000-0000-0000-0000-000000000000"


def test_a_moment_without_a_zone_counts_as_utc() -> None:
    assert moment("2026-01-31T12:00:00") == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert moment("2026-01-31T14:00:00+02:00") == datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("at", [
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "now", "", "+12026-01-01T00:00:00Z",
])
async def test_no_moment_is_a_bad_request(team: Team, at: str) -> None:
    answer = await team.as_("owner").raw(SINCE, at=at)
    assert [one["extensions"]["code"] for one in answer["errors"]] == ["BAD_REQUEST"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-01-31T12:00:00"])
async def test_the_ends_of_the_calendar_are_moments(team: Team, at: str) -> None:
    assert "errors" not in await team.as_("owner").raw(SINCE, at=at)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
async def test_a_cursor_outside_the_calendar_is_refused(team: Team, at: str) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([at, NOBODY]).encode()).decode().rstrip("=")
    answer = await team.as_("owner").raw(AFTER, after=cursor)
    assert [one["extensions"]["code"] for one in answer["errors"]] == ["BAD_REQUEST"]

"""Seats in a race: the last one is given once."""

from __future__ import annotations

import asyncio

from tests.support.api import Api

INVITE = """mutation($input: AddMemberInput!) { addMember(input: $input) {
  member { id role } errors { code message field } } }"""


async def test_two_invites_for_the_last_seat(cold_api: Api) -> None:
    """Regression 17: seat count raced by two invites."""
    team = cold_api.teams["acme"]
    await team.rows("UPDATE accounts SET seat_limits = CAST('{\"engineer\": 3}' AS jsonb) WHERE id = :account")
    payloads = [one["addMember"] for one in await asyncio.gather(*(
        team.as_(person).run(INVITE, input={"email": f"new{number}@acme.example", "name": "New", "role": "ENGINEER"})
        for number, person in enumerate(("owner", "admin", "owner", "admin"))))]
    codes = sorted(payload["errors"][0]["code"] for payload in payloads if payload["errors"])
    assert codes == ["SEAT_LIMIT_EXCEEDED"] * 3
    assert [payload["member"]["role"] for payload in payloads if payload["member"]] == ["ENGINEER"]
    count = "SELECT count(*) FROM users WHERE account_id = :account AND role = 'engineer' AND deleted_at IS NULL"
    assert await team.value(count) == 3

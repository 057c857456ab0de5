"""What is old goes, what is young or still needed stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jobs import retention
from tests.support.api import Api, Team

DAYS_90 = timedelta(days=90)


async def run(api: Api) -> int:
    return await retention.run(api.db, datetime.now(UTC), DAYS_90)


async def test_keys_and_counters(api: Api, team: Team) -> None:
    for hours in (1, 25, 47, 49, 500):
        await team.rows(
            "INSERT INTO idempotency_keys (account_id, id, actor_id, key, request_hash, outcome, created_at) VALUES "
            "(:account, gen_random_uuid(), gen_random_uuid(), 'k', 'h', '{}', now() - make_interval(hours => :hours)) "
            "RETURNING id", hours=hours)
        await team.rows(
            "INSERT INTO rate_windows (account_id, id, actor_id, bucket, started_at) VALUES (:account, "
            "gen_random_uuid(), gen_random_uuid(), 'intake', now() - make_interval(hours => :hours)) RETURNING id",
            hours=hours)
    await api.rows("INSERT INTO credential_failures (peer, started_at) VALUES ('a', now() - interval '2 hours') RETURNING 1")
    await api.rows("INSERT INTO credential_failures (peer, started_at) VALUES ('b', now()) RETURNING 1")
    assert await run(api) == 2 + 4 + 1
    assert await team.counts("idempotency_keys", "rate_windows") == (3, 1)
    assert [row["peer"] for row in await api.rows("SELECT peer FROM credential_failures WHERE peer IN ('a', 'b')")] == ["b"]
    assert await run(api) == 0


async def test_old_model_calls_keep_their_figures_only(api: Api, team: Team) -> None:
    for days in (10, 89, 91):
        await team.rows(
            "INSERT INTO ai_records (account_id, id, purpose, model, parameters, prompt_hash, raw, verdict, "
            "prompt_tokens, cost_usd, created_at) VALUES (:account, gen_random_uuid(), 'node', 'm', "
            "CAST('{\"temperature\": 0}' AS jsonb), 'h', 'what it said', 'accepted', 7, 0.5, "
            "now() - make_interval(days => :days)) RETURNING id", days=days)
    assert await run(api) == 1
    rows = await team.rows("SELECT * FROM ai_records WHERE account_id = :account ORDER BY created_at")
    assert [row["raw"] for row in rows] == [None, "what it said", "what it said"]
    assert [row["parameters"] for row in rows] == [{}, {"temperature": 0}, {"temperature": 0}]
    assert {(row["model"], row["verdict"], row["prompt_tokens"]) for row in rows} == {("m", "accepted", 7)}
    assert await run(api) == 0

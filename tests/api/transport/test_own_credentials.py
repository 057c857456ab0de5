"""Development tokens and API keys, where a credential may stand, and what guessing meets."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.support.api import SECRET, Api, Caller, Team, open_api
from web.credentials import DEVELOPMENT_ISSUER, development_token

ME = {"query": "{ viewer { id name role } }"}
NOW = int(time.time())

# Development tokens and API keys

async def test_a_development_token_lasts_twelve_hours(api: Api) -> None:
    acme = api.teams["acme"]
    now = time.time()
    for issued, expected in ((now, 200), (now - 11.9 * 3600, 200), (now - 12.1 * 3600, 401)):
        text = development_token(SECRET, acme.id, acme.people["l1"], issued)
        assert (await Caller(api.http, text).post(ME)).status_code == expected


@pytest.mark.parametrize("claims", [
    {"exp": NOW + 10 * 365 * 86_400}, {"exp": NOW + 300, "iss": "other"}, {"exp": NOW + 300, "iat": None},
    {"exp": NOW + 300, "iat": "x"}, {"exp": NOW + 300, "account_id": "x"}, {"exp": NOW + 300, "sub": "x"}, {"exp": None},
    {"exp": NOW + 300, "sub": str(UUID(int=5))}, {"exp": "x"}, {"exp": NOW - 1}, {"exp": float("nan")},
])
async def test_a_development_token_with_wrong_claims(api: Api, claims: dict[str, Any]) -> None:
    acme = api.teams["acme"]
    given = {"iss": DEVELOPMENT_ISSUER, "sub": str(acme.people["l1"]), "account_id": str(acme.id), "iat": NOW, **claims}
    text = jwt.encode({"alg": "HS256"}, {k: v for k, v in given.items() if v is not None}, OctKey.import_key(SECRET), algorithms=["HS256"])
    assert (await Caller(api.http, text).post(ME)).status_code == 401


async def test_a_person_of_one_account_is_nobody_in_another(api: Api) -> None:
    text = development_token(SECRET, api.teams["globex"].id, api.teams["acme"].people["owner"])
    assert (await Caller(api.http, text).post(ME)).status_code == 401


@pytest.mark.parametrize("column", ["deactivated_at", "deleted_at"])
async def test_who_left_is_refused_at_the_next_request(team: Team, column: str) -> None:
    tech = team.as_("l1")
    assert (await tech.post(ME)).status_code == 200
    await team.rows(f"UPDATE users SET {column} = now() WHERE account_id = :account AND id = :id", id=UUID(tech.id))
    assert (await tech.post(ME)).status_code == 401


async def test_a_role_that_changed_counts_at_the_next_request(team: Team) -> None:
    tech = team.as_("l1")
    await team.rows("UPDATE users SET role = 'viewer' WHERE account_id = :account AND id = :id", id=UUID(tech.id))
    assert (await tech.run("{ viewer { role } }"))["viewer"] == {"role": "VIEWER"}


CREATE = """mutation($input: CreateServiceAccountInput!) { createServiceAccount(input: $input) {
    serviceAccount { id name scopes lastUsedAt revokedAt } secret errors { code message } } }"""
REVOKE = """mutation($input: RevokeServiceAccountInput!) { revokeServiceAccount(input: $input) {
    serviceAccount { id revokedAt } errors { code message } } }"""


async def test_a_key_works_until_it_is_revoked(team: Team) -> None:
    made = await team.as_("admin").do(CREATE, name="PSA", scopes=["READ"])
    machine = Caller(team.api.http, made["secret"])
    assert (await machine.run("{ viewer { kind name } }"))["viewer"] == {"kind": "SERVICE_ACCOUNT", "name": "PSA"}
    assert await team.value("SELECT last_used_at IS NOT NULL FROM service_accounts WHERE account_id = :account") is True
    await team.as_("admin").do(REVOKE, serviceAccountId=made["serviceAccount"]["id"])
    assert (await machine.post(ME)).status_code == 401


async def test_a_secret_is_kept_nowhere_in_the_clear(team: Team) -> None:
    key = (await team.as_("owner").do(CREATE, name="PSA", scopes=["READ"]))["secret"]
    secret = key.split("_", 3)[3]
    assert len(secret) >= 40
    await Caller(team.api.http, key).run("{ viewer { name } }")
    tables = await team.api.rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")
    for table in [row["relname"] for row in tables]:
        found = await team.api.rows(f'SELECT 1 FROM "{table}" t WHERE strpos(t::text, :secret) > 0', secret=secret)
        assert found == [], table
    listed = await team.as_("owner").raw("{ serviceAccounts { nodes { id name scopes } } auditEvents { nodes { details } } }")
    assert secret not in json.dumps(listed)


async def test_keys_that_are_nearly_right(team: Team) -> None:
    key = (await team.as_("owner").do(CREATE, name="PSA", scopes=["READ"]))["secret"]
    prefix, account, found, secret = key.split("_", 3)
    other = team.api.teams["acme"]
    for text in (
        f"{prefix}_{account}_{found}_{secret[:-1]}", f"{prefix}_{account}_{found}_{secret}x", f"{prefix}_{account}_{found}_",
        f"{prefix}_{account}_{found}", f"{prefix}_{account}", prefix + "_", f"{prefix}_{other.id.hex}_{found}_{secret}",
        f"{prefix}_{account}_{uuid4().hex}_{secret}", f"{prefix}__{found}_{secret}", f"{prefix}_x_y_z",
    ):
        assert (await Caller(team.api.http, text).post(ME)).status_code == 401, text


# Where a credential may stand, and how often one may be wrong

async def test_without_a_credential_nothing_is_answered(api: Api) -> None:
    for query in ("{ __typename }", "{ viewer { name } }", "{ nonsense }", "{", "mutation { x }"):
        answer = await api.anonymous().post({"query": query})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["UNAUTHENTICATED"]
        assert "data" not in answer.json()


async def test_a_token_counts_in_its_header_only(api: Api) -> None:
    good = api.as_("l1").token
    for params in ({"access_token": good}, {"token": good}, {"authorization": f"Bearer {good}"}):
        assert (await api.http.post("/graphql", json=ME, params=params)).status_code == 401
    for headers in ({"cookie": f"access_token={good}"}, {"x-authorization": f"Bearer {good}"}, {"authorization": good},
                    {"authorization": f"Basic {good}"}, {"authorization": f"Token {good}"}, {"authorization": "Bearer"}):
        assert (await api.http.post("/graphql", json=ME, headers=headers)).status_code == 401
    assert (await api.http.post("/graphql", json={**ME, "token": good})).status_code == 401
    assert (await api.http.post("/graphql", json=ME, headers={"authorization": f"bearer {good}"})).status_code == 200


async def test_refusals_do_not_say_why(api: Api) -> None:
    """Unknown, expired, foreign and revoked look the same."""
    acme = api.teams["acme"]
    texts = {
        (await Caller(api.http, text).post(ME)).text for text in (
            "x", development_token(SECRET, acme.id, acme.people["l1"], 1_000_000.0), f"hrk_{acme.id.hex}_{uuid4().hex}_x",
            development_token(SECRET, acme.id, uuid4()), development_token("another secret, as long", acme.id, acme.people["l1"]))
    }
    assert len(texts) == 1


async def test_guessing_meets_a_429(fresh_database: str) -> None:
    async with open_api(fresh_database, "acme") as api:
        statuses = [(await Caller(api.http, f"guess-{number}").post(ME)) for number in range(300)]
        codes = [answer.status_code for answer in statuses]
        assert set(codes[:50]) == {401}
        assert 429 in codes
        last = next(answer for answer in statuses if answer.status_code == 429)
        assert last.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert int(last.headers["retry-after"]) > 0
        assert (await api.as_("l1").post(ME)).status_code == 200, "a good token from the same address still counts"
        async with open_api(fresh_database, "acme") as other:
            assert (await Caller(other.http, "guess").post(ME)).status_code == 429, "processes share the count"


async def test_no_credential_is_no_guess(fresh_database: str) -> None:
    async with open_api(fresh_database, "acme") as api:
        assert {(await api.anonymous().post(ME)).status_code for _ in range(80)} == {401}
        assert await api.rows("SELECT 1 FROM credential_failures") == []

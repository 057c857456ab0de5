"""Who is calling: tokens of an issuer, development tokens, API keys; what is refused, and that it says nothing."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.support.api import SECRET, Api, Caller, Team, open_api
from tests.support.issuer import AUDIENCE, ISSUER, Issuer, running_issuer, token
from web.credentials import TokenRules, development_token

ME = {"query": "{ viewer { id name role } }"}


@dataclass
class World:
    """An API that trusts an issuer, and one member bound to it."""

    api: Api
    issuer: Issuer
    key: Any
    team: Team

    def with_token(self, text: str | None) -> Caller:
        return Caller(self.api.http, text)

    async def status(self, text: str, **headers: str) -> int:
        """The status of a request; a refused one shows no data at all."""
        answer = await self.with_token(text).post(ME, headers={"handrail-account": str(self.team.id), **headers})
        if answer.status_code != 200:
            assert set(answer.json()) == {"errors"}
        return answer.status_code

    async def bind(self, subject: str, person: str = "l1") -> str:
        await self.team.rows("UPDATE users SET issuer = :i, subject = :s WHERE account_id = :account AND id = :id",
                             i=ISSUER, s=subject, id=self.team.people[person])
        return subject


@pytest_asyncio.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with running_issuer() as issuer:
        rules = TokenRules(None, ISSUER, AUDIENCE, issuer.url)
        async with open_api(database_url, "acme", "globex", tokens=rules) as api:
            made = World(api, issuer, issuer.rsa("key"), api.teams["acme"])
            await made.bind("lee")
            yield made


async def test_a_good_token_is_its_member(world: World) -> None:
    answer = await world.with_token(token(world.key, "lee", world.team.id)).post(ME)
    assert answer.json()["data"]["viewer"] == {
        "id": str(world.team.people["l1"]), "name": "Lee Lone (acme)", "role": "L1_TECH"}
    assert world.issuer.asked == 1


@pytest.mark.parametrize("make", ["rsa", "ec"])
@pytest.mark.parametrize("alg", [None, "PS256", "RS384"])
async def test_asymmetric_algorithms(world: World, make: str, alg: str | None) -> None:
    if make == "ec" and alg is not None:
        return
    key = getattr(world.issuer, make)("other")
    assert await world.status(token(key, "lee", world.team.id, alg=alg, kid="other")) == 200


async def test_the_account_is_named_by_the_claim_or_by_the_header(world: World) -> None:
    text = token(world.key, "lee")
    assert await world.status(text) == 200
    assert await world.status(text, **{"handrail-account": str(world.api.teams["globex"].id)}) == 401
    assert await world.status(text, **{"handrail-account": "acme; DROP TABLE users"}) == 401
    assert (await world.with_token(text).post(ME)).status_code == 401


async def test_the_header_cannot_override_the_claim(world: World) -> None:
    globex = world.api.teams["globex"]
    await globex.rows("UPDATE users SET issuer = :i, subject = 'lee' WHERE account_id = :account AND id = :id",
                      i=ISSUER, id=globex.people["owner"])
    answer = await world.with_token(token(world.key, "lee", world.team.id)).post(
        ME, headers={"handrail-account": str(globex.id)})
    assert answer.json()["data"]["viewer"]["role"] == "L1_TECH"


NOW = int(time.time())
BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - 120},
    "without an end": {"exp": None},
    "an end that is no number": {"exp": "tomorrow"},
    "not yet": {"nbf": NOW + 3_600},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "somebody-else"},
    "other audiences": {"aud": ["a", "b"]},
    "no audience": {"aud": None},
    "an audience that is an object": {"aud": {"handrail": True}},
    "a member of nobody": {"sub": "mallory"},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is a list": {"sub": ["lee"]},
    "a subject with a NUL": {"sub": "lee\x00"},
    "another account": {"account_id": str(uuid4())},
    "an account that is none": {"account_id": "acme"},
    "an account that is a number": {"account_id": 5},
}


@pytest.mark.parametrize("name", BAD_CLAIMS)
async def test_a_signed_token_with_wrong_claims(world: World, name: str) -> None:
    assert await world.status(token(world.key, "lee", world.team.id, **BAD_CLAIMS[name])) == 401


async def test_several_audiences_with_ours_among_them(world: World) -> None:
    assert await world.status(token(world.key, "lee", world.team.id, aud=["other", AUDIENCE])) == 200


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


async def test_tokens_nobody_signed(world: World) -> None:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "lee", "exp": int(time.time()) + 300, "account_id": str(world.team.id)}
    good = token(world.key, "lee", world.team.id)
    header, payload, signature = good.split(".")
    for text in (
        f"{encoded({'alg': 'none'})}.{encoded(claims)}.", f"{encoded({'alg': 'None'})}.{encoded(claims)}.",
        f"{encoded({'alg': 'none', 'kid': 'key'})}.{encoded(claims)}.{signature}",
        f"{encoded({'alg': 'RS256', 'kid': 'key'})}.{encoded(claims)}.", f"{header}.{encoded(claims)}.{signature}",
        f"{header}.{payload}.{signature[:-8]}AAAAAAAA", f"{header}.{payload}", header, "", ".", "..", "...", "x", "é",
        f"{encoded([])}.{payload}.{signature}", f"{encoded(b'[' * 5000)}.{payload}.{signature}",
        *(f"{encoded({'alg': alg, 'kid': 'key'})}.{payload}.{signature}" for alg in ("HS256", "rs256", "", 5, None, [], {}, "ES256", "dir")),
        *(f"{encoded({'alg': 'RS256', 'kid': kid})}.{payload}.{signature}" for kid in (5, [], {}, ["key"], "x" * 5000, "../../etc/passwd", "key\x00")),
        f"{encoded({'alg': 'RS256', 'kid': 'key', 'crit': ['exp']})}.{payload}.{signature}",
        "x" * 100_000,
    ):
        assert await world.status(text.encode("ascii", "replace").decode()) in {401, 429}, text[:200]


async def test_the_public_key_is_no_shared_secret(world: World) -> None:
    """The classic confusion: HS256 with the published key as the secret."""
    for secret in (world.key.as_pem(private=False), json.dumps(world.key.as_dict(private=False)).encode()):
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "lee", "exp": int(time.time()) + 300, "account_id": str(world.team.id)}
        for alg in ("HS256", "HS512"):
            header = {"alg": alg, "kid": "key"}
            signed = f"{encoded(header)}.{encoded(claims)}"
            import hashlib
            import hmac

            digest = hmac.new(secret, signed.encode(), hashlib.sha256 if alg == "HS256" else hashlib.sha512).digest()
            assert await world.status(f"{signed}.{encoded(digest)}") == 401


async def test_a_key_in_the_token_itself_is_not_believed(world: World) -> None:
    from joserfc.jwk import RSAKey

    own = RSAKey.generate_key(2048, {"kid": "key"})
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "lee", "exp": int(time.time()) + 300, "account_id": str(world.team.id)}
    for header in ({"jwk": own.as_dict(private=False)}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example"}):
        text = jwt.encode({"alg": "RS256", "kid": "key", **header}, claims, own, algorithms=["RS256"])
        assert await world.status(text) == 401


async def test_development_tokens_are_nothing_to_an_issuers_server(world: World) -> None:
    assert await world.status(development_token(SECRET, world.team.id, world.team.people["owner"])) == 401


# Keys of the issuer

async def test_a_rotated_key_is_fetched_at_the_first_token_that_names_it(world: World) -> None:
    assert await world.status(token(world.key, "lee", world.team.id)) == 200
    new = world.issuer.rsa("new")
    assert await world.status(token(new, "lee", world.team.id, kid="new")) == 200
    newer = world.issuer.ec("newer")
    assert await world.status(token(newer, "lee", world.team.id, kid="newer")) == 200
    assert world.issuer.asked == 3
    assert await world.status(token(world.key, "lee", world.team.id)) == 200
    assert world.issuer.asked == 3


async def test_a_withdrawn_key_is_refused_once_the_set_is_fetched_again(world: World) -> None:
    assert await world.status(token(world.key, "lee", world.team.id)) == 200
    world.issuer.published.clear()
    new = world.issuer.rsa("new")
    assert await world.status(token(new, "lee", world.team.id, kid="new")) == 200
    assert await world.status(token(world.key, "lee", world.team.id)) == 401


async def test_the_issuer_down_keeps_the_keys_we_know(world: World) -> None:
    assert await world.status(token(world.key, "lee", world.team.id)) == 200
    world.issuer.is_down = True
    assert await world.status(token(world.key, "lee", world.team.id, kid="unknown")) == 401
    assert await world.status(token(world.key, "lee", world.team.id)) == 200
    world.issuer.is_down = False
    new = world.issuer.rsa("new")
    assert await world.status(token(new, "lee", world.team.id, kid="new")) == 200


async def test_the_issuer_down_from_the_start_refuses_quickly_and_recovers(world: World) -> None:
    world.issuer.is_down = True
    started = time.monotonic()
    for _ in range(5):
        assert await world.status(token(world.key, "lee", world.team.id)) == 401
    assert time.monotonic() - started < 2
    world.issuer.is_down = False
    await asyncio.sleep(1.1)
    assert await world.status(token(world.key, "lee", world.team.id)) == 200


async def test_unknown_key_ids_do_not_make_us_hammer_the_issuer(world: World) -> None:
    assert await world.status(token(world.key, "lee", world.team.id)) == 200
    for number in range(30):
        assert await world.status(token(world.key, "lee", world.team.id, kid=f"guess-{number}")) in {401, 429}
    assert world.issuer.asked <= 8


async def test_one_strange_key_spoils_no_other(world: World) -> None:
    world.issuer.published[:0] = [5, "x", None, {}, {"kty": "foo", "kid": "key"}, {"kty": "RSA", "kid": "x"},
                                  {"kty": "OKP", "crv": "X448", "x": "AA"}, {"kty": "oct", "k": "c2VjcmV0", "kid": "key"}]
    assert await world.status(token(world.key, "lee", world.team.id)) == 200


async def test_a_published_shared_secret_is_not_used(world: World) -> None:
    secret = OctKey.import_key("a published secret, long enough for HS256")
    world.issuer.published[:] = [{**secret.as_dict(), "kid": "key"}]
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "lee", "exp": int(time.time()) + 300, "account_id": str(world.team.id)}
    assert await world.status(jwt.encode({"alg": "HS256", "kid": "key"}, claims, secret, algorithms=["HS256"])) == 401


async def test_tokens_and_keys_without_names(world: World) -> None:
    unnamed = world.issuer.rsa(None)
    assert await world.status(token(unnamed, "lee", world.team.id, kid=None)) == 200
    assert await world.status(token(world.key, "lee", world.team.id, kid=None)) == 200


async def test_many_first_requests_at_once_fetch_the_keys_once(world: World) -> None:
    text = token(world.key, "lee", world.team.id)
    assert await asyncio.gather(*(world.status(text) for _ in range(20))) == [200] * 20
    assert world.issuer.asked == 1


# Invited members

async def test_an_invited_member_is_bound_once_by_a_verified_address(world: World) -> None:
    invited = token(world.key, "new-subject", world.team.id, email="Viewer@ACME.example", email_verified=True)
    assert await world.status(invited) == 200
    [row] = await world.team.rows("SELECT issuer, subject FROM users WHERE account_id = :account AND email = 'viewer@acme.example'")
    assert row == {"issuer": ISSUER, "subject": "new-subject"}
    other = token(world.key, "somebody-else", world.team.id, email="viewer@acme.example", email_verified=True)
    assert await world.status(other) == 401, "the address was used up by the first identity"
    without = token(world.key, "new-subject", world.team.id)
    assert await world.status(without) == 200, "and from then on the identity alone counts"


@pytest.mark.parametrize("claims", [
    {"email": "viewer@acme.example"}, {"email": "viewer@acme.example", "email_verified": False},
    {"email": "viewer@acme.example", "email_verified": "true"}, {"email": "viewer@acme.example", "email_verified": 1},
    {"email": ["viewer@acme.example"], "email_verified": True}, {"email": "nobody@acme.example", "email_verified": True},
    {"email": "viewer@globex.example", "email_verified": True}, {"email": "", "email_verified": True},
    {"email": "viewer@acme.example\x00", "email_verified": True},
])
async def test_an_address_that_is_not_verified_binds_nobody(world: World, claims: dict[str, Any]) -> None:
    assert await world.status(token(world.key, "mallory", world.team.id, **claims)) == 401
    assert await world.api.rows("SELECT id FROM users WHERE subject = 'mallory'") == []


async def test_a_removed_or_deactivated_invitation_binds_nobody(world: World) -> None:
    for column in ("deleted_at", "deactivated_at"):
        await world.team.rows(f"UPDATE users SET {column} = now(), issuer = NULL, subject = NULL WHERE account_id = :account AND id = :id",
                              id=world.team.people["viewer"])
        claims = {"email": "viewer@acme.example", "email_verified": True}
        assert await world.status(token(world.key, "mallory", world.team.id, **claims)) == 401
        await world.team.rows(f"UPDATE users SET {column} = NULL WHERE account_id = :account AND id = :id",
                              id=world.team.people["viewer"])


async def test_an_apps_first_requests_come_side_by_side(world: World) -> None:
    invited = token(world.key, "new-subject", world.team.id, email="viewer@acme.example", email_verified=True)
    assert await asyncio.gather(*(world.status(invited) for _ in range(8))) == [200] * 8


async def test_a_removed_member_who_is_invited_again_comes_back(world: World) -> None:
    """Under the same subject: the old row keeps its history, the new one is who they are."""
    await world.team.rows("UPDATE users SET deleted_at = now() WHERE account_id = :account AND id = :id", id=world.team.people["l1"])
    again = token(world.key, "lee", world.team.id, email="lee-again@acme.example", email_verified=True)
    assert await world.status(again) == 401, "nobody has invited them yet"
    await world.team.person("lee-again")
    assert await world.status(again) == 200
    rows = await world.team.rows("SELECT id, deleted_at IS NULL AS here FROM users WHERE account_id = :account AND subject = 'lee'")
    assert {row["id"]: row["here"] for row in rows} == {world.team.people["l1"]: False, world.team.people["lee-again"]: True}


async def test_an_invitation_takes_no_identity_that_a_member_has(world: World) -> None:
    await world.team.rows("UPDATE users SET deactivated_at = now() WHERE account_id = :account AND id = :id", id=world.team.people["l1"])
    await world.team.person("lee-again")
    claims = {"email": "lee-again@acme.example", "email_verified": True}
    assert await world.status(token(world.key, "lee", world.team.id, **claims)) == 401, "deactivated is not removed"
    assert await world.team.value("SELECT subject FROM users WHERE id = :id", id=world.team.people["lee-again"]) is None

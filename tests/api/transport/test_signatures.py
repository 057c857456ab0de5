"""A signature is checked once for a token and its key; everything else about a token is asked each time."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from web import credentials, signatures
from web.credentials import CredentialReader, TokenRules, development_token
from web.signatures import BadCredential, Signatures

SECRET = "a secret of these tests, long enough for HS256"


def signed(key: RSAKey, **claims: object) -> str:
    return jwt.encode({"alg": "RS256"}, claims, key, algorithms=["RS256"])


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tokens whose signature is really computed."""
    seen: list[str] = []
    real = jwt.decode

    def noted(token: str, *rest: object, **more: object) -> object:
        seen.append(token)
        return real(token, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(signatures.jwt, "decode", noted)
    return seen


def test_once_for_a_token_and_its_key(checks: list[str]) -> None:
    known, key, other = Signatures(["RS256"]), RSAKey.generate_key(2048), RSAKey.generate_key(2048)
    token = signed(key, sub="one")
    assert [known.claims(token, key)["sub"] for _ in range(3)] == ["one"] * 3
    assert len(checks) == 1
    with pytest.raises(BadCredential):
        known.claims(token, other)
    with pytest.raises(BadCredential):
        known.claims_by_any(token, [other])
    assert known.claims_by_any(token, [other, key])["sub"] == "one"


def test_a_key_that_was_withdrawn_takes_its_tokens_with_it() -> None:
    known, key = Signatures(["RS256"]), RSAKey.generate_key(2048)
    token = signed(key, sub="one")
    known.claims_by_any(token, [key])
    with pytest.raises(BadCredential):
        known.claims_by_any(token, [])
    again = RSAKey.import_key(key.as_dict(private=False))
    assert known.claims_by_any(token, [again])["sub"] == "one"


def test_a_changed_token_is_another_one(checks: list[str]) -> None:
    known, key = Signatures(["HS256"]), OctKey.import_key(SECRET)
    token = development_token(SECRET, uuid4(), uuid4())
    known.claims(token, key)
    head, body, signature = token.split(".")
    for forged in (f"{head}.{body}.{signature[:-2]}AA", f"{head}.{body[:-2]}AA.{signature}", f"{head}.{body}."):
        for _ in range(2):
            with pytest.raises(BadCredential):
                known.claims(forged, key)
    assert len(checks) == 7, "what is refused is not remembered"


async def test_the_time_is_asked_each_time(monkeypatch: pytest.MonkeyPatch, checks: list[str]) -> None:
    reader = CredentialReader(TokenRules(dev_secret=SECRET))
    token = "Bearer " + development_token(SECRET, uuid4(), uuid4())
    first = await reader.read(token, None)
    assert await reader.read(token, None) == first
    assert len(checks) == 1
    now = time.time()
    monkeypatch.setattr(credentials.time, "time", lambda: now + 13 * 3600)
    with pytest.raises(BadCredential):
        await reader.read(token, None)
    monkeypatch.setattr(credentials.time, "time", lambda: now)
    assert await reader.read(token, None) == first


def test_no_more_are_kept_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "MAX_KEPT", 3)
    known, key = Signatures(["HS256"]), OctKey.import_key(SECRET)
    for _ in range(9):
        known.claims(development_token(SECRET, uuid4(), uuid4()), key)
    assert len(known._kept) == 3
    assert all(len(token) == 32 for token, _ in known._kept), "hashes, not tokens"

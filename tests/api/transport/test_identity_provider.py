"""Which origins a page may fetch a token from: the issuer's and its token endpoint's, learnt once, never injected."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import identity_provider
from web.identity_provider import IdentityProvider, origin_of, token_origin

ISSUER = "https://id.example/tenant"


def described(**changes: Any) -> dict[str, Any]:
    return {"issuer": ISSUER, "token_endpoint": "https://tokens.example:8443/t", **changes}


@pytest.mark.parametrize(
    ("issuer", "description", "origin"),
    [
        (ISSUER, described(), "https://tokens.example:8443"),
        (ISSUER, described(token_endpoint="https://id.example/token"), "https://id.example"),
        (ISSUER, described(issuer="https://id.example"), None),
        (ISSUER, described(token_endpoint="http://tokens.example/t"), None),
        (ISSUER, described(token_endpoint="http://id.example/t"), None),
        (ISSUER, described(token_endpoint="http://127.0.0.1:9000/t"), "http://127.0.0.1:9000"),
        (ISSUER, described(token_endpoint="https://[::1]:9/t"), "https://[::1]:9"),
        (ISSUER, described(token_endpoint="https://a.example;script-src *"), None),
        (ISSUER, described(token_endpoint="https://a.example *"), None),
        (ISSUER, described(token_endpoint="https://*"), None),
        (ISSUER, described(token_endpoint="https://a.example:99999/"), None),
        (ISSUER, described(token_endpoint="javascript:alert(1)"), None),
        (ISSUER, described(token_endpoint=["https://a.example"]), None),
        (ISSUER, [described()], None),
        ("http://id.test:8080", {"issuer": "http://id.test:8080", "token_endpoint": "http://id.test:9090/t"}, "http://id.test:9090"),
        ("http://id.test:8080", {"issuer": "http://id.test:8080", "token_endpoint": "http://other.test/t"}, None),
    ],
)  # fmt: skip
def test_token_origin(issuer: str, description: Any, origin: str | None) -> None:
    assert token_origin(issuer, description) == origin


@given(st.text(max_size=40), st.text(max_size=20))
def test_an_origin_holds_nothing_that_ends_a_directive(host: str, rest: str) -> None:
    origin = origin_of(f"https://{host}/{rest}")
    assert origin is None or re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", origin)


class Provider:
    """What the provider answers, and how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = httpx.Response(200, json=described())

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.answer


async def test_asked_once_and_kept_when_it_fails_later(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, now = Provider(), 1_000.0
    monkeypatch.setattr(identity_provider.time, "monotonic", lambda: now)
    provider = IdentityProvider(ISSUER, httpx.AsyncClient(transport=httpx.MockTransport(answers)))
    both = ["https://id.example", "https://tokens.example:8443"]
    assert [await provider.origins() for _ in range(3)] == [both] * 3
    assert answers.asked == ["https://id.example/tenant/.well-known/openid-configuration"]

    now += identity_provider.FRESH_SECONDS + 1
    answers.answer = httpx.Response(500)
    assert await provider.origins() == both
    await provider.close()


@pytest.mark.parametrize("answer", [httpx.Response(404), httpx.Response(200, text="<html>"), httpx.Response(302, headers={"location": "https://x.example"})])
async def test_without_a_description_the_issuer_alone(answer: httpx.Response) -> None:
    answers = Provider()
    answers.answer = answer
    provider = IdentityProvider(ISSUER, httpx.AsyncClient(transport=httpx.MockTransport(answers)))
    assert [await provider.origins(), await provider.origins()] == [["https://id.example"]] * 2
    assert len(answers.asked) == 1  # not at each page view
    await provider.close()

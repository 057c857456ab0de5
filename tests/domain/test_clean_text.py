"""Free text, idempotency keys and addresses from clients."""

from __future__ import annotations

import pytest

from domain.clean_text import idempotency_key, optional_text, required_text, web_url
from domain.refusal import Code, Refusal
from tests.domain.walk_session.walking import refused


def test_text_is_stripped_and_limited_in_characters() -> None:
    assert required_text("  ü \n") == "ü"
    assert required_text(" a ", strip=False) == " a "
    assert required_text("ü" * 20_000) == "ü" * 20_000
    assert required_text(" " + "x" * 20_000 + " ") == "x" * 20_000
    assert refused(required_text("x" * 20_001)) is Code.TOO_LARGE
    assert required_text("x" * 20_001, max_chars=None) == "x" * 20_001


@pytest.mark.parametrize("text", ["", " \n\t", "a\x00b", "\x00", "\ud800", "x\udfffy"])
def test_what_cannot_be_stored_or_says_nothing_is_refused_by_field(text: str) -> None:
    outcome = required_text(text, ("problem",))
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.field) == (Code.INVALID_INPUT, ("problem",))


def test_optional_text_may_be_missing() -> None:
    assert (optional_text(None), optional_text(" "), optional_text(" a ")) == (None, None, "a")
    assert refused(optional_text(" \x00")) is Code.INVALID_INPUT


@pytest.mark.parametrize("key", ["", " ", "a\nb", "a\x00", "\ud800", "k" * 256, "\u202e"])
def test_keys_that_are_refused(key: str) -> None:
    assert refused(idempotency_key(key)) is Code.INVALID_INPUT


@pytest.mark.parametrize("key", ["k", "k" * 255, "ü", " a ", None])
def test_keys_are_taken_as_they_are(key: str | None) -> None:
    assert idempotency_key(key) == key


@pytest.mark.parametrize("url", ["https://psa.example/t/1?x=1#n", "HTTP://a", "http://[::1]:8080/", None])
def test_web_addresses(url: str | None) -> None:
    assert web_url(url) == url


@pytest.mark.parametrize("url", [
    "javascript:alert(1)", "//a.example", "/t/1", "ftp://a", "https://", "https:a", "http://a:b/", "http://[::1",
    "https://a b", "https://a\nb", "data:text/html,x", "https:\\\\a", "http://a/\x00", "http://a/<x>",
])
def test_other_addresses_are_refused(url: str) -> None:
    assert refused(web_url(url)) is Code.INVALID_INPUT

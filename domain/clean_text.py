"""Rules for the text that clients send: what is refused before it can reach a rule or the database."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from domain.refusal import Code, Refusal

MAX_TEXT = 20_000  # characters of one free text
MAX_IDEMPOTENCY_KEY = 255  # characters
MAX_URL = 2_000  # characters
Field = tuple[str, ...]
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,255}")


def unstorable(text: str) -> str | None:
    """Why PostgreSQL cannot store ``text``, or None. A lone surrogate has no UTF-8 form, NUL has no text form."""
    if "\x00" in text:
        return "must not contain the NUL character"
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "must not contain half of a surrogate pair"
    return None


def utf8_bytes(text: str) -> int:
    """Size of ``text`` as it is stored. Only for text that ``unstorable`` lets pass."""
    return len(text.encode())


def required_text(
    text: str, field: Field = (), *, max_chars: int | None = MAX_TEXT, strip: bool = True
) -> str | Refusal:
    """``text`` without outer white space, not blank, at most ``max_chars`` characters (None: no limit here)."""
    problem = unstorable(text)
    if problem is None and not text.strip():
        problem = "must not be empty"
    if problem is not None:
        return Refusal(Code.INVALID_INPUT, f"The text {problem}.", field)
    if max_chars is not None and len(text.strip() if strip else text) > max_chars:
        return Refusal(Code.TOO_LARGE, f"The text must have at most {max_chars:,} characters; shorten it.", field)
    return text.strip() if strip else text


def optional_text(
    text: str | None, field: Field = (), *, max_chars: int | None = MAX_TEXT, strip: bool = True
) -> str | Refusal | None:
    """As ``required_text``; None and blank text mean "not given" and become None."""
    if text is None or (not text.strip() and unstorable(text) is None):
        return None
    return required_text(text, field, max_chars=max_chars, strip=strip)


def idempotency_key(key: str | None, field: Field = ("idempotencyKey",)) -> str | Refusal | None:
    """The key as it was sent: 1 to 255 printable characters. It is compared, so it is never stripped."""
    if key is None:
        return None
    if not key.strip() or len(key) > MAX_IDEMPOTENCY_KEY or not key.isprintable() or unstorable(key):
        message = f"An idempotency key has 1 to {MAX_IDEMPOTENCY_KEY} printable characters; send a UUID."
        return Refusal(Code.INVALID_INPUT, message, field)
    return key


def is_email_address(text: str) -> bool:
    """Whether mail could be sent there: one ``@``, no blanks, nothing that could end a header."""
    return text.isprintable() and _EMAIL.fullmatch(text) is not None


def web_url(url: str | None, field: Field = ("url",)) -> str | Refusal | None:
    """An absolute http or https address; anything else (``javascript:``, a bare path) is refused."""
    text = optional_text(url, field, max_chars=MAX_URL)
    if not isinstance(text, str) or _is_web_url(text):
        return text
    return Refusal(Code.INVALID_INPUT, "The address must begin with http:// or https:// and name a host.", field)


def _is_web_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return False
    plain = text.isprintable() and not any(char.isspace() or char in '\\<>"' for char in text)
    return plain and parts.scheme.lower() in {"http", "https"} and bool(host)

"""The signing keys an issuer publishes: kept for some minutes, fetched anew when a token names one we do not know."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

FRESH_SECONDS = 300.0
FETCH_SECONDS = 5.0
RETRY_SECONDS = 1.0
# Strangers can name unknown keys as often as they like; the issuer is asked a few times at once, then now and then.
SPARE_FETCHES = 5.0
SECONDS_PER_FETCH = 10.0
MAX_KEYS = 50


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key and the name it was published under, if any."""

    kid: str | None
    key: Any


class IssuerKeys:
    """One per process. Old keys stay good while the issuer cannot be reached."""

    def __init__(self, url: str, http: httpx.AsyncClient | None = None) -> None:
        self._url = url
        self._http = http
        self._keys: list[PublishedKey] = []
        self._asked_at = -FRESH_SECONDS
        self._spare, self._spared_at = SPARE_FETCHES, time.monotonic()
        self._lock = asyncio.Lock()

    async def fitting(self, kid: str | None) -> list[Any]:
        """The keys a token with this key id may be signed with; without one, any of the issuer's."""
        known = self._named(kid)
        if known and (self._is_fresh() or self._lock.locked()):
            return known
        async with self._lock:
            if self._should_ask(is_known=bool(self._named(kid))):
                await self._fetch()
        return self._named(kid)

    def _named(self, kid: str | None) -> list[Any]:
        if kid is None:
            return [one.key for one in self._keys]
        return [one.key for one in self._keys if one.kid == kid] or [one.key for one in self._keys if one.kid is None]

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._asked_at < FRESH_SECONDS

    def _should_ask(self, *, is_known: bool) -> bool:
        if not self._keys:
            return time.monotonic() - self._asked_at > RETRY_SECONDS
        if is_known:
            return not self._is_fresh()
        now = time.monotonic()
        self._spare = min(self._spare + (now - self._spared_at) / SECONDS_PER_FETCH, SPARE_FETCHES)
        self._spared_at = now
        if self._spare < 1:
            return False
        self._spare -= 1
        return True

    async def _fetch(self) -> None:
        self._asked_at = time.monotonic()
        self._http = self._http or httpx.AsyncClient()
        try:
            answer = await self._http.get(self._url, timeout=FETCH_SECONDS)
            answer.raise_for_status()
            published = answer.json()["keys"]
            keys = [one for one in map(_usable, published[:MAX_KEYS]) if one is not None]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return
        if keys:
            self._keys = keys

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()


def _usable(published: Any) -> PublishedKey | None:
    """A public key for signatures, or None: one strange key must not take the others away."""
    if not isinstance(published, dict) or published.get("kty") == "oct" or published.get("use") == "enc":
        return None
    kid = published.get("kid")
    try:
        [key] = KeySet.import_key_set({"keys": [published]}).keys
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return PublishedKey(kid if isinstance(kid, str) else None, key)

"""The identity provider of the pages: where a page may fetch a token from, beside the issuer itself."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

FRESH_SECONDS = 3_600.0
RETRY_SECONDS = 30.0
FETCH_SECONDS = 3.0
# What may stand in a Content-Security-Policy: nothing in it can end the directive or begin another.
HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")


class IdentityProvider:
    """One per process. Providers may have their token endpoint on another origin than their issuer; it is learnt from
    the issuer's own description (OpenID Connect Discovery 1.0, section 4), which is asked once an hour.
    """

    def __init__(self, issuer: str, http: httpx.AsyncClient | None = None) -> None:
        self._issuer = issuer
        self._http = http
        self._found: str | None = None
        self._ask_after = 0.0
        self._lock = asyncio.Lock()

    async def origins(self) -> list[str]:
        """Origins a page fetches from during sign-in: the issuer's, and its token endpoint's as far as it is known."""
        if time.monotonic() >= self._ask_after and not self._lock.locked():
            async with self._lock:
                await self._discover()
        known = [origin_of(self._issuer), self._found]
        return list(dict.fromkeys(one for one in known if one is not None))

    async def _discover(self) -> None:
        self._http = self._http or httpx.AsyncClient()
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            answer = await self._http.get(address, timeout=FETCH_SECONDS)
            answer.raise_for_status()
            found = token_origin(self._issuer, answer.json())
        except (httpx.HTTPError, ValueError):
            found = None
        self._found = found or self._found
        self._ask_after = time.monotonic() + (FRESH_SECONDS if found else RETRY_SECONDS)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()


def token_origin(issuer: str, description: Any) -> str | None:
    """The token endpoint's origin, or None when the description is another issuer's or names none that can be used.

    Plain http is accepted only for an issuer that has it itself and for this machine.
    """
    if not isinstance(description, dict) or description.get("issuer") != issuer:
        return None
    endpoint = description.get("token_endpoint")
    origin = origin_of(endpoint) if isinstance(endpoint, str) else None
    if origin is None or origin.startswith("https:"):
        return origin
    host = urlsplit(origin).hostname or ""
    is_local = is_loopback(host) or (issuer.startswith("http:") and host == urlsplit(issuer).hostname)
    return origin if is_local else None


def origin_of(url: str) -> str | None:
    """Scheme, host and port of an http address, or None."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{port}")
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

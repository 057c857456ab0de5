"""An identity provider on a loopback port: publishes keys, signs tokens, and can be down."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.api import listening

ISSUER, AUDIENCE = "https://id.example", "handrail"
ALGORITHMS = ["RS256", "RS384", "PS256", "ES256", "ES384"]
Key = RSAKey | ECKey


@cache
def _private_key(number: int) -> dict[str, Any]:
    """Making one takes a while, so the issuers of a run share them."""
    return RSAKey.generate_key(2048).as_dict(private=True)


class Issuer:
    """``published`` is what the key set answers; ``is_down`` makes it answer 500."""

    def __init__(self) -> None:
        self.url = ""
        self.published: list[Any] = []
        self.is_down = False
        self.asked = self.made = 0

    async def keys(self, _: Request) -> Response:
        self.asked += 1
        if self.is_down:
            return Response("down for maintenance", 500)
        return JSONResponse({"keys": self.published})

    def rsa(self, kid: str | None) -> RSAKey:
        """A new key, published beside the others."""
        self.made += 1
        return self._publish(RSAKey.import_key({**_private_key(self.made), **({"kid": kid} if kid else {})}), kid)

    def ec(self, kid: str | None) -> ECKey:
        return self._publish(ECKey.generate_key("P-256", {"kid": kid} if kid else None), kid)

    def _publish(self, key: Any, kid: str | None) -> Any:
        public = key.as_dict(private=False)
        self.published.append({name: value for name, value in public.items() if name != "kid" or kid})
        return key


def token(key: Key, subject: str, account: object = None, *, alg: str | None = None, kid: str | None = "key", **claims: Any) -> str:
    """A good token unless ``claims`` say otherwise; a claim given as None is left out."""
    now = int(time.time())
    given = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 300,
             **({"account_id": str(account)} if account else {}), **claims}
    header = {"alg": alg or ("ES256" if isinstance(key, ECKey) else "RS256"), **({"kid": kid} if kid else {})}
    return jwt.encode(header, {name: value for name, value in given.items() if value is not None}, key, algorithms=ALGORITHMS)


@asynccontextmanager
async def running_issuer() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    async with listening(Starlette(routes=[Route("/keys", issuer.keys)])) as base:
        issuer.url = f"{base}/keys"
        yield issuer

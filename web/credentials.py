"""Reading a bearer token: which tenant it names, and whose it says it is. Nothing here looks into the database."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import Any, TypeGuard
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from web.issuer_keys import IssuerKeys
from web.signatures import BadCredential, Signatures

DEVELOPMENT_ISSUER = "handrail-development"
DEVELOPMENT_HOURS = 12
ASYMMETRIC = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
CLOCK_SKEW = 30
MAX_TOKEN = 8_192
MAX_NAME = 300
KEY_PREFIX = "hrk_"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A service account's key; its secret is compared with the stored hash."""

    account_id: UUID
    service_account_id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A person. ``user_id`` is known for development tokens; otherwise ``(issuer, subject)`` names the member."""

    account_id: UUID
    issuer: str
    subject: str
    user_id: UUID | None = None
    verified_email: str | None = None


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Which tokens are good. ``dev_secret`` None: development tokens are not."""

    dev_secret: str | None = None
    issuer: str | None = None
    audience: str | None = None
    jwks_url: str | None = None
    account_claim: str = "account_id"


def development_token(secret: str, account_id: UUID, user_id: UUID, now: float | None = None) -> str:
    """A token for one user of one account, good for 12 hours, signed with the local secret."""
    issued = int(now if now is not None else time.time())
    claims = {"iss": DEVELOPMENT_ISSUER, "sub": str(user_id), "account_id": str(account_id), "iat": issued,
              "exp": issued + DEVELOPMENT_HOURS * 3600}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), algorithms=["HS256"])


class CredentialReader:
    """Verifies tokens by the development secret or the issuer's keys."""

    def __init__(self, rules: TokenRules, http: httpx.AsyncClient | None = None) -> None:
        self._rules = rules
        self._issuer = IssuerKeys(rules.jwks_url, http) if rules.jwks_url is not None else None
        self._dev_key = OctKey.import_key(rules.dev_secret) if rules.dev_secret is not None else None
        self._own, self._issued = Signatures(["HS256"]), Signatures(ASYMMETRIC)

    async def read(self, authorization: str | None, account_header: str | None) -> ApiKey | Identity:
        """Raises ``BadCredential``."""
        scheme, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > MAX_TOKEN or not token.isascii():
            raise BadCredential
        if token.startswith(KEY_PREFIX):
            return _api_key(token)
        return await self._identity(token, account_header)

    async def _identity(self, token: str, account_header: str | None) -> Identity:
        header = _header(token)
        if header.get("alg") == "HS256":
            return self._development(token)
        kid = header.get("kid")
        if self._issuer is None or header.get("alg") not in ASYMMETRIC or not isinstance(kid, str | None):
            raise BadCredential
        claims = self._issued.claims_by_any(token, await self._issuer.fitting(kid))
        self._check_claims(claims)
        return self._person(claims, account_header)

    def _development(self, token: str) -> Identity:
        if self._dev_key is None:
            raise BadCredential
        claims = self._own.claims(token, self._dev_key)
        _check_times(claims, skew=0)  # the clock that signed it is this machine's
        issued = claims.get("iat")
        lifetime = claims["exp"] - (issued if isinstance(issued, int | float) else 0)
        if claims.get("iss") != DEVELOPMENT_ISSUER or lifetime > DEVELOPMENT_HOURS * 3600:
            raise BadCredential
        user = _uuid(claims.get("sub"))
        return Identity(_uuid(claims.get("account_id")), DEVELOPMENT_ISSUER, str(user), user_id=user)

    def _check_claims(self, claims: dict[str, Any]) -> None:
        _check_times(claims)
        if self._rules.issuer is not None and claims.get("iss") != self._rules.issuer:
            raise BadCredential
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if self._rules.audience is not None and self._rules.audience not in audiences:
            raise BadCredential

    def _person(self, claims: dict[str, Any], account_header: str | None) -> Identity:
        issuer, subject = claims.get("iss"), claims.get("sub")
        if not _is_name(issuer) or not _is_name(subject):
            raise BadCredential
        named = claims.get(self._rules.account_claim)
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Identity(
            _uuid(named if named is not None else account_header), issuer, subject,
            verified_email=email if _is_name(email) else None,
        )

    async def close(self) -> None:
        if self._issuer is not None:
            await self._issuer.close()


def _api_key(token: str) -> ApiKey:
    parts = token.removeprefix(KEY_PREFIX).split("_", 2)
    if len(parts) != 3:
        raise BadCredential
    return ApiKey(_uuid(parts[0]), _uuid(parts[1]), parts[2])


def _is_name(value: Any) -> TypeGuard[str]:
    """What the members' columns can hold."""
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable()


def _uuid(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise BadCredential from None


def _header(token: str) -> dict[str, Any]:
    try:
        part = token.split(".", 1)[0]
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        raise BadCredential from None
    if not isinstance(header, dict):
        raise BadCredential
    return header


def _check_times(claims: dict[str, Any], skew: int = CLOCK_SKEW) -> None:
    """A token without an end is refused. Raises ``BadCredential``."""
    now = time.time()
    ends, starts = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(ends, (int, float)) or not isinstance(starts, (int, float)):
        raise BadCredential
    if not starts - skew <= now < ends + skew:
        raise BadCredential

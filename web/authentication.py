"""Who is calling: verify the credential, find the caller, count the failures."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request

from resolvers import sign_in
from resolvers.context import Services
from resolvers.credential_failure import PER_MINUTE, count_failure
from resolvers.sign_in import SignedIn
from web.credentials import ApiKey, CredentialReader, Identity
from web.request_error import RequestError
from web.signatures import BadCredential


class Authenticator:
    """One per process."""

    def __init__(self, services: Services, reader: CredentialReader) -> None:
        self._services = services
        self._reader = reader

    async def caller(self, request: Request) -> SignedIn:
        """Raises ``RequestError`` 401, or 429 for a peer that keeps failing."""
        try:
            credential = await self._reader.read(
                request.headers.get("authorization"), request.headers.get("handrail-account")
            )
            found = await self._find(credential)
        except BadCredential:
            found = None
        if found is None:
            raise await self._refused(request)
        return found

    async def _find(self, credential: ApiKey | Identity) -> SignedIn | None:
        db, account_id = self._services.db, credential.account_id
        if isinstance(credential, ApiKey):
            return await sign_in.by_api_key(
                db, account_id, credential.service_account_id, credential.secret, datetime.now(UTC)
            )
        if credential.user_id is not None:
            return await sign_in.by_user_id(db, account_id, credential.user_id)
        return await sign_in.by_identity(
            db, account_id, credential.issuer, credential.subject, credential.verified_email
        )

    async def _refused(self, request: Request) -> RequestError:
        if "authorization" not in request.headers:
            message = "Send `Authorization: Bearer …`; see the start page for how to get a token."
            return _unauthenticated(message)
        peer = request.client.host if request.client else "unknown"
        if await count_failure(self._services.db, peer, datetime.now(UTC)) > PER_MINUTE:
            message = "Too many failed credentials from this address; wait a minute."
            return RequestError(message, status=429, code="RATE_LIMITED", headers={"retry-after": "60"},
                                retryAfterSeconds=60)
        return _unauthenticated("The token or key is not valid (any more). Sign in again.")


def _unauthenticated(message: str) -> RequestError:
    return RequestError(message, status=401, code="UNAUTHENTICATED", headers={"www-authenticate": "Bearer"})

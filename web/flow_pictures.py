"""``GET /flows/{id}.svg`` and ``GET /walks/{id}.svg``.

The same permission as the queries; the credential comes in the header only, never in the address.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from resolvers.context import Context, Services
from resolvers.flow_picture import flow_svg, walk_svg
from resolvers.public_error import PublicError
from web.authentication import Authenticator
from web.error_masking import fault
from web.request_error import RequestError

HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
    "vary": "authorization, handrail-account",
}
STATUS = {"FORBIDDEN": 403, "TIMEOUT": 503}


@dataclass(frozen=True, slots=True)
class FlowPictures:
    """The picture routes. ``request_timeout`` in seconds."""

    services: Services
    authenticator: Authenticator
    request_timeout: float

    async def flow(self, request: Request) -> Response:
        """Of a flow, a version, a draft or a proposal."""
        return await self._picture(request, is_walk=False)

    async def walk(self, request: Request) -> Response:
        """Of a walk, its path highlighted."""
        return await self._picture(request, is_walk=True)

    async def _picture(self, request: Request, *, is_walk: bool) -> Response:
        try:
            async with asyncio.timeout(self.request_timeout):
                svg = await self._drawn(request, is_walk=is_walk)
        except RequestError as refused:
            return _plain(str(refused), refused.status, refused.headers)
        except PublicError as refused:
            return _plain(refused.message, STATUS.get(refused.code, 400))
        except TimeoutError:
            return _plain("Drawing took too long.", 503)
        except Exception as error:  # noqa: BLE001 - the border: nothing may escape unmasked
            message, told = fault(error, request.state.request_id)
            return _plain(message, 503, {"retry-after": "1"}) if told["code"] == "UNAVAILABLE" else _plain(message, 500)
        if svg is None:
            return _plain("There is no such picture, or you may not see it.", 404)
        return Response(svg, headers=HEADERS, media_type="image/svg+xml")

    async def _drawn(self, request: Request, *, is_walk: bool) -> str | None:
        caller = await self.authenticator.caller(request)
        wanted = _uuid(request.path_params["id"])
        if wanted is None:
            return None
        context = Context(self.services, caller.principal, caller.account, request.state.request_id)
        return await (walk_svg if is_walk else flow_svg)(context, wanted)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _plain(message: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(message + "\n", status, {**HEADERS, **(headers or {})})

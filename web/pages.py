"""Pages for people: the start page, GraphiQL, the example app, and the ways to sign in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response

from web.credentials import DEVELOPMENT_HOURS, development_token
from web.identity_provider import IdentityProvider, is_loopback
from web.start_page import STYLE_SOURCE, start_page

STATIC = Path(__file__).resolve().parent / "static"
DOCS = Path(__file__).resolve().parent.parent / "docs"
SCHEMA = Path(__file__).resolve().parent.parent / "schema" / "schema.graphql"
CSP = (
    "default-src 'self'; style-src 'self'{styles}; font-src 'self' data:; img-src 'self' data:; "
    "connect-src 'self'{more}; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
MISSING = (
    "<!doctype html><meta charset=utf-8><title>Handrail</title><h1>{what} is not built</h1>"
    "<p>The API works without it. Run <code>make web</code> (needs npm's registry) and reload this page.</p>"
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as during development."""

    email: str
    name: str
    role: str
    account: str
    account_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class PageOptions:
    """What the pages may offer. ``demo_people`` answers with nobody outside development."""

    environment: str
    dev_secret: str | None = None
    oidc: dict[str, Any] | None = None
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]", "::1")
    demo_people: Callable[[], Awaitable[list[DemoPerson]]] | None = field(default=None)


class Pages:
    """The page routes. One-click sign-in needs a loopback peer and a host name we know: DNS may be rebound."""

    def __init__(self, options: PageOptions) -> None:
        self._options = options
        self._provider = IdentityProvider(options.oidc["issuer"]) if options.oidc else None

    async def close(self) -> None:
        if self._provider is not None:
            await self._provider.close()

    async def _headers(self, styles: str = "") -> dict[str, str]:
        """``styles`` is what the page's styles may be beside files of ours."""
        origins = await self._provider.origins() if self._provider is not None else []
        policy = CSP.format(styles=styles and f" {styles}", more="".join(f" {one}" for one in origins))
        return {"content-security-policy": policy, "cache-control": "no-store"}

    async def start(self, request: Request) -> Response:
        people = await self._people(request)
        body = start_page(
            [asdict(one) for one in people], environment=self._options.environment,
            has_app=(STATIC / "app" / "index.html").exists(),
        )
        return HTMLResponse(body, headers=await self._headers(STYLE_SOURCE))

    async def graphiql(self, request: Request) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            message = {"message": "Use POST.", "extensions": {"code": "BAD_REQUEST"}}
            return JSONResponse({"errors": [message]}, 405, {"allow": "POST"})
        return await self._page("graphiql", "GraphiQL", "'unsafe-inline'")  # its editor and Mermaid write styles

    async def app(self, _: Request) -> Response:
        return await self._page("app", "The example app")

    async def _page(self, folder: str, what: str, styles: str = "") -> Response:
        page, headers = STATIC / folder / "index.html", await self._headers(styles)
        if not page.exists():
            return HTMLResponse(MISSING.format(what=what), 503, headers)
        return FileResponse(page, headers=headers, media_type="text/html")

    async def schema(self, _: Request) -> Response:
        return PlainTextResponse(SCHEMA.read_text(), headers={"cache-control": "no-store"})

    async def doc(self, request: Request) -> Response:
        """A recipe as text. Names are looked up, never joined to a path."""
        found = {path.stem: path for path in DOCS.glob("*.md")}.get(request.path_params["name"])
        if found is None:
            return PlainTextResponse("There is no such recipe.\n", 404)
        return PlainTextResponse(found.read_text(), headers={"cache-control": "no-store"})

    async def options(self, request: Request) -> Response:
        people = await self._people(request)
        shown = [{"email": one.email, "name": one.name, "role": one.role, "account": one.account} for one in people]
        return JSONResponse(
            {"environment": self._options.environment, "demoPeople": shown, "oidc": self._options.oidc},
            headers={"cache-control": "no-store"},
        )

    async def sign_in(self, request: Request) -> Response:
        """``POST /session/demo``: a token for one of the demo people."""
        if not self._is_trusted(request) or self._options.dev_secret is None:
            return _refused("One-click sign-in works on this machine during development only.", 403)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return _refused("Send JSON.", 415)
        email = await _email(request)
        person = next((one for one in await self._people(request) if one.email == email), None)
        if person is None:
            return _refused("There is no such demo person.", 404)
        token = development_token(self._options.dev_secret, person.account_id, person.user_id)
        until = datetime.now(UTC) + timedelta(hours=DEVELOPMENT_HOURS)
        return JSONResponse({"token": token, "expiresAt": until.isoformat()}, headers={"cache-control": "no-store"})

    async def _people(self, request: Request) -> list[DemoPerson]:
        if self._options.demo_people is None or not self._is_trusted(request):
            return []
        return await self._options.demo_people()

    def _is_trusted(self, request: Request) -> bool:
        host = request.headers.get("host", "")
        name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
        return is_loopback(request.client.host if request.client else "") and name in self._options.allowed_hosts


async def _email(request: Request) -> str | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 1_000:
            return None
    try:
        data = orjson.loads(body)
    except ValueError:
        return None
    email = data.get("email") if isinstance(data, dict) else None
    return email if isinstance(email, str) else None


def _refused(message: str, status: int) -> JSONResponse:
    return JSONResponse({"message": message}, status, {"cache-control": "no-store"})

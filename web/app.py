"""The ASGI application: routes and middleware round one set of services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLSchema
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from resolvers.context import Services
from web.authentication import Authenticator
from web.credentials import CredentialReader, TokenRules
from web.flow_pictures import FlowPictures
from web.graphql_endpoint import GraphQLEndpoint
from web.health import Readiness, healthz
from web.metrics import metrics
from web.middleware import RequestHeaders
from web.pages import STATIC, PageOptions, Pages


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the application behaves; filled from the settings by whoever starts it."""

    tokens: TokenRules
    pages: PageOptions
    request_timeout: float = 8.0
    body_limit: int = 1_000_000
    is_production: bool = False
    allowed_origins: tuple[str, ...] = ()
    describe: Callable[[], dict[str, Any]] = field(default=dict)
    query_plans: bool = True


Background = Callable[[], AbstractAsyncContextManager[None]]


def create_app(
    schema: GraphQLSchema, services: Services, options: WebOptions, background: Background | None = None
) -> Starlette:
    """``background`` runs for the application's life: jobs, warm-up."""
    reader = CredentialReader(options.tokens)
    authenticator = Authenticator(services, reader)
    pictures = FlowPictures(services, authenticator, options.request_timeout)
    endpoint = GraphQLEndpoint(
        schema, services, authenticator, request_timeout=options.request_timeout,
        body_limit=options.body_limit, is_production=options.is_production, query_plans=options.query_plans,
    )
    pages = Pages(options.pages)

    async def graphql(request: Request) -> Response:
        if request.method == "POST":
            return await endpoint(request)
        if request.method == "GET":
            return await pages.graphiql(request)
        return JSONResponse(
            {"errors": [{"message": "Use POST.", "extensions": {"code": "BAD_REQUEST"}}]}, 405, {"allow": "POST, GET"}
        )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if background is None:
            yield
        else:
            async with background():
                yield
        await reader.close()
        await pages.close()
        await services.db.close()

    return Starlette(
        routes=_routes(graphql, pages, pictures, services, options),
        middleware=[Middleware(RequestHeaders), *_cors(options.allowed_origins)],
        lifespan=lifespan,
    )


def _routes(
    graphql: Any, pages: Pages, pictures: FlowPictures, services: Services, options: WebOptions
) -> list[Route | Mount]:
    every = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]
    return [
        Route("/graphql", graphql, methods=every),
        Route("/flows/{id}.svg", pictures.flow),
        Route("/walks/{id}.svg", pictures.walk),
        Route("/", pages.start),
        Route("/schema.graphql", pages.schema),
        Route("/docs/{name}", pages.doc),
        Route("/session/options", pages.options),
        Route("/session/demo", pages.sign_in, methods=["POST"]),
        Route("/healthz", healthz),
        Route("/readyz", Readiness(services.db, options.describe).readyz),
        Route("/metrics", metrics),
        Route("/app", pages.app),
        Mount("/app/assets", StaticFiles(directory=STATIC / "app" / "assets", check_dir=False)),
        Route("/app/{path:path}", pages.app),
        Mount("/static/graphiql", StaticFiles(directory=STATIC / "graphiql", check_dir=False)),
    ]


def _cors(origins: tuple[str, ...]) -> list[Middleware]:
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware, allow_origins=list(origins), allow_methods=["GET", "POST"], max_age=600,
            allow_headers=["authorization", "content-type", "handrail-account", "x-request-id"],
            expose_headers=["x-request-id", "retry-after"],
        )
    ]

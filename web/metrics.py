"""Figures for Prometheus."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

REQUESTS = Counter("handrail_graphql_requests", "GraphQL requests by HTTP status.", ["status"])
SECONDS = Histogram("handrail_graphql_seconds", "Time from the request's head to its answer.")


def observe(status: int, seconds: float) -> None:
    REQUESTS.labels(str(status)).inc()
    SECONDS.observe(seconds)


async def metrics(_: Request) -> Response:
    """``GET /metrics``: no tenant's data, so no credential; keep it inside your network."""
    return Response(generate_latest(), headers={"cache-control": "no-store"}, media_type=CONTENT_TYPE_LATEST)

"""Reading a GraphQL request: its type, its size, its JSON, each within a limit and a deadline."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from web.documents import is_unstorable
from web.request_error import RequestError

BODY_DEADLINE = 10.0
DISCARD_BYTES = 16_000_000
DISCARD_SECONDS = 2.0
MAX_JSON_DEPTH = 64
TOO_LARGE = "The body may have at most {limit:,} bytes. Pack what is to be imported: `encoding: GZIP_BASE64`."


@dataclass(frozen=True, slots=True)
class GraphQLParams:
    """The parameters of GraphQL over HTTP."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)


async def read_params(request: Request, body_limit: int) -> GraphQLParams:
    """Raises ``RequestError``: 415, 413, 408 or 400."""
    _require_json(request)
    return _params(_json(await _body(request, body_limit)))


def _require_json(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or charset not in {"", "utf-8", "utf8"}:
        message = "Send `Content-Type: application/json`."
        raise RequestError(message, status=415)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        message = "Compressed bodies are not accepted."
        raise RequestError(message, status=415)


async def _body(request: Request, limit: int) -> bytes:
    too_large = RequestError(TOO_LARGE.format(limit=limit), status=413, headers={"connection": "close"})
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        await _discard(request)
        raise too_large
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    await _discard(request)
                    raise too_large
                chunks.append(chunk)
    except TimeoutError:
        message = f"The body did not arrive within {BODY_DEADLINE:.0f} seconds."
        raise RequestError(message, status=408, headers={"connection": "close"}) from None
    except ClientDisconnect:
        message = "The client went away."
        raise RequestError(message) from None
    return b"".join(chunks)


async def _discard(request: Request) -> None:
    """Let the rest of a refused body pass by, within bounds.

    Closing a socket with unread bytes resets it, and the client would lose the answer that says why. One that
    waits for leave to send its body (``Expect``) sends none.
    """
    if "expect" in request.headers:
        return
    left = DISCARD_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            while left > 0:
                message = await asyncio.wait_for(request.receive(), DISCARD_SECONDS / 10)
                if not message.get("more_body", False):
                    return
                left -= len(message.get("body", b""))


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        message = "The body is not valid JSON."
        raise RequestError(message) from None


def _params(data: Any) -> GraphQLParams:
    if isinstance(data, list):
        message = "Batches are not accepted; send one operation a request."
        raise RequestError(message)
    if not isinstance(data, dict):
        message = "The body must be a JSON object with a `query`."
        raise RequestError(message)
    query, name, variables = data.get("query"), data.get("operationName"), data.get("variables")
    if not isinstance(query, str) or not query.strip():
        message = "`query` must be a GraphQL document as text."
        raise RequestError(message)
    if name is not None and not isinstance(name, str):
        message = "`operationName` must be text."
        raise RequestError(message)
    if variables is not None and not isinstance(variables, dict):
        message = "`variables` must be an object."
        raise RequestError(message)
    if data.get("extensions") is not None and not isinstance(data["extensions"], dict):
        message = "`extensions` must be an object."
        raise RequestError(message)
    _check_values(variables, 0)
    return GraphQLParams(query, name or None, variables or {})


def _check_values(value: Any, depth: int) -> None:
    """Refuse what no column can hold, wherever it stands in the variables."""
    if depth > MAX_JSON_DEPTH:
        message = f"`variables` may be nested at most {MAX_JSON_DEPTH} levels deep."
        raise RequestError(message)
    if isinstance(value, str) and is_unstorable(value):
        message = "`variables` hold a NUL character or half of a surrogate pair."
        raise RequestError(message)
    if isinstance(value, float) and not math.isfinite(value):
        message = "`variables` hold a number that is too large."
        raise RequestError(message)
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_values(key, depth + 1)
            _check_values(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_values(inner, depth + 1)

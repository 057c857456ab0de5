"""What a client sees of an error: its own mistakes in full, our faults by a code and a request id."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import orjson
from graphql import GraphQLError

from db.faults import is_unavailable
from resolvers.public_error import PublicError

log = logging.getLogger("handrail.fault")
MAX_ERRORS = 101
MAX_ERROR_BYTES = 64_000


def shown(errors: Sequence[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """At most 101 errors in at most 64 kB."""
    kept: list[dict[str, Any]] = []
    size = 0
    for error in errors[:MAX_ERRORS]:
        one = _shown(error, request_id)
        size += len(orjson.dumps(one, default=str))
        if size > MAX_ERROR_BYTES:
            break
        kept.append(one)
    return kept


def _shown(error: GraphQLError, request_id: str) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if error.locations:
        place["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        place["path"] = error.path
    message, extensions = _words(error, request_id)
    return {"message": message, **place, "extensions": extensions}


def _words(error: GraphQLError, request_id: str) -> tuple[str, dict[str, Any]]:
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, PublicError):
        return cause.message, dict(cause.extensions)
    if cause is None or isinstance(cause, GraphQLError) or error.path is None:
        return error.message, {"code": "BAD_REQUEST"}
    return fault(cause, request_id)


def fault(cause: BaseException, request_id: str) -> tuple[str, dict[str, Any]]:
    """Log a fault with its trace and give the words a client may see."""
    if is_unavailable(cause):
        log.warning("unavailable request=%s kind=%s", request_id, type(cause).__name__)
        message = "The service cannot reach its database just now. Repeat shortly, with the same idempotency key."
        return message, {"code": "UNAVAILABLE", "requestId": request_id, "retryAfterSeconds": 1}
    log.error("fault request=%s", request_id, exc_info=cause)
    message = f"Something went wrong on our side. Tell your administrator the request id {request_id}."
    return message, {"code": "INTERNAL", "requestId": request_id}

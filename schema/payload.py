"""From a command's outcome to a mutation's payload."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from resolvers.outcome import Outcome, Refused
from resolvers.walk_session import reading
from schema.context import Info, wanted_any
from schema.errors import ErrorType
from schema.types.walk_session import WalkSession

P = ParamSpec("P")
T = TypeVar("T")


def refusing(kind: Callable[..., T], errors: ErrorType) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """Turn a refusal that an input's own check raised into the payload's errors."""

    def decorate(field: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @wraps(field)
        async def run(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return await field(*args, **kwargs)
            except Refused as refused:
                return kind(errors=errors.of(refused.refusals))

        return run

    return decorate


async def changed_session(info: Info, session_id: UUID | None) -> WalkSession | None:
    """The session as it is after the command, with what the payload or its errors ask for."""
    if session_id is None:
        return None
    names = wanted_any(info, ("session",), ("errors", "session"))
    if not names:
        return None
    row = await reading.changed(info.context, session_id, names)
    return WalkSession.from_row(row) if row else None


async def session_payload(info: Info, kind: Any, errors: ErrorType, outcome: Outcome[UUID]) -> Any:
    """The payload of a mutation whose changed object is one session."""
    session = await changed_session(info, outcome.value or outcome.session_id)
    if outcome.refusals:
        return kind(errors=errors.of(outcome.refusals, session))
    return kind(session=session)

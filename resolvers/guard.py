"""The border of a command: refusals become outcomes, stale loader entries are dropped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from resolvers.context import Context
from resolvers.outcome import Outcome, Refused

P = ParamSpec("P")
T = TypeVar("T")
Command = Callable[Concatenate[Context, P], Awaitable[T]]


def guarded(command: Command[P, T]) -> Callable[Concatenate[Context, P], Awaitable[Outcome[T]]]:
    """Turn ``Refused`` into an ``Outcome``; afterwards every loader forgets what it knew."""

    @wraps(command)
    async def run(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> Outcome[T]:
        try:
            return Outcome(value=await command(context, *args, **kwargs))
        except Refused as refused:
            return refused.outcome()
        finally:
            context.loaders.forget()

    return run

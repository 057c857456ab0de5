"""Waiting for something to be so, instead of for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(is_so: Callable[[], bool] | Callable[[], Awaitable[bool]], what: str, seconds: float = 15.0) -> None:
    """Return once it is so; fail the test when it never is."""
    try:
        async with asyncio.timeout(seconds):
            while not (found if isinstance(found := is_so(), bool) else await found):
                await asyncio.sleep(0.02)
    except TimeoutError:
        msg = f"never came true: {what}"
        raise AssertionError(msg) from None

"""Storing what was paid for: tried again while the database cannot be used."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from db.faults import is_unavailable

T = TypeVar("T")
PATIENCE = 120.0  # seconds; by then the claim has expired and somebody else has made the node
PAUSES = (0.2, 0.4, 0.8, 1.5, 3.0)


async def persist(work: Callable[[], Awaitable[T]]) -> T:
    """The result of ``work``, a whole transaction that may be repeated; after ``PATIENCE`` its fault is raised."""
    ends = time.monotonic() + PATIENCE
    for attempt in range(10_000):
        try:
            return await work()
        except Exception as error:
            pause = PAUSES[min(attempt, len(PAUSES) - 1)]
            if not is_unavailable(error) or time.monotonic() + pause > ends:
                raise
            await asyncio.sleep(pause)
    raise AssertionError  # the time is over long before

"""A pool that serves in the order of arrival: a connection that comes back goes to who has waited longest.

SQLAlchemy's queue lets a newcomer take a connection before the one who was woken for it, who then waits again, behind
all the others. In a crowd of quick readers somebody is unlucky for seconds, until the pool's time is over.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, TypeVar

from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only
from sqlalchemy.util.queue import AsyncAdaptedQueue, Empty

T = TypeVar("T")


class FairQueue(AsyncAdaptedQueue[T]):
    """Hands what is put in to the first who waits."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:
        super().__init__(maxsize, use_lifo)
        self._waiters: deque[asyncio.Future[T]] = deque()

    def put_nowait(self, item: T) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(item)
                return
        super().put_nowait(item)

    def get(self, block: bool = True, timeout: float | None = None) -> T:
        try:
            return self.get_nowait()  # only when nobody waits is there something in it
        except Empty:
            if not block:
                raise
        try:
            found: T = await_only(_Handed(self, timeout))
        except TimeoutError:
            raise Empty from None
        return found

    async def handed(self, timeout: float | None) -> T:  # noqa: ASYNC109
        """Wait in line. What was handed to somebody who is no longer there goes to the next."""
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                return await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():
                self.put_nowait(waiter.result())
            waiter.cancel()
            raise


class _Handed:
    """Waits in line when it is awaited; costs nothing when nobody can."""

    def __init__(self, queue: FairQueue[Any], timeout: float | None) -> None:
        self._queue, self._timeout = queue, timeout

    def __await__(self) -> Any:
        return self._queue.handed(self._timeout).__await__()


class FairPool(AsyncAdaptedQueuePool):
    """The pool of asynchronous engines, with that queue."""

    _queue_class: Any = FairQueue

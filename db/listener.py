"""Word from other processes: one LISTEN connection a process, shared by everybody who waits for something in it.

A topic is an opaque text, such as the random id of a session: whoever reads the channel learns that something changed,
and nothing of whose or what. A word is a hint to look again, never the news itself. It may be lost (the connection
breaks, a pooler swallows it), so who waits also looks from time to time, more often while ``is_live`` is False.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import APP_ROLE, asyncpg_url

log = logging.getLogger("handrail.listener")

CHANNEL = "handrail"
APPLICATION_NAME = "handrail-listener"
CONNECT_SECONDS = 5.0
HEARTBEAT_SECONDS = 15.0  # a connection that died silently is noticed after this and the next
ANSWER_SECONDS = 5.0
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # between attempts to connect; the last one stays


class Pooled(Exception):
    """The connection goes through a pooler: it may hand our LISTEN to somebody else."""


async def announce(connection: AsyncConnection, topic: str) -> None:
    """Say the word when this transaction commits; nothing is said when it does not."""
    await connection.execute(select(func.pg_notify(CHANNEL, topic)))


class Hearing:
    """One who waits for a topic."""

    def __init__(self) -> None:
        self._told = asyncio.Event()

    def tell(self) -> None:
        self._told.set()

    async def wait(self, seconds: float) -> bool:
        """Until the word is said, at once when it was since the last call; False when the time was over first."""
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                await self._told.wait()
        except TimeoutError:
            return False
        self._told.clear()
        return True


class Listener:
    """Those who wait in this process, and the connection that brings them words of the others while ``run`` runs."""

    def __init__(self, url: str | URL | None = None) -> None:
        self._url = None if url is None else asyncpg_url(url)
        self._hearing: dict[str, set[Hearing]] = {}
        self._attempt = 0  # since the connection stood last
        self.is_live = False

    @contextmanager
    def hearing(self, topic: str) -> Iterator[Hearing]:
        """Begin to hear, then look, then wait: in this order no word is missed."""
        one = Hearing()
        self._hearing.setdefault(topic, set()).add(one)
        try:
            yield one
        finally:
            here = self._hearing[topic]
            here.discard(one)
            if not here:
                del self._hearing[topic]

    def tell(self, topic: str) -> None:
        """Wake those of this process who wait for the topic."""
        for one in self._hearing.get(topic, ()):
            one.tell()

    def tell_all(self) -> None:
        """Words may have been missed: everybody looks again."""
        for here in self._hearing.values():
            for one in here:
                one.tell()

    async def run(self) -> None:
        """Listen until cancelled; connect again, ever more slowly, when the connection is lost."""
        if self._url is None:
            return
        while True:
            try:
                await self._listen(self._url)
            except Pooled:
                if self._attempt < len(PAUSES):
                    log.warning("LISTEN does not work through a pooler: set DATABASE_DIRECT_URL; looking now and then")
                self._attempt = len(PAUSES)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                if self._attempt == 0:
                    log.warning("not listening, looking from time to time until it works: %s", type(error).__name__)
            pause = PAUSES[min(self._attempt, len(PAUSES) - 1)]
            self._attempt += 1
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, keeps no secret

    async def _listen(self, url: URL) -> None:
        """One connection; ends in the exception that it was lost by."""
        connection = await _connect(url)
        try:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            await _require_direct(connection)
            await connection.add_listener(CHANNEL, lambda *given: self.tell(given[3]))
            self.is_live, self._attempt = True, 0
            self.tell_all()
            await _alive(connection, lost)
        finally:
            self.is_live = False
            self.tell_all()
            connection.terminate()


async def _connect(url: URL) -> Any:
    _, options = url.get_dialect()().create_connect_args(url)
    options.pop("prepared_statement_cache_size", None)
    settings = {"application_name": APPLICATION_NAME, "role": APP_ROLE, "idle_session_timeout": "0"}
    return await asyncpg.connect(
        **options, timeout=CONNECT_SECONDS, command_timeout=ANSWER_SECONDS, statement_cache_size=0,
        server_settings=settings,
    )


async def _require_direct(connection: Any) -> None:
    """A pooler greets with a process id of its own making. Raises ``Pooled``."""
    if await connection.fetchval("SELECT pg_backend_pid()", timeout=ANSWER_SECONDS) != connection.get_server_pid():
        raise Pooled


async def _alive(connection: Any, lost: asyncio.Event) -> None:
    """Raise ``OSError`` once the server has closed the connection or no longer answers."""
    while not lost.is_set():
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await lost.wait()
        except TimeoutError:
            await connection.execute("SELECT 1", timeout=ANSWER_SECONDS)
    raise ConnectionResetError

"""A TCP relay to the test's database, which can fall silent, be cut, and greet as a pooler does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.engine import URL, make_url

GREETING = re.compile(rb"K\x00\x00\x00\x0c(.{4})", re.DOTALL)  # BackendKeyData: the process behind a connection


class Wire:
    """``silence`` makes the connections it has now swallow everything for ever; ``cut`` closes them.

    ``is_pooler``: new connections are greeted with the id of a process that is not there.
    """

    def __init__(self, url: URL, *, is_pooler: bool = False) -> None:
        self._url = url
        self._open: set[asyncio.Event] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_pooler = is_pooler
        self.connections = 0

    def silence(self) -> None:
        for heard in self._open:
            heard.clear()

    def cut(self) -> None:
        for writer in self._writers:
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        heard = asyncio.Event()
        heard.set()
        self._open.add(heard)
        self._writers.add(writer)
        far_reader, far_writer = await self._reach()
        await asyncio.gather(self._pump(reader, far_writer, heard), self._pump(far_reader, writer, heard))

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._url.host or self._url.query.get("host"), self._url.port or self._url.query.get("port", 5432)
        if str(host).startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(str(port)))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: asyncio.Event) -> None:
        with suppress(OSError, asyncio.CancelledError):
            while some := await reader.read(65536):
                await heard.wait()
                writer.write(GREETING.sub(b"K\x00\x00\x00\x0c\x7f\x00\x00\x01", some) if self._is_pooler else some)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def wired(url: str, *, is_pooler: bool = False) -> AsyncIterator[tuple[Wire, URL]]:
    """A relay, and the URL that leads through it."""
    parts = make_url(url)
    wire = Wire(parts, is_pooler=is_pooler)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield wire, parts.set(host="127.0.0.1", port=port, query={})
    finally:
        server.close()

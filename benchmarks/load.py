"""A small HTTP client for measuring: keep-alive connections, one request after the other on each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Measured:
    """``cpu`` is the server's CPU time (user and system) in seconds; not the database's, not the client's."""

    requests: int
    seconds: float
    cpu: float

    @property
    def cpu_per_thousand(self) -> float:
        return 1000 * self.cpu / self.requests

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


async def fetch(port: int, request: bytes) -> bytes:
    """The body of one answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await _exchange(reader, writer, request)
    finally:
        writer.close()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    at = lower.index(b"content-length:") + 15
    body = await reader.readexactly(int(lower[at:lower.index(b"\r\n", at)]))
    if not head.startswith(b"HTTP/1.1 200") or b'"errors":[{' in body[:200]:
        raise RuntimeError(f"unexpected answer: {head.splitlines()[0].decode()} {body[:300].decode(errors='replace')}")
    return body


async def measure(port: int, pid: int, requests: Sequence[bytes], count: int, connections: int) -> Measured:
    """Send ``count`` requests over ``connections``; every connection takes the next one that nobody has taken."""
    server, taken = psutil.Process(pid), iter(range(count))
    before, started = server.cpu_times(), time.perf_counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        for at in taken:
            await _exchange(reader, writer, requests[at % len(requests)])
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    seconds, after = time.perf_counter() - started, server.cpu_times()
    return Measured(count, seconds, after.user + after.system - before.user - before.system)

"""What comes before a request's body has a deadline and a size; uvicorn gives it neither."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.api import Api
from web import connection

SECONDS = 0.6
BODY = json.dumps({"query": "{ viewer { name } }"})


@pytest_asyncio.fixture
async def port(api: Api, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(connection, "HEAD_SECONDS", SECONDS)
    async with api.listening() as base:
        yield int(base.rsplit(":", 1)[1])


def request(api: Api, *more: str) -> bytes:
    """A whole, good request."""
    lines = ["POST /graphql HTTP/1.1", "Host: x", f"Authorization: Bearer {api.as_('l1').token}", "Content-Type: application/json",
             f"Content-Length: {len(BODY)}", *more, "", BODY]
    return "\r\n".join(lines).encode()


async def reply(reader: asyncio.StreamReader) -> tuple[int, dict[str, object]]:
    """Status and body of one answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    return int(head.split()[1]), json.loads(await reader.readexactly(length))


async def ended(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(5):
        return await reader.read() == b""


async def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started = time.monotonic()
    assert await ended(reader)
    assert SECONDS * 0.9 <= time.monotonic() - started < 3
    writer.close()


async def test_a_head_that_dribbles_is_cut_with_its_reason(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def dribble() -> None:
        writer.write(b"POST /graphql HTTP/1.1\r\n")
        while not reader.at_eof():
            writer.write(b"X-A: b\r\n")
            await asyncio.sleep(0.1)

    started = time.monotonic()
    task = asyncio.create_task(dribble())
    status, body = await asyncio.wait_for(reply(reader), 5)
    assert (status, body["errors"][0]["extensions"]) == (408, {"code": "BAD_REQUEST"})  # type: ignore[index]
    assert time.monotonic() - started < 3
    assert await ended(reader)
    await task
    writer.close()


async def test_a_later_request_on_the_connection_has_a_deadline_of_its_own(api: Api, port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):
        writer.write(request(api))
        status, body = await reply(reader)
        assert (status, body["data"]["viewer"]["name"]) == (200, "Lee Lone (acme)")  # type: ignore[index]
        await asyncio.sleep(SECONDS / 2)
    writer.write(request(api)[:80])
    assert (await asyncio.wait_for(reply(reader), 5))[0] == 408
    assert await ended(reader)
    writer.close()


async def test_a_head_has_a_size(api: Api, port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(api, "Cookie: " + "x" * 40_000))
    assert (await reply(reader))[0] == 200
    writer.write(request(api, "Cookie: " + "x" * 5_000)[:-200])  # not whole yet
    writer.write(b"x" * connection.HEAD_BYTES)
    status, body = await asyncio.wait_for(reply(reader), 5)
    assert (status, body["errors"][0]["extensions"]) == (431, {"code": "BAD_REQUEST"})  # type: ignore[index]
    writer.close()


async def test_an_answer_on_its_way_is_not_broken_into(api: Api, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The half head of a second request comes while the first is still being worked on."""
    begun = asyncio.Event()

    async def slow(*_: object) -> None:
        begun.set()
        await asyncio.sleep(SECONDS * 3)

    monkeypatch.setattr("web.authentication.Authenticator.caller", slow)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(api) + b"POST /graphql HTTP/1.1\r\n")
    await begun.wait()
    async with asyncio.timeout(5):
        assert b"408" not in await reader.read()
    writer.close()

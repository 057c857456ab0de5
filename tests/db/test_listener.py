"""Words between processes: heard after the commit only, at once, by who waits; and what happens when they are lost."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from db import listener as module
from db.engine import Database
from db.listener import APPLICATION_NAME, Listener, announce
from tests.support.wire import wired

OURS = "SELECT pid, usename, state, query FROM pg_stat_activity WHERE application_name = :name AND datname = current_database()"
SOON = 2.0  # seconds, on a busy machine


@asynccontextmanager
async def listening(url: str | URL) -> AsyncIterator[Listener]:
    listener = Listener(url)
    task = asyncio.create_task(listener.run())
    try:
        yield listener
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def becomes(listener: Listener, *, live: bool) -> None:
    async with asyncio.timeout(10):
        while listener.is_live is not live:
            await asyncio.sleep(0.01)


async def test_a_word_is_heard_after_the_commit_and_never_without_it(database_url: str) -> None:
    topic = str(uuid4())
    async with Database(database_url) as db, listening(database_url) as listener:
        await becomes(listener, live=True)
        with listener.hearing(topic) as one, listener.hearing(topic) as other, listener.hearing("else") as third:
            async with db.write(None) as connection:
                await announce(connection, topic)
                assert await one.wait(0.3) is False
            assert (await one.wait(SOON), await other.wait(SOON)) == (True, True)
            assert await one.wait(0.05) is False
            with pytest.raises(ZeroDivisionError):
                async with db.write(None) as connection:
                    await announce(connection, topic)
                    raise ZeroDivisionError
            assert await one.wait(0.3) is False
            assert await third.wait(0.0) is False


async def test_a_word_said_between_looking_and_waiting_is_not_missed(database_url: str) -> None:
    async with Database(database_url) as db, listening(database_url) as listener:
        await becomes(listener, live=True)
        with listener.hearing("t") as one:
            async with db.write(None) as connection:
                await announce(connection, "t")
            await asyncio.sleep(0.3)
            started = time.monotonic()
            assert await one.wait(SOON) is True
            assert time.monotonic() - started < 0.1


async def test_it_has_one_connection_of_its_own(database_url: str) -> None:
    async with listening(database_url) as listener, Database(database_url, role=None) as owner:
        await becomes(listener, live=True)
        async with owner.read(None) as connection:
            rows = (await connection.execute(text(OURS), {"name": APPLICATION_NAME})).all()
        assert [row.state for row in rows] == ["idle"]


async def test_a_lost_connection_wakes_everybody_and_is_replaced(database_url: str) -> None:
    async with listening(database_url) as listener, Database(database_url, role=None) as owner:
        await becomes(listener, live=True)
        with listener.hearing("t") as one:
            async with owner.write(None) as connection:
                await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM ({OURS}) AS ours"),
                                         {"name": APPLICATION_NAME})
            assert await one.wait(SOON) is True  # words may have been missed
            await becomes(listener, live=True)
            await one.wait(0.1)
            async with owner.write(None) as connection:
                await announce(connection, "t")
            assert await one.wait(SOON) is True


async def test_a_connection_that_fell_silent_is_noticed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.5)
    async with wired(database_url) as (wire, url), listening(url) as listener:
        await becomes(listener, live=True)
        wire.silence()
        await becomes(listener, live=False)
        await becomes(listener, live=True)
        assert wire.connections >= 2


async def test_behind_a_pooler_it_does_not_pretend_to_hear(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "handrail.listener"):
        async with wired(database_url, is_pooler=True) as (wire, url), listening(url) as listener:
            async with asyncio.timeout(5):
                while not caplog.records:
                    await asyncio.sleep(0.02)
            assert (listener.is_live, wire.connections) == (False, 1)
    assert "DATABASE_DIRECT_URL" in caplog.text


async def test_a_pooler_is_said_once(
    database_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSES", (0.01,))
    with caplog.at_level(logging.WARNING, "handrail.listener"):
        async with wired(database_url, is_pooler=True) as (wire, url), listening(url), asyncio.timeout(10):
            while wire.connections < 4:
                await asyncio.sleep(0.02)
    assert len(caplog.records) == 1


async def test_a_database_that_is_away_is_tried_again_and_said_once(
    database_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSES", (0.01,))
    with caplog.at_level(logging.WARNING, "handrail.listener"):
        async with listening("postgresql://nobody@127.0.0.1:9/none") as listener:
            await asyncio.sleep(0.5)
            assert listener.is_live is False
    assert [record.levelname for record in caplog.records if record.name == "handrail.listener"] == ["WARNING"]
    assert "127.0.0.1" not in caplog.text


async def test_without_a_database_only_this_process_is_heard() -> None:
    listener = Listener()
    await listener.run()
    with listener.hearing("t") as one:
        listener.tell("t")
        assert await one.wait(0.0) is True
    assert listener._hearing == {}

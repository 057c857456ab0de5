"""The real server process: what was begun is ended before it leaves, and it leaves soon."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from db.migration import ROOT
from tests.db.catalogue import owner
from tests.support.api import SECRET, Api, open_api

SAVE = "mutation($input: SetEscalationDefaultsInput!) { setEscalationDefaults(input: $input) { account { id } errors { code } } }"
IN_FLIGHT = 20


@dataclass
class Running:
    process: asyncio.subprocess.Process
    base: str
    api: Api

    async def save(self, http: httpx.AsyncClient, number: int) -> httpx.Response:
        body = {"query": SAVE, "variables": {"input": {"addresses": [f"n{number}@x.example"]}}}
        return await http.post(f"{self.base}/graphql", json=body, headers=self.api.as_("admin").headers)


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith("Handrail serves "):
            return line.split()[2].removesuffix("/graphql")
    raise AssertionError("the server ended before it served")


@pytest_asyncio.fixture
async def server(fresh_database: str, tmp_path: Path) -> AsyncIterator[Running]:
    environment = {**os.environ, "DATABASE_URL": fresh_database, "HANDRAIL_DATA_DIR": str(tmp_path), "PORT": "0",
                   "AUTH_DEV_SECRET": SECRET, "DB_POOL_SIZE": "30", "EMBEDDINGS": "off"}
    async with open_api(fresh_database, "acme") as api:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "server.py", cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        try:
            yield Running(process, await asyncio.wait_for(_address(process), 30), api)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _waiting(url: str) -> int:
    async with owner(url) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"))


async def test_what_is_in_flight_ends_well(server: Running) -> None:
    """Twenty mutations wait for a lock when the signal comes; all are answered, and all their effects are there."""
    async with owner(server.api.url) as holder, httpx.AsyncClient(timeout=20) as http:
        lock = holder.transaction()
        await lock.start()
        await holder.execute("SELECT id FROM accounts FOR UPDATE")
        requests = [asyncio.create_task(server.save(http, number)) for number in range(IN_FLIGHT)]
        deadline = time.monotonic() + 4
        while await _waiting(server.api.url) < IN_FLIGHT and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        server.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        await asyncio.sleep(0.5)
        with pytest.raises(httpx.HTTPError):
            async with httpx.AsyncClient() as late:
                await late.get(f"{server.base}/healthz")
        await lock.commit()
        answers = await asyncio.gather(*requests)
    assert [answer.status_code for answer in answers] == [200] * IN_FLIGHT
    assert all(_is_done(answer.json()) for answer in answers), [answer.text for answer in answers]
    await asyncio.wait_for(server.process.wait(), 20)
    assert time.monotonic() - started < 20
    [row] = await server.api.rows("SELECT count(*) AS n FROM audit_events")
    assert row["n"] == IN_FLIGHT


def _is_done(body: dict[str, Any]) -> bool:
    return "errors" not in body and body["data"]["setEscalationDefaults"]["errors"] == []


async def test_an_idle_server_leaves_at_once(server: Running) -> None:
    """Clients that keep their connections open do not hold it."""
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{server.base}/healthz")).status_code == 200
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(server.process.wait(), 10)
        assert time.monotonic() - started < 5


async def test_killed_and_started_again_nothing_acknowledged_is_lost(server: Running) -> None:
    acknowledged = 0
    async with httpx.AsyncClient(timeout=5) as http:
        for number in range(30):
            if number == 20:
                server.process.send_signal(signal.SIGKILL)
            try:
                acknowledged += _is_done((await server.save(http, number)).json())
            except httpx.HTTPError:
                break
    assert 20 <= acknowledged < 30
    [row] = await server.api.rows("SELECT count(*) AS n FROM audit_events")
    assert row["n"] in {acknowledged, acknowledged + 1}, "one more when the reply was lost with the process"

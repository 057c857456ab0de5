"""Faults: masked with a request id, quick, and over when their cause is; nothing runs for a client that has gone."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from db import migration
from db.embedded import EmbeddedServer
from resolvers import account as accounts
from tests.api.transport.test_request import head
from tests.db.catalogue import owner
from tests.support.api import Api, Caller, open_api

ME = {"query": "{ viewer { name } }"}
SAVE = """mutation($input: SetEscalationDefaultsInput!) { setEscalationDefaults(input: $input) {
    account { id } errors { code } } }"""
INTERNALS = ("traceback", "sqlalchemy", "asyncpg", "select ", "update ", "psycopg", "/work", ".py", "postgres", "relation", "uuid_")


@pytest_asyncio.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with open_api(database_url, "acme", request_timeout=4.0) as opened:
        yield opened


def clean(answer: httpx.Response) -> dict[str, object]:
    """A masked error: a code, a request id that the headers carry too, and nothing of our insides."""
    [error] = answer.json()["errors"]
    found = json.dumps(answer.json()).lower()
    assert [word for word in INTERNALS if word in found] == []
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    return error["extensions"]


async def test_a_fault_is_masked_and_logged_with_its_request_id(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: object) -> None:
        raise ValueError("secret at db-host-1: SELECT * FROM users")

    monkeypatch.setattr(accounts, "read", broken)
    with caplog.at_level(logging.ERROR, "handrail.fault"):
        answer = await api.as_("l1").post({"query": "{ account { name } }"})
    assert clean(answer)["code"] == "INTERNAL"
    assert "db-host-1" not in answer.text
    assert answer.headers["x-request-id"] in caplog.text
    assert "secret at db-host-1" in caplog.text, "an operator finds the cause by the id"


async def test_a_fault_before_the_document_is_masked_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("web.authentication.Authenticator.caller", broken)
    answer = await api.as_("l1").post(ME)
    assert answer.status_code == 500
    assert clean(answer)["code"] == "INTERNAL"


async def test_the_callers_own_request_id_is_kept_when_it_is_a_plain_one(api: Api) -> None:
    tech = api.as_("l1")
    assert (await tech.post(ME, headers={"x-request-id": "call-20261123.7"})).headers["x-request-id"] == "call-20261123.7"
    for bad in ("x", "a" * 65, "with space in it", 'quote"and<tag>', "evil%0d%0aheader"):
        assert (await tech.post(ME, headers={"x-request-id": bad})).headers["x-request-id"] != bad


async def _hold_lock(api: Api, seconds: float, begun: asyncio.Event) -> None:
    async with owner(api.url) as connection, connection.transaction():
        await connection.execute("SELECT id FROM accounts FOR UPDATE")
        begun.set()
        await asyncio.sleep(seconds)


async def test_a_request_that_takes_too_long_is_stopped(database_url: str) -> None:
    async with open_api(database_url, "acme", request_timeout=0.5) as api:
        begun = asyncio.Event()
        holder = asyncio.create_task(_hold_lock(api, 2.0, begun))
        await begun.wait()
        started = time.monotonic()
        admin = api.as_("admin")
        answer = await admin.post({"query": SAVE, "variables": {"input": {"addresses": ["a@x.example"]}}},
                                  headers={"accept": "application/graphql-response+json"})
        assert time.monotonic() - started < 1.5
        assert answer.status_code == 504
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["TIMEOUT"]
        await holder
        assert await api.rows("SELECT escalation_addresses AS a FROM accounts") == [{"a": []}], "and its effect was undone"
        assert (await admin.post(ME)).status_code == 200


async def test_a_lock_somebody_holds_ends_in_unavailable(database_url: str) -> None:
    async with open_api(database_url, "acme", request_timeout=9.0) as api:
        begun = asyncio.Event()
        holder = asyncio.create_task(_hold_lock(api, 7.0, begun))
        await begun.wait()
        started = time.monotonic()
        answer = await api.as_("admin").post({"query": SAVE, "variables": {"input": {"addresses": ["a@x.example"]}}})
        assert time.monotonic() - started < 7.0
        assert clean(answer)["code"] == "UNAVAILABLE"
        assert (await api.as_("l1").post(ME)).status_code == 200, "reading goes on"
        holder.cancel()


async def test_connections_that_were_cut_cost_no_request(api: Api) -> None:
    tech = api.as_("l1")
    assert {(await one).status_code for one in [tech.post(ME) for _ in range(5)]} == {200}
    async with owner(api.url) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'handrail' AND datname = current_database()")
    await asyncio.sleep(0.1)
    assert {answer.status_code for answer in await asyncio.gather(*(tech.post(ME) for _ in range(20)))} == {200}


async def _active(url: str, like: str) -> int:
    async with owner(url) as connection:
        return int(await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1 AND pid <> pg_backend_pid()", f"%{like}%"))


async def _until(url: str, like: str, wanted: int, seconds: float = 3.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if await _active(url, like) == wanted:
            return True
        await asyncio.sleep(0.05)
    return False


async def _hang_up_during(api: Api, caller: Caller, body: dict[str, object], like: str) -> None:
    """Send a request over a socket, wait until its statement runs, and go away."""
    content = json.dumps(body).encode()
    async with api.listening() as base:
        host, port = base.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(head(caller, len(content)) + content)
        await writer.drain()
        assert await _until(api.url, like, 1), "the statement never ran"
        writer.close()
        await writer.wait_closed()
        if body["query"].lstrip().startswith("mutation"):
            await asyncio.sleep(1.0)
        else:
            assert await _until(api.url, like, 0), "it still runs for nobody"


async def test_a_client_that_hangs_up_stops_its_query(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(context: object) -> None:
        async with context.db.read(context.account_id) as connection:
            await connection.execute(text("SELECT pg_sleep(20)"))

    monkeypatch.setattr(accounts, "read", slow)
    await _hang_up_during(api, api.as_("l1"), {"query": "{ account { name } }"}, "pg_sleep(20)")
    assert api.db.app.pool.checkedout() == 0


async def test_a_client_that_hangs_up_does_not_stop_its_mutation(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that was sent is recorded, whether or not somebody waits for the reply."""
    change = accounts.change

    async def slow(connection: object, context: object, **values: object) -> None:
        await connection.execute(text("SELECT pg_sleep(0.6)"))
        await change(connection, context, **values)

    monkeypatch.setattr(accounts, "change", slow)
    body = {"query": SAVE, "variables": {"input": {"addresses": ["desk@acme.example"]}}}
    await _hang_up_during(api, api.as_("admin"), body, "pg_sleep(0.6)")
    assert await api.rows("SELECT escalation_addresses AS a FROM accounts") == [{"a": ["desk@acme.example"]}]


async def test_a_crowd_larger_than_the_pool_is_served(database_url: str) -> None:
    async with open_api(database_url, "acme", pool_size=3) as api:
        tech = api.as_("l1")
        query = {"query": "{ viewer { name } account { name } members { nodes { name } } flows { nodes { id } } }"}
        answers = await asyncio.gather(*(tech.post(query) for _ in range(60)))
        assert {answer.status_code for answer in answers} == {200}
        assert not any("errors" in answer.json() for answer in answers)


# A database that goes away, on a server of the test's own

@pytest_asyncio.fixture
async def own_server(tmp_path: Path) -> AsyncIterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path / "data", options={"fsync": "off"})
    await asyncio.to_thread(server.start)
    try:
        connection = await asyncpg.connect(**server.connect_arguments("postgres"))
        await connection.execute("CREATE DATABASE own")
        await connection.close()
        await asyncio.to_thread(migration.upgrade, server.url("own"))
        yield server
    finally:
        await asyncio.to_thread(server.stop)


async def test_a_database_that_goes_and_comes_back(own_server: EmbeddedServer) -> None:
    """Away: UNAVAILABLE at once, alive but not ready. Back: everything works, nothing acknowledged is lost."""
    async with open_api(own_server.url("own"), "acme", request_timeout=5.0) as api:
        tech, admin = api.as_("l1"), api.as_("admin")
        assert (await tech.post(ME)).status_code == 200
        assert (await api.http.get("/readyz")).status_code == 200
        await admin.do(SAVE, addresses=["kept@acme.example"])
        await asyncio.to_thread(own_server.stop)
        for _ in range(5):
            started = time.monotonic()
            answer = await tech.post(ME)
            assert time.monotonic() - started < 5
            assert answer.status_code == 503
            assert clean(answer)["code"] == "UNAVAILABLE"
            assert answer.headers["retry-after"]
        assert (await Caller(api.http, "bad token").post(ME)).status_code in {401, 503}
        assert (await api.http.get("/healthz")).status_code == 200
        ready = await asyncio.wait_for(api.http.get("/readyz"), 3)
        assert (ready.status_code, ready.json()["database"]) == (503, "unreachable")
        await asyncio.to_thread(own_server.start)
        deadline = time.monotonic() + 10
        while (await tech.post(ME)).status_code != 200:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        assert (await api.http.get("/readyz")).status_code == 200
        assert await api.rows("SELECT escalation_addresses AS a FROM accounts") == [{"a": ["kept@acme.example"]}]


async def test_an_immediate_restart_in_the_middle_of_work(own_server: EmbeddedServer) -> None:
    """Every request is answered, with data or with a code; what was acknowledged is there afterwards."""
    async with open_api(own_server.url("own"), "acme", request_timeout=5.0) as api:
        admin = api.as_("admin")
        acknowledged: list[str] = []
        codes: set[str] = set()
        stop = asyncio.Event()

        async def work() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                body = (await admin.post({"query": SAVE, "variables": {"input": {"addresses": [f"n{number}@x.example"]}}})).json()
                if "errors" in body:
                    codes.update(error["extensions"]["code"] for error in body["errors"])
                    await asyncio.sleep(0.05)
                else:
                    acknowledged.append(f"n{number}@x.example")

        task = asyncio.create_task(work())
        await asyncio.sleep(0.5)
        connection = await asyncpg.connect(**own_server.connect_arguments("postgres"))
        victim = await connection.fetchval("SELECT pid FROM pg_stat_activity WHERE application_name = 'handrail' LIMIT 1")
        await connection.close()

        before = len(acknowledged)
        os.kill(victim, signal.SIGKILL)  # a backend killed: the server ends all others and recovers, as after `-m immediate`
        deadline = time.monotonic() + 10
        while len(acknowledged) < before + 10:
            assert time.monotonic() < deadline, codes
            await asyncio.sleep(0.05)
        stop.set()
        await task
        assert codes <= {"UNAVAILABLE"}
        [row] = await api.rows("SELECT escalation_addresses AS a FROM accounts")
        assert row["a"] == [acknowledged[-1]]
        [audited] = await api.rows("SELECT count(*) AS n FROM audit_events WHERE action = 'settings.escalation_defaults_set'")
        assert audited["n"] >= len(acknowledged)


# Headers and what is not there

async def test_every_answer_carries_strict_headers(api: Api) -> None:
    for answer in (await api.as_("l1").post(ME), await api.anonymous().post(ME), await api.http.get("/healthz"),
                   await api.http.put("/graphql"), await api.http.get("/nothing-here")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-request-id"]
        assert "server" not in answer.headers
    for answer in (await api.as_("l1").post(ME), await api.anonymous().post(ME), await api.as_("l1").post(5)):
        assert answer.headers["cache-control"] == "no-store"


async def test_no_origin_is_granted_anything_unless_it_is_listed(api: Api) -> None:
    preflight = {"origin": "https://evil.example", "access-control-request-method": "POST",
                 "access-control-request-headers": "authorization,content-type"}
    assert "access-control-allow-origin" not in (await api.http.options("/graphql", headers=preflight)).headers
    assert "access-control-allow-origin" not in (await api.as_("l1").post(ME, headers={"origin": "https://evil.example"})).headers


async def test_a_listed_origin_may_call(database_url: str) -> None:
    async with open_api(database_url, "acme", allowed_origins=("https://app.example",)) as api:
        ask = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type,handrail-account"}
        allowed = await api.http.options("/graphql", headers={**ask, "origin": "https://app.example"})
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == "https://app.example"
        assert "access-control-allow-credentials" not in allowed.headers
        for other in ("https://evil.example", "null", "https://app.example.evil.example", "http://app.example"):
            answer = await api.http.options("/graphql", headers={**ask, "origin": other})
            assert "access-control-allow-origin" not in answer.headers
        answer = await api.as_("l1").post(ME, headers={"origin": "https://app.example"})
        assert answer.headers["access-control-allow-origin"] == "https://app.example"


async def test_there_is_no_websocket(api: Api) -> None:
    async with api.listening() as base:
        host, port = base.removeprefix("http://").split(":")
        for path, protocol in (("/graphql", "graphql-transport-ws"), ("/graphql", "graphql-ws"), ("/", "graphql-ws")):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                         f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n".encode())
            first = await asyncio.wait_for(reader.readline(), 3)
            assert b" 101 " not in first
            writer.close()


async def test_the_metrics_name_no_tenant(api: Api) -> None:
    await api.as_("l1").post(ME)
    body = (await api.http.get("/metrics")).text
    assert "handrail_graphql_requests_total" in body
    assert "acme" not in body
    assert str(api.teams["acme"].id) not in body

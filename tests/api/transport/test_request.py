"""GraphQL over HTTP: what is read, what is refused, and with which status."""

from __future__ import annotations

import asyncio
import gzip
import json

import httpx
import pytest

from tests.support.api import Api, Caller, open_api

ME = "{ viewer { name } }"
MODERN, LEGACY = "application/graphql-response+json", "application/json"
TECH = {"name": "Lee Lone (acme)"}


@pytest.fixture
def tech(api: Api) -> Caller:
    return api.as_("l1")


async def send(caller: Caller, content: bytes, *, kind: str = "application/json", **headers: str) -> httpx.Response:
    return await caller.http.post("/graphql", content=content, headers={**caller.headers, "content-type": kind, **headers})


def code_of(answer: httpx.Response) -> str:
    """The one code of a refused request; every refusal is JSON with a message and a code, and nothing else."""
    body = answer.json()
    assert set(body) == {"errors"}, body
    [error] = body["errors"]
    assert error["message"]
    return error["extensions"]["code"]


async def test_a_query_is_answered(tech: Caller) -> None:
    answer = await tech.post({"query": ME})
    assert (answer.status_code, answer.json()) == (200, {"data": {"viewer": TECH}})
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("body", [
    b"", b"null", b'"x"', b"5", b"true", b"[]", b"{}", b"{", b"not json", b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"\x00",
    b'{"query": null}', b'{"query": 1}', b'{"query": ""}', b'{"query": "  "}', b'{"query": ["{ viewer { name } }"]}',
    b'{"query": "{ viewer { name } }", "variables": []}', b'{"query": "{ viewer { name } }", "variables": "x"}',
    b'{"query": "{ viewer { name } }", "operationName": 5}', b'{"query": "{ viewer { name } }", "extensions": []}',
    b'{"query": "{ viewer { name } }", "variables": {"a": NaN}}',
    b'{"query": "{ viewer { name } }", "variables": {"a": 1e400}}',
    b'{"query": "{ viewer { name } }", "variables": {"a": -1e400}}',
    b'{"query": "{ viewer { name } }", "variables": {"a": Infinity}}',
    b'{"query": "{ viewer { name } }", "variables": {"a": "\\u0000"}}',
    b'{"query": "{ viewer { name } }", "variables": {"a": "\\ud800"}}',
    b'{"query": "{ viewer { name } }", "variables": {"a": [{"b": "x\\u0000"}]}}',
    b'{"query": "{ viewer { name } }", "variables": {"\\u0000": 1}}',
    b'{"query": "{ viewer { name\\u0000 } }"}',
    b'{"query": "{ viewer { name \\ud800 } }"}',
    b'[{"query": "{ viewer { name } }"}]',
    b'{"query": "{ viewer { name } }", "variables": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"query": "{ viewer { name } }", "variables": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}",
    b'{"query": "{ viewer { name } }", "variables": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    b"[" * 100_000,
], ids=lambda body: body[:60].decode("latin-1") or "empty")
@pytest.mark.parametrize("accept", [LEGACY, MODERN])
async def test_a_body_that_is_no_request_is_a_clean_400(tech: Caller, body: bytes, accept: str) -> None:
    answer = await asyncio.wait_for(send(tech, body, accept=accept), 2)
    assert answer.status_code == 400, answer.text
    assert code_of(answer) == "BAD_REQUEST"
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"


@pytest.mark.parametrize("text", ['"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"""a\x00b"""'])
@pytest.mark.parametrize("accept", [LEGACY, MODERN])
async def test_what_cannot_be_stored_is_refused_in_a_document_too(tech: Caller, text: str, accept: str) -> None:
    answer = await tech.post({"query": f"{{ suggestFlows(problem: {text}) {{ score }} }}"}, headers={"accept": accept})
    assert answer.status_code == 400
    assert code_of(answer) == "BAD_REQUEST"


async def test_surrogate_pairs_are_ordinary_text(tech: Caller) -> None:
    answer = await send(tech, b'{"query": "query($t: String!) { suggestFlows(problem: $t) { score } }",'
                              b' "variables": {"t": "\\ud83d\\ude00 printer"}}')
    assert answer.json()["data"] is not None, answer.text


async def test_a_compressed_body_is_refused(tech: Caller) -> None:
    body = gzip.compress(json.dumps({"query": ME}).encode())
    answer = await send(tech, body, **{"content-encoding": "gzip"})
    assert (answer.status_code, code_of(answer)) == (415, "BAD_REQUEST")
    assert (await send(tech, body)).status_code == 400, "and without its header it is no JSON"


@pytest.mark.parametrize("kind", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql",
    "application/json-seq", "application/jsonp", "application/jsonlines", "text/json", "", "application/json; charset=utf-16",
    "application/vnd.api+json",
])
async def test_only_json_runs(tech: Caller, kind: str) -> None:
    """Content types that a form can send without a preflight must never run."""
    answer = await send(tech, json.dumps({"query": ME}).encode(), kind=kind)
    assert (answer.status_code, code_of(answer)) == (415, "BAD_REQUEST")


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf-8"'])
async def test_json_by_its_names(tech: Caller, kind: str) -> None:
    assert (await send(tech, json.dumps({"query": ME}).encode(), kind=kind)).json() == {"data": {"viewer": TECH}}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
async def test_other_methods_are_refused(tech: Caller, method: str) -> None:
    answer = await tech.http.request(method, "/graphql", headers=tech.headers, params={"query": ME})
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]
    assert "viewer" not in answer.text


@pytest.mark.parametrize("query", [ME, 'mutation { takeOverWalk(input: {sessionId: "x"}) { errors { message } } }'])
async def test_get_runs_nothing(tech: Caller, query: str) -> None:
    for accept in (LEGACY, MODERN, "text/html", "*/*"):
        answer = await tech.http.get("/graphql", params={"query": query}, headers={**tech.headers, "accept": accept})
        assert '"data"' not in answer.text
        assert "Lee Lone" not in answer.text


@pytest.mark.parametrize(("accept", "expected"), [
    (None, LEGACY), ("", LEGACY), ("*/*", LEGACY), ("application/*", LEGACY), (LEGACY, LEGACY), (MODERN, MODERN),
    (f"{MODERN}, {LEGACY};q=0.9", MODERN), (f"{LEGACY};q=0.1, {MODERN}", MODERN), (f"{LEGACY}, {MODERN}", LEGACY),
    (f"text/html, {MODERN};q=0.5", MODERN), (f"{MODERN}; charset=utf-8", MODERN), (f"{MODERN};q=0, */*", LEGACY),
])
async def test_the_answer_is_of_the_type_asked_for(tech: Caller, accept: str | None, expected: str) -> None:
    headers = {"accept": accept} if accept is not None else {}
    answer = await tech.post({"query": ME}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/xml", f"{LEGACY};q=0"])
async def test_an_answer_that_the_client_cannot_take_is_406(tech: Caller, accept: str) -> None:
    answer = await tech.post({"query": ME}, headers={"accept": accept})
    assert (answer.status_code, code_of(answer)) == (406, "BAD_REQUEST")


@pytest.mark.parametrize(("request_body", "why"), [
    ({"query": "{"}, "does not parse"),
    ({"query": "{ nonsense }"}, "does not validate"),
    ({"query": "query A { viewer { name } } query B { viewer { name } }"}, "no operation named"),
    ({"query": "query A { viewer { name } }", "operationName": "B"}, "unknown operation"),
    ({"query": "query($a: Int!) { viewer { name } flows(first: $a) { nodes { id } } }"}, "variable missing"),
    ({"query": "query($a: Int!) { flows(first: $a) { nodes { id } } }", "variables": {"a": "x"}}, "variable of a wrong type"),
    ({"query": "fragment F on Query { viewer { name } }"}, "no operation"),
    ({"query": "subscription { viewer { name } }"}, "no subscriptions"),
])
async def test_a_graphql_mistake_is_400_to_modern_and_200_to_legacy_clients(
    tech: Caller, request_body: dict[str, object], why: str
) -> None:
    modern = await tech.post(request_body, headers={"accept": MODERN})
    assert modern.status_code == 400, why
    legacy = await tech.post(request_body, headers={"accept": LEGACY})
    assert legacy.status_code == 200, why
    for answer in (modern, legacy):
        assert "data" not in answer.json()
        assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"BAD_REQUEST"}


async def test_a_field_that_fails_is_200_with_data(tech: Caller) -> None:
    answer = await tech.post({"query": "{ viewer { name } auditEvents { nodes { id } } }"}, headers={"accept": MODERN})
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"] == {"viewer": TECH, "auditEvents": None}
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [(["auditEvents"], "FORBIDDEN")]


async def test_the_named_operation_runs(tech: Caller) -> None:
    query = "query A { viewer { name } } query B { account { slug: name } }"
    assert set((await tech.post({"query": query, "operationName": "A"})).json()["data"]) == {"viewer"}
    assert set((await tech.post({"query": query, "operationName": "B"})).json()["data"]) == {"account"}


# Sizes and slowness, over a real socket

async def raw(base: str, *parts: bytes, pause: float = 0.0, keep_open: float = 8.0) -> bytes:
    """Send bytes as they are and read what comes back."""
    host, port = base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        return await asyncio.wait_for(reader.read(), keep_open)
    finally:
        writer.close()


def head(tech: Caller, length: int | None, *more: str) -> bytes:
    size = [f"Content-Length: {length}"] if length is not None else ["Transfer-Encoding: chunked"]
    lines = ["POST /graphql HTTP/1.1", "Host: handrail.test", "Content-Type: application/json",
             f"Authorization: Bearer {tech.token}", *size, *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


async def test_a_body_over_the_limit_is_refused_before_it_is_read(api: Api, tech: Caller) -> None:
    async with api.listening() as base:
        answer = await asyncio.wait_for(raw(base, head(tech, 5_000_000)), 3)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"BAD_REQUEST"' in answer
    assert b"connection: close" in answer.lower()


async def test_a_body_without_a_length_is_refused_at_the_limit(api: Api, tech: Caller) -> None:
    chunk = b"x" * 100_000
    sent = [f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"] * 11
    async with api.listening() as base:
        answer = await asyncio.wait_for(raw(base, head(tech, None), *sent), 5)
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("size", [1_000_001, 5_000_000])
async def test_a_client_that_sends_too_much_reads_why(api: Api, tech: Caller, size: int) -> None:
    """The rest of its body is let pass: a reset would take the answer away."""
    async with api.listening() as base, httpx.AsyncClient() as http:
        for _ in range(5):
            answer = await http.post(f"{base}/graphql", content=b" " * size,
                                     headers={**tech.headers, "content-type": "application/json"})
            assert (answer.status_code, code_of(answer)) == (413, "BAD_REQUEST")


async def test_the_limit_is_exact(tech: Caller) -> None:
    body = json.dumps({"query": ME, "variables": {"pad": ""}}).encode()
    pad = 1_000_000 - len(body)
    fits = json.dumps({"query": ME, "variables": {"pad": "x" * pad}}).encode()
    assert (await send(tech, fits)).status_code == 200
    assert (await send(tech, fits + b" ")).status_code == 413


async def test_a_slow_body_is_cut(api: Api, tech: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.request_body.BODY_DEADLINE", 0.3)
    async with api.listening() as base:
        answer = await asyncio.wait_for(raw(base, head(tech, 100), b'{"query"'), 5)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"BAD_REQUEST"' in answer


async def test_slow_bodies_hold_no_connection_of_the_database(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.request_body.BODY_DEADLINE", 3.0)
    async with open_api(fresh_database, "acme", pool_size=2) as api, api.listening() as base:
        tech = api.as_("l1")
        slow = [asyncio.create_task(raw(base, head(tech, 100), b"{")) for _ in range(20)]
        await asyncio.sleep(0.5)
        async with httpx.AsyncClient() as http:
            answer = await asyncio.wait_for(http.post(f"{base}/graphql", json={"query": ME}, headers=tech.headers), 2)
        assert answer.json() == {"data": {"viewer": TECH}}
        assert all(one.startswith(b"HTTP/1.1 408 ") for one in await asyncio.gather(*slow))


async def test_the_shipped_deadline_of_a_body_is_short() -> None:
    from web.request_body import BODY_DEADLINE

    assert BODY_DEADLINE <= 15


async def test_keep_alive_survives_every_refusal(api: Api, tech: Caller) -> None:
    """A bad request must not cost the client its connection, nor the answer to the next request."""
    async with api.listening() as base, httpx.AsyncClient(base_url=base) as http:
        for body in (b"null", b"{", b"", b'{"query": "{"}', b'{"query":1}'):
            bad = await http.post("/graphql", content=body, headers={**tech.headers, "content-type": "application/json"})
            assert bad.status_code in {200, 400}
            good = await http.post("/graphql", json={"query": ME}, headers=tech.headers)
            assert good.json() == {"data": {"viewer": TECH}}

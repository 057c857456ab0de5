"""Limits on documents: every hostile one is refused by a code, quickly, before any statement is sent."""

# ruff: noqa: UP031 - documents are full of braces
from __future__ import annotations

import time
from typing import Any

import pytest
from graphql import get_introspection_query

from tests.support.api import Api, Caller, open_api

COMPLEX = "QUERY_TOO_COMPLEX"
SECONDS = 2.0


@pytest.fixture
def tech(api: Api) -> Caller:
    return api.as_("l1")


async def answer(caller: Caller, query: str, **variables: Any) -> dict[str, Any]:
    started = time.monotonic()
    body = (await caller.post({"query": query, "variables": variables})).json()
    assert time.monotonic() - started < SECONDS
    return body


async def code(caller: Caller, query: str, **variables: Any) -> str | None:
    """None when it ran without an error."""
    body = await answer(caller, query, **variables)
    if "errors" not in body:
        return None
    assert "data" not in body
    return {error["extensions"]["code"] for error in body["errors"]}.pop()


def nested(levels: int) -> str:
    """``levels`` fields deep."""
    inner = "id"
    for _ in range(levels - 2):
        inner = f"continues {{ {inner} }}"
    return f'{{ walkSession(id: "x") {{ {inner} }} }}'


async def test_depth(tech: Caller) -> None:
    assert await code(tech, nested(15)) is None
    assert await code(tech, nested(16)) == COMPLEX
    assert await code(tech, nested(400)) == COMPLEX


async def test_depth_is_counted_through_fragments(tech: Caller) -> None:
    fragments = " ".join(f"fragment F{n} on WalkSession {{ continues {{ ...F{n + 1} }} }}" for n in range(20))
    assert await code(tech, f'{{ walkSession(id: "x") {{ ...F0 }} }} {fragments} fragment F20 on WalkSession {{ id }}') == COMPLEX
    inline = "id"
    for _ in range(20):
        inline = f"... on WalkSession {{ continues {{ {inline} }} }}"
    assert await code(tech, f'{{ walkSession(id: "x") {{ {inline} }} }}') == COMPLEX


async def test_aliases(tech: Caller) -> None:
    assert await code(tech, "{ viewer { %s } }" % " ".join(f"a{n}: name" for n in range(30))) is None
    assert await code(tech, "{ viewer { %s } }" % " ".join(f"a{n}: name" for n in range(31))) == COMPLEX
    assert await code(tech, "{ %s }" % " ".join(f"a{n}: viewer {{ b: name }}" for n in range(16))) == COMPLEX


async def test_aliases_are_counted_wherever_a_fragment_is_spread(tech: Caller) -> None:
    names = " ".join(f"a{n}: name" for n in range(8))
    spreads = " ".join(f"... on Viewer {{ ...F{n} }}" for n in range(4))
    fragments = " ".join(f"fragment F{n} on Viewer {{ {names} }}" for n in range(4))
    assert await code(tech, f"{{ viewer {{ {spreads} }} }} {fragments}") == COMPLEX


async def test_root_fields(tech: Caller) -> None:
    assert await code(tech, "{ %s }" % " ".join(f"a{n}: __typename" for n in range(20))) is None
    assert await code(tech, "{ %s }" % " ".join(f"a{n}: __typename" for n in range(21))) == COMPLEX
    assert await code(tech, "{ %s }" % " ".join("__typename" for _ in range(21))) == COMPLEX
    assert await code(tech, "{ ...F ...F ...F } fragment F on Query { %s }" % " ".join("__typename" for _ in range(8))) == COMPLEX


async def test_tokens(tech: Caller) -> None:
    assert await code(tech, "{ viewer { %s } }" % " ".join("name" for _ in range(300))) is None
    assert await code(tech, "{ viewer { %s } }" % " ".join("name" for _ in range(2_000))) == COMPLEX
    assert await code(tech, "{ viewer { %s } }" % " ".join("name" for _ in range(150_000))) == COMPLEX


async def test_comments_count_as_tokens(tech: Caller) -> None:
    """graphql-core counted none of them once (CVE-2026-75508)."""
    assert await code(tech, "#\n" * 400_000 + "{ viewer { name } }") in {COMPLEX, "BAD_REQUEST", None}


async def test_directives(tech: Caller) -> None:
    assert await code(tech, "{ viewer { name %s } }" % ("@include(if: true) " * 9)) in {None, "BAD_REQUEST"}
    assert await code(tech, "{ viewer { name %s } }" % ("@include(if: true) " * 10)) == COMPLEX
    assert await code(tech, "{ viewer { name %s } }" % ("@a " * 500)) == COMPLEX
    assert await code(tech, "query %s { viewer { name } }" % ("@a " * 500)) in {COMPLEX, "BAD_REQUEST"}


PAGES = "{ walkSessions(first: %s) { nodes { %s } } }"


@pytest.mark.parametrize("first", [0, -1, -2_147_483_648, 101, 1_000_000, 2_147_483_647])
async def test_page_sizes_outside_1_to_100_are_refused(api: Api, first: int) -> None:
    for field in ("walkSessions", "flows", "members", "escalations", "auditEvents", "serviceAccounts"):
        for query, variables in (
            (f"{{ {field}(first: {first}) {{ nodes {{ id }} }} }}", {}),
            (f"query($f: Int) {{ {field}(first: $f) {{ nodes {{ id }} }} }}", {"f": first}),
        ):
            body = await answer(api.as_("admin"), query, **variables)
            assert {error["extensions"]["code"] for error in body["errors"]} <= {"BAD_REQUEST", COMPLEX}
            assert body.get("data") in (None, {field: None})


@pytest.mark.parametrize("first", ["2147483648", "99999999999999999999", '"10"', "1.5", "true", "null"])
async def test_page_sizes_that_are_no_number(tech: Caller, first: str) -> None:
    assert await code(tech, PAGES % (first, "id")) == (None if first == "null" else "BAD_REQUEST")


async def test_the_product_of_nested_pages_is_limited(api: Api, tech: Caller) -> None:
    """10,000 things at most, whether the sizes stand in the document, in variables or in their defaults."""
    nested_pages = "{ flows(first: %s) { nodes { versions(first: %s) { nodes { id } } } } }"
    assert await code(api.as_("admin"), nested_pages % (90, 100)) is None
    assert await code(tech, nested_pages % (100, 100)) == COMPLEX
    by_variable = "query($a: Int, $b: Int = 100) { flows(first: $a) { nodes { versions(first: $b) { nodes { id } } } } }"
    assert await code(tech, by_variable, a=100) == COMPLEX
    assert await code(tech, by_variable, a=100, b=5) is None
    assert await code(tech, "{ %s }" % " ".join(f"a{n}: walkSessions(first: 100) {{ nodes {{ id }} }}" for n in range(20))) is None


@pytest.mark.parametrize("after", ["x", "", "AAAA", "bnVsbA", "W10", "WzFd", "W251bGwsbnVsbF0", "e30", "💥", "x" * 5_000])
async def test_a_cursor_that_is_none_is_refused(tech: Caller, after: str) -> None:
    for field in ("walkSessions", "flows", "members", "escalations"):
        body = await answer(tech, f"query($a: String) {{ {field}(after: $a) {{ nodes {{ id }} }} }}", a=after)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_REQUEST"], (field, body)


HOSTILE = {
    "fan-out of fragments": "{ ...F0 } %s fragment F20 on Query { viewer { name } }" % " ".join(
        f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(20)),
    "fan-out of inline fragments": "{ viewer { %s } }" % (" ".join("... on Viewer { name ... on Viewer { name } }" for _ in range(150))),
    "cycle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "cycle with itself": "{ viewer { ...A } } fragment A on Viewer { name ...A }",
    "cycle through a field": 'query { walkSession(id: "x") { ...A } } fragment A on WalkSession { continues { ...A } }',
    "unused cycle": "{ viewer { name } } fragment A on Query { ...B } fragment B on Query { ...A }",
    "unused fan-out": "{ viewer { name } } %s fragment F60 on Query { viewer { name } }" % " ".join(
        f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60)),
    "many operations": " ".join(f"query Q{n} {{ viewer {{ name }} }}" for n in range(280)),
    "many fragments": "{ viewer { name } } " + " ".join(f"fragment F{n} on Viewer {{ name }}" for n in range(250)),
    "overlap": "{ %s }" % " ".join("viewer { account { id name } }" for _ in range(150)),
    "deep list value": "{ suggestFlows(problem: %s) { score } }" % ("[" * 900 + "]" * 900),
    "deep object value": "{ walkSessions(filter: %s) { nodes { id } } }" % ("{a:" * 500 + "1" + "}" * 500),
    "deep type": "query($a: %s) { viewer { name } }" % ("[" * 900 + "Int" + "]" * 900),
    "deep selection": "{a" * 990 + "}" * 990,
    "unclosed": "{" * 1_999,
    "unknown fields": "{ %s }" % " ".join(f"unknown{n}" for n in range(19)),
    "unknown nested fields": "{ viewer { %s } }" % " ".join(f"unknown{n}" for n in range(1_900)),
    "unknown variables": "query { suggestFlows(problem: $p) { score } }",
    "many variables": "query(%s) { viewer { name } }" % " ".join(f"$v{n}: Int" for n in range(490)),
    "introspection cycle": "{ __schema { types { %s } } }" % ("fields { type { " * 25 + "name" + " } }" * 25),
    "long name": "{ %s }" % ("a" * 200_000),
    "long string": '{ suggestFlows(problem: "%s") { score } }' % ("a" * 200_000),
    "garbage": "\ufeff{ viewer { name } }\u2028",
    "typename": "{ %s }" % " ".join("__typename" for _ in range(1_990)),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_documents_are_answered_quickly(tech: Caller, name: str) -> None:
    body = await answer(tech, HOSTILE[name])
    for error in body.get("errors", []):
        assert error["extensions"]["code"] in {COMPLEX, "BAD_REQUEST"}, error
    if name not in {"many operations", "many fragments", "garbage", "overlap", "many variables",
                    "fan-out of inline fragments"}:
        assert body.get("errors"), "it ran"
    assert len(body.get("errors", [])) <= 101


@pytest.mark.parametrize("name", ["fan-out of fragments", "overlap", "unknown nested fields", "typename", "unclosed"])
async def test_a_hostile_document_costs_no_statement(api: Api, tech: Caller, name: str) -> None:
    await tech.run("{ viewer { name } }")
    with api.statements() as sent:
        await answer(tech, HOSTILE[name])
    assert len(sent) <= 1, "the caller's own look-up"


async def test_errors_are_capped(tech: Caller) -> None:
    response = await tech.post({"query": HOSTILE["unknown nested fields"]})
    assert 1 < len(response.json()["errors"]) <= 101
    assert len(response.content) < 66_000


async def test_errors_of_the_run_are_capped_in_bytes(tech: Caller) -> None:
    """Each field that fails adds an error; the whole stays below 64 kB."""
    fields = " ".join(f'a{n}: suggestFlows(problem: "{"x" * 20_001}") {{ score }}' for n in range(20))
    response = await tech.post({"query": f"{{ {fields} }}"})
    assert len(response.content) < 66_000
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {"BAD_REQUEST"}


@pytest.mark.parametrize("query", [
    "{ viewr { name } }", "{ viewer { nam } }", "{ walkSession(identifier: 1) { id } }", "{ viewer { name } ...Vieer }",
    "{ walkSessions(filter: {statu: [ACTIVE]}) { nodes { id } } }", "{ walkSessions(filter: {status: [ACTIV]}) { nodes { id } } }",
    "{ flows { nodes { ... on Flo { id } } } }", "query($a: FlowFiltr) { flows(filter: $a) { nodes { id } } }",
    "{ viewer { name @includ(if: true) } }", "{ account }", "{ viewer { name { x } } }",
])
async def test_near_misses_are_not_corrected(tech: Caller, query: str) -> None:
    """A wrong guess must not be told the right name."""
    text = (await tech.post({"query": query})).text
    assert '"errors"' in text
    assert "did you mean" not in text.lower()
    assert "suggest" not in text.lower()


async def test_near_misses_in_variables_are_not_corrected(tech: Caller) -> None:
    query = "query($f: WalkSessionFilter) { walkSessions(filter: $f) { nodes { id } } }"
    for value in ({"statu": ["ACTIVE"]}, {"status": ["ACTIV"]}, {"statuses": 1}):
        text = (await tech.post({"query": query, "variables": {"f": value}})).text
        assert '"errors"' in text
        assert "did you mean" not in text.lower()


# Exploring

async def test_everybody_signed_in_explores_during_development(api: Api) -> None:
    for person in ("viewer", "l1", "owner"):
        data = await api.as_(person).run(get_introspection_query())
        assert data["__schema"]["queryType"]["name"] == "Query"


async def test_nobody_explores_without_a_credential(api: Api) -> None:
    assert (await api.anonymous().post({"query": "{ __schema { types { name } } }"})).status_code == 401


async def test_only_leaders_and_readers_explore_in_production(fresh_database: str) -> None:
    async with open_api(fresh_database, "acme", is_production=True) as api:
        for query in ("{ __schema { types { name } } }", '{ __type(name: "User") { name } }',
                      "{ ...F } fragment F on Query { s: __schema { types { name } } }"):
            for person in ("viewer", "l1", "engineer", "cover"):
                assert await code(api.as_(person), query) == "FORBIDDEN", person
            for person in ("admin", "owner"):
                assert await code(api.as_(person), query) is None
            assert await code(await api.service_account("read"), query) is None
            assert await code(await api.service_account("walk"), query) == "FORBIDDEN"
        assert await api.as_("viewer").run("{ __typename viewer { __typename } }") == {
            "__typename": "Query", "viewer": {"__typename": "Viewer"}}

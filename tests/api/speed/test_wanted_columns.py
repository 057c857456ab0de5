"""Columns come by what is asked for: a field asked for alone says what it says among all the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_union_type,
)

from db.queries import walk_session
from db.queries.walk_session import EVERYTHING, FLOW, SMALL, USER, session_columns
from db.queries.wanted_columns import below, chosen
from resolvers.escalation import queue
from resolvers.walk_session import reading
from tests.support.api import SCHEMA, Api, Team
from tests.support.trees import printer

TYPES = SCHEMA._schema.type_map


def plain(field: GraphQLField) -> bool:
    """One that needs no argument and is no list of another page."""
    return not field.args


def leaves(kind: Any) -> str:
    """All leaves of a type, and those of one level below."""
    fields = [name if is_leaf_type(get_named_type(one.type)) else "" for name, one in kind.fields.items() if plain(one)]
    return " ".join(filter(None, fields))


def selections(kind: str) -> Iterator[str]:
    """Each field of a type alone; of an object each of its leaves alone, and all of them."""
    owner = TYPES[kind]
    assert isinstance(owner, GraphQLObjectType)
    for name, field in owner.fields.items():
        named = get_named_type(field.type)
        if not plain(field):
            continue
        if is_leaf_type(named):
            yield name
        elif is_union_type(named):
            yield f"{name} {{ __typename }}"
        else:
            assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
            yield f"{name} {{ __typename {leaves(named)} }}"
            yield from (f"{name} {{ {leaf} }}" for leaf in leaves(named).split())
            if name == "createdBy":
                yield "createdBy { ... on User { email role canCoverL1 isActive createdAt } }"
                yield "createdBy { ... on ServiceAccount { scopes createdAt } }"


@pytest.fixture(scope="module")
async def asked(api: Api) -> tuple[Team, list[str]]:
    team = await api.new_team("columns")
    flow = await team.publish(printer(), "Printing")
    machine = await team.service_account("intake", "walk", "escalate", "read")
    found = []
    for caller in (team.as_("l1"), team.as_("cover"), machine):
        begun = await caller.do("Intake", problem="It prints nothing", flowId=flow, customerContact="555",
                                customerName="Ann", companyName="Widgets", priority="HIGH")
        session = begun["outcome"]["session"]["id"]
        await caller.do("Answer", sessionId=session, nodeId="on", answer="yes", expectedStep=0)
        found.append(session)
    await team.as_("l1").do("Resolve", sessionId=found[0], resolutionNotes="Paper", helpful=True)
    await team.as_("cover").do("Escalate", sessionId=found[1], reason="No idea", reasonCategory="OUT_OF_SCOPE")
    return team, found


def forget() -> None:
    """Statements are kept by what is wanted; here what that means changes."""
    for kept in (walk_session.select_sessions, reading._one, queue._page):
        kept.cache_clear()


async def both(monkeypatch: pytest.MonkeyPatch, team: Team, queries: list[str]) -> list[tuple[Any, Any]]:
    """What each query is answered from the columns it wants, and from all columns."""
    forget()
    lean = [await team.as_("owner").raw(query) for query in queries]
    forget()
    monkeypatch.setattr(walk_session, "chosen", lambda _wanted, columns, _known, _always: columns)
    every = [await team.as_("owner").raw(query) for query in queries]
    monkeypatch.undo()
    forget()
    return list(zip(lean, every, strict=True))


async def test_every_field_of_a_session_alone(
    asked: tuple[Team, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    team, sessions = asked
    queries = [f'{{ walkSession(id: "{session}") {{ {one} }} }}' for session in sessions for one in selections("WalkSession")]
    assert len(queries) > 300
    for (lean, every), query in zip(await both(monkeypatch, team, queries), queries, strict=True):
        assert lean == every, query
        assert "errors" not in every, every


@pytest.mark.slow
async def test_every_field_of_a_queued_session_alone(
    asked: tuple[Team, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    team, _ = asked
    queries = [f"{{ escalations {{ nodes {{ session {{ {one} }} }} }} }}" for one in selections("WalkSession")]
    for (lean, every), query in zip(await both(monkeypatch, team, queries), queries, strict=True):
        assert lean == every, query
        assert len(every["data"]["escalations"]["nodes"]) == 1


def test_an_unknown_field_brings_everything() -> None:
    assert len(session_columns(frozenset({"whoKnows"}))) == len(SMALL)
    assert set(session_columns(EVERYTHING)) > set(session_columns(frozenset({"whoKnows"})))
    assert chosen({"title", "new"}, FLOW, {}, ("id",)) == FLOW
    assert chosen({"canCoverL1"}, USER, {}, ("id",)) == ("id", "can_cover_l1")
    assert below(frozenset({"flow"}), "flow") is None
    assert below(frozenset({"flow", "flow.title", "step"}), "flow") == {"title"}


def test_a_lean_selection_reads_few_columns() -> None:
    lean = session_columns(frozenset({"id", "status", "flow", "flow.title"}))
    assert {column.key for column in lean} == {"id", "account_id", "number", "started_at", "last_step_at", "status"}


def test_no_field_of_a_session_is_unexplained() -> None:
    """A new field works without being explained, at the price of every column: say which it needs."""
    fields = [name for name, one in TYPES["WalkSession"].fields.items() if plain(one)]  # type: ignore[union-attr]
    wide = [name for name in fields if len(session_columns(frozenset({name}))) >= len(SMALL)]
    assert wide == []


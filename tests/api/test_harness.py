"""What the other API tests stand on: every one of our documents is valid, and callers are who they say."""

from __future__ import annotations

import httpx
import pytest
from graphql import parse, validate

from tests.support.api import SCHEMA, Api, Team
from tests.support.documents import OWN, contract, contract_operations, document
from tests.support.documents import _operations as operations

VIEWER = "{ viewer { id name account { slug } } }"


@pytest.mark.parametrize("name", sorted(operations(OWN)))
def test_own_documents_are_valid(name: str) -> None:
    assert validate(SCHEMA._schema, parse(document(name))) == []


@pytest.mark.parametrize("name", contract_operations("walk.graphql", "escalations.graphql", "account.graphql"))
def test_what_clients_already_send_is_valid(name: str) -> None:
    assert validate(SCHEMA._schema, parse(contract(name))) == []


async def test_callers_are_who_they_say(api: Api, team: Team) -> None:
    assert (await api.as_("l1").run(VIEWER))["viewer"]["account"] == {"slug": "acme"}
    assert (await api.as_("viewer", account="globex").run(VIEWER))["viewer"]["account"] == {"slug": "globex"}
    engineer = team.as_("engineer")
    assert (await engineer.run(VIEWER))["viewer"]["id"] == engineer.id


async def test_nobody_is_refused(api: Api) -> None:
    answer = await api.anonymous().post({"query": VIEWER})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


async def test_the_same_application_over_a_socket(api: Api) -> None:
    async with api.listening() as base, httpx.AsyncClient() as http:
        answer = await http.post(f"{base}/graphql", json={"query": VIEWER}, headers=api.as_("l1").headers)
    assert answer.json()["data"]["viewer"]["account"] == {"slug": "acme"}


async def test_statements_are_counted(api: Api) -> None:
    await api.as_("l1").run(VIEWER)
    with api.statements() as sent:
        await api.as_("l1").run("{ __typename }")
    assert len(sent) == 1, sent  # the caller's look-up, and no BEGIN

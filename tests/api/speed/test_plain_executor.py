"""The shortcut for plain fields gives what graphql-core gives: same values, same order, same errors."""

from __future__ import annotations

import asyncio
import gc
import json
import random
from typing import Any

import pytest
from graphql.execution.incremental.incremental_executor import IncrementalExecutor

from domain.principal import ActorKind, Principal, Role
from resolvers import flow_trees, loaders, permission_loader
from resolvers.context import Context
from tests.support.api import SCHEMA, Api, Team
from tests.support.trees import printer
from web import graphql_endpoint
from web.request_body import GraphQLParams

SESSION = ("__typename", "id", "number", "kind", "status", "startReason", "matchScore", "step", "category", "priority",
           "customerName", "companyName", "actingAs", "notesVersion", "outcome", "helpful", "abandonReason", "startedAt",
           "lastStepAt", "waitUntil", "problem", "customerContact", "disclaimer", "isGenerating", "viewerCanAnswer",
           "flow { id title category keywords }", "createdBy { __typename id name ... on User { email role } }",
           "ticket { id kind number status }", "walkedPath { step nodeId question options { value label } answeredAt }",
           "currentNode { __typename nodeId text ... on QuestionNode { options { value label } } }",
           "notes { id text }", "alias: number", "again: status @skip(if: false)", "gone: step @include(if: false)",
           "... on WalkSession { resolvedAt endedAt }", "... on Node { id }")


@pytest.fixture
async def session(api: Api, team: Team) -> str:
    flow = await team.publish(printer())
    intake = await team.as_("l1").do("Intake", problem="It prints nothing", flowId=flow, customerContact="555")
    found = str(intake["outcome"]["session"]["id"])
    await team.as_("l1").do("Answer", sessionId=found, nodeId="on", answer="yes", expectedStep=0)
    await team.as_("l1").do("EscalateWithoutWalk", problem="Down", reasonCategory="OUT_OF_SCOPE")
    return found


async def both(monkeypatch: pytest.MonkeyPatch, team: Team, query: str, person: str) -> tuple[str, str]:
    """The two answers as text, so that the order counts."""
    answers = []
    for executor in (graphql_endpoint.PlainExecutor, IncrementalExecutor):
        monkeypatch.setattr(graphql_endpoint, "PlainExecutor", executor)
        answers.append(json.dumps(await team.as_(person).raw(query)))
        monkeypatch.undo()
    return answers[0], answers[1]


def documents(session: str) -> list[tuple[str, str]]:
    """(query, person): random selections of a session, alone, in lists and in the queue."""
    chance = random.Random(7)
    found: list[tuple[str, str]] = []
    for at in range(30):
        fields = " ".join(chance.sample(SESSION, chance.randint(1, 14)))
        shape = (f'{{ walkSession(id: "{session}") {{ {fields} }} }}',
                 f"{{ walkSessions(first: 3) {{ nodes {{ {fields} }} edges {{ cursor node {{ {fields} }} }} }} }}",
                 f"{{ escalations {{ nodes {{ status session {{ {fields} }} viewerCanClaim reason }} pageInfo {{ endCursor }} }} }}")
        found.append((shape[at % 3], ("l1", "engineer", "viewer")[at // 3 % 3]))
    return found


MERGED = """
fragment One on WalkSession { flow { title } }
fragment Two on WalkSession { flow { category } }
query {
  alone: walkSessions(first: 1, filter: { kind: [FLOW] }) { nodes { ...One } }
  both: walkSessions(first: 1, filter: { kind: [FLOW] }) { nodes { ...One ...Two } }
  again: walkSessions(first: 1, filter: { kind: [FLOW] }) { nodes { ...One continues { number } ... on WalkSession { flow { id } } } }
}
"""


async def test_a_fragment_that_is_merged_in_one_place_only(team: Team, session: str) -> None:
    """Plans are kept with the document: the one of a field alone must not serve where another is merged into it."""
    for _ in range(2):
        data = await team.as_("l1").run(MERGED)
        shown = [sorted(data[name]["nodes"][0]["flow"]) for name in ("alone", "both", "again")]
        assert shown == [["title"], ["category", "title"], ["id", "title"]]


def contexts() -> list[Context]:
    """Those alive; work in the background of an earlier test may hold some."""
    gc.collect()
    return [one for one in gc.get_objects() if type(one) is Context]


async def test_a_kept_plan_keeps_nothing_of_the_request_that_made_it(team: Team, session: str) -> None:
    query = f'{{ walkSession(id: "{session}") {{ number createdBy {{ __typename name }} flow {{ title }} }} }}'
    earlier = contexts()
    await team.as_("l1").run(query)
    assert [one for one in contexts() if all(one is not other for other in earlier)] == []


async def test_answers_are_the_same(team: Team, session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for query, person in documents(session):
        short, general = await both(monkeypatch, team, query, person)
        assert short == general, query


async def test_errors_are_the_same(team: Team, session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that cannot be shown: the same error at the same path, the same nulls around it."""
    from schema.types.walk_session import WalkSession

    real: Any = WalkSession.from_row

    class Broken:
        """A row with two wrong values."""

        number, match_score = "no number", "no score"

        def __init__(self, row: Any) -> None:
            self._row = row

        def __getattr__(self, name: str) -> Any:
            return getattr(self._row, name)

    def broken(row: Any) -> Any:
        return real(Broken(row))

    for fields in ("id matchScore step", "id number step", "status matchScore number"):
        answers = []
        for executor in (graphql_endpoint.PlainExecutor, IncrementalExecutor):
            with monkeypatch.context() as patch:
                patch.setattr(WalkSession, "from_row", broken)
                patch.setattr(graphql_endpoint, "PlainExecutor", executor)
                body = await team.as_("l1").raw(f'{{ walkSession(id: "{session}") {{ {fields} }} }}')
            for error in body["errors"]:
                error["extensions"].pop("requestId", None)
                error["message"] = error["message"].split(" (")[0] if "request" in error["message"] else error["message"]
            answers.append((body["data"], [(error["path"], error["extensions"]) for error in body["errors"]]))
        assert answers[0] == answers[1]
        assert answers[0][1], fields


WAITING = """{ walkSessions(first: 3) { nodes { number currentNode { nodeId } viewerCanAnswer continues { number } flow { title } } } }"""
NULLABLE = """{ walkSessions(first: 3) { nodes { number currentNode { nodeId } aiRecords { __typename } flow { owner { name } } } } }"""


@pytest.mark.parametrize(("query", "loader"), [(WAITING, "_trees"), (NULLABLE, "_trees"), (WAITING, "permissions")])
async def test_errors_of_what_is_waited_for_are_the_same(
    team: Team, session: str, monkeypatch: pytest.MonkeyPatch, query: str, loader: str
) -> None:
    """A loader that fails: the same errors, the same nulls, and every request asks anew."""
    async def fails(*_: Any) -> Any:
        raise RuntimeError("no")

    flow_trees._kept.clear()
    answers = []
    for executor in (graphql_endpoint.PlainExecutor, graphql_endpoint.PlainExecutor, IncrementalExecutor):
        with monkeypatch.context() as patch:
            owner, name = (loaders.Loaders, loader) if loader == "_trees" else (permission_loader.PermissionLoader, "_load")
            patch.setattr(owner, name, fails)
            patch.setattr(graphql_endpoint, "PlainExecutor", executor)
            body = await team.as_("l1").raw(query)
        answers.append((json.dumps(body["data"]), sorted(str(error["path"]) for error in body["errors"])))
    assert answers[0] == answers[1] == answers[2]
    well = await team.as_("owner").raw(query)
    assert "errors" not in well, "a fault of the moment is not remembered"


async def test_plans_can_be_switched_off(team: Team, session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    used = []
    real = graphql_endpoint.PlainExecutor.execute_fields

    def noted(*given: Any, **more: Any) -> Any:
        used.append(1)
        return real(*given, **more)

    monkeypatch.setattr(graphql_endpoint.PlainExecutor, "execute_fields", noted)
    endpoint = graphql_endpoint.GraphQLEndpoint(
        SCHEMA._schema, team.api.services, None, request_timeout=8, body_limit=1000,  # type: ignore[arg-type]
        is_production=False, query_plans=False,
    )
    principal = Principal(team.id, ActorKind.USER, team.people["l1"], "L1", Role.L1_TECH)
    context = Context(team.api.services, principal, None, "id")  # type: ignore[arg-type]
    params = GraphQLParams("{ viewer { name } }")
    ends = asyncio.get_running_loop().time() + 5
    for is_on in (False, True):
        endpoint._query_plans = is_on
        result = await endpoint._run(endpoint._documents.check(params.query), params, context, ends)
        assert (result.data, bool(used)) == ({"viewer": {"name": "L1"}}, is_on)

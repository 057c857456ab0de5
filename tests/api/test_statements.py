"""How many statements a request may send: the structure behind the speed, whatever the size of the page.

The caller's look-up and the permission check count; BEGIN (which carries the tenant) and COMMIT do not.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from resolvers import flow_trees
from tests.support.api import Api, Team
from tests.support.documents import contract
from tests.support.trees import printer
from tests.support.walks import answering, begin, escalated, walk

SESSION = """query($id: ID!) { walkSession(id: $id) {
  id status step problem walkedPath { step nodeId question answerLabel answeredBy { id name } } ticket { id number }
  assignedTo { id name } createdBy { __typename id name ... on User { email } } flow { id title }
  currentNode { nodeId text } viewerCanAnswer viewerCanResolve viewerCanEscalate
} }"""
LEAN_SESSION = """query($id: ID!) { walkSession(id: $id) {
  id status createdBy { id name } flow { id title } viewerCanAnswer viewerCanResolve viewerCanEscalate } }"""
QUEUE = """query($first: Int!) { escalations(first: $first) {
  edges { cursor }
  nodes { id status priority reasonCategory reason escalatedAt claimedBy { id name } viewerCanClaim
    session { id number problem companyName lastStepAt ticket { id kind externalId number url }
      createdBy { __typename id name } flow { id title }
      walkedPath { step nodeId question answerLabel note answeredAt } } }
  pageInfo { hasNextPage endCursor }
} }"""
DASHBOARD = """{
  walkSessions(first: 20, orderBy: { field: LAST_STEP_AT, direction: DESC }) {
    nodes { id number status kind lastStepAt createdBy { id name } flow { id title } viewerCanAnswer } totalCount }
  flows(first: 20) { nodes { id title category publishedVersion { id number } } }
  members(first: 20) { nodes { id name role } }
}"""
PERMISSIONS = "query($first: Int!) { walkSessions(first: $first) { nodes { id viewerCanAnswer viewerCanResolve viewerCanEscalate } } }"
ANSWER = """mutation($input: AnswerNodeInput!) { answerNode(input: $input) {
  session { id step status walkedPath { step answerLabel answeredBy { id name } } currentNode { nodeId text }
    ticket { id number } assignedTo { id name } }
  errors { code message field session { id step } }
} }"""


@pytest.fixture(scope="module")
async def busy(api: Api) -> Team:
    """An account with 60 escalated walks of several people and flows, and 45 active ones."""
    team = await api.new_team("busy")
    flows = [await team.publish(printer(), f"Flow {number}") for number in range(3)]
    callers = [team.as_("l1"), team.as_("cover"), await team.service_account("intake", "walk", "escalate")]
    for number in range(60):
        caller = callers[number % 3]
        session = await walk(caller, await begin(caller, flows[number % 3]), "yes", "done", "no")
        await escalated(caller, session)
    for number in range(45):
        await begin(callers[number % 2], flows[number % 3])
    await team.as_("engineer").run(DASHBOARD)  # a first request fills the caches of statements and documents
    return team


async def sent(team: Team, person: str, document: str, **variables: Any) -> list[str]:
    """Statements of one request that must succeed."""
    with team.api.statements() as statements:
        data = await team.as_(person).run(document, **variables)
    assert all(value for value in data.values()), data
    return statements


async def test_a_session_by_id(busy: Team) -> None:
    session = await begin(busy.as_("l1"), await busy.publish(printer()))
    session = await walk(busy.as_("cover"), session, "yes")
    assert len(await sent(busy, "l1", LEAN_SESSION, id=session["id"])) <= 4
    assert len(await sent(busy, "l1", SESSION, id=session["id"])) <= 4


@pytest.mark.parametrize("first", [1, 10, 50])
async def test_the_escalation_queue(busy: Team, first: int) -> None:
    statements = await sent(busy, "engineer", QUEUE, first=first)
    assert len(statements) <= 5, statements
    assert len(statements) == len(await sent(busy, "engineer", QUEUE, first=2))


async def test_the_dashboard(busy: Team) -> None:
    statements = await sent(busy, "engineer", DASHBOARD)
    assert len(statements) <= 8, statements


async def test_100_sessions_with_all_permissions_ask_once(busy: Team) -> None:
    statements = await sent(busy, "l1", PERMISSIONS, first=100)
    asking = [one for one in statements if "l1_walk_sessions.id = ANY" in one]
    assert (len(asking), len(statements)) == (1, 3), statements  # the caller, the page, the permissions


@pytest.mark.parametrize("is_cold", [False, True])
async def test_an_answer_with_a_key(busy: Team, is_cold: bool) -> None:
    l1 = busy.as_("l1")
    session = await walk(l1, await begin(l1, await busy.publish(printer())), "yes")
    given = answering(session, "done", idempotencyKey=str(uuid4()))
    if is_cold:
        flow_trees._kept.clear()  # a process that has not seen this flow yet
    with busy.api.statements() as statements:
        payload = (await l1.run(ANSWER, input=given))["answerNode"]
    assert (payload["errors"], payload["session"]["step"]) == ([], 2)
    assert len(statements) <= 7, statements  # a tree that is met for the first time comes with the session's row


async def test_an_intake_locks_its_account_once(busy: Team) -> None:
    """Every intake of an account waits for that row, so it is taken once and late."""
    l1, flow = busy.as_("l1"), await busy.publish(printer())
    await begin(l1, flow)
    with busy.api.statements() as statements:
        await l1.do("Intake", problem="Nothing comes out", flowId=flow, idempotencyKey=str(uuid4()))
    on_account = [place for place, one in enumerate(statements) if one.startswith("UPDATE accounts")]
    assert len(on_account) == 1, statements
    assert [one.split()[2] for one in statements[on_account[0] + 1:][:2]] == ["tickets", "l1_walk_sessions"], statements
    assert len(statements) <= 11, statements


@pytest.mark.parametrize(("operation", "given"), [
    ("Back", {"toStep": 1, "expectedStep": 1}), ("Resolve", {"resolutionNotes": "x", "helpful": False}),
    ("Escalate", {"reasonCategory": "FLOW_GAP"}), ("Abandon", {"reason": "DUPLICATE"}),
])
async def test_a_tree_met_for_the_first_time_costs_no_statement(busy: Team, operation: str, given: dict[str, Any]) -> None:
    l1, flow = busy.as_("l1"), await busy.publish(printer())
    counts = []
    for is_cold in (False, True):
        session = await walk(l1, await begin(l1, flow), "yes")
        if is_cold:
            flow_trees._kept.clear()
        with busy.api.statements() as statements:
            await l1.do(operation, sessionId=session["id"], **given)
        counts.append(len(statements))
    assert counts[1] == counts[0], statements


async def test_a_long_path_costs_no_more_statements(busy: Team) -> None:
    l1, cover = busy.as_("l1"), busy.as_("cover")
    short = await begin(l1, await busy.publish(printer()))
    few = len(await sent(busy, "l1", SESSION, id=short["id"]))
    long = short
    for caller in (l1, cover) * 5:
        long = await walk(caller, long, "no", "done")
    assert len(await sent(busy, "l1", SESSION, id=long["id"])) <= few + 1  # who answered, all in one


async def test_what_clients_already_send(busy: Team) -> None:
    """The budgets hold for the contract's own operations."""
    l1 = busy.as_("l1")
    session = await walk(l1, await begin(l1, await busy.publish(printer())), "yes")
    assert len(await sent(busy, "l1", contract("WalkSession"), id=session["id"])) <= 5  # with who answered
    queue = contract("EscalationQueue")
    assert len(await sent(busy, "engineer", queue, first=50)) <= 6  # with totalCount
    assert len(await sent(busy, "engineer", contract("Dashboard"))) <= 8
    given = answering(session, "done", idempotencyKey=str(uuid4()))
    statements = await sent(busy, "l1", contract("AnswerNode"), input=given)
    assert len(statements) <= 7, statements


async def test_a_refused_caller_costs_one_statement(busy: Team) -> None:
    with busy.api.statements() as statements:
        answer = await busy.api.anonymous().post({"query": DASHBOARD})
    assert (answer.status_code, statements) == (401, [])

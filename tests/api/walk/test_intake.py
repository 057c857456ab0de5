"""Intake: what is named is walked, a ticket exists only with a session, and every outcome says what is next."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.support.api import Api, Team
from tests.support.trees import colour, printer, question, resolved, tree
from tests.support.walks import at, begin, begin_printer, seen

PRINTS_NOTHING = "The printer does not print"
WRITTEN = ("l1_walk_sessions", "tickets", "idempotency_keys", "escalations")


async def test_an_explicit_flow_is_walked_whatever_the_problem_says(team: Team) -> None:
    """Regression 3: the text went through the matcher again and came back as a suggestion."""
    await team.seed_flows()
    flow = await team.publish(colour(), "Which printer")
    outcome = (await team.as_("l1").do("Intake", problem="I forgot my password and cannot log in", flowId=flow))["outcome"]
    session = outcome["session"]
    assert (outcome["__typename"], outcome["reason"], outcome["score"]) == ("WalkStarted", "EXPLICIT", None)
    assert (session["kind"], session["flow"]["id"], session["flowVersion"]["number"]) == ("FLOW", flow, 1)
    assert (session["status"], session["step"], session["walkedPath"], at(session)) == ("ACTIVE", 0, [], "kind")
    assert session["problem"] == "I forgot my password and cannot log in"
    assert outcome["otherActiveWalks"] == []


async def test_an_explicit_proposal_is_walked(team: Team) -> None:
    await team.seed_flows()
    proposal = await team.propose(colour())
    session = await begin(team.as_("l1"), proposalId=proposal, problem="I forgot my password")
    assert (session["kind"], session["proposal"], session["flow"], at(session)) == (
        "PROPOSAL", {"id": proposal}, None, "kind")


async def test_an_ad_hoc_walk_is_reached_first(team: Team) -> None:
    """Regression 3: the ad-hoc walk became unreachable behind the matcher."""
    await team.seed_flows()
    session = await begin(team.as_("l1"), adhoc=True, problem="The printer prints nothing, it is offline")
    assert (session["kind"], session["flow"], session["currentNode"], session["walkedPath"]) == ("ADHOC", None, None, [])
    assert (await seen(team.as_("l1"), session))["viewerCanAnswer"] is False


@pytest.mark.parametrize("targets", [
    {"flowId": "flow", "adhoc": True}, {"proposalId": "proposal", "adhoc": True}, {"flowId": "flow", "proposalId": "proposal"},
])
async def test_two_targets_at_once_are_refused(team: Team, targets: dict[str, object]) -> None:
    made = {"flow": await team.publish(colour()), "proposal": await team.propose(colour())}
    given = {name: made.get(str(value), value) for name, value in targets.items()}
    assert await team.as_("l1").refused("Intake", problem="x", **given) == "INVALID_INPUT"
    assert await team.counts(*WRITTEN) == (0, 0, 0, 0)


async def test_a_matching_flow_is_walked(team: Team) -> None:
    await team.seed_flows()
    outcome = (await team.as_("l1").do("Intake", problem=PRINTS_NOTHING))["outcome"]
    assert (outcome["__typename"], outcome["reason"]) == ("WalkStarted", "MATCHED")
    assert 0.75 <= outcome["score"] <= 1
    assert "print" in outcome["session"]["flow"]["title"].lower()


async def test_near_misses_are_suggested_without_a_session(team: Team) -> None:
    await team.seed_flows()
    problem = "Nothing comes out of the printer, jobs stuck in the queue"
    outcome = (await team.as_("l1").do("Intake", problem=problem, idempotencyKey="k"))["outcome"]
    assert outcome["__typename"] == "FlowsSuggested"
    assert outcome["canBuild"] is False  # no model is configured
    assert outcome["suggestions"][0]["flow"]["title"] == "Printer does not print"
    assert all(0.60 <= one["score"] < 0.75 and one["reason"] for one in outcome["suggestions"])
    assert await team.counts(*WRITTEN) == (0, 0, 0, 0)


async def test_what_nothing_fits_is_out_of_scope_and_writes_nothing(team: Team) -> None:
    """Regression 17: tickets were made for outcomes without a session."""
    await team.seed_flows()
    outcome = (await team.as_("l1").do("Intake", problem="zzqx vvkj wwpl", idempotencyKey="k"))["outcome"]
    assert outcome["__typename"] == "OutOfScope"
    assert (outcome["canWalkAdhoc"], outcome["canEscalate"]) == (True, True)
    assert outcome["reason"] in {"CATEGORY_UNKNOWN", "AI_UNAVAILABLE"}
    assert await team.counts(*WRITTEN) == (0, 0, 0, 0)


async def test_matching_stands_before_the_category_gate(team: Team) -> None:
    """Regression 10: the category gate stood before matching and blocked authored flows."""
    await team.seed_flows()
    await team.rows("UPDATE accounts SET enabled_categories = '{}', ai_enabled = false WHERE id = :account")
    outcome = (await team.as_("l1").do("Intake", problem=PRINTS_NOTHING))["outcome"]
    assert (outcome["__typename"], outcome["reason"]) == ("WalkStarted", "MATCHED")


async def test_force_build_skips_matching_only(team: Team) -> None:
    await team.seed_flows()
    built = (await team.as_("l1").do("Intake", problem=PRINTS_NOTHING, forceBuild=True))["outcome"]
    assert built["__typename"] == "OutOfScope"  # no model is configured: the gate is met, not the matcher
    flow = await team.publish(colour())
    named = (await team.as_("l1").do("Intake", problem="x", flowId=flow, forceBuild=True))["outcome"]
    assert (named["__typename"], named["reason"], named["session"]["flow"]["id"]) == ("WalkStarted", "EXPLICIT", flow)


async def test_all_that_is_known_of_the_call_is_kept(team: Team) -> None:
    session = await begin_printer(
        team, problem="  Prints nothing  ", customerName="Ana Ruiz", customerContact="+34 600 000 000",
        companyName="Northwind", companyExternalId="C-17", priority="HIGH",
    )
    assert session["problem"] == "Prints nothing"
    assert (session["customerName"], session["customerContact"], session["companyName"], session["priority"]) == (
        "Ana Ruiz", "+34 600 000 000", "Northwind", "HIGH")
    assert session["createdBy"]["id"] == session["assignedTo"]["id"] == team.as_("l1").id
    assert await team.value("SELECT company_external_id FROM l1_walk_sessions WHERE account_id = :account") == "C-17"


async def test_numbers_count_up_within_the_account(api: Api, team: Team) -> None:
    other = await api.new_team()
    numbers = [(await begin(caller, adhoc=True))["number"]
               for caller in (team.as_("l1"), team.as_("l1"), other.as_("l1"), team.as_("admin"))]
    assert numbers == [1, 2, 1, 3]


@pytest.mark.parametrize(("given", "code", "field"), [
    ({"problem": " \n "}, "INVALID_INPUT", ["problem"]),
    ({"problem": "x" * 20_001}, "TOO_LARGE", ["problem"]),
    ({"problem": "x", "companyName": "n" * 301}, "TOO_LARGE", ["companyName"]),
    ({"problem": "x", "idempotencyKey": "k" * 256}, "INVALID_INPUT", ["idempotencyKey"]),
    ({"problem": "x", "idempotencyKey": "  "}, "INVALID_INPUT", ["idempotencyKey"]),
    ({"problem": "x", "flowId": str(uuid4())}, "NOT_FOUND", ["flowId"]),
    ({"problem": "x", "flowId": "no-uuid"}, "NOT_FOUND", ["flowId"]),
    ({"problem": "x", "proposalId": str(uuid4())}, "NOT_FOUND", ["proposalId"]),
    ({"problem": "x", "adhoc": True, "assigneeId": str(uuid4())}, "NOT_FOUND", ["assigneeId"]),
    ({"problem": "x", "adhoc": True, "ticket": {}}, "INVALID_INPUT", ["ticket"]),
    ({"problem": "x", "adhoc": True, "ticket": {"externalId": "T", "id": str(uuid4())}}, "INVALID_INPUT", ["ticket"]),
    ({"problem": "x", "adhoc": True, "ticket": {"id": str(uuid4())}}, "NOT_FOUND", ["ticket", "id"]),
    ({"problem": "x", "adhoc": True, "ticket": {"externalId": "T", "url": "javascript:alert(1)"}}, "INVALID_INPUT",
     ["ticket", "url"]),
    ({"problem": "x", "adhoc": True, "ticket": {"externalId": "T", "url": "ftp://host/x"}}, "INVALID_INPUT",
     ["ticket", "url"]),
    ({"problem": "x", "adhoc": True, "ticket": {"externalId": "T", "connectionId": str(uuid4())}}, "NOT_FOUND",
     ["ticket", "connectionId"]),
    ({"problem": "x", "adhoc": True, "ticket": {"externalId": "  "}}, "INVALID_INPUT", ["ticket", "externalId"]),
])
async def test_what_cannot_be_used_is_named_and_nothing_is_written(
    team: Team, given: dict[str, object], code: str, field: list[str]
) -> None:
    payload = await team.as_("l1").send("Intake", **{"idempotencyKey": "k", **given})
    assert payload["outcome"] is None
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, field)]
    assert await team.counts(*WRITTEN) == (0, 0, 0, 0)


async def test_a_ticket_id_too_long_for_its_column_is_no_fault(team: Team) -> None:
    """Regression 11: a string longer than its column gave a 500."""
    code = await team.as_("l1").refused("Intake", problem="x", adhoc=True, ticket={"externalId": "T" * 129})
    assert code in {"INVALID_INPUT", "TOO_LARGE"}
    session = await begin(team.as_("l1"), adhoc=True, ticket={"externalId": "T" * 128})
    assert session["ticket"]["externalId"] == "T" * 128


async def test_archived_and_unpublished_flows_are_not_walked(team: Team) -> None:
    archived, unpublished = await team.publish(printer()), await team.publish(printer())
    await team.rows("UPDATE flows SET archived_at = now() WHERE id = :id", id=archived)
    await team.rows("UPDATE flows SET published_version_id = NULL WHERE id = :id", id=unpublished)
    for flow in (archived, unpublished):
        assert await team.as_("l1").refused("Intake", problem="x", flowId=flow) in {"INVALID_INPUT", "NOT_FOUND"}
    assert await team.counts(*WRITTEN) == (0, 0, 0, 0)


@pytest.mark.parametrize("status", ["approved", "modified", "rejected", "dismissed"])
async def test_only_pending_proposals_are_walked(team: Team, status: str) -> None:
    proposal = await team.propose(printer(), status=status)
    assert await team.as_("l1").refused("Intake", problem="x", proposalId=proposal) == "INVALID_INPUT"
    assert await team.counts(*WRITTEN) == (0, 0, 0, 0)


async def test_a_proposal_with_lint_errors_is_not_walked(team: Team) -> None:
    broken = tree(question("q", "One way only?", yes="solved"), resolved())
    proposal = await team.propose(broken)
    assert await team.as_("l1").refused("Intake", problem="x", proposalId=proposal) == "INVALID_INPUT"
    assert await team.counts(*WRITTEN) == (0, 0, 0, 0)


async def test_a_stub_met_in_a_walk_is_an_escalate_node(team: Team) -> None:
    stub = {"nodeId": "stub", "kind": "instruction", "text": "Nobody has written this yet.", "needsReview": True}
    proposal = await team.propose(tree(question("q", "Does it print?", yes="solved", no="stub"), resolved(), stub))
    caller = team.as_("l1")
    session = await begin(caller, proposalId=proposal)
    session = (await caller.do("Answer", sessionId=session["id"], nodeId="q", answer="no", expectedStep=0))["session"]
    assert (session["currentNode"]["__typename"], session["currentNode"]["nodeId"]) == ("EscalateNode", "stub")
    assert session["currentNode"]["text"]


async def test_another_walk_of_the_same_ticket_is_named(team: Team) -> None:
    ticket = {"externalId": "T-1", "url": "https://psa.example/T-1"}
    first = await begin(team.as_("l1"), adhoc=True, ticket=ticket)
    ended = await begin(team.as_("l1"), adhoc=True, ticket=ticket)
    await team.as_("l1").do("Abandon", sessionId=ended["id"], reason="DUPLICATE")
    await begin(team.as_("l1"), adhoc=True, ticket={"externalId": "T-2"})
    outcome = (await team.as_("cover").do("Intake", problem="x", adhoc=True, ticket=ticket))["outcome"]
    assert [(one["id"], one["assignedTo"]["id"]) for one in outcome["otherActiveWalks"]] == [
        (first["id"], team.as_("l1").id)]
    assert outcome["session"]["ticket"] == {
        **first["ticket"], "kind": "PSA", "externalId": "T-1", "url": "https://psa.example/T-1"}
    assert await team.counts("tickets") == (2,)


async def test_a_walk_can_begin_for_a_colleague(team: Team) -> None:
    other = await team.person("mia")
    session = await begin(team.as_("l1"), adhoc=True, assigneeId=other.id)
    assert (session["createdBy"]["id"], session["assignedTo"]["id"]) == (team.as_("l1").id, other.id)
    for nobody in ("viewer", "engineer"):
        code = await team.as_("l1").refused("Intake", problem="x", adhoc=True, assigneeId=team.as_(nobody).id)
        assert code == "INVALID_INPUT"
    assert await team.counts("l1_walk_sessions") == (1,)


@pytest.mark.parametrize(("person", "acting_as"), [
    ("l1", None), ("cover", "l1_coverage"), ("admin", "l1_coverage"), ("owner", "l1_coverage"),
])
async def test_who_stands_in_for_l1_is_recorded(team: Team, person: str, acting_as: str | None) -> None:
    """Regression 9: ``acting_as`` existed and was never filled."""
    session = await begin(team.as_(person), adhoc=True)
    assert session["actingAs"] == acting_as
    assert await team.value("SELECT acting_as FROM l1_walk_sessions WHERE account_id = :account") == acting_as


@pytest.mark.parametrize("person", ["engineer", "viewer"])
async def test_who_does_not_work_the_l1_surface_starts_nothing(team: Team, person: str) -> None:
    flow = await team.publish(printer())
    assert await team.as_(person).refused("Intake", problem="x", flowId=flow) == "FORBIDDEN"
    assert await team.counts(*WRITTEN) == (0, 0, 0, 0)


async def test_a_service_account_starts_walks_within_its_scope(team: Team) -> None:
    psa = await team.service_account("intake")
    reader = await team.service_account("read")
    session = await begin(psa, adhoc=True)
    assert (session["createdBy"]["__typename"], session["createdBy"]["id"], session["assignedTo"]) == (
        "ServiceAccount", psa.id, None)
    assert await reader.refused("Intake", problem="x", adhoc=True) == "FORBIDDEN"
    assert await team.counts("l1_walk_sessions") == (1,)

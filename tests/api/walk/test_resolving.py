"""Resolve: the end that teaches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Team
from tests.support.trees import printer
from tests.support.walks import Session, begin, begin_printer, seen, walk


async def ad_hoc(team: Team, *steps: str, remark: str | None = "It beeps") -> Session:
    """An ad-hoc walk with notes that are steps, and one that is none."""
    l1 = team.as_("l1")
    session = await begin(l1, adhoc=True, problem="The label scanner at the packing desk reads nothing")
    notes = [{"text": step, "isStep": True} for step in steps] + ([{"text": remark}] if remark else [])
    return (await l1.do("Notes", sessionId=session["id"], notes=notes, expectedNotesVersion=0))["session"]


async def test_a_walk_is_resolved(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes", "done", "yes")
    payload = await l1.do("Resolve", sessionId=session["id"], resolutionNotes=" Printed after a restart ", helpful=True)
    assert payload["proposal"] is None  # a flow that exists needs none
    now = await seen(l1, session)
    assert {name: now[name] for name in ("status", "outcome", "resolutionNotes", "helpful", "currentNode", "step")} == {
        "status": "RESOLVED", "outcome": "FIXED", "resolutionNotes": "Printed after a restart", "helpful": True,
        "currentNode": None, "step": 3}
    assert now["ticket"]["status"] == "CLOSED"
    assert (now["viewerCanAnswer"], now["viewerCanResolve"], now["viewerCanEscalate"]) == (False, False, False)
    assert await team.rows("SELECT action, actor_id::text, subject_id::text, acting_as, details FROM audit_events"
                           " WHERE account_id = :account") == [{
        "action": "walk.resolved", "actor_id": l1.id, "subject_id": session["id"], "acting_as": None,
        "details": {"outcome": "fixed", "helpful": True}}]
    assert await team.value("SELECT resolved_at = ended_at FROM l1_walk_sessions WHERE account_id = :account") is True


async def test_the_problem_that_finds_the_flow_from_now_on_names_nobody(team: Team) -> None:
    """Texts that matching keeps may go to an embedding provider: names of the call's own fields are taken out."""
    session = await begin_printer(
        team, problem="Ana of Northwind (NW-7731) hears the printer grind, call +1 555 010 9988", customerName="Ana Ruiz",
        companyName="Northwind Dental", companyExternalId="NW-7731")
    await team.as_("l1").do("Resolve", sessionId=session["id"], resolutionNotes="x", helpful=True)
    kept = await team.value("SELECT content FROM flow_search_texts WHERE account_id = :account AND kind = 'past_problem'")
    assert kept == "[name] of [name] ([name]) hears the printer grind, call [phone]"


@pytest.mark.parametrize("given", [{"helpful": False}, {"helpful": True, "outcome": "WORKAROUND"}])
async def test_a_walk_that_did_not_fix_it_finds_nothing_later(team: Team, given: dict[str, Any]) -> None:
    session = await begin_printer(team)
    await team.as_("l1").do("Resolve", sessionId=session["id"], resolutionNotes="x", **given)
    assert await team.rows("SELECT content FROM flow_search_texts WHERE account_id = :account AND kind = 'past_problem'") == []


async def test_coverage_is_in_the_audit_as_well(team: Team) -> None:
    """Regression 9: an audit assertion had been deleted."""
    session = await begin_printer(team, "admin")
    await team.as_("admin").do("Resolve", sessionId=session["id"], resolutionNotes="x", helpful=False)
    assert await team.value("SELECT acting_as FROM audit_events WHERE account_id = :account") == "l1_coverage"


async def test_resolving_twice_is_refused(team: Team) -> None:
    """Regression 17: resolve twice."""
    l1 = team.as_("l1")
    session = await begin_printer(team)
    await l1.do("Resolve", sessionId=session["id"], resolutionNotes="first", helpful=False)
    payload = await l1.send("Resolve", sessionId=session["id"], resolutionNotes="second", helpful=True)
    assert [(one["code"], one["session"]["status"]) for one in payload["errors"]] == [("NOT_ACTIVE", "RESOLVED")]
    assert (await seen(l1, session))["resolutionNotes"] == "first"
    assert await team.counts("audit_events") == (1,)


@pytest.mark.parametrize(("notes", "code"), [("", "INVALID_INPUT"), (" \n", "INVALID_INPUT"), ("x" * 20_001, "TOO_LARGE")])
async def test_notes_are_required(team: Team, notes: str, code: str) -> None:
    session = await begin_printer(team)
    payload = await team.as_("l1").send("Resolve", sessionId=session["id"], resolutionNotes=notes, helpful=True)
    assert [(one["code"], one["field"]) for one in payload["errors"]] == [(code, ["resolutionNotes"])]
    assert (await seen(team.as_("l1"), session))["status"] == "ACTIVE"


@pytest.mark.parametrize("person", ["engineer", "viewer"])
async def test_resolving_is_for_the_l1_surface(team: Team, person: str) -> None:
    session = await begin_printer(team)
    payload = await team.as_(person).send("Resolve", sessionId=session["id"], resolutionNotes="x", helpful=True)
    assert [one["code"] for one in payload["errors"]] == ["FORBIDDEN"]
    assert (await seen(team.as_("l1"), session))["status"] == "ACTIVE"


TEACHES = [("FIXED", True, True), (None, True, True), ("FIXED", False, False), ("WORKAROUND", True, False),
           ("UNCONFIRMED", True, False), ("SELF_RESOLVED", True, False)]


@pytest.mark.parametrize(("outcome", "helpful", "teaches"), TEACHES)
async def test_only_a_helpful_fixed_walk_validates_its_proposal(
    team: Team, outcome: str | None, helpful: bool, teaches: bool
) -> None:
    l1 = team.as_("l1")
    proposal = await team.propose(printer())
    session = await walk(l1, await begin(l1, proposalId=proposal), "yes", "done", "yes")
    payload = await l1.do("Resolve", sessionId=session["id"], resolutionNotes="x", helpful=helpful, outcome=outcome)
    rows = await team.rows("SELECT status, is_validated_by_outcome AS validated, validated_at IS NOT NULL AS dated"
                           " FROM flow_proposals WHERE account_id = :account")
    assert rows == [{"status": "pending", "validated": teaches, "dated": teaches}]
    expected: dict[str, Any] | None = {"id": proposal, "status": "PENDING", "isValidatedByOutcome": True}
    assert payload["proposal"] == (expected if teaches else None)


@pytest.mark.parametrize(("outcome", "helpful", "teaches"), TEACHES)
async def test_only_a_helpful_fixed_ad_hoc_walk_with_steps_is_captured(
    team: Team, outcome: str | None, helpful: bool, teaches: bool
) -> None:
    session = await ad_hoc(team, "Wiped the window", "Changed the port")
    payload = await team.as_("l1").do(
        "Resolve", sessionId=session["id"], resolutionNotes="Reads again", helpful=helpful, outcome=outcome)
    assert (payload["proposal"] is not None) is teaches
    assert await team.counts("flow_proposals") == (int(teaches),)


async def test_a_captured_proposal_is_the_steps_as_a_tree(team: Team) -> None:
    """Regression 13: captured proposals had empty keywords and the notes as title."""
    session = await ad_hoc(team, "Wiped the window", "Changed the port")
    await team.as_("l1").do("Resolve", sessionId=session["id"], resolutionNotes="Reads again", helpful=True)
    [row] = await team.rows("SELECT title, keywords, tree, status, is_validated_by_outcome AS validated, kind,"
                            " source_session_id::text AS source, created_by_user_id AS by FROM flow_proposals"
                            " WHERE account_id = :account")
    assert (row["status"], row["validated"], row["source"], row["by"]) == ("pending", True, session["id"], None)
    assert "scanner" in row["title"].lower() and "Reads again" not in row["title"]
    assert "scanner" in row["keywords"]
    instructions = [node["text"] for node in row["tree"]["nodes"] if node["kind"] == "instruction"]
    assert instructions == ["Wiped the window", "Changed the port"]
    assert "It beeps" not in str(row["tree"])


async def test_an_empty_path_makes_no_proposal(team: Team) -> None:
    session = await ad_hoc(team)
    payload = await team.as_("l1").do("Resolve", sessionId=session["id"], resolutionNotes="Reads again", helpful=True)
    assert (payload["proposal"], await team.counts("flow_proposals")) == (None, (0,))


async def test_a_psa_ticket_keeps_its_own_status(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin(l1, adhoc=True, ticket={"externalId": "CW-1"})
    await l1.do("Resolve", sessionId=session["id"], resolutionNotes="x", helpful=False)
    assert await team.rows("SELECT kind, status FROM tickets WHERE account_id = :account") == [
        {"kind": "psa", "status": "open"}]

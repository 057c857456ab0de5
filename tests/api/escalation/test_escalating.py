"""Handing over: who is told, what the engineer gets, and what is said aloud when nobody could be told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Caller, Team
from tests.support.walks import begin_printer, escalated, seen, walk

PACKAGE = """query($id: ID!) { escalation(id: $id) {
  package { version symptom companyName flowTitle ruledOut openQuestions steps { step question answerLabel note answeredAt } notes { text } digest }
  deliveries { recipient { name channel } state attempts lastError }
} }"""


async def told(caller: Caller) -> list[tuple[str, str]]:
    viewer = (await caller.run("Notifications"))["viewer"]
    return [(one["kind"], one["subject"]["id"]) for one in viewer["notifications"]["nodes"]]


async def names(team: Team, *people: str) -> list[str]:
    rows = await team.rows("SELECT name FROM users WHERE account_id = :account AND id = ANY(:ids) ORDER BY name",
                           ids=[team.people[person] for person in people])
    return [row["name"] for row in rows]


async def test_a_walk_is_handed_over(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team, priority="HIGH"), "yes", "done", "no")
    payload = await l1.do("Escalate", sessionId=session["id"], reasonCategory="EXHAUSTED_SAFE_STEPS",
                          reason=" The page does not come out ", isCustomerWaiting=True)
    escalation = payload["escalation"]
    assert (payload["session"], payload["warnings"]) == ({"id": session["id"], "status": "ESCALATED"}, [])
    assert {name: escalation[name] for name in (
        "status", "priority", "isCustomerWaiting", "reasonCategory", "reason", "actingAs", "claimedBy", "outcome")} == {
        "status": "OPEN", "priority": "HIGH", "isCustomerWaiting": True, "reasonCategory": "EXHAUSTED_SAFE_STEPS",
        "reason": "The page does not come out", "actingAs": None, "claimedBy": None, "outcome": None}
    assert (escalation["escalatedBy"]["id"], escalation["session"]["id"]) == (l1.id, session["id"])
    now = await seen(l1, session)
    assert (now["status"], now["ticket"]["status"], now["currentNode"]) == ("ESCALATED", "ESCALATED", None)
    assert await team.rows("SELECT action, actor_id::text, subject_id::text, acting_as, details FROM audit_events"
                           " WHERE account_id = :account") == [{
        "action": "walk.escalated", "actor_id": l1.id, "subject_id": session["id"], "acting_as": None,
        "details": {"escalation": escalation["id"], "reason_category": "exhausted_safe_steps"}}]


async def test_active_engineers_and_above_are_told_but_never_the_escalator(team: Team) -> None:
    """Regression 7: escalation notified deleted users."""
    deleted, idle = await team.person("deleted", "engineer"), await team.person("idle", "admin")
    await team.rows("UPDATE users SET deleted_at = now() WHERE id = :id", id=deleted.id)
    await team.rows("UPDATE users SET deactivated_at = now() WHERE id = :id", id=idle.id)
    session = await begin_printer(team, "cover")
    escalation = await escalated(team.as_("cover"), session)
    assert escalation["actingAs"] == "l1_coverage"
    assert sorted(one["name"] for one in escalation["recipients"]) == await names(team, "owner", "admin", "engineer")
    assert {one["channel"] for one in escalation["recipients"]} == {"IN_APP"}
    for person in ("owner", "admin", "engineer"):
        assert await told(team.as_(person)) == [("ESCALATION_OPENED", escalation["id"])], person
    for person in ("cover", "l1", "viewer"):
        assert await told(team.as_(person)) == [], person
    rows = await team.rows("SELECT user_id::text FROM notifications WHERE account_id = :account AND user_id = ANY(:ids)",
                           ids=[deleted.id, idle.id])
    assert rows == []


async def _without_engineers(team: Team) -> None:
    await team.rows("UPDATE users SET deactivated_at = now() WHERE account_id = :account AND role <> 'l1_tech'")


async def test_the_defaults_are_told_when_no_engineer_is_active(team: Team) -> None:
    setting = """mutation($input: SetEscalationDefaultsInput!) {
      setEscalationDefaults(input: $input) { errors { code } } }"""
    assert await team.as_("admin").run(setting, input={"addresses": ["noc@acme.example", "duty@acme.example"]})
    await _without_engineers(team)
    l1 = team.as_("l1")
    session = await begin_printer(team)
    payload = await l1.do("Escalate", sessionId=session["id"], reasonCategory="FLOW_GAP")
    assert [one["code"] for one in payload["warnings"]] == ["DEFAULT_RECIPIENTS_USED"]
    assert sorted((one["name"], one["channel"]) for one in payload["escalation"]["recipients"]) == [
        ("duty@acme.example", "EMAIL"), ("noc@acme.example", "EMAIL")]
    rows = await team.rows("SELECT address, state, attempts, next_attempt_at IS NOT NULL AS due FROM escalation_deliveries"
                           " WHERE account_id = :account ORDER BY address")
    assert rows == [{"address": one, "state": "pending", "attempts": 0, "due": True}
                    for one in ("duty@acme.example", "noc@acme.example")]


async def test_an_escalation_nobody_is_told_of_stands_and_says_so(team: Team) -> None:
    """Regression 7: notified nobody when no engineer was active; an explicit empty list is said aloud as well."""
    await _without_engineers(team)
    l1 = team.as_("l1")
    session = await begin_printer(team)
    payload = await l1.do("Escalate", sessionId=session["id"], reasonCategory="FLOW_GAP")
    assert [one["code"] for one in payload["warnings"]] == ["NO_RECIPIENTS"]
    assert payload["warnings"][0]["message"]
    assert (payload["escalation"]["recipients"], payload["escalation"]["status"]) == ([], "OPEN")
    assert await team.counts("escalations", "escalation_deliveries", "notifications") == (1, 0, 0)


@pytest.mark.parametrize(("given", "field"), [
    ({"reasonCategory": "OTHER"}, ["reason"]), ({"reasonCategory": "OTHER", "reason": " "}, ["reason"]),
])
async def test_other_needs_a_reason(team: Team, given: dict[str, Any], field: list[str]) -> None:
    session = await begin_printer(team)
    payload = await team.as_("l1").send("Escalate", sessionId=session["id"], **given)
    assert [(one["code"], one["field"]) for one in payload["errors"]] == [("INVALID_INPUT", field)]
    without = await team.as_("l1").send("EscalateWithoutWalk", problem="x", **given)
    assert [(one["code"], one["field"]) for one in without["errors"]] == [("INVALID_INPUT", field)]
    assert (await seen(team.as_("l1"), session))["status"] == "ACTIVE"
    assert await team.counts("escalations", "l1_walk_sessions") == (0, 1)


async def test_the_hand_off_holds_the_whole_walk(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team, companyName="Northwind"), "no", "done", note="Red light")
    await l1.do("Back", sessionId=session["id"], toStep=1, expectedStep=2)
    session = await walk(l1, await seen(l1, session), "yes", "done", "no")
    await l1.do("Notes", sessionId=session["id"], notes=[{"text": "Customer is in a hurry"}], expectedNotesVersion=0)
    escalation = await escalated(l1, session, isCustomerWaiting=True)
    found = (await team.as_("engineer").run(PACKAGE, id=escalation["id"]))["escalation"]
    package = found["package"]
    assert (package["symptom"], package["companyName"], package["flowTitle"], package["notes"]) == (
        "Nothing prints", "Northwind", "Printer does not print", [{"text": "Customer is in a hurry"}])
    standing = [(one["step"], one["question"], one["answerLabel"]) for one in package["steps"] if one["step"] in {3, 4, 5}]
    assert standing == [(3, "Is the printer switched on?", "Yes"), (4, "Send the page again.", "Sent"),
                        (5, "Did the page come out?", "No")]
    assert all(one["answeredAt"] for one in package["steps"])
    assert package["version"] and "Nothing prints" in package["digest"]
    assert [(one["state"], one["attempts"], one["lastError"]) for one in found["deliveries"]] == [("SENT", 1, None)] * 4


async def test_the_package_is_what_it_was_when_it_was_handed_over(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes")
    escalation = await escalated(l1, session)
    before = (await team.as_("engineer").run(PACKAGE, id=escalation["id"]))["escalation"]["package"]
    await l1.do("Notes", sessionId=session["id"], notes=[{"text": "Afterthought"}], expectedNotesVersion=0)
    assert (await team.as_("engineer").run(PACKAGE, id=escalation["id"]))["escalation"]["package"] == before


async def test_without_a_walk(team: Team) -> None:
    l1 = team.as_("l1")
    payload = await l1.do("EscalateWithoutWalk", problem=" Smoke from the rack ", reasonCategory="HARDWARE_OR_ONSITE",
                          companyName="Northwind", priority="CRITICAL", isCustomerWaiting=True,
                          ticket={"externalId": "CW-5"})
    escalation = payload["escalation"]
    assert (escalation["status"], escalation["priority"], escalation["reason"], payload["warnings"]) == (
        "OPEN", "CRITICAL", None, [])
    session = await seen(l1, escalation["session"]["id"])
    assert (session["kind"], session["status"], session["problem"], session["walkedPath"], session["priority"]) == (
        "ADHOC", "ESCALATED", "Smoke from the rack", [], "CRITICAL")
    assert session["ticket"]["externalId"] == "CW-5"
    assert await team.rows("SELECT escalation_reason_category, ended_at IS NOT NULL AS ended FROM l1_walk_sessions"
                           " WHERE account_id = :account") == [
        {"escalation_reason_category": "hardware_or_onsite", "ended": True}]
    found = (await team.as_("engineer").run(PACKAGE, id=escalation["id"]))["escalation"]["package"]
    assert (found["symptom"], found["steps"]) == ("Smoke from the rack", [])


async def test_without_a_walk_an_internal_ticket_is_escalated(team: Team) -> None:
    await team.as_("l1").do("EscalateWithoutWalk", problem="x", reasonCategory="SECURITY_INCIDENT")
    assert await team.rows("SELECT kind, status FROM tickets WHERE account_id = :account") == [
        {"kind": "internal", "status": "escalated"}]


@pytest.mark.parametrize("person", ["engineer", "viewer"])
async def test_escalating_is_for_the_l1_surface(team: Team, person: str) -> None:
    session = await begin_printer(team)
    payload = await team.as_(person).send("Escalate", sessionId=session["id"], reasonCategory="FLOW_GAP")
    assert [one["code"] for one in payload["errors"]] == ["FORBIDDEN"]
    code = await team.as_(person).refused("EscalateWithoutWalk", problem="x", reasonCategory="FLOW_GAP")
    assert code == "FORBIDDEN"
    assert await team.counts("escalations", "l1_walk_sessions", "tickets") == (0, 1, 1)


async def test_a_psa_escalates_within_its_scope(team: Team) -> None:
    psa, walker = await team.service_account("escalate"), await team.service_account("walk", "read")
    session = await begin_printer(team)
    payload = await walker.send("Escalate", sessionId=session["id"], reasonCategory="FLOW_GAP")
    assert [one["code"] for one in payload["errors"]] == ["FORBIDDEN"]
    escalation = await escalated(psa, session)
    assert (escalation["escalatedBy"]["__typename"], escalation["escalatedBy"]["id"]) == ("ServiceAccount", psa.id)
    assert len(escalation["recipients"]) == 4


async def test_a_notification_that_cannot_be_sent_fails_nothing(team: Team) -> None:
    """Regression 16: notification failure rolled the escalation back; messages were sent before commit.

    Mail is a row in the escalation's transaction: nothing is sent while it runs, whatever the address.
    """
    await team.rows("UPDATE accounts SET escalation_addresses = '{unreachable@nowhere.invalid}' WHERE id = :account")
    await _without_engineers(team)
    session = await begin_printer(team)
    escalation = await escalated(team.as_("l1"), session)
    assert escalation["status"] == "OPEN"
    assert await team.rows("SELECT state, attempts FROM escalation_deliveries WHERE account_id = :account") == [
        {"state": "pending", "attempts": 0}]

"""A customer's data are blanked wherever they went; what was done stays."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers import erasure
from tests.support.api import Api, Caller, Team
from tests.support.trees import printer

ERASE = """
mutation Erase($input: EraseCustomerDataInput!) {
  eraseCustomerData(input: $input) { sessionCount errors { code message field } }
}
"""
SECRETS = ("Ana Ruiz", "555 0100", "Northwind", "NW-7", "melted cheese", "her cat", "my brother", "the attic")


async def escalated(team: Team, company: str = "Northwind", **more: Any) -> str:
    """A walk whose customer's words stand in every place they can stand in."""
    flow = await team.publish(printer())
    l1 = team.as_("l1")
    intake = await l1.do("Intake", problem="There is melted cheese in the printer", flowId=flow, customerName="Ana Ruiz",
                         customerContact="+1 555 0100", companyName=company, companyExternalId="NW-7", **more)
    session = intake["outcome"]["session"]["id"]
    await l1.do("Answer", sessionId=session, nodeId="on", answer="yes", expectedStep=0, note="her cat sits on it")
    await l1.do("Notes", sessionId=session, notes=[{"text": "my brother did it", "isStep": True}], expectedNotesVersion=0)
    done = await l1.do("Escalate", sessionId=session, reasonCategory="OTHER", reason="it stands in the attic")
    await team.as_("engineer").do("AddNote", escalationId=done["escalation"]["id"], text="Ana Ruiz called again")
    await team.rows(
        "INSERT INTO ai_records (account_id, id, session_id, purpose, model, prompt_hash, raw, verdict, prompt_tokens) "
        "VALUES (:account, gen_random_uuid(), :id, 'node', 'm', 'h', 'about melted cheese', 'accepted', 9) RETURNING id",
        id=session)
    return str(session)


async def everything(team: Team) -> str:
    """All that is stored of the account, as text."""
    tables = ("l1_walk_sessions", "escalations", "escalation_notes", "ai_records", "flow_proposals",
              "flow_search_texts", "audit_events", "notifications", "idempotency_keys", "tickets")
    found = [await team.rows(f"SELECT to_jsonb(t)::text AS row FROM {table} t WHERE account_id = :account")
             for table in tables]
    return "\n".join(row["row"] for rows in found for row in rows)


async def erase(caller: Caller, **given: Any) -> dict[str, Any]:
    payload = (await caller.run(ERASE, input=given))["eraseCustomerData"]
    return dict(payload)


@pytest.mark.parametrize(
    "given",
    [{"companyName": "northwind"}, {"companyExternalId": "NW-7"}, {"customerName": "ANA RUIZ"},
     {"customerContact": "+1 555 0100"}, {"companyName": "Northwind", "customerName": "Ana Ruiz"}],
)
async def test_nothing_of_the_customer_is_left(team: Team, given: dict[str, str]) -> None:
    session = await escalated(team)
    before = await everything(team)
    assert [word for word in SECRETS if word not in before] == []
    assert await erase(team.as_("admin"), **given) == {"sessionCount": 1, "errors": []}
    after = await everything(team)
    assert [word for word in SECRETS if word.lower() in after.lower()] == []
    shown = (await team.as_("admin").run("Session", id=session))["walkSession"]
    assert (shown["problem"], shown["customerName"], shown["companyName"]) == ("[erased]", None, None)
    assert [(step["step"], step["answerLabel"], step["note"]) for step in shown["walkedPath"]] == [(1, "Yes", None)]
    assert [note["text"] for note in shown["notes"]] == ["[erased]"]
    hand_off = f'{{ walkSession(id: "{session}") {{ number }} escalations(filter: {{status: [OPEN]}}) {{ nodes {{ package {{ symptom digest steps {{ step }} }} }} }} }}'
    [node] = (await team.as_("engineer").run(hand_off))["escalations"]["nodes"]
    assert node["package"] == {"symptom": "[erased]", "digest": "[erased]", "steps": []}
    assert await team.value("SELECT prompt_tokens FROM ai_records WHERE account_id = :account") == 9


async def test_by_session_only_that_session(team: Team) -> None:
    one, other = await escalated(team), await escalated(team)
    assert await erase(team.as_("owner"), sessionId=one) == {"sessionCount": 1, "errors": []}
    problems = await team.rows("SELECT id, problem_text FROM l1_walk_sessions WHERE account_id = :account")
    assert {str(row["id"]): row["problem_text"] for row in problems} == {
        one: "[erased]", other: "There is melted cheese in the printer"}


async def test_a_dry_run_counts_and_changes_nothing(team: Team) -> None:
    await escalated(team)
    await escalated(team, company="Contoso")
    before = await everything(team)
    assert await erase(team.as_("admin"), companyName="Northwind", dryRun=True) == {"sessionCount": 1, "errors": []}
    assert await everything(team) == before


async def test_the_audit_log_says_who_and_how_many(team: Team) -> None:
    session = await escalated(team)
    await erase(team.as_("admin"), sessionId=session)
    [event] = await team.rows("SELECT * FROM audit_events WHERE account_id = :account AND action = 'customer.erased'")
    assert (str(event["subject_id"]), str(event["actor_id"]), event["details"]) == (
        session, team.as_("admin").id, {"sessions": 1})


@pytest.mark.parametrize("person", ["engineer", "cover", "l1", "viewer"])
async def test_only_owners_and_admins(team: Team, person: str) -> None:
    session = await escalated(team)
    before = await everything(team)
    payload = await erase(team.as_(person), sessionId=session)
    assert ([one["code"] for one in payload["errors"]], payload["sessionCount"]) == (["FORBIDDEN"], None)
    assert await everything(team) == before


async def test_another_account_is_out_of_reach(api: Api, team: Team) -> None:
    session = await escalated(team)
    before = await everything(team)
    stranger = api.as_("owner", account="globex")
    assert [one["code"] for one in (await erase(stranger, sessionId=session))["errors"]] == ["NOT_FOUND"]
    assert (await erase(stranger, companyName="Northwind"))["sessionCount"] == 0
    assert await everything(team) == before


async def test_somebody_must_be_named(team: Team) -> None:
    for given in ({}, {"companyName": "  "}, {"dryRun": True}):
        assert [one["code"] for one in (await erase(team.as_("admin"), **given))["errors"]] == ["INVALID_INPUT"]


async def test_what_the_walk_taught_is_forgotten(team: Team) -> None:
    l1 = team.as_("l1")
    intake = await l1.do("Intake", problem="The melted cheese again", adhoc=True, companyName="Northwind")
    session = intake["outcome"]["session"]["id"]
    await l1.do("Notes", sessionId=session, notes=[{"text": "Wiped it off", "isStep": True}], expectedNotesVersion=0)
    done = await l1.do("Resolve", sessionId=session, resolutionNotes="Clean", helpful=True)
    assert done["proposal"] is not None
    await erase(team.as_("admin"), companyName="Northwind")
    [row] = await team.rows("SELECT title, keywords FROM flow_proposals WHERE account_id = :account")
    assert (row["title"], row["keywords"]) == ("[erased]", [])


async def test_what_was_published_from_a_walk_stays(team: Team) -> None:
    """A person has read it and made it the account's own; only the proposal's copy of the walk goes."""
    l1 = team.as_("l1")
    session = (await l1.do("Intake", problem="The melted cheese again", adhoc=True, companyName="Northwind"))["outcome"]["session"]["id"]
    await l1.do("Notes", sessionId=session, notes=[{"text": "Wiped it off", "isStep": True}], expectedNotesVersion=0)
    done = await l1.do("Resolve", sessionId=session, resolutionNotes="Clean", helpful=True)
    await team.as_("engineer").do("Approve", proposalId=done["proposal"]["id"], flowTitle="Dirty rollers")
    await erase(team.as_("admin"), companyName="Northwind")
    [row] = await team.rows("SELECT title, status, tree::text FROM flow_proposals WHERE account_id = :account")
    assert (row["title"], row["status"], "Wiped" in row["tree"]) == ("[erased]", "approved", False)
    [version] = await team.rows("SELECT title, tree::text FROM flow_versions WHERE account_id = :account")
    assert (version["title"], "Wiped it off" in version["tree"]) == ("Dirty rollers", True)


async def test_many_sessions_are_erased_bite_by_bite(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one transaction may hold: what is done stays done, and repeating it goes on."""
    monkeypatch.setattr(erasure, "BITE", 2)
    l1 = team.as_("l1")
    for _ in range(4):
        await l1.do("Intake", problem="The melted cheese again", adhoc=True, companyName="Northwind")
    assert await erase(team.as_("admin"), companyName="Northwind") == {"sessionCount": 4, "errors": []}
    assert await erase(team.as_("admin"), companyName="Northwind") == {"sessionCount": 0, "errors": []}
    assert await team.value("SELECT count(*) FROM l1_walk_sessions WHERE account_id = :account AND problem_text = '[erased]'") == 4
    events = await team.rows("SELECT details FROM audit_events WHERE account_id = :account AND action = 'customer.erased'")
    assert [row["details"] for row in events] == [{"sessions": 2}, {"sessions": 2}]

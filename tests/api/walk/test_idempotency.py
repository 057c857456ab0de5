"""A repeat with the same key gets the first outcome and does nothing twice, on every mutation that takes a key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.support.api import Caller, Team, open_api
from tests.support.trees import printer
from tests.support.walks import Session, begin, begin_printer, seen, walk

EVERYTHING = ("l1_walk_sessions", "tickets", "escalations", "escalation_deliveries", "notifications", "audit_events",
              "idempotency_keys", "flow_proposals")
Input = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One mutation: how its input is made, an input that differs, and what is refused although well formed."""

    operation: str
    prepare: Callable[[Team], Awaitable[Input]]
    other: Input
    refused: Input | None = None
    code: str = ""


async def _flow(team: Team) -> Input:
    return {"problem": "Nothing prints", "flowId": await team.publish(printer()), "priority": "HIGH"}


async def _first_node(team: Team) -> Input:
    session = await begin_printer(team)
    return {"sessionId": session["id"], "nodeId": "on", "answer": "yes", "expectedStep": 0, "note": "Checked"}


async def _two_steps(team: Team) -> Input:
    session = await walk(team.as_("l1"), await begin_printer(team), "yes", "done")
    return {"sessionId": session["id"], "toStep": 2, "expectedStep": 2}


async def _steps_done(team: Team) -> Input:
    session = await begin(team.as_("l1"), adhoc=True)
    notes = [{"text": "Unplugged the cable", "isStep": True}]
    await team.as_("l1").do("Notes", sessionId=session["id"], notes=notes, expectedNotesVersion=0)
    return {"sessionId": session["id"], "resolutionNotes": "Reads again", "helpful": True}


async def _nobody_to_tell(team: Team) -> Input:
    session = await begin_printer(team)
    await team.rows("UPDATE users SET deactivated_at = now() WHERE account_id = :account AND role <> 'l1_tech'")
    return {"sessionId": session["id"], "reasonCategory": "FLOW_GAP", "reason": "Nothing helped"}


async def _no_walk(team: Team) -> Input:
    await team.rows("UPDATE users SET deactivated_at = now() WHERE account_id = :account AND role <> 'l1_tech'")
    return {"problem": "Fire in the rack", "reasonCategory": "HARDWARE_OR_ONSITE", "isCustomerWaiting": True}


async def _abandoned(team: Team) -> Input:
    session = await begin_printer(team)
    await team.as_("l1").do("Abandon", sessionId=session["id"], reason="CUSTOMER_GONE")
    return {"sessionId": session["id"]}


async def _active(team: Team) -> Input:
    return {"sessionId": (await begin_printer(team))["id"], "reason": "DUPLICATE", "note": "See the other"}


UNKNOWN = {"sessionId": str(uuid4())}
CASES = [
    Case("Intake", _flow, {"priority": "LOW"}, {"flowId": str(uuid4())}, "NOT_FOUND"),
    Case("Answer", _first_node, {"answer": "no"}, {"expectedStep": 5}, "STALE_STEP"),
    Case("Back", _two_steps, {"toStep": 1}, {"expectedStep": 5}, "STALE_STEP"),
    Case("Resolve", _steps_done, {"helpful": False}, {"resolutionNotes": " "}, "INVALID_INPUT"),
    Case("Escalate", _nobody_to_tell, {"priority": "CRITICAL"}, {"reasonCategory": "OTHER", "reason": None}, "INVALID_INPUT"),
    Case("EscalateWithoutWalk", _no_walk, {"isCustomerWaiting": False}, {"problem": ""}, "INVALID_INPUT"),
    Case("Continue", _abandoned, UNKNOWN, UNKNOWN, "NOT_FOUND"),
    Case("Abandon", _active, {"reason": "CUSTOMER_GONE"}, {"reason": "OTHER", "note": None}, "INVALID_INPUT"),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation)


async def _state(team: Team) -> list[dict[str, Any]]:
    """Everything a command could have changed."""
    sessions = await team.rows("SELECT * FROM l1_walk_sessions WHERE account_id = :account ORDER BY number")
    counts = dict(zip(EVERYTHING, await team.counts(*EVERYTHING), strict=True))
    return [*sessions, counts]


@every_case
async def test_a_repeat_gets_the_first_outcome_and_does_nothing(team: Team, case: Case) -> None:
    l1, given = team.as_("l1"), await case.prepare(team) | {"idempotencyKey": "the key"}
    first = await l1.do(case.operation, **given)
    after = await _state(team)
    assert await l1.do(case.operation, **given) == first  # ids, step, codes, warnings: all of it
    assert await _state(team) == after
    if "warnings" in first:
        assert [one["code"] for one in first["warnings"]] == ["NO_RECIPIENTS"]
    if "proposal" in first:
        assert first["proposal"]["isValidatedByOutcome"] is True


@every_case
async def test_the_same_key_with_other_input_is_an_error(team: Team, case: Case) -> None:
    l1, given = team.as_("l1"), await case.prepare(team) | {"idempotencyKey": "the key"}
    await l1.do(case.operation, **given)
    after = await _state(team)
    if case.operation != "Continue":  # its only other input is an unknown session, which is not found before the key
        payload = await l1.send(case.operation, **given | case.other)
        assert [(one["code"], one["field"]) for one in payload["errors"]] == [
            ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])]
    other = await l1.send("EscalateWithoutWalk" if case.operation == "Intake" else "Intake", problem="x", **(
        {"reasonCategory": "FLOW_GAP"} if case.operation == "Intake" else {"adhoc": True}), idempotencyKey="the key")
    assert [one["code"] for one in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert await _state(team) == after


@every_case
async def test_a_refusal_stores_nothing(team: Team, case: Case) -> None:
    l1, given = team.as_("l1"), await case.prepare(team) | {"idempotencyKey": "the key"}
    payload = await l1.send(case.operation, **given | (case.refused or {}))
    assert [one["code"] for one in payload["errors"]] == [case.code]
    assert await team.counts("idempotency_keys") == (0,)
    await l1.do(case.operation, **given)
    assert await team.counts("idempotency_keys") == (1,)


@every_case
async def test_authorisation_is_checked_again_on_a_repeat(team: Team, case: Case) -> None:
    l1, given = team.as_("l1"), await case.prepare(team) | {"idempotencyKey": "the key"}
    await l1.do(case.operation, **given)
    after = await _state(team)
    await team.rows("UPDATE users SET role = 'viewer' WHERE id = :id", id=l1.id)
    payload = await l1.send(case.operation, **given)
    assert [one["code"] for one in payload["errors"]] == ["FORBIDDEN"]
    await team.rows("UPDATE users SET role = 'l1_tech', deactivated_at = now() WHERE id = :id", id=l1.id)
    body = await l1.raw(case.operation, input=given)
    assert [one["extensions"]["code"] for one in body["errors"]] == ["UNAUTHENTICATED"]
    assert await _state(team) == after


@every_case
@pytest.mark.parametrize("key", ["", "   ", "k" * 256, "two\nlines"])
async def test_a_key_has_1_to_255_printable_characters(team: Team, case: Case, key: str) -> None:
    given = await case.prepare(team)
    before = await _state(team)
    payload = await team.as_("l1").send(case.operation, **given, idempotencyKey=key)
    assert [(one["code"], one["field"]) for one in payload["errors"]] == [("INVALID_INPUT", ["idempotencyKey"])]
    assert await _state(team) == before


async def test_the_longest_key_is_good(team: Team) -> None:
    given = await _flow(team) | {"idempotencyKey": "ü" * 255}
    first = await team.as_("l1").do("Intake", **given)
    assert await team.as_("l1").do("Intake", **given) == first


async def test_a_key_belongs_to_its_actor_and_account(team: Team) -> None:
    other = await team.api.new_team()
    callers = [team.as_("l1"), team.as_("cover"), await team.service_account("intake"), other.as_("l1")]
    sessions = [await begin(caller, adhoc=True, idempotencyKey="the key") for caller in callers]
    assert len({session["id"] for session in sessions}) == 4
    assert (await team.counts("idempotency_keys"), await other.counts("idempotency_keys")) == ((3,), (1,))


async def test_the_session_of_a_repeat_is_the_current_one(team: Team) -> None:
    """State is not checked again: the walk went on, and has ended, since."""
    l1 = team.as_("l1")
    given = await _first_node(team) | {"idempotencyKey": "the key"}
    first: Session = (await l1.do("Answer", **given))["session"]
    await walk(l1, first, "done")
    assert (await l1.do("Answer", **given))["session"]["step"] == 2
    await l1.do("Abandon", sessionId=first["id"], reason="DUPLICATE")
    repeated = (await l1.do("Answer", **given))["session"]
    assert (repeated["status"], repeated["step"], len(repeated["walkedPath"])) == ("ABANDONED", 2, 2)


async def test_outcomes_without_a_session_are_not_kept(team: Team) -> None:
    l1 = team.as_("l1")
    given = {"problem": "The printer does not print", "idempotencyKey": "the key"}
    assert (await l1.do("Intake", **given))["outcome"]["__typename"] == "OutOfScope"
    assert await team.counts("idempotency_keys") == (0,)
    await team.seed_flows()
    assert (await l1.do("Intake", **given))["outcome"]["__typename"] == "WalkStarted"


async def test_without_a_key_every_intake_is_a_new_walk(team: Team) -> None:
    flow = await team.publish(printer())
    first, second = [await begin(team.as_("l1"), flow) for _ in range(2)]
    assert first["id"] != second["id"]
    assert await team.counts("l1_walk_sessions", "tickets", "idempotency_keys") == (2, 2, 0)


async def test_the_key_outlives_a_day(team: Team) -> None:
    l1, given = team.as_("l1"), await _first_node(team) | {"idempotencyKey": "the key"}
    await l1.do("Answer", **given)
    await team.rows("UPDATE idempotency_keys SET created_at = now() - interval '24 hours' WHERE account_id = :account")
    assert (await l1.do("Answer", **given))["session"]["step"] == 1
    assert (await seen(l1, given["sessionId"]))["step"] == 1


async def test_a_twin_that_waited_too_long_is_told_to_repeat(team: Team) -> None:
    """The first call still holds its key: the second does nothing, and may be sent again."""
    given = await _first_node(team) | {"idempotencyKey": "the key"}
    is_held, is_done = asyncio.Event(), asyncio.Event()

    async def first_call() -> None:
        async with team.api.owner.write(team.id) as connection:
            await connection.execute(text(
                "INSERT INTO idempotency_keys (account_id, id, actor_id, key, request_hash, outcome)"
                " VALUES (:account, :id, :actor, 'the key', 'x', '{}')"
            ), {"account": team.id, "id": uuid4(), "actor": team.as_("l1").id})
            is_held.set()
            await is_done.wait()
            await connection.rollback()

    async with open_api(team.api.url, lock_timeout=0.2) as impatient:
        l1 = Caller(impatient.http, team.as_("l1").token)
        holding = asyncio.create_task(first_call())
        await is_held.wait()
        payload = await l1.send("Answer", **given)
        is_done.set()
        await holding
        assert [(one["code"], one["field"]) for one in payload["errors"]] == [
            ("IDEMPOTENCY_IN_PROGRESS", ["idempotencyKey"])]
        assert (await seen(team.as_("l1"), given["sessionId"]))["step"] == 0
        assert (await l1.do("Answer", **given))["session"]["step"] == 1

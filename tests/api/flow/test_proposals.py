"""Review: the queue, publishing as a flow or a branch, changes by a person, and what blocks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.api.flow.authoring import refused_code, sent
from tests.support.api import Api, Caller, Team
from tests.support.trees import escalate, instruction, printer, question, resolved, tree
from tests.support.walks import at, begin, walk

RISKY = "Open the registry editor and delete the printer's key."


def learnt(*more: dict, text: str = "Does the printer show a red light?") -> dict:
    return tree(
        question("light", text, yes="cable", no="engineer"),
        instruction("cable", "Reseat the network cable of the printer.", "solved"),
        resolved(), escalate(reasonCategory="flow_gap"), *more)


def stubbed() -> dict:
    return tree(question("light", "Does it show a red light?", yes="solved", no="stub"), resolved(),
                escalate("stub", "Not explored yet", needsReview=True, reasonCategory="flow_gap"))


async def proposal(caller: Caller, proposal_id: str) -> dict:
    return (await caller.run("Proposal", id=proposal_id))["proposal"]


async def test_the_queue_shows_validated_ones_first(team: Team) -> None:
    engineer = team.as_("engineer")
    began = datetime(2026, 1, 1, tzinfo=UTC)
    made = [await team.propose(learnt(), f"Number {number}", is_validated_by_outcome=number in {1, 3},
                               grouped_at=began + timedelta(days=number)) for number in range(5)]
    await engineer.do("Dismiss", proposalId=made[4])
    seen, after = [], None
    while True:
        page = (await engineer.run("Proposals", first=2, after=after))["proposals"]
        seen += [node["title"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert (seen, page["totalCount"]) == (["Number 3", "Number 1", "Number 2", "Number 0"], 4)

    async def titles(**given: object) -> list[str]:
        return [node["title"] for node in (await engineer.run("Proposals", filter=given))["proposals"]["nodes"]]

    assert await titles(status=["DISMISSED"]) == ["Number 4"]
    assert await titles(isValidatedByOutcome=True) == ["Number 3", "Number 1"]
    assert await titles(search="ber 2") == ["Number 2"]
    assert await titles(status=[]) == []


async def test_from_a_resolved_walk_to_a_published_improvement(team: Team) -> None:
    """An ad-hoc walk that helped is captured, reviewed and published; the next call is walked through it."""
    l1, engineer = team.as_("l1"), team.as_("engineer")
    session = await begin(l1, adhoc=True, problem="The label scanner beeps and reads nothing")
    notes = [{"text": "Wiped the scanner's window.", "isStep": True}, {"text": "Plugged it into the other port.", "isStep": True}]
    await l1.do("Notes", sessionId=session["id"], notes=notes, expectedNotesVersion=0)
    captured = (await l1.do("Resolve", sessionId=session["id"], resolutionNotes="Reads again.", helpful=True))["proposal"]

    shown = await proposal(engineer, captured["id"])
    assert (shown["status"], shown["isValidatedByOutcome"], shown["viewerCanReview"]) == ("PENDING", True, True)
    assert shown["session"]["number"] == session["number"]
    assert [node["kind"] for node in shown["tree"]["nodes"]] == ["INSTRUCTION", "INSTRUCTION", "RESOLVED"]
    done = await engineer.do("Approve", proposalId=captured["id"], flowTitle="Label scanner reads nothing")
    assert (done["proposal"]["status"], done["proposal"]["kind"]) == ("APPROVED", "NEW_FLOW")
    assert done["proposal"]["publishedFlow"] == {"id": done["flow"]["id"]}
    assert (done["flow"]["title"], done["flow"]["publishedVersion"]) == ("Label scanner reads nothing", {"number": 1})
    assert at(await begin(l1, done["flow"]["id"])) == shown["tree"]["rootId"]
    audit = await team.rows("SELECT subject_id, actor_id FROM audit_events WHERE account_id = :account AND action = 'proposal.approved'")
    assert [(str(row["subject_id"]), str(row["actor_id"])) for row in audit] == [(captured["id"], engineer.id)]


async def test_a_proposal_becomes_a_branch_of_the_nearest_flow(team: Team) -> None:
    engineer = team.as_("engineer")
    flow_id = await team.publish(printer())
    running = await begin(team.as_("l1"), flow_id)
    walked = tree(
        question("a", "Is the printer switched on?", yes="b", no="stub"),
        instruction("b", "Send the page again.", "c"),
        question("c", "Did the page come out?", yes="end", no="d"),
        instruction("d", "Take the jammed paper out of tray 2.", "end"),
        resolved("end"), escalate("stub", "Not explored yet", needsReview=True))
    proposal_id = await team.propose(walked, "Paper jam in tray 2")
    shown = await proposal(engineer, proposal_id)
    assert (shown["nearestFlow"]["flow"]["id"], shown["nearestFlow"]["score"] > 0.5) == (flow_id, True)
    preview = shown["mergePreview"]
    assert (preview["problem"], preview["attachedNodeIds"]) == (None, ["printed"])
    assert [node["nodeId"] for node in preview["diff"]["added"]] == ["d"]
    # its own stub blocks it until a person has written it
    assert await refused_code(engineer, "Approve", proposalId=proposal_id, attachToFlowId=flow_id) == "NEEDS_REVIEW"
    written = [node if node["nodeId"] != "stub" else escalate("stub", "Switch it on first.", reasonCategory="flow_gap") for node in walked["nodes"]]
    kept = await engineer.do("Modify", proposalId=proposal_id, tree=sent({**walked, "nodes": written}), publish=False)
    assert (kept["proposal"]["status"], kept["flow"], kept["proposal"]["editedNodeIds"]) == ("PENDING", None, ["stub"])
    done = await engineer.do("Approve", proposalId=proposal_id, attachToFlowId=flow_id, attachAtNodeId="printed")
    assert (done["flow"]["id"], done["flow"]["publishedVersion"]) == (flow_id, {"number": 2})
    assert (done["proposal"]["kind"], done["proposal"]["attachedAtNodeId"]) == ("BRANCH", "printed")
    assert done["proposal"]["status"] == "MODIFIED"
    assert await team.counts("flows") == (1,)
    l1 = team.as_("l1")
    assert at(await walk(l1, await begin(l1, flow_id), "yes", "done", "no")) == "d"
    assert at(await walk(l1, running, "yes", "done", "no")) == "engineer"  # begun before the branch was there


async def test_attaching_names_what_is_wrong(team: Team) -> None:
    engineer = team.as_("engineer")
    flow_id, proposal_id = await team.publish(printer()), await team.propose(learnt())

    async def refused(**given: object) -> tuple[str, list[str] | None]:
        payload = await engineer.send("Approve", proposalId=proposal_id, **given)
        return payload["errors"][0]["code"], payload["errors"][0]["field"]

    assert await refused(attachAtNodeId="on") == ("INVALID_INPUT", ["attachToFlowId"])
    assert await refused(attachToFlowId=flow_id, attachAtNodeId="nobody") == ("INVALID_INPUT", ["attachAtNodeId"])
    assert await refused(attachToFlowId=str(team.id)) == ("NOT_FOUND", ["attachToFlowId"])
    await engineer.do("SaveDraft", flowId=flow_id, title="T", category="printer", tree=sent(printer()))
    assert await refused(attachToFlowId=flow_id) == ("STALE_DRAFT", ["attachToFlowId"])
    assert (await proposal(engineer, proposal_id))["status"] == "PENDING"
    assert await team.value("SELECT count(*) FROM flow_versions WHERE account_id = :account") == 1


async def test_stubs_errors_and_unedited_floor_hits_block(team: Team) -> None:
    engineer = team.as_("engineer")
    with_stub = await team.propose(stubbed())
    assert await refused_code(engineer, "Approve", proposalId=with_stub) == "NEEDS_REVIEW"
    broken = await team.propose(tree(question("q", "On?", yes="gone", no="engineer"), escalate()))
    assert await refused_code(engineer, "Approve", proposalId=broken) == "LINT_ERRORS"
    assert await refused_code(engineer, "Modify", proposalId=with_stub, tree=sent(stubbed())) == "NEEDS_REVIEW"

    risky = tree(instruction("edit", RISKY, "engineer"), escalate(reasonCategory="flow_gap"))
    by_model = await team.propose(risky, is_ai_authored=True)
    assert await refused_code(engineer, "Approve", proposalId=by_model) == "NEEDS_REVIEW"
    assert await refused_code(engineer, "Modify", proposalId=by_model, tree=sent(risky)) == "NEEDS_REVIEW"
    edited = tree(instruction("edit", RISKY + " An engineer must be on the line.", "engineer"), escalate(reasonCategory="flow_gap"))
    done = await engineer.do("Modify", proposalId=by_model, tree=sent(edited), title="With an engineer", keywords=["driver"])
    assert (done["proposal"]["status"], done["proposal"]["editedNodeIds"]) == ("MODIFIED", ["edit"])
    assert (done["flow"]["title"], done["flow"]["keywords"], done["flow"]["publishedVersion"]) == ("With an engineer", ["driver"], {"number": 1})
    assert [one["code"] for one in done["proposal"]["lint"]] == ["FLOOR_HIT"]
    by_person = await team.propose(risky)
    assert (await engineer.do("Approve", proposalId=by_person))["findings"] == [{"code": "FLOOR_HIT", "nodeId": "edit"}]
    assert (await proposal(engineer, with_stub))["status"] == "PENDING"


@pytest.mark.parametrize(("operation", "more", "status"), [
    ("Reject", {"reason": "Wrong way round"}, "REJECTED"), ("Dismiss", {}, "DISMISSED"), ("Dismiss", {"reason": "Twice"}, "DISMISSED")])
async def test_turning_down(team: Team, operation: str, more: dict, status: str) -> None:
    engineer = team.as_("engineer")
    proposal_id = await team.propose(learnt())
    done = (await engineer.do(operation, proposalId=proposal_id, **more))["proposal"]
    assert (done["status"], done["reviewReason"], done["reviewedBy"]) == (status, more.get("reason"), {"id": engineer.id})
    assert done["viewerCanReview"] is False
    for again, given in (("Approve", {}), ("Reject", {"reason": "x"}), ("Dismiss", {}), ("Modify", {"tree": sent(learnt())})):
        assert await refused_code(engineer, again, proposalId=proposal_id, **given) == "NOT_PENDING"
    assert await team.counts("flows") == (0,)
    assert await team.value("SELECT count(*) FROM audit_events WHERE account_id = :account AND action LIKE 'proposal.%'") == 1


async def test_a_rejection_says_why(team: Team) -> None:
    assert await refused_code(team.as_("engineer"), "Reject", proposalId=await team.propose(learnt()), reason=" ") == "INVALID_INPUT"


async def test_reviewers_at_once_come_to_one_outcome(cold_api: Api) -> None:
    team = cold_api.teams["acme"]
    proposal_id = await team.propose(learnt())
    calls = [("Approve", {}), ("Reject", {"reason": "No"}), ("Dismiss", {}), ("Modify", {"tree": sent(learnt(text="Other?"))})] * 5
    people = ("engineer", "admin", "owner", "cover")
    answers = await asyncio.gather(*[team.as_(people[n % 4]).send(name, proposalId=proposal_id, **more) for n, (name, more) in enumerate(calls)])
    assert [error["code"] for answer in answers for error in answer["errors"]] == ["NOT_PENDING"] * 19
    [won] = [answer for answer in answers if not answer["errors"]]
    is_published = won["proposal"]["status"] in {"APPROVED", "MODIFIED"}
    assert await team.counts("flows", "flow_versions") == ((1, 1) if is_published else (0, 0))
    assert await team.value("SELECT count(*) FROM audit_events WHERE account_id = :account AND subject_type = 'proposal'") == 1


async def test_a_person_proposes(team: Team) -> None:
    engineer = team.as_("engineer")
    made = (await engineer.do("Propose", title="Red light", category="printer", tree=sent(learnt()), keywords=["light"]))["proposal"]
    assert (made["status"], made["createdBy"]["id"], made["isAiAuthored"]) == ("PENDING", engineer.id, False)
    session = await begin(team.as_("l1"), proposalId=made["id"])
    assert (session["kind"], at(session)) == ("PROPOSAL", "light")
    machine = await team.service_account("flows")
    assert await refused_code(machine, "Propose", title="T", tree=sent(learnt())) == "FORBIDDEN"


async def test_walking_validates_and_survives_the_review(team: Team) -> None:
    l1, engineer = team.as_("l1"), team.as_("engineer")
    proposal_id = await team.propose(stubbed())
    assert at(await walk(l1, await begin(l1, proposalId=proposal_id), "no")) == "stub"
    session = await begin(l1, proposalId=proposal_id)
    await engineer.do("Modify", proposalId=proposal_id, publish=False, tree=sent(learnt(text="Quite another question?")))
    ended = await walk(l1, session, "yes")
    assert at(ended) == "solved"
    await l1.do("Resolve", sessionId=session["id"], resolutionNotes="Fixed", helpful=True)
    assert (await proposal(engineer, proposal_id))["isValidatedByOutcome"] is True


async def test_a_proposal_with_lint_errors_is_not_walked(team: Team) -> None:
    broken = await team.propose(tree(question("q", "On?", yes="gone", no="engineer"), escalate()))
    payload = await team.as_("l1").send("Intake", problem="Nothing prints", proposalId=broken)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [("INVALID_INPUT", ["proposalId"])]
    assert await team.counts("l1_walk_sessions", "tickets") == (0, 0)

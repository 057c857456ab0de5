"""Near-duplicates in the review queue: which proposals form a group, how it is read, and dismissing its others."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from tests.api.flow.authoring import refused_code, sent
from tests.support.api import Api, Caller, Team
from tests.support.documents import contract
from tests.support.trees import escalate, instruction, question, resolved, tree
from tests.support.walks import begin

COST = 6  # statements: the caller, the page, its count, the groups, how alike they are, who they are
CONTRACT_COST = 4  # the caller, the page, its count, the trees

RED = "Does the printer show a red light?"


def learnt(text: str = RED, cable: str = "Reseat the network cable of the printer.") -> dict:
    return tree(question("light", text, yes="cable", no="engineer"), instruction("cable", cable, "solved"),
                resolved(), escalate(reasonCategory="flow_gap"))


def headset() -> dict:
    return tree(instruction("a", "Unplug the headset and plug it in again.", "solved"), resolved())


async def propose(caller: Caller, what: dict, title: str = "A proposal") -> str:
    return (await caller.do("Propose", title=title, category="printer", tree=sent(what)))["proposal"]["id"]


async def queue(caller: Caller, **given: object) -> list[dict]:
    return (await caller.run("Groups", filter=given, first=100))["proposals"]["nodes"]


async def group(caller: Caller, proposal_id: str) -> dict:
    return (await caller.run("query ($id: ID!) { proposal(id: $id) { group { groupId size proposals { id } } } }",
                             id=proposal_id))["proposal"]["group"]


async def validate(team: Team, proposal_id: str) -> None:
    await team.rows("UPDATE flow_proposals SET is_validated_by_outcome = true WHERE account_id = :account AND id = :id RETURNING id",
                    id=proposal_id)


async def test_those_that_say_the_same_stand_together(team: Team) -> None:
    engineer = team.as_("engineer")
    first = await propose(engineer, learnt())
    alone = await propose(engineer, headset())
    second = await propose(engineer, learnt("Does the printer show a red light, please?"))
    shown = await queue(engineer)
    assert [node["id"] for node in shown] == [alone, second, first]
    groups = [node["group"] for node in shown]
    assert groups[1] == groups[2] == {"groupId": groups[1]["groupId"], "size": 2, "proposals": [{"id": second}, {"id": first}]}
    assert (groups[0]["size"], groups[0]["groupId"] != groups[1]["groupId"]) == (1, True)
    [near] = shown[1]["similarProposals"]
    assert (near["proposal"]["id"], 0.8 <= near["score"] < 1) == (first, True)
    assert shown[0]["similarProposals"] == []
    assert [node["id"] for node in await queue(engineer, groupId=groups[1]["groupId"])] == [second, first]
    for nobody in ("nothing", str(uuid4())):
        assert await queue(engineer, groupId=nobody) == []


async def test_one_of_each_group(team: Team) -> None:
    engineer = team.as_("engineer")
    made = [await propose(engineer, learnt(), f"Red {number}") for number in range(4)]
    alone = await propose(engineer, headset(), "Headset")
    assert [node["title"] for node in await queue(engineer, oneOfEachGroup=True)] == ["Headset", "Red 3"]
    await validate(team, made[1])
    shown = (await engineer.run("Groups", filter={"oneOfEachGroup": True}, first=1))["proposals"]
    assert ([node["title"] for node in shown["nodes"]], shown["totalCount"], shown["pageInfo"]["hasNextPage"]) == (["Red 1"], 2, True)
    assert shown["nodes"][0]["group"]["size"] == 4
    assert shown["nodes"][0]["group"]["proposals"][0]["id"] == made[1]
    rest = (await engineer.run("Groups", filter={"oneOfEachGroup": True}, first=1, after=shown["pageInfo"]["endCursor"]))["proposals"]
    assert ([node["id"] for node in rest["nodes"]], rest["pageInfo"]["hasNextPage"]) == ([alone], False)
    # the first of those that fit the other conditions stands for its group
    assert [node["title"] for node in await queue(engineer, oneOfEachGroup=True, search="red 2")] == ["Red 2"]
    await engineer.do("Dismiss", proposalId=made[1])
    assert [node["title"] for node in await queue(engineer, oneOfEachGroup=True)] == ["Headset", "Red 3"]
    assert [node["title"] for node in await queue(engineer, oneOfEachGroup=True, status=["DISMISSED"])] == ["Red 1"]
    assert (await group(engineer, made[1]))["size"] == 3  # the pending ones, whoever asks


async def test_an_edit_moves_a_proposal_to_where_it_belongs(team: Team) -> None:
    engineer = team.as_("engineer")
    one, two, other = await propose(engineer, learnt()), await propose(engineer, learnt()), await propose(engineer, headset())
    began = await group(engineer, one)
    await engineer.do("Modify", proposalId=two, publish=False, tree=sent(learnt(cable="Reseat the network cable of that printer.")))
    assert (await group(engineer, two))["groupId"] == began["groupId"]
    await engineer.do("Modify", proposalId=two, publish=False, tree=sent(headset()))
    assert await group(engineer, two) == await group(engineer, other)
    assert (await group(engineer, two))["size"] == 2
    assert await group(engineer, one) == {"groupId": began["groupId"], "size": 1, "proposals": [{"id": one}]}
    alone = tree(instruction("a", "Something quite different from all of that.", "solved"), resolved())
    await engineer.do("Modify", proposalId=one, publish=False, tree=sent(alone))
    assert (await group(engineer, one))["groupId"] == began["groupId"]  # nobody else was in it


async def test_captured_walks_are_grouped(team: Team) -> None:
    l1, engineer = team.as_("l1"), team.as_("engineer")
    for number in range(3):
        session = await begin(l1, adhoc=True, problem=f"The label scanner beeps, case {number}")
        notes = [{"text": "Wiped the window of the scanner with a dry cloth.", "isStep": True},
                 {"text": "Plugged it into the other port of the same computer.", "isStep": True}]
        await l1.do("Notes", sessionId=session["id"], notes=notes, expectedNotesVersion=0)
        await l1.do("Resolve", sessionId=session["id"], resolutionNotes="Reads again.", helpful=True)
    shown = await queue(engineer, oneOfEachGroup=True)
    assert [node["group"]["size"] for node in shown] == [3]


async def test_proposals_made_at_once_find_each_other(cold_api: Api) -> None:
    team = cold_api.teams["acme"]
    people = [team.as_(name) for name in ("engineer", "admin", "owner", "cover")]
    await asyncio.gather(*[propose(people[number % 4], learnt()) for number in range(12)])
    shown = await queue(people[0], oneOfEachGroup=True)
    assert [node["group"]["size"] for node in shown] == [12]


async def test_another_accounts_proposals_are_another_group(api: Api, team: Team) -> None:
    stranger = (await api.new_team()).as_("engineer")
    mine, theirs = await propose(team.as_("engineer"), learnt()), await propose(stranger, learnt())
    assert await group(team.as_("engineer"), mine) != await group(stranger, theirs)
    wanted = (await group(team.as_("engineer"), mine))["groupId"]
    assert await queue(stranger, groupId=wanted) == []
    bands = await team.rows("SELECT bands FROM flow_proposals WHERE id IN (:mine, :theirs)", mine=mine, theirs=theirs)
    assert len(bands) == 2 and not set(bands[0]["bands"]) & set(bands[1]["bands"])
    assert await refused_code(stranger, "Deduplicate", proposalId=mine) == "NOT_FOUND"


async def test_the_others_of_a_group_are_dismissed_together(team: Team) -> None:
    engineer = team.as_("engineer")
    made = [await propose(engineer, learnt(), f"Red {number}") for number in range(3)]
    alone = await propose(engineer, headset(), "Headset")
    await engineer.do("Approve", proposalId=made[0])
    done = await engineer.do("Deduplicate", proposalId=made[0], reason="Said once is enough")
    assert (done["proposal"]["id"], done["proposal"]["status"]) == (made[0], "APPROVED")
    assert {one["id"] for one in done["dismissed"]} == set(made[1:])
    assert {(one["status"], one["reviewReason"], one["reviewedBy"]["id"]) for one in done["dismissed"]} == {
        ("DISMISSED", "Said once is enough", engineer.id)}
    assert [node["id"] for node in await queue(engineer)] == [alone]
    audit = await team.rows("SELECT subject_id::text, details FROM audit_events WHERE account_id = :account AND action = 'proposal.dismissed'")
    assert {row["subject_id"]: row["details"] for row in audit} == {one: {"duplicate_of": made[0]} for one in made[1:]}
    assert len(audit) == 2
    again = await engineer.do("Deduplicate", proposalId=made[0])
    assert again["dismissed"] == [] and await team.value(
        "SELECT count(*) FROM audit_events WHERE account_id = :account AND action = 'proposal.dismissed'") == 2


async def test_the_reason_of_a_duplicate_names_the_one_that_stays(team: Team) -> None:
    engineer = team.as_("engineer")
    kept, other = await propose(engineer, learnt()), await propose(engineer, learnt())
    [dismissed] = (await engineer.do("Deduplicate", proposalId=kept))["dismissed"]
    assert (dismissed["id"], dismissed["reviewReason"]) == (other, f"Says the same as proposal {kept}.")
    assert await refused_code(engineer, "Deduplicate", proposalId=kept, reason="x" * 2_001) == "TOO_LARGE"


async def test_two_reviewers_dismiss_each_duplicate_once(team: Team) -> None:
    made = [await propose(team.as_("engineer"), learnt()) for _ in range(6)]
    calls = [team.as_(name).send("Deduplicate", proposalId=made[at]) for at, name in enumerate(("engineer", "admin", "owner", "cover"))]
    answers = await asyncio.gather(*calls)
    dismissed = [one["id"] for answer in answers for one in answer["dismissed"]]
    assert len(dismissed) == len(set(dismissed))
    assert await team.value("SELECT count(*) FROM audit_events WHERE account_id = :account AND action = 'proposal.dismissed'") == len(dismissed)


@pytest.mark.parametrize("size", [5, 50])
async def test_a_page_with_groups_costs_the_same_whatever_its_size(team: Team, size: int) -> None:
    """Groups are stored: no proposal is compared with all the others when the queue is read."""
    engineer = team.as_("engineer")
    for number in range(size):
        await team.propose(learnt() if number % 2 else headset())
    with team.api.statements() as statements:
        shown = (await engineer.run("Groups", first=50))["proposals"]["nodes"]
    assert (len(shown), len(statements)) == (size, COST)
    with team.api.statements() as statements:
        await engineer.run(contract("ProposalQueue"), first=50)
    assert len(statements) == CONTRACT_COST


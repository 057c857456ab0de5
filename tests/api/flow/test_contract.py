"""The documents that authors' and reviewers' clients already send: valid, and behaving as described."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse, validate

from tests.api.flow.authoring import sent
from tests.support.api import SCHEMA, Caller, Team
from tests.support.documents import contract, contract_operations
from tests.support.trees import printer, question, resolved, tree
from tests.support.walks import begin, walk


@pytest.mark.parametrize("name", contract_operations("flows.graphql", "proposals.graphql"))
def test_what_clients_already_send_is_valid(name: str) -> None:
    assert validate(SCHEMA._schema, parse(contract(name))) == []


async def change(caller: Caller, name: str, **given: Any) -> dict[str, Any]:
    """The payload of a contract mutation that must succeed."""
    [payload] = (await caller.run(contract(name), input=given)).values()
    assert payload["errors"] == [], payload
    return payload


async def test_an_authors_day(team: Team) -> None:
    engineer = team.as_("engineer")
    imported = await change(engineer, "ImportFlow", format="MARKDOWN", content="# Printer\n\n1. Switch it on.\n2. Print again.\n", category="printer")
    assert imported["flow"]["title"] == "Printer" and imported["isDryRun"] is False
    flow_id = imported["flow"]["id"]
    listed = (await engineer.run(contract("Flows"), first=10, filter={"category": "printer"}))["flows"]
    assert [(node["id"], node["publishedVersion"]) for node in listed["nodes"]] == [(flow_id, None)]
    draft_id = listed["nodes"][0]["draft"]["id"]
    saved = await change(engineer, "SaveFlowDraft", flowId=flow_id, title="Printer is silent", category="printer",
                         tree=sent(printer()), expectedDraftId=draft_id)
    assert saved["flow"]["draft"]["lint"] == [] and saved["flow"]["draft"]["id"] != draft_id
    first = (await change(engineer, "PublishFlow", flowId=flow_id))["flow"]["publishedVersion"]
    await change(engineer, "SaveFlowDraft", flowId=flow_id, title="Printer", category="printer",
                 tree=sent(tree(question("on", "Is it on?", yes="solved", no="solved"), resolved())))
    published = await change(engineer, "PublishFlow", flowId=flow_id)
    second = published["flow"]["publishedVersion"]
    assert ([one["number"] for one in (first, second)], [one["code"] for one in published["findings"]]) == ([1, 2], ["NO_ESCALATION"])
    diff = (await engineer.run(contract("FlowDiff"), **{"from": first["id"], "to": second["id"]}))["flowDiff"]
    assert {node["nodeId"] for node in diff["removed"]} == {"power", "reprint", "printed", "engineer"}
    assert [(one["nodeId"], one["before"], one["after"]) for one in diff["changed"]][0][:1] == ("on",)
    assert diff["rewired"] == [{"nodeId": "on"}]
    assert (await change(engineer, "RollbackFlow", flowId=flow_id, toVersionId=first["id"]))["flow"]["publishedVersion"]["number"] == 3
    shown = (await team.as_("l1").run(contract("Flow"), id=flow_id))["flow"]
    assert [version["number"] for version in shown["versions"]["nodes"]] == [3, 2, 1]
    assert shown["versions"]["nodes"][0]["tree"] == shown["versions"]["nodes"][2]["tree"]
    assert shown["mermaid"].startswith("flowchart")
    suggested = (await engineer.run(contract("SuggestFlows"), problem="The printer is silent"))["suggestFlows"]
    assert [one["flow"]["id"] for one in suggested] == [flow_id]
    assert (await change(engineer, "ArchiveFlow", flowId=flow_id))["flow"] == {"id": flow_id, "isArchived": True}
    assert (await engineer.run(contract("SuggestFlows"), problem="The printer is silent"))["suggestFlows"] == []


@pytest.mark.parametrize("person", ["l1", "viewer"])
async def test_the_list_of_flows_for_those_who_do_not_author(team: Team, person: str) -> None:
    await change(team.as_("engineer"), "SaveFlowDraft", title="Not published", category="printer", tree=sent(printer()))
    flow_id = await team.publish(printer())
    await change(team.as_("engineer"), "SaveFlowDraft", flowId=flow_id, title="T", category="printer", tree=sent(printer()))
    listed = (await team.as_(person).run(contract("Flows"), first=10))["flows"]
    assert ([(node["id"], node["draft"]) for node in listed["nodes"]], listed["totalCount"]) == ([(flow_id, None)], 1)


async def test_a_reviewers_day(team: Team) -> None:
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    session = await begin(l1, adhoc=True, problem="The badge reader beeps")
    await l1.do("Notes", sessionId=session["id"], notes=[{"text": "Wiped the reader.", "isStep": True}], expectedNotesVersion=0)
    captured = (await l1.do("Resolve", sessionId=session["id"], resolutionNotes="Reads again.", helpful=True))["proposal"]["id"]
    others = [await team.propose(printer(), f"Other {number}") for number in range(3)]
    queue = (await engineer.run(contract("ProposalQueue"), first=10))["proposals"]
    assert (queue["nodes"][0]["id"], queue["totalCount"], queue["nodes"][0]["session"]["number"]) == (captured, 4, session["number"])
    assert all(node["viewerCanReview"] and node["tree"]["nodes"] and node["lint"] is not None for node in queue["nodes"])
    approved = await change(engineer, "ApproveProposal", proposalId=captured, flowTitle="Badge reader beeps")
    assert (approved["proposal"]["status"], approved["flow"]["title"]) == ("APPROVED", "Badge reader beeps")
    assert approved["flow"]["publishedVersion"] == {"number": 1}
    modified = await change(engineer, "ModifyProposal", proposalId=others[0], tree=sent(printer()), title="Better")
    assert (modified["proposal"]["status"], modified["flow"] is not None) == ("MODIFIED", True)
    assert (await change(engineer, "RejectProposal", proposalId=others[1], reason="Wrong"))["proposal"]["status"] == "REJECTED"
    assert (await change(engineer, "DismissProposal", proposalId=others[2]))["proposal"]["status"] == "DISMISSED"
    assert (await engineer.run(contract("ProposalQueue"), first=10))["proposals"]["nodes"] == []
    assert (await walk(l1, await begin(l1, approved["flow"]["id"]), "done"))["currentNode"]["__typename"] == "ResolvedNode"


async def test_a_page_of_proposals_costs_the_same_whatever_its_size(team: Team) -> None:
    engineer = team.as_("engineer")
    costs = []
    for count in (2, 20):
        for _ in range(count):
            await team.propose(printer())
        with team.api.statements() as statements:
            await engineer.run(contract("ProposalQueue"), first=50)
        costs.append(len(statements))
    assert costs[0] == costs[1], costs

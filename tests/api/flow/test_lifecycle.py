"""A flow's life beside others: what each change leaves in the log, archived flows that are called or proposed to, retries."""

from __future__ import annotations

from typing import Any

from tests.api.flow.authoring import draft, flow_of, published, refused_code, sent
from tests.support.api import Caller, Team
from tests.support.trees import escalate, instruction, printer, question, resolved, tree
from tests.support.walks import at, begin, walk


def calling(sub_flow_id: str) -> dict[str, Any]:
    return tree(question("q", "Is it a network printer?", yes="call", no="engineer"),
                {"nodeId": "call", "kind": "sub_flow", "subFlowId": sub_flow_id, "nextNodeId": "solved"},
                resolved(), escalate(reasonCategory="flow_gap"))


def called() -> dict[str, Any]:
    return tree(question("cable", "Is the cable in?", yes="ok", no="up"), resolved("ok"), escalate("up", reasonCategory="flow_gap"))


async def logged(team: Team) -> list[str]:
    rows = await team.rows("SELECT action FROM audit_events WHERE account_id = :account AND subject_type IN ('flow', 'proposal')"
                           " ORDER BY created_at, id")
    return [row["action"] for row in rows]


async def test_each_change_is_logged_once(team: Team) -> None:
    engineer = team.as_("engineer")
    expected: list[str] = []

    async def done(action: str | None, operation: str, **given: Any) -> dict[str, Any]:
        payload = await engineer.do(operation, **given)
        expected.extend([action] if action else [])
        assert sorted(await logged(team)) == sorted(expected), operation
        return payload

    content = {"title": "T", "category": "printer", "tree": sent(printer())}
    flow = (await done("flow.created", "SaveDraft", **content))["flow"]
    names = {"flowId": flow["id"]}
    saved = (await done("flow.draft_saved", "SaveDraft", **names, **content, expectedDraftId=flow["draft"]["id"]))["flow"]
    first = (await done("flow.published", "Publish", **names, expectedDraftId=saved["draft"]["id"]))["flow"]["publishedVersion"]
    again = (await done("flow.draft_saved", "SaveDraft", **names, **content))["flow"]
    await done("flow.draft_discarded", "DiscardDraft", **names, expectedDraftId=again["draft"]["id"])
    await done("flow.rolled_back", "Rollback", **names, toVersionId=first["id"])
    await done("flow.updated", "UpdateFlow", **names, category="paper")
    await done(None, "UpdateFlow", **names)
    await done("flow.archived", "Archive", **names)
    await done(None, "Archive", **names)
    await done("flow.unarchived", "Unarchive", **names)
    await done(None, "Unarchive", **names)
    await done("flow.imported", "Import", format="MARKDOWN", content="# A\n\n1. Do this.\n")
    await done(None, "Import", format="MARKDOWN", content="# A\n\n1. Do this.\n", dryRun=True)
    made = [(await done("proposal.created", "Propose", **content))["proposal"]["id"] for _ in range(4)]
    await done("proposal.edited", "Modify", proposalId=made[0], tree=sent(printer()), publish=False)
    await done("proposal.approved", "Approve", proposalId=made[0])
    await done("proposal.modified", "Modify", proposalId=made[1], tree=sent(printer()))
    await done("proposal.rejected", "Reject", proposalId=made[2], reason="No")
    await done("proposal.dismissed", "Dismiss", proposalId=made[3])
    await done(None, "Deduplicate", proposalId=made[0])


async def test_what_is_refused_is_not_logged(team: Team) -> None:
    engineer = team.as_("engineer")
    flow = await published(engineer, printer())
    before = await logged(team)
    stale = {"flowId": flow["id"], "title": "T", "category": "printer", "tree": sent(printer()), "expectedDraftId": str(team.id)}
    assert await refused_code(engineer, "SaveDraft", **stale) == "STALE_DRAFT"
    assert await refused_code(engineer, "Publish", flowId=flow["id"]) == "INVALID_INPUT"
    assert await refused_code(engineer, "Rollback", flowId=flow["id"], toVersionId=str(team.id)) == "NOT_FOUND"
    assert await refused_code(engineer, "Import", format="MARKDOWN", content="") == "INVALID_INPUT"
    assert await logged(team) == before


async def test_a_retry_does_nothing_twice(team: Team) -> None:
    """Flows have no idempotency keys: what a change was based on is named, and named again it is stale."""
    engineer = team.as_("engineer")
    saved = await draft(engineer, printer())
    given = {"flowId": saved["id"], "expectedDraftId": saved["draft"]["id"]}
    await engineer.do("Publish", **given)
    assert await refused_code(engineer, "Publish", **given) == "STALE_DRAFT"
    proposal = await team.propose(called())
    await engineer.do("Approve", proposalId=proposal)
    assert await refused_code(engineer, "Approve", proposalId=proposal) == "NOT_PENDING"
    assert await team.counts("flows", "flow_versions", "flow_drafts") == (2, 2, 0)


async def walked_through(l1: Caller, flow_id: str) -> str | None:
    return at(await walk(l1, await begin(l1, flow_id), "yes", "yes"))


async def test_an_archived_flow_that_others_call(team: Team) -> None:
    """New walks of the caller go through its last version; nobody publishes a new call of it; an old version can come back."""
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    sub = await published(engineer, called(), "Cable")
    caller = await published(engineer, calling(sub["id"]), "Network printer")
    await engineer.do("Archive", flowId=sub["id"])
    assert await walked_through(l1, caller["id"]) == "solved"
    again = await draft(engineer, calling(sub["id"]), flowId=caller["id"])
    assert [(one["code"], one["nodeId"]) for one in again["draft"]["lint"]] == [("UNDEFINED_SUB_FLOW", "call")]
    assert await refused_code(engineer, "Publish", flowId=caller["id"]) == "LINT_ERRORS"
    await engineer.do("Rollback", flowId=caller["id"], toVersionId=caller["publishedVersion"]["id"])
    assert await walked_through(l1, caller["id"]) == "solved"
    await engineer.do("Unarchive", flowId=sub["id"])
    await engineer.do("Publish", flowId=caller["id"])
    assert (await flow_of(engineer, caller["id"]))["publishedVersion"]["number"] == 3


async def test_an_archived_flow_gets_no_branch(team: Team) -> None:
    engineer = team.as_("engineer")
    flow = await published(engineer, printer())
    proposal = await team.propose(tree(question("on", "Is the printer switched on?", yes="tray", no="power"),
                                       instruction("tray", "Fill the tray with paper.", "end"), instruction("power", "Switch it on.", "end"),
                                       resolved("end")))
    shown = (await engineer.run("Proposal", id=proposal))["proposal"]
    assert shown["nearestFlow"]["flow"]["id"] == flow["id"]
    await engineer.do("Archive", flowId=flow["id"])
    shown = (await engineer.run("Proposal", id=proposal))["proposal"]
    assert (shown["nearestFlow"], shown["mergePreview"], shown["status"]) == (None, None, "PENDING")
    assert await refused_code(engineer, "Approve", proposalId=proposal, attachToFlowId=flow["id"]) == "INVALID_INPUT"
    await engineer.do("Unarchive", flowId=flow["id"])
    done = await engineer.do("Approve", proposalId=proposal, attachToFlowId=flow["id"])
    assert (done["flow"]["id"], done["proposal"]["kind"]) == (flow["id"], "BRANCH")


async def test_the_difference_between_any_two(team: Team) -> None:
    """Versions, drafts and proposals, in both directions; a node that others lead to now has moved."""
    engineer = team.as_("engineer")
    flow = await published(engineer, printer())
    moved = [dict(node) for node in printer()["nodes"]]
    for node in moved:
        if node["nodeId"] == "reprint":
            node["nextNodeId"] = "solved"
        if node["nodeId"] == "power":
            node["nextNodeId"] = "printed"
    changed = {"rootId": "on", "nodes": moved}
    saved = await draft(engineer, changed, flowId=flow["id"])
    proposal = await team.propose(changed)
    for one, other in ((flow["publishedVersion"]["id"], saved["draft"]["id"]), (flow["id"], proposal)):
        forth = (await engineer.run("Diff", **{"from": one, "to": other}))["flowDiff"]
        assert {it["nodeId"] for it in forth["rewired"]} == {"reprint", "power"}
        assert [it["nodeId"] for it in forth["moved"]] == ["printed"]
        assert (forth["added"], forth["removed"], forth["changed"]) == ([], [], [])
        back = (await engineer.run("Diff", **{"from": other, "to": one}))["flowDiff"]
        assert [it["nodeId"] for it in back["moved"]] == ["printed"]
    same = (await engineer.run("Diff", **{"from": saved["draft"]["id"], "to": proposal}))["flowDiff"]
    assert not any(same[name] for name in ("added", "removed", "changed", "rewired", "moved", "isRootChanged"))

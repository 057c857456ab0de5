"""Who may author and review, by role and scope; and that other accounts' flows do not exist."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.flow.authoring import draft, published, refused_code, sent
from tests.support.api import Api, Caller, Team
from tests.support.trees import escalate, printer, question, resolved, tree

TABLES = ("flows", "flow_versions", "flow_drafts", "flow_proposals", "audit_events")


async def commands(team: Team) -> tuple[list[tuple[str, dict[str, Any], str]], dict[str, Any]]:
    """Every mutation with an input that an engineer could send, and what kind of thing it names."""
    engineer = team.as_("engineer")
    flow = await published(engineer, printer())
    saved = await draft(engineer, printer(), "Next", flowId=flow["id"])
    hidden = await draft(engineer, printer(), "Not published")
    proposal = await team.propose(printer())
    names, content = {"flowId": flow["id"]}, {"title": "T", "category": "printer", "tree": sent(printer())}
    listed = [
        ("SaveDraft", {**content}, "account"),
        ("SaveDraft", {**names, **content, "expectedDraftId": saved["draft"]["id"]}, "flow"),
        ("DiscardDraft", {**names, "expectedDraftId": saved["draft"]["id"]}, "flow"),
        ("UpdateFlow", {**names, "category": "other"}, "flow"),
        ("Publish", names, "flow"),
        ("Publish", {"flowId": hidden["id"]}, "hidden"),
        ("Rollback", {**names, "toVersionId": flow["publishedVersion"]["id"]}, "flow"),
        ("Archive", names, "flow"),
        ("Unarchive", names, "flow"),
        ("Import", {"format": "MARKDOWN", "content": "# A\n\n1. Do this."}, "account"),
        ("Approve", {"proposalId": proposal}, "proposal"),
        ("Approve", {"proposalId": proposal, "attachToFlowId": flow["id"]}, "proposal"),
        ("Modify", {"proposalId": proposal, "tree": sent(printer())}, "proposal"),
        ("Reject", {"proposalId": proposal, "reason": "No"}, "proposal"),
        ("Dismiss", {"proposalId": proposal}, "proposal"),
        ("Deduplicate", {"proposalId": proposal}, "proposal"),
        ("Propose", content, "account"),
    ]
    return listed, {"flow": flow, "saved": saved, "hidden": hidden, "proposal": proposal}


@pytest.mark.parametrize("person", ["l1", "viewer"])
async def test_roles_that_do_not_author(team: Team, person: str) -> None:
    """What they see is FORBIDDEN to change; what they do not see (drafts, proposals) does not exist for them."""
    listed, _ = await commands(team)
    before = await team.counts(*TABLES)
    for operation, given, subject in listed:
        code = await refused_code(team.as_(person), operation, **given)
        assert code == ("NOT_FOUND" if subject in {"hidden", "proposal"} else "FORBIDDEN"), (operation, given)
    assert await team.counts(*TABLES) == before


async def test_machines_need_the_scope(team: Team) -> None:
    listed, _ = await commands(team)
    machine = await team.service_account("read", "intake", "walk", "escalate", "settings")
    before = await team.counts(*TABLES)
    for operation, given, subject in listed:
        code = await refused_code(machine, operation, **given)
        assert code == ("NOT_FOUND" if subject in {"hidden", "proposal"} else "FORBIDDEN"), operation
    assert await team.counts(*TABLES) == before
    author = await team.service_account("flows", name="Sync")
    flow = await published(author, printer(), "By a machine")
    assert (flow["publishedVersion"]["publishedBy"], flow["owner"]) == (None, None)
    kind = "SELECT actor_kind FROM audit_events WHERE account_id = :account AND action = 'flow.published' AND subject_id = :flow"
    assert await team.value(kind, flow=flow["id"]) == "service_account"


@pytest.mark.parametrize("person", ["owner", "admin", "engineer", "cover"])
async def test_roles_that_author(team: Team, person: str) -> None:
    flow = await published(team.as_(person), printer())
    assert (flow["publishedVersion"]["number"], flow["viewerCanEdit"]) == (1, True)


async def test_what_those_who_do_not_author_see(team: Team) -> None:
    _, made = await commands(team)
    drafts = [made["saved"]["draft"]["id"], made["hidden"]["draft"]["id"], made["proposal"]]
    for person in ("l1", "viewer"):
        caller = team.as_(person)
        nodes = (await caller.run("FlowList"))["flows"]["nodes"]
        assert [(node["title"], node["draft"]) for node in nodes] == [("Printer does not print", None)]
        assert (await caller.run("AuthoredFlow", id=made["hidden"]["id"]))["flow"] is None
        assert (await caller.run("Proposal", id=made["proposal"]))["proposal"] is None
        for hidden in drafts:
            assert (await caller.run("Export", id=hidden, format="MARKDOWN"))["exportFlow"] is None
            assert (await caller.run("Diff", **{"from": hidden, "to": made["flow"]["id"]}))["flowDiff"] is None
            assert (await caller.run("query ($id: ID!) { node(id: $id) { id } }", id=hidden))["node"] is None
            assert (await caller.http.get(f"/flows/{hidden}.svg", headers=caller.headers)).status_code == 404
        await caller.forbidden("Proposals")


async def strangers(api: Api) -> tuple[Caller, dict[str, str]]:
    """An owner of another account, and ids of this one."""
    team = await api.new_team()
    _, made = await commands(team)
    ids = {"flow": made["flow"]["id"], "version": made["flow"]["publishedVersion"]["id"], "draft": made["saved"]["draft"]["id"],
           "hidden": made["hidden"]["id"], "proposal": made["proposal"]}
    return (await api.new_team()).as_("owner"), ids


async def test_other_accounts_flows_do_not_exist(api: Api) -> None:
    owner, ids = await strangers(api)
    own = await published(owner, printer())
    own_proposal = await owner.team.propose(printer())
    before = await api.rows("SELECT (SELECT count(*) FROM flow_versions) v, (SELECT count(*) FROM flow_drafts) d, (SELECT count(*) FROM audit_events) a")
    content = {"title": "T", "category": "printer", "tree": sent(printer())}
    for operation, given in [
        ("SaveDraft", {"flowId": ids["flow"], "expectedDraftId": ids["draft"], **content}),
        ("DiscardDraft", {"flowId": ids["flow"], "expectedDraftId": ids["draft"]}),
        ("UpdateFlow", {"flowId": ids["flow"], "category": "x"}), ("Publish", {"flowId": ids["flow"]}),
        ("Rollback", {"flowId": ids["flow"], "toVersionId": ids["version"]}),
        ("Rollback", {"flowId": own["id"], "toVersionId": ids["version"]}),
        ("Archive", {"flowId": ids["flow"]}), ("Unarchive", {"flowId": ids["flow"]}),
        ("Approve", {"proposalId": ids["proposal"]}),
        ("Approve", {"proposalId": own_proposal, "attachToFlowId": ids["flow"]}),
        ("Modify", {"proposalId": ids["proposal"], "tree": sent(printer())}),
        ("Reject", {"proposalId": ids["proposal"], "reason": "x"}), ("Dismiss", {"proposalId": ids["proposal"]}),
        ("Deduplicate", {"proposalId": ids["proposal"]}),
    ]:
        assert await refused_code(owner, operation, **given) == "NOT_FOUND", operation
    assert await api.rows("SELECT (SELECT count(*) FROM flow_versions) v, (SELECT count(*) FROM flow_drafts) d, (SELECT count(*) FROM audit_events) a") == before


async def test_other_accounts_trees_are_not_read(api: Api) -> None:
    owner, ids = await strangers(api)
    own = await published(owner, printer())
    proposal = await owner.team.propose(printer())
    for foreign in ids.values():
        assert (await owner.run("Export", id=foreign, format="HANDRAIL_JSON"))["exportFlow"] is None
        assert (await owner.run("Diff", **{"from": own["id"], "to": foreign}))["flowDiff"] is None
        assert (await owner.run("Diff", **{"from": foreign, "to": own["id"]}))["flowDiff"] is None
        assert (await owner.run("MergePreview", id=proposal, flowId=foreign))["proposal"]["mergePreview"] is None
        answer = await owner.http.get(f"/flows/{foreign}.svg", headers=owner.headers)
        assert (answer.status_code, "printer" in answer.text) == (404, False)
    assert (await owner.run("Proposals"))["proposals"]["totalCount"] == 1


async def test_a_sub_flow_of_another_account_is_undefined(api: Api) -> None:
    owner, ids = await strangers(api)
    calling = tree(question("q", "On?", yes="call", no="engineer"),
                   {"nodeId": "call", "kind": "sub_flow", "subFlowId": ids["flow"], "nextNodeId": "solved"},
                   resolved(), escalate(reasonCategory="flow_gap"))
    flow = await draft(owner, calling)
    assert [one["code"] for one in flow["draft"]["lint"]] == ["UNDEFINED_SUB_FLOW"]
    assert await refused_code(owner, "Publish", flowId=flow["id"]) == "LINT_ERRORS"


@pytest.mark.parametrize("wrong", ["", "no-uuid", "0", "00000000-0000-0000-0000-000000000000"])
async def test_ids_that_cannot_be(team: Team, wrong: str) -> None:
    engineer = team.as_("engineer")
    for operation in ("Archive", "Publish"):
        assert await refused_code(engineer, operation, flowId=wrong) == "NOT_FOUND"
    assert await refused_code(engineer, "Dismiss", proposalId=wrong) == "NOT_FOUND"
    assert (await engineer.run("Export", id=wrong, format="MARKDOWN"))["exportFlow"] is None
    assert (await engineer.run("Proposal", id=wrong))["proposal"] is None

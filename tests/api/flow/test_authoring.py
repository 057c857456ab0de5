"""Drafts, publishing, versions, rollback, archive: what an author does with a flow."""

from __future__ import annotations

import asyncio

from tests.api.flow.authoring import draft, flow_of, published, read, sent
from tests.support.api import Api, Team
from tests.support.trees import escalate, instruction, printer, question, resolved, tree
from tests.support.walks import at, begin, walk


def short(text: str = "Is it plugged in?") -> dict:
    return tree(question("q", text, yes="solved", no="engineer"), resolved(), escalate(reasonCategory="flow_gap"))


async def test_a_new_flow_from_draft_to_walk(team: Team) -> None:
    engineer = team.as_("engineer")
    flow = await draft(engineer, printer(), "  Printer\n does not print ", keywords=["paper", "Toner", "paper"])
    assert (flow["slug"], flow["title"], flow["category"]) == ("printer-does-not-print", "Printer does not print", "printer")
    assert (flow["keywords"], flow["owner"]["id"]) == (["paper", "Toner"], engineer.id)
    assert (flow["publishedVersion"], flow["draft"]["savedBy"]["id"], flow["draft"]["lint"]) == (None, engineer.id, [])

    done = (await engineer.do("Publish", flowId=flow["id"], expectedDraftId=flow["draft"]["id"], note="First"))["flow"]
    version = done["publishedVersion"]
    assert (version["number"], version["note"], version["publishedBy"]["id"]) == (1, "First", engineer.id)
    assert done["draft"] is None
    assert read(version["tree"]) == read(flow["draft"]["tree"])
    assert at(await begin(team.as_("l1"), flow["id"])) == "on"
    assert await team.value("SELECT count(*) FROM flow_search_documents WHERE account_id = :account") == 1
    actions = await team.rows("SELECT action FROM audit_events WHERE account_id = :account ORDER BY created_at, id")
    assert sorted(row["action"] for row in actions if row["action"].startswith("flow.")) == ["flow.created", "flow.published"]


async def test_a_tree_read_and_sent_again_is_the_same(team: Team) -> None:
    engineer = team.as_("engineer")
    flow = await draft(engineer, printer())
    again = await engineer.do("SaveDraft", flowId=flow["id"], title=flow["title"], category="printer",
                              expectedDraftId=flow["draft"]["id"], tree=read(flow["draft"]["tree"]))
    assert again["flow"]["draft"]["tree"] == flow["draft"]["tree"]
    assert again["flow"]["draft"]["id"] != flow["draft"]["id"]


async def test_a_draft_saved_from_elsewhere_is_not_overwritten(team: Team) -> None:
    engineer, admin = team.as_("engineer"), team.as_("admin")
    flow = await draft(engineer, short())
    first = {"flowId": flow["id"], "title": "A", "category": "printer", "tree": sent(short("One?")),
             "expectedDraftId": flow["draft"]["id"]}
    saved = (await admin.do("SaveDraft", **first))["flow"]
    assert await engineer.refused("SaveDraft", **first) == "STALE_DRAFT"
    assert await engineer.refused("SaveDraft", **{**first, "expectedDraftId": None}) == "STALE_DRAFT"
    assert await engineer.refused("Publish", flowId=flow["id"], expectedDraftId=flow["draft"]["id"]) == "STALE_DRAFT"
    assert await engineer.refused("DiscardDraft", flowId=flow["id"], expectedDraftId=flow["draft"]["id"]) == "STALE_DRAFT"
    now = await flow_of(engineer, flow["id"])
    assert (now["draft"]["id"], now["draft"]["tree"]["nodes"][0]["text"]) == (saved["draft"]["id"], "One?")


async def test_ten_saves_of_one_draft_at_once_leave_one(cold_api: Api) -> None:
    engineer = cold_api.as_("engineer")
    flow = await draft(engineer, short())
    given = {"flowId": flow["id"], "title": "A", "category": "printer", "expectedDraftId": flow["draft"]["id"]}
    answers = await asyncio.gather(*[engineer.send("SaveDraft", **given, tree=sent(short(f"{number}?"))) for number in range(10)])
    codes = [error["code"] for answer in answers for error in answer["errors"]]
    assert codes == ["STALE_DRAFT"] * 9
    [won] = [answer["flow"] for answer in answers if answer["flow"]]
    assert (await flow_of(engineer, flow["id"]))["draft"] == won["draft"]


async def test_ten_publications_at_once_make_one_version(cold_api: Api) -> None:
    engineer = cold_api.as_("engineer")
    flow = await draft(engineer, short())
    answers = await asyncio.gather(*[engineer.send("Publish", flowId=flow["id"]) for _ in range(10)])
    assert sum(not answer["errors"] for answer in answers) == 1
    versions = (await engineer.run("FlowVersions", id=flow["id"]))["flow"]["versions"]
    assert [one["number"] for one in versions["nodes"]] == [1]


async def test_lint_errors_and_stubs_block_publishing(team: Team) -> None:
    engineer = team.as_("engineer")
    broken = tree(question("q", "Is it on?", yes="nowhere", no="engineer"), escalate(reasonCategory="flow_gap"))
    flow = await draft(engineer, broken)
    assert [(one["code"], one["severity"], one["nodeId"]) for one in flow["draft"]["lint"]] == [("UNKNOWN_TARGET", "ERROR", "q")]
    answer = await engineer.send("Publish", flowId=flow["id"])
    assert ([error["code"] for error in answer["errors"]], answer["flow"]) == (["LINT_ERRORS"], None)
    assert [one["code"] for one in answer["findings"]] == ["UNKNOWN_TARGET"]

    stub = tree(question("q", "Is it on?", yes="solved", no="stub"), resolved(), escalate("stub", "Not written", needsReview=True))
    flow = await draft(engineer, stub, flowId=flow["id"], expectedDraftId=flow["draft"]["id"])
    answer = await engineer.send("Publish", flowId=flow["id"])
    assert [error["code"] for error in answer["errors"]] == ["NEEDS_REVIEW"]
    assert [(one["code"], one["nodeId"]) for one in answer["findings"]][0] == ("NEEDS_REVIEW", "stub")
    assert await team.counts("flow_versions") == (0,)


async def test_a_human_flow_may_hit_the_floor_and_is_told(team: Team) -> None:
    engineer = team.as_("engineer")
    risky = tree(instruction("edit", "Open the registry editor and delete the key.", "engineer"), escalate(reasonCategory="flow_gap"))
    flow = await draft(engineer, risky)
    answer = await engineer.do("Publish", flowId=flow["id"])
    assert [(one["code"], one["severity"], one["nodeId"]) for one in answer["findings"]] == [("FLOOR_HIT", "WARNING", "edit")]


async def test_shapes_that_are_no_tree_are_refused_with_their_place(team: Team) -> None:
    engineer = team.as_("engineer")
    before = await team.counts("flows", "flow_drafts")
    cases = [
        ({"rootId": "nobody", "nodes": [resolved()]}, ["tree", "rootId"]),
        (tree(resolved("a"), resolved("a")), ["tree", "nodes", "1", "nodeId"]),
        (tree(question("q", "Hm?", yes="q", no="q") | {"text": " "}), ["tree", "nodes", "0", "text"]),
        ({"rootId": "a", "nodes": []}, ["tree", "nodes"]),
        (tree(resolved("a", "x" * 30_000)), ["tree", "nodes", "0", "text"]),
    ]
    for given, place in cases:
        payload = await engineer.send("SaveDraft", title="T", category="printer", tree=sent(given))
        [error] = payload["errors"]
        assert (error["code"], error["field"]) == ("INVALID_INPUT", place), error
    for more, place in (({"title": " "}, ["title"]), ({"category": ""}, None), ({"keywords": [""]}, ["keywords"]),
                        ({"expectedDraftId": str(team.id)}, ["expectedDraftId"])):
        payload = await engineer.send("SaveDraft", **{"title": "T", "category": "printer", "tree": sent(short()), **more})
        if place:
            assert [error["field"] for error in payload["errors"]] == [place]
    assert (await engineer.send("SaveDraft", title="x" * 301, category="c", tree=sent(short())))["errors"][0]["code"] == "TOO_LARGE"
    assert (await team.counts("flows", "flow_drafts"))[0] - before[0] <= 1  # an empty category is "uncategorised"


async def test_versions_rollback_and_diff(team: Team) -> None:
    engineer = team.as_("engineer")
    one = await published(engineer, short("First?"), "One")
    flow_id, first = one["id"], one["publishedVersion"]
    two = await published(engineer, printer(), "Two", flowId=flow_id)
    assert (two["publishedVersion"]["number"], two["title"]) == (2, "Two")
    kept = await draft(engineer, short("Draft?"), "Three", flowId=flow_id)
    back = (await engineer.do("Rollback", flowId=flow_id, toVersionId=first["id"]))["flow"]
    assert (back["publishedVersion"]["number"], back["publishedVersion"]["tree"]) == (3, first["tree"])
    assert (back["title"], back["publishedVersion"]["note"]) == ("One", "Back to version 1.")
    assert back["draft"]["id"] == kept["draft"]["id"]
    listed = (await engineer.run("FlowVersions", id=flow_id))["flow"]
    assert [(node["number"], node["title"]) for node in listed["versions"]["nodes"]] == [(3, "One"), (2, "Two"), (1, "One")]
    assert listed["mermaid"].startswith("flowchart TD") and "First" in listed["mermaid"]

    diff = (await engineer.run("Diff", **{"from": first["id"], "to": kept["draft"]["id"]}))["flowDiff"]
    assert [(it["nodeId"], it["before"], it["after"], it["fields"]) for it in diff["changed"]] == [("q", "First?", "Draft?", ["text"])]
    assert (diff["added"], diff["removed"], diff["rewired"], diff["moved"]) == ([], [], [], [])
    diff = (await engineer.run("Diff", **{"from": flow_id, "to": two["publishedVersion"]["id"]}))["flowDiff"]
    assert [it["nodeId"] for it in diff["added"]] == ["on", "power", "reprint", "printed"]
    assert ([it["nodeId"] for it in diff["removed"]], diff["isRootChanged"]) == (["q"], True)


async def test_a_version_of_another_flow_is_not_rolled_back_to(team: Team) -> None:
    engineer = team.as_("engineer")
    one, two = await published(engineer, short(), "One"), await published(engineer, short(), "Two")
    given = {"flowId": one["id"], "toVersionId": two["publishedVersion"]["id"]}
    assert await engineer.refused("Rollback", **given) == "NOT_FOUND"


async def test_archived_flows_start_nothing_and_come_back(team: Team) -> None:
    engineer, l1 = team.as_("engineer"), team.as_("l1")
    flow = await published(engineer, printer())
    running = await begin(l1, flow["id"])
    archived = (await engineer.do("Archive", flowId=flow["id"]))["flow"]
    assert archived["isArchived"] and archived["archivedAt"]
    assert (await engineer.do("Archive", flowId=flow["id"]))["flow"]["archivedAt"] == archived["archivedAt"]
    assert await l1.refused("Intake", problem="Nothing prints", flowId=flow["id"]) == "INVALID_INPUT"
    assert (await l1.run("FlowList"))["flowList" if False else "flows"]["nodes"] == []
    assert [one["id"] for one in (await l1.run("FlowList", filter={"isArchived": True}))["flows"]["nodes"]] == [flow["id"]]
    assert await team.counts("flow_search_documents") == (0,)
    assert at(await walk(l1, running, "yes")) == "reprint"
    again = await draft(engineer, short(), flowId=flow["id"])
    assert await engineer.refused("Publish", flowId=flow["id"], expectedDraftId=again["draft"]["id"]) == "INVALID_INPUT"
    assert not (await engineer.do("Unarchive", flowId=flow["id"]))["flow"]["isArchived"]
    assert await team.counts("flow_search_documents") == (1,)
    await begin(l1, flow["id"])


async def test_discarding_a_draft_keeps_what_is_published(team: Team) -> None:
    engineer = team.as_("engineer")
    flow = await published(engineer, short())
    saved = await draft(engineer, printer(), flowId=flow["id"])
    left = (await engineer.do("DiscardDraft", flowId=flow["id"], expectedDraftId=saved["draft"]["id"]))["flow"]
    assert (left["draft"], left["publishedVersion"]) == (None, flow["publishedVersion"])
    assert await engineer.refused("Publish", flowId=flow["id"]) == "INVALID_INPUT"


async def test_a_published_flow_keeps_its_name_until_the_draft_is_published(team: Team) -> None:
    engineer = team.as_("engineer")
    flow = await published(engineer, short(), "Old", keywords=["ink"])
    saved = await draft(engineer, short(), "New", flowId=flow["id"], category="other")
    assert (saved["title"], saved["category"], saved["draft"]["title"], saved["draft"]["keywords"]) == ("Old", "printer", "New", ["ink"])
    done = (await engineer.do("Publish", flowId=flow["id"]))["flow"]
    assert (done["title"], done["category"], done["slug"]) == ("New", "other", flow["slug"])


async def test_owner_review_date_keywords_and_category(team: Team) -> None:
    engineer = team.as_("engineer")
    flow = await published(engineer, short())
    given = {"flowId": flow["id"], "ownerId": team.as_("admin").id, "reviewBy": "2027-01-31", "keywords": ["jam"], "category": "paper"}
    changed = (await engineer.do("UpdateFlow", **given))["flow"]
    assert (changed["owner"]["id"], changed["reviewBy"]) == (team.as_("admin").id, "2027-01-31")
    assert (changed["keywords"], changed["category"]) == (["jam"], "paper")
    texts = await team.rows("SELECT content FROM flow_search_texts WHERE account_id = :account AND kind = 'keyword'")
    assert [row["content"] for row in texts] == ["jam"]
    same = (await engineer.do("UpdateFlow", flowId=flow["id"], reviewBy=None))["flow"]
    assert (same["reviewBy"], same["owner"]["id"], same["keywords"]) == (None, team.as_("admin").id, ["jam"])
    assert await engineer.refused("UpdateFlow", flowId=flow["id"], ownerId=str(team.id)) == "NOT_FOUND"


async def test_equal_titles_get_slugs_of_their_own(team: Team) -> None:
    engineer = team.as_("engineer")
    flows = await asyncio.gather(*[draft(engineer, short(), "Drücker: läuft nicht?") for _ in range(5)])
    slugs = {flow["slug"] for flow in flows}
    assert len(slugs) == 5 and all(slug.startswith("drucker-lauft-nicht") for slug in slugs)
    assert (await draft(engineer, short(), "打印机"))["slug"] == "flow"

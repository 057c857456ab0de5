"""Somebody who has never seen the project: from the start page to a finished escalation and an engineer's close by
clicking, and every ready-made tab of GraphiQL run as it is given."""

from __future__ import annotations

import pytest

from tests.browser.support import Person, Visit
from tests.browser.test_graphiql import SETTLED_MS, ready

PROBLEM = "Printer does not print, nothing comes out"


def sign_in(one: Visit, person: Person) -> None:
    one.page.click(f"button[title='{person}']")
    one.page.wait_for_selector("text=Sign out")


@pytest.mark.parametrize("width", [375, 1440])
def test_from_the_start_page_to_the_engineers_close(visit, api, width) -> None:
    one = visit("/", width=width)
    one.page.click("text=Technician's screen")
    sign_in(one, Person.L1)
    one.page.fill("[name=problem]", PROBLEM)
    one.page.fill("[name=customerName]", "Ada")
    one.page.click("text=Find the way")
    one.page.wait_for_selector("article.walk")
    session_id = one.page.url.rpartition("/")[2]
    before = 0
    while one.page.locator(".answers button").count():
        one.page.locator(".answers button").last.click()
        before += 1
        one.page.wait_for_function("n => document.querySelectorAll('.path li').length >= n", arg=before)
    one.page.click("button:has-text('Escalate')")
    one.page.wait_for_selector("dialog[open]")
    one.page.fill("dialog textarea", "The safe steps did not help.")
    one.page.click("dialog button.primary")
    one.heading("Handed to the engineers.")
    told = one.page.inner_text("main > .notice")
    assert "Erin Engineer" in told

    one.page.click("text=Sign out")
    sign_in(one, Person.ENGINEER)
    one.page.click("nav >> text=Queue")
    mine = f"li.entry:has-text('{PROBLEM}')"
    one.page.locator(mine).last.locator("button").click()
    one.page.wait_for_selector("text=You have claimed this.")
    assert one.page.locator(".package li").count() >= before
    one.page.click("text=Close…")
    one.page.fill("dialog textarea", "Replaced the spooler's driver.")
    one.page.click("dialog button.primary")
    one.page.wait_for_selector("p:has-text('Closed')")

    ended = api(Person.ENGINEER).run("query($id: ID!) { walkSession(id: $id) { status walkedPath { step } } }", id=session_id)
    assert ended["walkSession"] == {"status": "ESCALATED", "walkedPath": [{"step": n + 1} for n in range(before)]}


def run(one: Visit, operation: str) -> dict:
    """Run one of the tab's operations; the payload it gave, or the query's data."""
    one.page.click("button.graphiql-execute-button")
    menu = one.page.locator(f"[role=menuitem]:text-is('{operation}')")
    with one.page.expect_response(lambda response: response.url.endswith("/graphql")) as answer:
        if one.page.locator("[role=menuitem]").count():
            menu.click()
    one.page.wait_for_timeout(250)  # the variables follow the result
    body = answer.value.json()
    assert "errors" not in body, (operation, body)
    return body["data"]


def payload(one: Visit, operation: str) -> dict:
    [found] = run(one, operation).values()
    assert found["errors"] == [], (operation, found)
    return found


def set_variable(one: Visit, old: str, new: str) -> None:
    """Type over a value in the variables, as a person does."""
    one.page.locator(f".graphiql-editor-tool .view-line span:text-is('{old}')").last.dblclick()
    one.page.keyboard.type(new)
    one.page.wait_for_timeout(300)


def open_recipe(one: Visit, title: str) -> None:
    one.page.click(f".hr-recipes button:has(strong:text-is('{title}'))")
    one.page.wait_for_timeout(SETTLED_MS)


@pytest.fixture
def graphiql(visit) -> Visit:
    one = visit("/graphql", width=1440)
    sign_in(one, Person.ADMIN)
    ready(one)
    one.page.click("button[aria-label*='Ready-made']")
    one.page.wait_for_selector(".hr-recipes li")
    return one


def test_a_walk(graphiql) -> None:
    one = graphiql
    for ending in ("Resolve", "Escalate"):
        open_recipe(one, "Run a walk")
        session = payload(one, "Intake")["outcome"]["session"]
        while session["currentNode"]["__typename"] in {"QuestionNode", "InstructionNode"}:
            session = payload(one, "AnswerNode")["session"]
        assert payload(one, "NextNode")["session"]["currentNode"] == session["currentNode"]
        assert run(one, "DrawTheWalk")["walkSession"]["flowVersion"]["tree"]["nodes"]
        assert payload(one, "GoBack")["session"]["walkedPath"][-1]["isSuperseded"]
        assert payload(one, "AnswerNode")["session"]["currentNode"] == session["currentNode"]
        ended = payload(one, ending)["session"]
        assert ended["status"] == {"Resolve": "RESOLVED", "Escalate": "ESCALATED"}[ending]


def test_the_queue(graphiql, api, problem) -> None:
    api(Person.L1).escalate(problem)
    open_recipe(graphiql, "The queue")
    first = run(graphiql, "EscalationQueue")["escalations"]["nodes"][0]
    assert run(graphiql, "HandOff")["escalation"]["id"] == first["id"]
    assert payload(graphiql, "ClaimEscalation")["escalation"]["status"] == "CLAIMED"
    assert payload(graphiql, "ReleaseEscalation")["escalation"]["status"] == "OPEN"
    assert payload(graphiql, "ClaimEscalation")["escalation"]["status"] == "CLAIMED"
    assert payload(graphiql, "CloseEscalation")["escalation"]["status"] == "CLOSED"


def test_publishing(graphiql) -> None:
    open_recipe(graphiql, "Publish a flow")
    dry = payload(graphiql, "ImportFlow")
    assert (dry["isDryRun"], [one["severity"] for one in dry["findings"] if one["severity"] == "ERROR"]) == (True, [])
    set_variable(graphiql, "true", "false")
    assert not payload(graphiql, "ImportFlow")["isDryRun"]
    assert payload(graphiql, "PublishFlow")["flow"]["publishedVersion"]["number"] == 1
    flow = run(graphiql, "Flow")["flow"]
    assert [one["number"] for one in flow["versions"]["nodes"]] == [1]
    assert payload(graphiql, "RollbackFlow")["flow"]["publishedVersion"]["number"] >= 1


@pytest.mark.parametrize("title", ["Look at a flow", "The audit log"])
def test_reading(graphiql, title) -> None:
    open_recipe(graphiql, title)
    [found] = run(graphiql, "").values()
    assert len(found["nodes"]) >= 3


def test_no_other_tab_is_offered_untried(graphiql) -> None:
    tried = {"Run a walk", "Look at a flow", "The queue", "Publish a flow", "The audit log"}
    offered = set(graphiql.page.locator(".hr-recipes strong").all_inner_texts())
    assert offered - {"Watch the queue live"} == tried

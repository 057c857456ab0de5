"""GraphiQL as an admin meets it: without any network but our server's."""

from __future__ import annotations

import json

import pytest

from tests.browser.support import Person, Visit


def editor_text(one: Visit, name: str) -> str:
    """The text of one of Monaco's editors, by the CSS class GraphiQL gives its pane."""
    return one.page.locator(f".{name} .view-lines").inner_text().replace("\u00a0", " ")


SETTLED_MS = 1_200  # until GraphiQL has read the operations of a tab that was opened


def run(one: Visit, operation: str) -> None:
    """Run one operation of the tab and wait for its result."""
    one.page.click("button.graphiql-execute-button")
    with one.page.expect_response(lambda response: response.url.endswith("/graphql")):
        one.page.click(f"[role=menuitem]:text-is('{operation}')")


def ready(one: Visit) -> None:
    """Signed in, the editors are there and the schema has been read."""
    one.page.wait_for_selector("text=Sign out")
    one.page.wait_for_selector(".graphiql-query-editor .view-line")
    one.page.wait_for_function("() => !document.querySelector('.graphiql-spinner')")
    one.page.wait_for_timeout(300)


def choose_tab(one: Visit, name: str) -> None:
    """GraphiQL reads the operations of another tab a moment after it is shown."""
    one.page.click(f".graphiql-tab-button:text-is('{name}')")
    one.page.wait_for_timeout(SETTLED_MS)


def sign_in(one: Visit, name: str) -> None:
    one.page.click(f".hr-demo button[title='{name}']")
    ready(one)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signs_in_runs_a_walk_and_draws_it(visit, api, scheme):
    one = visit("/graphql", scheme=scheme)
    sign_in(one, Person.L1)
    assert "mutation Intake" in editor_text(one, "graphiql-query-editor")

    run(one, "Intake")
    one.page.wait_for_selector(".result-window >> text=WalkStarted")
    run(one, "AnswerNode")
    one.page.click("button[aria-label*='Picture']")
    one.page.wait_for_selector(".hr-picture-svg svg")
    run(one, "DrawTheWalk")
    one.page.wait_for_function("() => document.querySelectorAll('.hr-picture-svg g.node').length > 5")

    assert one.page.locator(".hr-picture-svg g.node.walked").count() == 1
    assert one.page.locator(".hr-picture-svg g.node.current").count() == 1
    walks = api(Person.L1).run("{ viewer { activeWalkSessions(first: 20) { nodes { step problem } } } }")
    assert 1 in [walk["step"] for walk in walks["viewer"]["activeWalkSessions"]["nodes"] if walk["problem"] == "VPN does not connect"]


def test_a_pasted_token_stays_in_this_tab(visit, origin):
    from tests.browser.support import token_of

    token = token_of(origin, Person.ADMIN)
    one = visit("/graphql")
    one.page.fill(".hr-panel input[type=password]", token)
    one.page.click("text=Use it")
    ready(one)

    choose_tab(one, "AuditLog")
    with one.page.expect_response(lambda response: response.url.endswith("/graphql")):
        one.page.click("button.graphiql-execute-button")
    one.page.wait_for_selector(".result-window >> text=auditEvents")
    one.page.wait_for_timeout(800)  # GraphiQL stores tabs and history half a second later

    assert one.page.evaluate("sessionStorage.getItem('handrail.token')") == token
    stored = json.dumps(one.page.evaluate("({...localStorage})"))
    assert "AuditLog" in stored
    assert token not in stored


def test_a_wrong_token_is_refused_in_words(visit):
    one = visit("/graphql")
    one.page.fill(".hr-panel input[type=password]", "not-a-token")
    one.page.click("text=Use it")

    one.page.wait_for_selector("text=did not accept this token")
    assert one.page.evaluate("sessionStorage.getItem('handrail.token')") is None


def test_offers_what_the_server_has(visit):
    one = visit("/graphql", Person.ADMIN)
    ready(one)
    one.page.click("button[aria-label*='Ready-made']")
    one.page.wait_for_selector(".hr-recipes li")
    offered = one.page.locator(".hr-recipes strong").all_inner_texts()
    assert {"Run a walk", "Look at a flow", "The queue", "Publish a flow", "The audit log"} <= set(offered)

    one.page.click(".hr-recipes button:has-text('Look at a flow')")
    one.page.wait_for_timeout(SETTLED_MS)
    with one.page.expect_response(lambda response: response.url.endswith("/graphql")):
        one.page.click("button.graphiql-execute-button")
    one.page.click("button[aria-label*='Picture']")
    one.page.wait_for_function("() => document.querySelectorAll('.hr-picture-svg svg').length === 3")


def test_imports_publishes_and_draws_a_flow(visit, api):
    one = visit("/graphql", Person.ENGINEER)
    ready(one)
    choose_tab(one, "ImportFlow")
    run(one, "ImportFlow")
    one.page.wait_for_selector(".result-window .view-line:has-text('isDryRun'):has-text('true')")
    before = api(Person.ENGINEER).run("{ flows(first: 100) { nodes { title } } }")["flows"]["nodes"]
    assert "Printer shows offline" not in [flow["title"] for flow in before]  # a dry run writes nothing

    one.page.locator(".graphiql-editor-tool .view-line span:text-is('true')").dblclick()  # dryRun
    one.page.keyboard.type("false")
    run(one, "ImportFlow")
    one.page.wait_for_selector(".result-window .view-line:has-text('isDryRun'):has-text('false')")
    run(one, "PublishFlow")
    one.page.wait_for_selector(".result-window .view-line:has-text('number'):has-text('1')")
    run(one, "Flow")
    one.page.click("button[aria-label*='Picture']")
    one.page.wait_for_selector(".hr-picture h3:text-is('Printer shows offline')")
    one.page.wait_for_function("() => document.querySelectorAll('.hr-picture-svg g.node').length >= 6")

    after = api(Person.ENGINEER).run("{ flows(first: 100) { nodes { title publishedVersion { number } } } }")["flows"]["nodes"]
    assert [flow["publishedVersion"] for flow in after if flow["title"] == "Printer shows offline"] == [{"number": 1}]


def test_the_picture_runs_nothing_that_a_flow_says(visit):
    """Labels with mark-up are text in the picture, whatever they try."""
    one = visit("/graphql", Person.ADMIN)
    evil = '<img src=x onerror="document.title=1"><script>document.title=1</script>"] --> x; click n0 "javascript:document.title=1"'
    result = {"data": {"flow": {"title": evil, "tree": {"rootId": "a", "nodes": [{"__typename": "ResolvedNode", "nodeId": "a", "text": evil}]}}}}
    one.page.route("**/graphql", lambda route: route.fulfill(json=result) if "AuditLog" in (route.request.post_data or "") else route.fallback())
    ready(one)
    choose_tab(one, "AuditLog")
    one.page.click("button.graphiql-execute-button")
    one.page.click("button[aria-label*='Picture']")
    one.page.wait_for_selector(".hr-picture-svg svg")

    assert "<img" in one.page.locator(".hr-picture-svg").inner_text()
    assert one.page.locator(".hr-picture-svg img, .hr-picture-svg script, .hr-picture-svg a").count() == 0
    assert one.page.title() == "Handrail · GraphiQL"


def test_no_picture_code_before_a_picture_is_wanted(visit):
    one = visit("/graphql", Person.L1)
    one.page.wait_for_selector(".graphiql-query-editor .view-line")
    before = one.page.evaluate("performance.getEntriesByType('resource').map(r => r.name)")

    assert not [name for name in before if "mermaid" in name or "flowDiagram" in name]

"""The engineer's screen: one of two gets it, and the technician gets it back when it is returned."""

from __future__ import annotations

import pytest

from tests.browser.support import Person

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make test-browser").expect


def test_two_engineers_claim_at_once(visit, api, problem):
    escalation = api(Person.L1).escalate(problem)
    first = visit("/app/#/queue", Person.ENGINEER)
    second = visit("/app/#/queue", Person.COVER)
    for one in (first, second):
        one.page.wait_for_selector(f"li.entry:has-text('{problem}') button:text-is('Claim')")
    held = []  # both claims are on their way before either is let through
    for one in (first, second):
        one.page.route("**/graphql", lambda route: held.append(route) if "mutation ClaimEscalation" in (route.request.post_data or "") else route.fallback())
        one.page.click(f"li.entry:has-text('{problem}') button:text-is('Claim')")
    while len(held) < 2:
        first.page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    for one in (first, second):
        one.page.wait_for_function("() => location.hash.startsWith('#/escalation/') || document.querySelector('.notice')")

    won = [one for one in (first, second) if "#/escalation/" in one.page.url]
    lost = [one for one in (first, second) if "#/escalation/" not in one.page.url]
    assert (len(won), len(lost)) == (1, 1)
    won[0].page.wait_for_selector("text=You have claimed this.")
    claimant = api(Person.ENGINEER).escalation(escalation)["claimedBy"]["name"]
    assert claimant == won[0].page.locator(".who").inner_text().splitlines()[0]
    lost[0].page.wait_for_selector(f"li.entry:has-text('{problem}') >> text=Claimed by {claimant}")


def test_hand_off_note_release_and_return(visit, api, problem):
    escalation = api(Person.L1).escalate(problem)
    one = visit(f"/app/#/escalation/{escalation}", Person.ENGINEER)
    one.page.wait_for_selector(f"h1:has-text('{problem}')")
    one.page.click("button:text-is('Claim')")
    one.page.wait_for_selector("text=You have claimed this.")
    one.page.fill("aside textarea", "Called back, no answer.")
    one.page.click("aside button:text-is('Add')")
    one.page.wait_for_selector("blockquote:has-text('Called back, no answer.')")
    one.page.click("button:text-is('Release')")
    one.page.wait_for_selector("button:text-is('Claim')")
    assert api(Person.ENGINEER).escalation(escalation)["status"] == "OPEN"

    one.page.click("button:text-is('Claim')")
    one.page.click("text=Close…")
    one.page.select_option("dialog select", "RETURNED_TO_L1")
    one.page.click("dialog button.primary")
    assert api(Person.ENGINEER).escalation(escalation)["status"] == "CLAIMED"  # a return needs words
    one.page.fill("dialog textarea", "Ask for the error number first.")
    one.page.click("dialog button.primary")
    one.page.wait_for_selector("text=Returned")
    assert api(Person.ENGINEER).escalation(escalation) == {
        "status": "RETURNED", "outcome": "RETURNED_TO_L1", "claimedBy": api(Person.ENGINEER).escalation(escalation)["claimedBy"],
    }  # fmt: skip


def test_a_viewer_is_told_not_blank(visit):
    one = visit("/app/#/queue", Person.VIEWER)

    expect(one.page.locator(".notice[role=alert]")).to_be_visible()
    assert one.page.locator("li.entry").count() == 0

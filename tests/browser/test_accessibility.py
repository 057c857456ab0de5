"""No serious or critical finding of axe-core on any screen, in light and dark, narrow and wide; nothing is cut off."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.browser.accessibility import violations
from tests.browser.support import Person, Visit

pytestmark = pytest.mark.parametrize(("width", "scheme"), [(375, "light"), (375, "dark"), (1440, "light"), (1440, "dark")])
# Touch targets: 24 px in every direction (WCAG 2.2, 2.5.8); links in running text are let off, as they are there.
SMALL = """(parts) => [...document.querySelectorAll("button, a, input, select, textarea, summary")].filter((e) => {
  if (parts.length && !e.closest(parts.join())) return false;
  const box = e.getBoundingClientRect();
  const isInText = e.tagName === "A" && e.closest("p, td, li > span");
  return box.width > 0 && !isInText && !e.closest("label.check") && (box.width < 24 || box.height < 24);
}).map((e) => e.outerHTML.slice(0, 100))"""


def assert_good(one: Visit, *selectors: str) -> None:
    assert violations(one, *selectors) == []
    assert one.page.evaluate(SMALL, list(selectors)) == []
    assert one.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def answer(one: Visit, index: int = 0) -> None:
    before = one.page.locator(".path li").count()
    one.page.locator(".answers button").nth(index).click()
    one.page.wait_for_function("n => document.querySelectorAll('.path li').length > n", arg=before)


def test_start_page_and_sign_in(visit, width, scheme) -> None:
    one = visit("/", width=width, scheme=scheme)
    assert_good(one)
    one.goto("/app/")
    one.page.wait_for_selector("legend")
    assert_good(one)
    one.page.fill("[name=token]", "wrong")
    one.page.click("button:text-is('Sign in')")
    one.page.wait_for_selector("[name=token]")
    assert_good(one)


def test_intake_with_its_choices(visit, width, scheme) -> None:
    one = visit("/app/#/calls", Person.L1, width=width, scheme=scheme)
    one.page.wait_for_selector("h1:text-is('New call')")
    assert_good(one)
    one.page.fill("[name=problem]", "The zeppelin in the atrium hums a minor third")
    one.page.click("text=Find the way")
    one.page.wait_for_selector(".choices h2:focus")
    assert_good(one)
    one.page.click("text=Escalate at once")
    one.page.wait_for_selector("dialog[open]")
    assert_good(one)


def test_walk_from_question_to_end(visit, api, problem, width, scheme) -> None:
    session = api(Person.L1).start(problem)
    one = visit(f"/app/#/walk/{session['id']}", Person.L1, width=width, scheme=scheme)
    one.page.wait_for_selector(".answers button kbd", state="attached")
    assert_good(one)
    seen = set()
    while one.page.locator(".answers button").count():
        seen.add(one.page.locator(".node").get_attribute("class"))
        answer(one)
        assert_good(one)
    seen.add(one.page.locator(".node").get_attribute("class"))
    assert any("InstructionNode" in one for one in seen)
    assert any("ResolvedNode" in one or "EscalateNode" in one for one in seen)
    one.page.fill(".note textarea", "A note.")
    one.page.wait_for_selector(".notes [role=status]:text-is('Saved')")
    one.page.click("button[aria-keyshortcuts=R]")
    one.page.fill("dialog textarea", "It works again.")
    assert_good(one)
    one.page.click("dialog button.primary")
    one.page.wait_for_selector("h1:text-is('Resolved.')")
    assert_good(one)


def test_the_wait_for_a_node(visit, model, width, scheme) -> None:
    one = visit("/app/#/calls", Person.L1, width=width, scheme=scheme)
    one.page.fill("[name=problem]", f"The label printer in the warehouse hums and blinks {uuid4().hex[:6]}")
    one.page.click("text=Find the way")
    one.page.wait_for_selector(".disclaimer")
    assert_good(one)
    model.think()
    one.page.keyboard.press("1")
    one.page.wait_for_selector(".waiting")
    assert_good(one)
    model.answer()
    one.heading("Switch the printer off, wait ten seconds and switch it on.")


def test_queue_and_hand_off(visit, api, problem, width, scheme) -> None:
    api(Person.L1).escalate(problem)
    one = visit("/app/#/queue", Person.ENGINEER, width=width, scheme=scheme)
    one.page.wait_for_selector("li.entry")
    assert_good(one)
    one.page.click(f"li.entry:has-text('{problem}') button")
    one.page.wait_for_selector("text=You have claimed this.")
    assert_good(one)
    one.page.click("text=Close…")
    one.page.wait_for_selector("dialog[open]")
    assert_good(one)


def test_graphiql_our_own_parts(visit, width, scheme) -> None:
    one = visit("/graphql", width=width, scheme=scheme)
    one.page.wait_for_selector(".hr-demo button")
    assert_good(one, ".hr-bar")
    one.page.click(f".hr-demo button[title='{Person.ADMIN}']")
    one.page.wait_for_selector("text=Sign out")
    for pane, part in (("Ready-made", ".hr-recipes li"), ("Picture", ".hr-pane h2:text-is('Picture')")):
        one.page.click(f"button[aria-label*='{pane}']")
        one.page.wait_for_selector(part)
        assert_good(one, ".hr-bar", ".hr-pane")

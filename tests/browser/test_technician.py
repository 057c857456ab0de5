"""The technician's screen against the real server: what goes wrong on a call must not spoil the record."""

from __future__ import annotations

import pytest

from tests.browser.support import Person, Visit

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make test-browser").expect


def labels(session: dict) -> list[str]:
    return [step["answerLabel"] for step in session["walkedPath"] if not step["isSuperseded"]]


def open_walk(visit, api, problem: str, **options) -> tuple[Visit, dict]:
    """A new walk of the Outlook flow, on the screen at its first question."""
    session = api(Person.L1).start(problem)
    one = visit(f"/app/#/walk/{session['id']}", Person.L1, **options)
    one.heading(session["currentNode"]["text"])
    return one, session


def answer_label(session: dict, index: int) -> str:
    return session["currentNode"]["options"][index]["label"]


def test_a_call_by_keyboard_alone(visit, api, problem):
    one = visit("/app/", Person.L1)
    one.page.wait_for_selector("h1:text-is('New call')")
    one.page.keyboard.type(problem)  # the first field has the focus
    one.page.click("text=Escalate at once")
    one.page.wait_for_selector("dialog[open]")
    one.page.keyboard.press("Escape")
    one.page.click("text=Find the way")
    one.page.wait_for_selector("article.walk, .choices")
    if one.page.locator(".choices").count():
        one.page.click(".choices ul button >> nth=0")
    one.page.wait_for_selector("article.walk")
    session_id = one.page.url.rpartition("/")[2]
    server = api(Person.L1)

    while (session := server.session(session_id))["currentNode"]["__typename"] in {"QuestionNode", "InstructionNode"}:
        one.heading(session["currentNode"]["text"])
        one.page.keyboard.press("1" if session["currentNode"]["__typename"] == "QuestionNode" else "Enter")
        one.page.wait_for_function("n => document.querySelectorAll('.path li').length === n", arg=len(labels(session)) + 1)
    one.heading(session["currentNode"]["text"])
    one.page.keyboard.press("Backspace")
    one.page.wait_for_function("n => document.querySelectorAll('.path li').length === n", arg=len(labels(session)) - 1)
    one.page.wait_for_function("() => document.activeElement?.matches('h1')")
    one.page.keyboard.press("r")
    one.page.wait_for_selector("dialog[open] textarea:focus")
    one.page.keyboard.type("It works again.")
    one.page.click("dialog button.primary")
    one.heading("Resolved.")

    ended = server.session(session_id)
    assert ended["status"] == "RESOLVED"
    assert sum(step["isSuperseded"] for step in ended["walkedPath"]) == 1


def test_reload_in_mid_walk(visit, api, problem):
    one, session = open_walk(visit, api, problem)
    one.page.keyboard.press("1")
    one.page.wait_for_selector(".path li")
    one.page.fill(".note textarea", "The caller is on a train.")
    expect(one.page.locator(".notes [role=status]")).to_have_text("Saved")
    after = api(Person.L1).session(session["id"])

    one.page.reload()
    one.heading(after["currentNode"]["text"])

    assert one.page.locator(".path strong").all_inner_texts() == [answer_label(session, 0)]
    assert one.page.input_value(".note textarea") == "The caller is on a train."
    assert after["step"] == 1
    assert [note["text"] for note in after["notes"]] == ["The caller is on a train."]


def test_double_click_on_an_answer(visit, api, problem):
    one, session = open_walk(visit, api, problem)
    sent = []
    one.page.on("request", lambda request: sent.append(request) if "mutation AnswerNode" in (request.post_data or "") else None)
    one.page.locator(".answers button >> nth=0").dblclick()
    one.page.wait_for_selector(".path li")
    one.page.wait_for_timeout(500)

    after = api(Person.L1).session(session["id"])
    assert len(sent) == 1
    assert (after["step"], labels(after)) == (1, [answer_label(session, 0)])


def test_offline_in_mid_answer(visit, api, problem):
    one, session = open_walk(visit, api, problem)
    one.context.set_offline(True)
    one.page.keyboard.press("2")
    one.page.wait_for_selector(".banner[role=alert]")
    assert api(Person.L1).session(session["id"])["step"] == 0

    one.context.set_offline(False)
    one.page.wait_for_selector(".path li")
    one.page.wait_for_selector(".banner", state="detached")

    after = api(Person.L1).session(session["id"])
    assert (after["step"], labels(after)) == (1, [answer_label(session, 1)])


def test_the_reply_got_lost(visit, api, problem):
    """The server recorded the answer; the same key fetches the same outcome instead of a second step."""
    one, session = open_walk(visit, api, problem)
    keys = []

    def lose_the_first(route):
        if "mutation AnswerNode" not in (route.request.post_data or ""):
            return route.fallback()
        keys.append(route.request.post_data_json["variables"]["input"]["idempotencyKey"])
        if len(keys) > 1:
            return route.fallback()
        route.fetch()
        return route.abort("connectionreset")

    one.page.route("**/graphql", lose_the_first)
    one.page.keyboard.press("1")
    one.page.wait_for_selector(".path li")

    after = api(Person.L1).session(session["id"])
    assert (after["step"], labels(after)) == (1, [answer_label(session, 0)])
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_reload_while_the_answer_waits_for_the_connection(visit, api, problem):
    one, session = open_walk(visit, api, problem)
    one.page.route("**/graphql", lambda route: route.abort("connectionreset") if "mutation AnswerNode" in (route.request.post_data or "") else route.fallback())
    one.page.keyboard.press("2")
    one.page.wait_for_selector(".banner[role=alert]")
    one.page.unroute("**/graphql")
    one.page.reload()
    one.page.wait_for_selector(".path li")

    after = api(Person.L1).session(session["id"])
    assert (after["step"], labels(after)) == (1, [answer_label(session, 1)])


def test_two_technicians_on_one_session(visit, api, problem):
    first, session = open_walk(visit, api, problem)
    second = visit(f"/app/#/walk/{session['id']}", Person.COVER)
    second.heading(session["currentNode"]["text"])
    second.page.wait_for_selector("text=Take over")
    first.page.keyboard.press("1")
    first.page.wait_for_selector(".path li")
    after = api(Person.L1).session(session["id"])

    second.page.keyboard.press("2")  # its screen still shows the first question
    notice = second.page.wait_for_selector(".notice[role=alert]")
    assert answer_label(session, 0) in notice.inner_text()
    assert "This is where the walk stands now." in notice.inner_text()
    second.heading(after["currentNode"]["text"])
    assert api(Person.L1).session(session["id"])["step"] == 1

    second.page.click("text=Take over")
    second.page.wait_for_selector("text=Take over", state="detached")
    second.page.locator(".answers button").first.click()
    second.page.wait_for_function("() => document.querySelectorAll('.path li').length === 2")
    assert api(Person.L1).session(session["id"])["step"] == 2


def test_notes_of_two_windows(visit, api, problem):
    one, session = open_walk(visit, api, problem)
    other = visit(f"/app/#/walk/{session['id']}", Person.L1)
    other.heading(session["currentNode"]["text"])
    one.page.fill(".note textarea", "From the first window.")
    expect(one.page.locator(".notes [role=status]")).to_have_text("Saved")
    other.page.fill(".note textarea", "From the second window.")
    expect(other.page.locator(".notes [role=status]")).to_have_text("Saved")

    texts = [note["text"] for note in api(Person.L1).session(session["id"])["notes"]]
    assert sorted(texts) == ["From the first window.", "From the second window."]

    # both change the same note: nobody's words are lost, the later ones become a note of their own
    other.page.click("blockquote:has-text('From the first window.') >> text=Edit")
    one.page.fill(".note textarea", "Changed by the first.")
    expect(one.page.locator(".notes [role=status]")).to_have_text("Saved")
    other.page.fill(".note textarea", "Changed by the second.")
    other.page.wait_for_selector("blockquote:has-text('Changed by the first.')")
    expect(other.page.locator(".notes [role=status]")).to_have_text("Saved")
    texts = [note["text"] for note in api(Person.L1).session(session["id"])["notes"]]
    assert sorted(texts) == ["Changed by the first.", "Changed by the second.", "From the second window."]


def test_out_of_scope_is_a_choice_not_a_dead_end(visit, api):
    one = visit("/app/", Person.L1)
    one.page.fill("[name=problem]", "The zeppelin in the atrium hums a minor third")
    one.page.click("text=Find the way")
    one.page.wait_for_selector("h2:focus")
    one.page.click(".choices >> text=Free-form walk")
    one.heading("Free-form walk")
    session_id = one.page.url.rpartition("/")[2]
    one.page.fill(".note textarea", "Looked at it.")
    one.page.check(".note input[type=checkbox]")
    expect(one.page.locator(".notes [role=status]")).to_have_text("Saved")
    one.page.locator("h1").focus()
    one.page.keyboard.press("e")
    one.page.select_option("dialog select >> nth=0", "OTHER")
    one.page.click("dialog button.primary")
    assert api(Person.L1).session(session_id)["status"] == "ACTIVE"  # OTHER needs words: the form asks for them
    one.page.fill("dialog textarea", "Not ours.")
    one.page.click("dialog button.primary")
    one.heading("Handed to the engineers.")

    assert api(Person.L1).session(session_id)["status"] == "ESCALATED"


def test_the_next_step_is_still_being_worked_out(visit, api, model):
    one = visit("/app/", Person.L1)
    one.page.fill("[name=problem]", "The label printer in the warehouse hums and blinks")
    model.think()
    one.page.click("text=Find the way")
    one.page.wait_for_selector("button:text-is('Looking for a flow…')")
    model.answer()
    one.heading("Is the light on the front of the printer green or orange?")
    session_id = one.page.url.rpartition("/")[2]

    model.think()
    one.page.keyboard.press("1")
    one.page.wait_for_selector(".waiting")
    bought = model.nodes
    one.page.reload()  # a second window on the same walk asks for the same node, not for another
    one.page.wait_for_selector(".waiting")
    expect(one.page.locator("[aria-live=polite]")).to_have_text("The next step is being worked out.")
    model.answer()
    one.heading("Switch the printer off, wait ten seconds and switch it on.")

    assert model.nodes == bought + 1
    assert api(Person.L1).session(session_id)["step"] == 1


def test_labels_announcements_and_switching_the_keys_off(visit, api, problem):
    one, session = open_walk(visit, api, problem)
    unnamed = one.page.evaluate(
        """[...document.querySelectorAll('input, textarea, select, button')].filter(
             (e) => !(e.labels?.length || e.textContent.trim() || e.getAttribute('aria-label'))).map((e) => e.outerHTML)"""
    )
    assert unnamed == []
    assert one.page.locator("[aria-live=polite]").count() == 1

    one.page.uncheck(".keys input")
    one.page.locator("h1").focus()
    one.page.keyboard.press("1")
    one.page.wait_for_timeout(300)
    assert api(Person.L1).session(session["id"])["step"] == 0

    one.page.check(".keys input")
    one.page.locator("h1").focus()
    one.page.keyboard.press("1")
    expect(one.page.locator("[aria-live=polite]")).to_contain_text(f"Recorded: {answer_label(session, 0)}")


def test_nothing_is_cut_off_on_a_small_screen(visit, api, problem):
    one, _ = open_walk(visit, api, problem, width=375, scheme="dark")
    widths = one.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    assert one.page.evaluate("[...document.querySelectorAll('.answers button')].every((b) => b.offsetHeight >= 44)")


def test_an_expired_token_leads_to_the_sign_in(visit):
    one = visit("/app/")
    one.page.fill("[name=token]", "not-a-token")
    one.page.click("button:text-is('Sign in')")

    one.page.wait_for_selector("h1:text-is('Handrail')")
    assert one.page.evaluate("sessionStorage.getItem('handrail.token')") is None

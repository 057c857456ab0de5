"""What a person did survives a dropped connection, a lost reply, a reload and a new sign-in, and takes effect once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.browser.support import Api, Person, Visit, token_of

EFFECTS = """query($search: String!) {
  walkSessions(first: 100, filter: {search: $search}) { nodes { id status problem resolutionNotes } }
  escalations(first: 100, filter: {status: [OPEN]}) { nodes { session { id problem } } }
}"""
AUDIT = "query($id: ID!, $action: [String!]) { auditEvents(first: 100, filter: {subjectId: $id, action: $action}) { nodes { action } } }"


@dataclass(frozen=True)
class Deed:
    """One thing a person does: the mutation it sends, how it is done by clicking, what is on the screen afterwards."""

    mutation: str
    do: Callable[[Visit, Api, str], None]
    done: str
    status: str
    audited: str | None = None


def intake(one: Visit, _: Api, problem: str) -> None:
    one.goto("/app/#/calls")
    one.page.fill("[name=problem]", problem)
    one.page.fill("[name=customerName]", "Sam")
    one.page.click("text=Free-form walk")


def escalate_at_once(one: Visit, _: Api, problem: str) -> None:
    one.goto("/app/#/calls")
    one.page.fill("[name=problem]", problem)
    one.page.click("text=Escalate at once")
    one.page.click("dialog button.primary")


def resolve(one: Visit, server: Api, problem: str) -> None:
    one.goto(f"/app/#/walk/{server.start(problem)['id']}")
    one.page.click("button[aria-keyshortcuts=R]")
    one.page.fill("dialog textarea", "It works again.")
    one.page.click("dialog button.primary")


def escalate(one: Visit, server: Api, problem: str) -> None:
    one.goto(f"/app/#/walk/{server.start(problem)['id']}")
    one.page.click("button[aria-keyshortcuts=E]")
    one.page.select_option("dialog [name=reasonCategory]", "NEEDS_ELEVATED_ACCESS")
    one.page.click("dialog button.primary")


DEEDS = {
    "intake": Deed("Intake", intake, "h1:text-is('Free-form walk')", "ACTIVE"),
    "escalate at once": Deed("EscalateWithoutWalk", escalate_at_once, "text=Handed to the engineers.", "ESCALATED", "walk.escalated"),
    "resolve": Deed("Resolve", resolve, "h1:text-is('Resolved.')", "RESOLVED", "walk.resolved"),
    "escalate": Deed("Escalate", escalate, "h1:text-is('Handed to the engineers.')", "ESCALATED", "walk.escalated"),
}


class Line:
    """The connection for one mutation: cut before the server sees it, or after it has answered; the keys that went out."""

    def __init__(self, one: Visit, mutation: str, *, loses_reply: bool) -> None:
        self.page, self.mutation, self.loses_reply = one.page, f"mutation {mutation}(", loses_reply
        self.is_cut, self.keys = True, []
        self.page.route("**/graphql", self.carry)

    def carry(self, route) -> None:
        if self.mutation not in (route.request.post_data or ""):
            return route.fallback()
        self.keys.append(route.request.post_data_json["variables"]["input"]["idempotencyKey"])
        if not self.is_cut:
            return route.fallback()
        if self.loses_reply and len(self.keys) == 1:
            route.fetch()
        return route.abort("connectionreset")

    def mend(self) -> None:
        self.is_cut = False


def assert_once(server: Api, admin: Api, deed: Deed, problem: str) -> None:
    """The record holds one walk of this problem in its state, at most one escalation, one line in the audit log."""
    found = server.run(EFFECTS, search=problem)
    [walk] = [one for one in found["walkSessions"]["nodes"] if one["problem"] == problem]
    assert walk["status"] == deed.status
    waiting = admin.run(EFFECTS, search=problem)["escalations"]["nodes"]
    assert [one["session"]["id"] for one in waiting].count(walk["id"]) == (deed.status == "ESCALATED")
    if deed.audited:
        events = admin.run(AUDIT, id=walk["id"], action=[deed.audited])["auditEvents"]["nodes"]
        assert len(events) == 1


@pytest.mark.parametrize("loses_reply", [False, True], ids=["cut", "reply lost"])
@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_reload_while_it_waits(visit, api, problem, deed: Deed, loses_reply: bool) -> None:
    one = visit("/app/", Person.L1)
    line = Line(one, deed.mutation, loses_reply=loses_reply)
    deed.do(one, api(Person.L1), problem)
    one.page.wait_for_selector(".banner[role=alert]")
    one.page.reload()
    one.page.wait_for_selector(".banner[role=alert]")
    line.mend()
    one.page.wait_for_selector(deed.done)
    one.page.wait_for_selector(".banner", state="detached")

    assert_once(api(Person.L1), api(Person.ADMIN), deed, problem)
    assert len(line.keys) >= 3
    assert len(set(line.keys)) == 1
    assert one.page.evaluate("JSON.parse(sessionStorage['handrail.outbox']).state.unsent") == []


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_offline_in_the_middle(visit, api, problem, deed: Deed) -> None:
    one = visit("/app/", Person.L1)
    one.page.route("**/graphql", lambda route: one.context.set_offline(True) or route.abort("internetdisconnected") if f"mutation {deed.mutation}(" in (route.request.post_data or "") else route.fallback())
    deed.do(one, api(Person.L1), problem)
    one.page.wait_for_selector(".banner[role=alert]")
    one.page.unroute("**/graphql")
    one.context.set_offline(False)
    one.page.wait_for_selector(deed.done)
    one.page.wait_for_selector(".banner", state="detached")

    assert_once(api(Person.L1), api(Person.ADMIN), deed, problem)


def test_the_words_stand_in_the_form_while_the_call_waits(visit, problem, api) -> None:
    one = visit("/app/", Person.L1)
    line = Line(one, "Intake", loses_reply=False)
    intake(one, api(Person.L1), problem)
    one.page.wait_for_selector(".banner[role=alert]")
    one.page.reload()
    one.page.wait_for_selector("button:text-is('Looking for a flow…')")
    assert one.page.input_value("[name=problem]") == problem
    assert one.page.input_value("[name=customerName]") == "Sam"
    one.page.click("text=Free-form walk")  # a second one is not started meanwhile
    line.mend()
    one.page.wait_for_selector(DEEDS["intake"].done)
    assert len(set(line.keys)) == 1


def test_choices_that_come_after_the_reload_are_shown(visit, problem) -> None:
    one = visit("/app/#/calls", Person.L1)
    line = Line(one, "Intake", loses_reply=False)
    one.page.fill("[name=problem]", f"The zeppelin in the atrium hums a minor third {problem[-8:]}")
    one.page.click("text=Find the way")
    one.page.wait_for_selector(".banner[role=alert]")
    one.page.reload()
    line.mend()
    one.page.wait_for_selector("h2:text-is('No guided walk for this')")
    one.page.click(".choices >> text=Free-form walk")
    one.page.wait_for_selector(DEEDS["intake"].done)
    assert problem[-8:] in one.page.inner_text(".problem")


def test_a_refusal_after_the_reload_is_said(visit, api, problem) -> None:
    server = api(Person.L1)
    one = visit("/app/", Person.L1)
    line = Line(one, "Resolve", loses_reply=False)
    resolve(one, server, problem)
    one.page.wait_for_selector(".banner[role=alert]")
    session_id = one.page.url.rpartition("/")[2]
    document = "mutation($i: AbandonWalkInput!) { abandonWalk(input: $i) { errors { code } } }"
    assert server.run(document, i={"sessionId": session_id, "reason": "STARTED_BY_MISTAKE"})["abandonWalk"]["errors"] == []
    one.page.reload()
    line.mend()
    notice = one.page.wait_for_selector("main > .notice[role=alert]")

    assert notice.inner_text().startswith("This walk is abandoned")
    assert server.session(session_id)["status"] == "ABANDONED"


@pytest.mark.parametrize("back", [Person.L1, Person.COVER])
def test_the_sign_in_ran_out(visit, api, problem, origin, back: Person) -> None:
    """Who signs in again in this tab finds what they did and it goes out; nobody else sends it for them."""
    one = visit("/app/", Person.L1)
    refused = []

    def expire(route):
        if "mutation Resolve(" not in (route.request.post_data or ""):
            return route.fallback()
        refused.append(route.request)
        return route.fulfill(status=401, json={"errors": [{"message": "Sign in.", "extensions": {"code": "UNAUTHENTICATED"}}]})

    one.page.route("**/graphql", expire)
    resolve(one, api(Person.L1), problem)
    one.page.wait_for_selector("text=what you did is kept")
    one.page.unroute("**/graphql")
    session_id = one.page.url.rpartition("/")[2]
    one.page.fill("[name=token]", token_of(origin, back))
    one.page.click("button:text-is('Sign in')")
    if back is Person.L1:
        one.page.wait_for_selector(DEEDS["resolve"].done)
        assert_once(api(Person.L1), api(Person.ADMIN), DEEDS["resolve"], problem)
    else:
        one.page.wait_for_selector("text=Take over")
        one.page.wait_for_timeout(1_000)
        assert api(Person.L1).session(session_id)["status"] == "ACTIVE"
    assert len(refused) == 1


def test_signing_out_asks_about_what_was_not_sent(visit, api, problem) -> None:
    one = visit("/app/", Person.L1)
    Line(one, "Intake", loses_reply=False)
    intake(one, api(Person.L1), problem)
    one.page.wait_for_selector(".banner[role=alert]")
    asked = []
    one.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    one.page.click("text=Sign out")
    one.page.wait_for_selector(".banner[role=alert]")
    one.page.once("dialog", lambda dialog: dialog.accept())
    one.page.click("text=Sign out")
    one.page.wait_for_selector("[name=token]")

    assert "has not reached the server" in asked[0]
    assert one.page.evaluate("JSON.parse(sessionStorage['handrail.outbox']).state.unsent") == []
    assert api(Person.L1).run(EFFECTS, search=problem)["walkSessions"]["nodes"] == []


def test_a_note_that_was_not_saved_survives_a_reload(visit, api, problem) -> None:
    session = api(Person.L1).start(problem)
    one = visit(f"/app/#/walk/{session['id']}", Person.L1)
    one.page.route("**/graphql", lambda route: route.abort("connectionreset") if "mutation SaveNotes(" in (route.request.post_data or "") else route.fallback())
    one.page.fill(".note textarea", "The caller heard a click.")
    one.page.wait_for_selector("text=No connection: kept here")
    one.page.unroute("**/graphql")
    one.page.reload()
    one.page.wait_for_selector(".notes [role=status]:text-is('Saved')")

    assert one.page.input_value(".note textarea") == "The caller heard a click."
    assert [note["text"] for note in api(Person.L1).session(session["id"])["notes"]] == ["The caller heard a click."]

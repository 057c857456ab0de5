"""What browser tests share: demo people, a page that tells on itself, and the API beside it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import uuid4

import httpx

CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAIT_MS = 15_000

SESSION = """fragment S on WalkSession {
  id number status step kind currentNode { __typename nodeId text ... on QuestionNode { options { value label } } }
  walkedPath { step nodeId answer answerLabel isSuperseded } notesVersion notes { id text }
}"""


class Person(StrEnum):
    OWNER = "owner@acme.example"
    ADMIN = "admin@acme.example"
    ENGINEER = "engineer@acme.example"
    COVER = "cover@acme.example"
    L1 = "l1@acme.example"
    VIEWER = "viewer@acme.example"


class Visit:
    """One person at one browser window. Requests off our origin are refused and remembered, as are script errors."""

    def __init__(self, browser, origin: str, person: Person | None, *, width: int = 1280, scheme: str = "light", also: tuple[str, ...] = ()) -> None:
        self.origin = origin
        self.refused: list[str] = []
        self.problems: list[str] = []
        height = 900 if width > 500 else 780
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        self.context.set_default_timeout(WAIT_MS)
        ours = tuple(f"{one}/" for one in (origin, *also))
        self.context.route(lambda url: not url.startswith((*ours, "data:", "blob:")), self._refuse)
        self.page = self.context.new_page()
        self.page.on("pageerror", self._note)
        self.page.on("console", self._listen)
        if person is not None:
            token = token_of(origin, person)
            self.context.add_init_script(
                f"if (!sessionStorage.getItem('handrail.token')) sessionStorage.setItem('handrail.token', '{token}')"
            )

    def _note(self, error) -> None:
        if str(error) != "Canceled":  # how the code editor ends a computation that a keystroke has made stale
            self.problems.append(str(error))

    def _refuse(self, route) -> None:
        self.refused.append(route.request.url)
        route.abort()

    def _listen(self, message) -> None:
        """Every error a script writes; requests that failed are what many tests are about, and not among them."""
        is_request = message.text.startswith("Failed to load resource") and "Content Security Policy" not in message.text
        if message.type == "error" and not is_request:
            self.problems.append(message.text)

    def goto(self, path: str) -> None:
        self.page.goto(f"{self.origin}{path}")

    def heading(self, text: str) -> None:
        """Wait for the screen's heading to be `text` and to have the focus."""
        self.page.wait_for_function("text => document.activeElement?.matches('h1') && document.activeElement.textContent === text", arg=text)


def token_of(origin: str, person: Person) -> str:
    response = httpx.post(f"{origin}/session/demo", json={"email": person.value})
    response.raise_for_status()
    return response.json()["token"]


class Api:
    """A program's view, with plain documents."""

    def __init__(self, origin: str, person: Person) -> None:
        self.client = httpx.Client(base_url=origin, headers={"authorization": f"Bearer {token_of(origin, person)}"}, timeout=20)

    def run(self, document: str, **variables: Any) -> dict[str, Any]:
        body = self.client.post("/graphql", json={"query": document, "variables": variables}).json()
        assert "errors" not in body, body
        return body["data"]

    def flow_id(self, slug: str) -> str:
        flows = self.run("{ flows(first: 100) { nodes { id slug } } }")["flows"]["nodes"]
        return next(flow["id"] for flow in flows if flow["slug"] == slug)

    def start(self, problem: str, slug: str = "outlook-not-working") -> dict[str, Any]:
        """A new walk of that flow."""
        document = SESSION + "mutation($i: IntakeInput!) { intake(input: $i) { errors { code message } outcome { ... on WalkStarted { session { ...S } } } } }"
        wanted = {"problem": problem, "flowId": self.flow_id(slug), "idempotencyKey": uuid4().hex}
        payload = self.run(document, i=wanted)["intake"]
        assert payload["errors"] == []
        return payload["outcome"]["session"]

    def session(self, session_id: str) -> dict[str, Any]:
        return self.run(SESSION + "query($id: ID!) { walkSession(id: $id) { ...S } }", id=session_id)["walkSession"]

    def escalate(self, problem: str) -> str:
        """A walk escalated at once; the escalation's id."""
        session = self.start(problem)
        document = "mutation($i: EscalateInput!) { escalate(input: $i) { errors { code message } escalation { id } } }"
        payload = self.run(document, i={"sessionId": session["id"], "reasonCategory": "NEEDS_ELEVATED_ACCESS"})["escalate"]
        assert payload["errors"] == []
        return payload["escalation"]["id"]

    def escalation(self, escalation_id: str) -> dict[str, Any]:
        document = "query($id: ID!) { escalation(id: $id) { status outcome claimedBy { id name } } }"
        return self.run(document, id=escalation_id)["escalation"]

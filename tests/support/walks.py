"""Walking through the API: begin, answer, and shorthands of what a session shows."""

from __future__ import annotations

from typing import Any

from tests.support.api import Caller, Team
from tests.support.trees import printer

Session = dict[str, Any]


async def begin(caller: Caller, flow_id: str | None = None, **given: Any) -> Session:
    """The session of a walk that must begin: of a flow, or whatever else ``given`` names."""
    target = {"flowId": flow_id} if flow_id else {}
    outcome = (await caller.do("Intake", **{"problem": "Nothing prints", **target, **given}))["outcome"]
    assert outcome["__typename"] == "WalkStarted", outcome
    return outcome["session"]


async def begin_printer(team: Team, person: str = "l1", **given: Any) -> Session:
    """A walk of the printer tree, published for it."""
    return await begin(team.as_(person), await team.publish(printer()), **given)


def answering(session: Session, answer: str, **more: Any) -> dict[str, Any]:
    """The input that answers the session's current node."""
    return {"sessionId": session["id"], "nodeId": session["currentNode"]["nodeId"], "answer": answer,
            "expectedStep": session["step"], **more}


async def walk(caller: Caller, session: Session, *answers: str, **more: Any) -> Session:
    """Answer one node after the other; the session after the last."""
    for answer in answers:
        session = (await caller.do("Answer", **answering(session, answer, **more)))["session"]
    return session


async def seen(caller: Caller, session: Session | str) -> Session:
    """The session as the caller reads it now."""
    found = await caller.run("Session", id=session if isinstance(session, str) else session["id"])
    return found["walkSession"]


def path(session: Session, *, standing: bool = True) -> list[tuple[int, str, str]]:
    """(step, node, answer) of the steps that stand, or of all."""
    return [(step["step"], step["nodeId"], step["answer"]) for step in session["walkedPath"]
            if not (standing and step["isSuperseded"])]


def at(session: Session) -> str | None:
    """The current node's id."""
    return session["currentNode"] and session["currentNode"]["nodeId"]


async def escalated(caller: Caller, session: Session, **given: Any) -> dict[str, Any]:
    """The escalation of a walk that is handed over now."""
    reason = {"reasonCategory": "EXHAUSTED_SAFE_STEPS", "reason": "Nothing helped.", **given}
    return (await caller.do("Escalate", sessionId=session["id"], **reason))["escalation"]

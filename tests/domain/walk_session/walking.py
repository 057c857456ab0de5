"""Short ways to build trees and take steps in the tests of the walk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.flow_tree import FlowNode, FlowTree, NodeKind, Option, parse_tree
from domain.principal import ActorKind
from domain.refusal import Code, Refusal
from domain.walk_session import (
    Accepted,
    Actor,
    AnswerCommand,
    SessionKind,
    WalkState,
    answer,
    current_node,
    go_back,
    serve_generated,
    start_tree,
)

ANN = Actor(ActorKind.USER, UUID(int=1))
BOB = Actor(ActorKind.SERVICE_ACCOUNT, UUID(int=2))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CAP_ID = "00000000-0000-4000-8000-0000000000ca"


def question(node_id: str, text: str, /, *options: tuple[str, str, str | None], **more: Any) -> dict[str, Any]:
    listed = [{"value": value, "label": label, "nextNodeId": target} for value, label, target in options]
    return {"nodeId": node_id, "kind": "question", "text": text, "options": listed, **more}


def node(node_id: str, kind: str, text: str = "text", /, **more: Any) -> dict[str, Any]:
    return {"nodeId": node_id, "kind": kind, "text": text, **more}


def tree(*nodes: dict[str, Any]) -> FlowTree:
    """A tree whose root is its first node."""
    return parse_tree({"rootId": nodes[0]["nodeId"], "nodes": list(nodes)})


PRINTER = tree(
    question("power", "Is the printer on?", ("yes", "Yes, it is on", "restart"), ("no", "No, it is off", "switch")),
    node("switch", "instruction", "Switch it on.", nextNodeId="power", acknowledgeLabel="It is on now"),
    node("restart", "instruction", "Restart the print queue.", nextNodeId="prints"),
    question("prints", "Does it print?", ("yes", "Yes", "done"), ("no", "No", "engineer")),
    node("done", "resolved", "It prints.", suggestedResolution="Restarted the print queue."),
    node("engineer", "escalate", "An engineer has to look.", reasonCategory="exhausted_safe_steps"),
)


def walk(flow: FlowTree = PRINTER, **pins: Any) -> WalkState:
    return start_tree(SessionKind.FLOW, flow, **pins)


def command(state: WalkState, value: str, **more: Any) -> AnswerCommand:
    """The answer of a client that has read the session."""
    served = current_node(state)
    given: dict[str, Any] = {
        "node_id": served.node_id if served else "none",
        "answer": value,
        "expected_step": state.step,
        "who": ANN,
        "now": NOON + timedelta(minutes=state.step),
        "new_node_id": CAP_ID,
    }
    return AnswerCommand(**{**given, **more})


def accept(state: WalkState, value: str, **more: Any) -> Accepted:
    outcome = answer(state, command(state, value, **more))
    assert isinstance(outcome, Accepted), outcome
    return outcome


def steps(state: WalkState, *values: str) -> WalkState:
    """The state after these answers."""
    for value in values:
        state = accept(state, value).state
    return state


def back(state: WalkState, to_step: int) -> WalkState:
    outcome = go_back(state, to_step, state.step, BOB, NOON + timedelta(hours=1))
    assert isinstance(outcome, WalkState), outcome
    return outcome


def at(state: WalkState) -> str | None:
    served = current_node(state)
    return served.node_id if served else None


def refused(outcome: object) -> Code:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def asks(node_id: str, kind: NodeKind = NodeKind.QUESTION) -> FlowNode:
    """A node as a model would make it."""
    options = (Option("y", "Yes"), Option("n", "No")) if kind is NodeKind.QUESTION else ()
    return FlowNode(node_id, kind, f"About {node_id}?", options=options, action="ASK")


def serve(state: WalkState, served: FlowNode) -> WalkState:
    outcome = serve_generated(state, served, state.step)
    assert isinstance(outcome, WalkState), outcome
    return outcome

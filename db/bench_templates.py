"""Flows and walks that made-up accounts are filled with: a few templates, recorded by the rules that record real ones.

Who answered and when are placeholders in the recorded JSON; the statement that writes the sessions fills them in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.flow_tree import FlowTree, parse_tree
from domain.hand_off import HandOffSource, hand_off_to_json
from domain.hand_off_digest import hand_off
from domain.principal import ActorKind
from domain.vocabulary import EscalationReasonCategory
from domain.walk_session import (
    Actor,
    AnswerCommand,
    SessionKind,
    WalkState,
    answer,
    current_node,
    path_to_json,
    start_tree,
)

WHO = UUID(int=0xFFFF)
BEGAN = datetime(2001, 1, 1, tzinfo=UTC)
STEP_SECONDS = 45
STEPS = 6
WALKS_PER_FLOW = 4

TOPICS = (
    ("printer", "Printer prints nothing"), ("outlook_client", "Outlook does not open"),
    ("wifi_network_basics", "Wi-Fi is slow or drops"), ("vpn_connect", "VPN does not connect"),
    ("teams_zoom_av", "No sound in meetings"), ("browser_cache_cookies", "Web page shows old content"),
    ("peripheral_reconnect", "Scanner is not found"), ("os_restart_update", "Computer is slow after an update"),
    ("password_reset", "Password is not accepted"), ("account_lockout", "Account is locked"),
)
CHECKS = (
    ("Is the device switched on?", "Switch the device on and wait until its lamp is steady."),
    ("Does it happen in one program only?", "Close the program and open it again."),
    ("Is the cable or the adapter firmly in place?", "Unplug the cable, look at the plug, plug it in again."),
    ("Do colleagues nearby have the same problem?", "Ask a colleague to try the same on their computer."),
    ("Did it work yesterday?", "Write down what was changed since it last worked."),
    ("Is there a message on the screen?", "Read the message out and note its number."),
    ("Is the computer connected to the office network?", "Disconnect from the network and connect again."),
    ("Is there an update waiting?", "Install the offered update and wait for the restart."),
    ("Does a restart change anything?", "Restart the computer and sign in again."),
    ("Does it happen with another account on this computer?", "Sign in with the other account and try again."),
    ("Is the space on the disk nearly used up?", "Empty the recycle bin with the customer's consent."),
    ("Does it happen at every attempt?", "Try it three times and count how often it fails."),
)


@dataclass(frozen=True, slots=True)
class WalkTemplate:
    """A walk of some steps with placeholders. ``package`` is its hand-off should it be escalated."""

    step: int
    current_node_id: str | None
    path: list[dict[str, Any]]
    package: dict[str, Any]


def flow_title(number: int) -> tuple[str, str]:
    """(category, title) of an account's nth flow."""
    category, title = TOPICS[number % len(TOPICS)]
    return category, title if number < len(TOPICS) else f"{title}, part {number // len(TOPICS) + 1}"


def flow_tree(number: int) -> FlowTree:
    """Thirty nodes: twelve questions, an instruction for each, six ends."""
    nodes: list[dict[str, Any]] = []
    for at in range(len(CHECKS)):
        question, deed = CHECKS[(at + number) % len(CHECKS)]
        after = f"q{at + 1}" if at + 1 < len(CHECKS) else "engineer0"
        nodes += [_question(at, question, after), _instruction(at, deed, after)]
    nodes += [_end(at, "resolved") for at in range(3)] + [_end(at, "engineer") for at in range(3)]
    return parse_tree({"rootId": "q0", "nodes": nodes})


def _question(at: int, text: str, after: str) -> dict[str, Any]:
    return {
        "nodeId": f"q{at}", "kind": "question", "text": text, "detail": "Ask the customer; do not guess.",
        "options": [
            {"value": "yes", "label": "Yes", "nextNodeId": after},
            {"value": "no", "label": "No", "nextNodeId": f"do{at}"},
            {"value": "unsure", "label": "Cannot tell", "nextNodeId": f"engineer{at % 3}"},
        ],
    }


def _instruction(at: int, text: str, after: str) -> dict[str, Any]:
    then = f"resolved{at // 4}" if at % 4 == 3 else after
    return {"nodeId": f"do{at}", "kind": "instruction", "text": text, "nextNodeId": then, "acknowledgeLabel": "Done"}


def _end(at: int, kind: str) -> dict[str, Any]:
    if kind == "resolved":
        return {"nodeId": f"resolved{at}", "kind": "resolved", "text": "It works again.",
                "suggestedResolution": "Works again after the last step."}
    return {"nodeId": f"engineer{at}", "kind": "escalate", "text": "An engineer has to look at it.",
            "reasonCategory": EscalationReasonCategory.EXHAUSTED_SAFE_STEPS.value}


def walk(tree: FlowTree, variant: int, problem: str) -> WalkTemplate:
    """The nth way through a tree: questions are answered yes or no by the bits of ``variant``."""
    state = start_tree(SessionKind.FLOW, tree)
    for at in range(STEPS):
        state = _answered(state, variant, at)
    package = hand_off(HandOffSource(
        problem=problem, state=state, started_at=BEGAN, escalated_at=BEGAN + timedelta(seconds=STEPS * STEP_SECONDS),
        reason_category=EscalationReasonCategory.EXHAUSTED_SAFE_STEPS.value, company_name="Northwind",
        priority="normal",
    ))
    return WalkTemplate(state.step, state.current_node_id, path_to_json(state.path), hand_off_to_json(package))


def _answered(state: WalkState, variant: int, at: int) -> WalkState:
    node = current_node(state)
    if node is None or node.kind.value not in {"question", "instruction"}:
        return state
    value = "done" if node.kind.value == "instruction" else "no" if variant >> at & 1 else "yes"
    accepted = answer(state, AnswerCommand(
        node_id=node.node_id, answer=value, expected_step=state.step, who=Actor(ActorKind.USER, WHO),
        now=BEGAN + timedelta(seconds=(at + 1) * STEP_SECONDS), new_node_id="", note=None, acting_as=None,
    ))
    return accepted.state  # type: ignore[union-attr]  # a template that is refused should fail loudly

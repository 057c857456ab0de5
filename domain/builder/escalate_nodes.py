"""The nodes served when there is nothing (more) to build: every one is an escalate node with an id of the caller's."""

from __future__ import annotations

from enum import StrEnum

from domain.flow_tree import FlowNode, NodeKind

DEPTH_CAP = 12  # answered nodes; then the next node is the cap's escalate node (design, section 6)

DISCLAIMER = (
    "This walk is built step by step by a language model. Its steps are checked against fixed safety rules, but they "
    "may still be wrong or may not fit: read each one before you act, skip nothing you doubt, and escalate when unsure."
)


class EscalateCause(StrEnum):
    """Why a walk ends here; the value is the escalation's reason category."""

    EXHAUSTED_SAFE_STEPS = "exhausted_safe_steps"
    AI_UNAVAILABLE = "ai_unavailable"
    OUT_OF_SCOPE = "out_of_scope"
    NEEDS_ELEVATED_ACCESS = "needs_elevated_access"
    FLOW_GAP = "flow_gap"


_TEXTS = {
    EscalateCause.EXHAUSTED_SAFE_STEPS: (
        "The safe first-line steps are used up. Escalate this ticket.",
        "Everything that was tried is recorded and goes to the engineer.",
    ),
    EscalateCause.AI_UNAVAILABLE: (
        "No further step can be built right now. Escalate this ticket.",
        "Your answers are saved and go to the engineer.",
    ),
    EscalateCause.OUT_OF_SCOPE: ("This problem is outside what may be walked here. Escalate this ticket.", None),
    EscalateCause.NEEDS_ELEVATED_ACCESS: (
        "The next step needs rights that first line does not have. Escalate this ticket.", None,
    ),
    EscalateCause.FLOW_GAP: ("This path has not been written yet. Escalate this ticket.", None),
}


def escalate_node(cause: EscalateCause, node_id: str) -> FlowNode:
    """The node for the cause, under the caller's (server-assigned) id."""
    text, detail = _TEXTS[cause]
    return FlowNode(node_id=node_id, kind=NodeKind.ESCALATE, text=text, detail=detail, reason_category=cause.value)


def cap_node(answered: int, node_id: str) -> FlowNode | None:
    """The cap's node once ``answered`` (nodes answered and not superseded) has reached the cap, else None."""
    return escalate_node(EscalateCause.EXHAUSTED_SAFE_STEPS, node_id) if answered >= DEPTH_CAP else None

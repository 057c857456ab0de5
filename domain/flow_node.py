"""One place in a flow's decision tree: kinds, options, branches, and the limits a tree is held to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.vocabulary import EscalationReasonCategory

MAX_NODES = 2_000
MAX_OPTIONS = 20  # options of a question, and branches of a decision
MAX_NODE_ID = 100  # characters; option values have the same limit
MAX_LABEL = 300  # characters
MAX_FACT = 64  # characters
MAX_EXPRESSION = 2_000  # characters
MAX_NODE_BYTES = 20_000  # UTF-8 bytes of the node's JSON
MAX_TREE_BYTES = 1_000_000  # UTF-8 bytes of the whole tree's JSON
# Of an import, as decoded text: a tree at its limit, exported with a full heading, can be read again.
MAX_CONTENT_BYTES = 1_048_576
MAX_JSON_DEPTH = 64


class NodeKind(StrEnum):
    QUESTION = "question"
    INSTRUCTION = "instruction"
    RESOLVED = "resolved"
    ESCALATE = "escalate"
    MULTI_CHOICE = "multi_choice"
    DATA_INPUT = "data_input"
    DECISION = "decision"
    SUB_FLOW = "sub_flow"
    JUMP = "jump"


TERMINAL_KINDS = frozenset({NodeKind.RESOLVED, NodeKind.ESCALATE})
# Kinds the server passes through by itself; nobody reads their text, so it may be empty.
AUTOMATIC_KINDS = frozenset({NodeKind.DECISION, NodeKind.SUB_FLOW, NodeKind.JUMP})


class InputType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    SELECT = "select"


# An escalate node suggests one of the categories an escalation can have.
REASON_CATEGORIES = frozenset(category.value for category in EscalationReasonCategory)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: ``value`` is what the client sends back, ``label`` what the technician reads."""

    value: str
    label: str
    next_node_id: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """One arm of a decision node: ``when`` is an expression over the walk's facts (``domain.flow_expression``)."""

    when: str
    next_node_id: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class FlowNode:
    """One place in a tree. Which fields matter depends on ``kind``; the others stay at their defaults.

    ``next_node_id`` is where an instruction, data input, multi-choice, returned sub-flow or jump goes, and a
    decision's "otherwise". A question goes where its options say.
    """

    node_id: str
    kind: NodeKind
    text: str = ""
    detail: str | None = None
    how_to: str | None = None
    options: tuple[Option, ...] = ()  # question, multi_choice, data_input of type select
    next_node_id: str | None = None
    acknowledge_label: str | None = None  # instruction
    suggested_resolution: str | None = None  # resolved
    reason_category: str | None = None  # escalate; one of REASON_CATEGORIES
    needs_review: bool = False  # a stub nobody has written yet
    fact: str | None = None  # data_input, multi_choice, question: the fact the answer is stored under
    input_type: InputType | None = None  # data_input
    unit: str | None = None  # data_input of type number
    is_required: bool = True  # data_input
    branches: tuple[Branch, ...] = ()  # decision; the first that holds is taken
    sub_flow_id: str | None = None  # sub_flow: id of the flow that is called
    action: str | None = None  # AI-built nodes: the action named by the model

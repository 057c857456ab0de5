"""A flow's decision tree: node kinds, the tree, and its JSON form.

The JSON names are those of the API (camelCase, ``nodeId``, ``nextNodeId``), so that a stored tree, an exported
flow and a query result read alike. Enum values inside the JSON are lower-case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


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

MAX_NODES = 2_000
MAX_OPTIONS = 20
MAX_NODE_ID = 100
MAX_NODE_BYTES = 20_000


class InputType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    SELECT = "select"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: ``value`` is what the client sends back, ``label`` what the technician reads."""

    value: str
    label: str
    next_node_id: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """One arm of a decision node: ``when`` is an expression over the walk's facts."""

    when: str
    next_node_id: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class FlowNode:
    """One place in a tree. Which fields matter depends on ``kind``; the others stay at their defaults."""

    node_id: str
    kind: NodeKind
    text: str
    detail: str | None = None
    how_to: str | None = None
    options: tuple[Option, ...] = ()  # question, multi_choice, data_input of type select
    next_node_id: str | None = None  # instruction, data_input, multi_choice, sub_flow, jump; decision: otherwise
    acknowledge_label: str | None = None  # instruction
    suggested_resolution: str | None = None  # resolved
    reason_category: str | None = None  # escalate; a lower-case EscalationReasonCategory
    needs_review: bool = False  # a stub nobody has written yet
    fact: str | None = None  # data_input, multi_choice, question: the fact the answer is stored under
    input_type: InputType | None = None  # data_input
    unit: str | None = None  # data_input of type number
    is_required: bool = True  # data_input
    branches: tuple[Branch, ...] = ()  # decision
    sub_flow_id: str | None = None  # sub_flow: id of the flow that is called
    action: str | None = None  # AI-built nodes: the action named by the model


@dataclass(frozen=True, slots=True)
class FlowTree:
    """Nodes in the author's order, and the node a walk starts at."""

    root_id: str
    nodes: tuple[FlowNode, ...]
    by_id: dict[str, FlowNode] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {node.node_id: node for node in self.nodes})

    @property
    def root(self) -> FlowNode:
        return self.by_id[self.root_id]

    def node(self, node_id: str | None) -> FlowNode | None:
        return self.by_id.get(node_id) if node_id is not None else None


class TreeShapeError(ValueError):
    """The JSON is not a tree. ``path`` says where, ``problem`` what, in words for its author."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


def parse_tree(data: Any) -> FlowTree:
    """Build a tree from its JSON form.

    Checks shape and limits only (types, sizes, duplicate node ids, a known root); what makes a tree a good one is
    the lint's business. Raises ``TreeShapeError``.
    """
    from domain.flow_json import tree_from_json

    return tree_from_json(data)


def dump_tree(tree: FlowTree) -> dict[str, Any]:
    """The JSON form; fields at their defaults are left out, so it is stable and small."""
    from domain.flow_json import tree_to_json

    return tree_to_json(tree)

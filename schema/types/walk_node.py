"""Nodes of a walk and of a flow's tree, one type a kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry

from domain.flow_tree import FlowNode, InputType, NodeKind
from domain.vocabulary import EscalationReasonCategory as Category
from schema.enums import EscalationReasonCategory, FactInputType, FlowNodeKind


@strawberry.type(description="One answer a node offers.")
class NodeOption:
    value: str = strawberry.field(description="What `answerNode` takes.")
    label: str = strawberry.field(description="What the technician reads.")
    next_node_id: str | None = strawberry.field(description="Where it leads in an authored tree.")


@strawberry.interface(description="One place in a tree. `nodeId` is unique within its tree only.")
class WalkNode:
    node_id: str = strawberry.field(description="Id within the tree; what `answerNode` takes.")
    kind: FlowNodeKind = strawberry.field(description="What it is; what `FlowNodeInput` takes.")
    text: str = strawberry.field(description="What to ask or do, plain text.")
    detail: str | None = strawberry.field(description="More about it: CommonMark without HTML; plain in AI-built walks.")
    how_to: str | None = strawberry.field(description="How to do it, CommonMark without HTML.")
    needs_review: bool = strawberry.field(description="A place nobody has written yet.")


@strawberry.type(description="A question with one answer out of its options.")
class QuestionNode(WalkNode):
    options: list[NodeOption] = strawberry.field(description="The answers, in the author's order.")
    fact: str | None = strawberry.field(description="The fact the answer is stored under.")


@strawberry.type(description="Something to do; answer `done` when it is done.")
class InstructionNode(WalkNode):
    acknowledge_label: str = strawberry.field(description="Label of the one button.")
    next_node_id: str | None = strawberry.field(description="Where it leads in an authored tree.")


@strawberry.type(description="An end: the problem is solved; call `resolve`.")
class ResolvedNode(WalkNode):
    suggested_resolution: str | None = strawberry.field(description="Text to start the resolution notes from.")


@strawberry.type(description="An end: hand over to the engineers; call `escalate`.")
class EscalateNode(WalkNode):
    reason_category: EscalationReasonCategory | None = strawberry.field(description="The category to escalate with.")


@strawberry.type(description="A question with one or more of its options: answer a JSON array of values.")
class MultiChoiceNode(WalkNode):
    options: list[NodeOption] = strawberry.field(description="The choices, in the author's order.")
    fact: str | None = strawberry.field(description="The fact the choices are stored under.")
    next_node_id: str | None = strawberry.field(description="Where it leads.")


@strawberry.type(description="A value to enter, stored as a fact.")
class DataInputNode(WalkNode):
    fact: str | None = strawberry.field(description="The fact it is stored under.")
    input_type: FactInputType = strawberry.field(description="What it takes.")
    unit: str | None = strawberry.field(description="Unit of a number.")
    is_required: bool = strawberry.field(description="Whether it must be given.")
    options: list[NodeOption] = strawberry.field(description="The choices of a select.")
    next_node_id: str | None = strawberry.field(description="Where it leads.")


@strawberry.type(description="An arm of a decision.")
class DecisionBranch:
    when: str = strawberry.field(description="Expression over the walk's facts.")
    label: str | None = strawberry.field(description="What it means, in words.")
    next_node_id: str = strawberry.field(description="Where it leads.")


@strawberry.type(description="Chooses the way from the facts; never shown in a walk.")
class DecisionNode(WalkNode):
    branches: list[DecisionBranch] = strawberry.field(description="Tried in order.")
    next_node_id: str | None = strawberry.field(description="Where it leads when no branch holds.")


@strawberry.type(description="Calls another flow and returns; never shown in a walk.")
class SubFlowNode(WalkNode):
    sub_flow_id: str | None = strawberry.field(description="The flow that is called.")
    next_node_id: str | None = strawberry.field(description="Where it goes on after the return.")


@strawberry.type(description="Goes on at another node; never shown in a walk.")
class JumpNode(WalkNode):
    next_node_id: str | None = strawberry.field(description="Where it goes on.")


Common = dict[str, Any]  # what every kind has


def _options(node: FlowNode) -> list[NodeOption]:
    return [NodeOption(value=one.value, label=one.label, next_node_id=one.next_node_id) for one in node.options]


def _instruction(node: FlowNode, common: Common) -> WalkNode:
    return InstructionNode(**common, acknowledge_label=node.acknowledge_label or "Done", next_node_id=node.next_node_id)


def _escalate(node: FlowNode, common: Common) -> WalkNode:
    category = Category(node.reason_category) if node.reason_category in set(Category) else None
    return EscalateNode(**common, reason_category=category)


def _data_input(node: FlowNode, common: Common) -> WalkNode:
    return DataInputNode(**common, fact=node.fact, input_type=node.input_type or InputType.TEXT, unit=node.unit,
                         is_required=node.is_required, options=_options(node), next_node_id=node.next_node_id)


def _multi_choice(node: FlowNode, common: Common) -> WalkNode:
    return MultiChoiceNode(**common, options=_options(node), fact=node.fact, next_node_id=node.next_node_id)


def _sub_flow(node: FlowNode, common: Common) -> WalkNode:
    return SubFlowNode(**common, sub_flow_id=node.sub_flow_id, next_node_id=node.next_node_id)


def _decision(node: FlowNode, common: Common) -> WalkNode:
    arms = [DecisionBranch(when=one.when, label=one.label, next_node_id=one.next_node_id) for one in node.branches]
    return DecisionNode(**common, branches=arms, next_node_id=node.next_node_id)


_MAKERS: dict[NodeKind, Callable[[FlowNode, Common], WalkNode]] = {
    NodeKind.QUESTION: lambda node, common: QuestionNode(**common, options=_options(node), fact=node.fact),
    NodeKind.INSTRUCTION: _instruction,
    NodeKind.RESOLVED: lambda node, common: ResolvedNode(**common, suggested_resolution=node.suggested_resolution),
    NodeKind.ESCALATE: _escalate,
    NodeKind.MULTI_CHOICE: _multi_choice,
    NodeKind.DATA_INPUT: _data_input,
    NodeKind.DECISION: _decision,
    NodeKind.SUB_FLOW: _sub_flow,
    NodeKind.JUMP: lambda node, common: JumpNode(**common, next_node_id=node.next_node_id),
}

NODE_TYPES = [QuestionNode, InstructionNode, ResolvedNode, EscalateNode, MultiChoiceNode, DataInputNode, DecisionNode,
              SubFlowNode, JumpNode]


def node_of(node: FlowNode) -> WalkNode:
    """The GraphQL type of one node."""
    common: Common = {
        "node_id": node.node_id, "kind": node.kind, "text": node.text, "detail": node.detail, "how_to": node.how_to,
        "needs_review": node.needs_review,
    }
    return _MAKERS[node.kind](node, common)

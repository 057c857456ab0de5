"""Inputs of authoring."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry

from domain.api_names import camel
from schema.enums import EscalationReasonCategory, FactInputType, FlowNodeKind
from schema.flow_enums import ContentEncoding, FlowFormat


@strawberry.input(description="One answer of a node.")
class FlowOptionInput:
    value: str = strawberry.field(description="What `answerNode` takes; unique in the node, at most 100 characters.")
    label: str = strawberry.field(description="What the technician reads; unique in the node, at most 300 characters.")
    next_node_id: str | None = strawberry.field(default=None, description="Where it leads; of a QUESTION's answers.")


@strawberry.input(description="An arm of a decision; the first that holds is taken.")
class FlowBranchInput:
    when: str = strawberry.field(description="Expression over the walk's facts, e.g. `pages > 10 and model == \"HP\"`.")
    label: str | None = strawberry.field(default=None, description="What it means, in words.")
    next_node_id: str = strawberry.field(description="Where it leads.")


@strawberry.input(description="One place in a tree. Which fields matter depends on `kind`.")
class FlowNodeInput:
    node_id: str = strawberry.field(description="Unique in its tree, at most 100 characters.")
    kind: FlowNodeKind = strawberry.field(description="What it is.")
    text: str | None = strawberry.field(default=None, description="Plain text; required but for DECISION, SUB_FLOW, JUMP.")
    detail: str | None = strawberry.field(default=None, description="CommonMark without HTML and images, https links only.")
    how_to: str | None = strawberry.field(default=None, description="How to do it; as `detail`.")
    options: list[FlowOptionInput] | None = strawberry.field(default=None, description="Answers, at most 20.")
    next_node_id: str | None = strawberry.field(default=None, description="Where it goes on; of a DECISION: otherwise.")
    acknowledge_label: str | None = strawberry.field(default=None, description="INSTRUCTION: label of its one button.")
    suggested_resolution: str | None = strawberry.field(default=None, description="RESOLVED: text to start the notes from.")
    reason_category: EscalationReasonCategory | None = strawberry.field(default=None, description="ESCALATE: why.")
    needs_review: bool | None = strawberry.field(default=None, description="A place nobody has written yet; blocks publishing.")
    fact: str | None = strawberry.field(default=None, description="The fact the answer is stored under.")
    input_type: FactInputType | None = strawberry.field(default=None, description="DATA_INPUT: what it takes.")
    unit: str | None = strawberry.field(default=None, description="DATA_INPUT of NUMBER: the unit.")
    is_required: bool | None = strawberry.field(default=None, description="DATA_INPUT: whether it must be given. Default true.")
    branches: list[FlowBranchInput] | None = strawberry.field(default=None, description="DECISION: its arms, at most 20.")
    sub_flow_id: str | None = strawberry.field(default=None, description="SUB_FLOW: id of the flow that is called.")


@strawberry.input(description="A decision tree: at most 2,000 nodes of 20 KB, 1 MB in all.")
class FlowTreeInput:
    root_id: str = strawberry.field(description="`nodeId` of the first node.")
    nodes: list[FlowNodeInput] = strawberry.field(description="Every node, in the author's order.")

    def to_json(self) -> dict[str, Any]:
        """The stored form; what was not given is left out."""
        return {"rootId": self.root_id, "nodes": [_node(node) for node in self.nodes]}


def _node(node: FlowNodeInput) -> dict[str, Any]:
    data = _given(node)
    if node.options is not None:
        data["options"] = [_given(one) for one in node.options]
    if node.branches is not None:
        data["branches"] = [_given(one) for one in node.branches]
    return data


def _given(item: Any) -> dict[str, Any]:
    """Values that are not null, by their API names."""
    return {
        camel(name): getattr(value, "value", value) for name, value in vars(item).items() if value is not None
    }


@strawberry.input(description="A draft to save.")
class SaveFlowDraftInput:
    flow_id: strawberry.ID | None = strawberry.field(default=None, description="The flow; without one a new flow is made.")
    title: str = strawberry.field(description="What problem it solves, at most 300 characters.")
    category: str = strawberry.field(description="Category key, e.g. `printer`.")
    keywords: list[str] | None = strawberry.field(default=None, description="Words customers use; unchanged when left out.")
    tree: FlowTreeInput = strawberry.field(description="The whole tree.")
    expected_draft_id: strawberry.ID | None = strawberry.field(
        default=None, description="The draft's id as last read; null when there was none. Another one: STALE_DRAFT."
    )


@strawberry.input(description="A draft to throw away.")
class DiscardFlowDraftInput:
    flow_id: strawberry.ID = strawberry.field(description="The flow.")
    expected_draft_id: strawberry.ID = strawberry.field(description="The draft's id as last read.")


@strawberry.input(description="Settings of a flow that no version holds; they change at once.")
class UpdateFlowInput:
    flow_id: strawberry.ID = strawberry.field(description="The flow.")
    owner_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description="Who looks after it; null: nobody.")
    review_by: strawberry.Maybe[date | None] = strawberry.field(description="When to look at it again; null: never.")
    category: strawberry.Maybe[str] = strawberry.field(description="Category key.")
    keywords: strawberry.Maybe[list[str]] = strawberry.field(description="Exactly these.")


@strawberry.input(description="A draft to publish.")
class PublishFlowInput:
    flow_id: strawberry.ID = strawberry.field(description="The flow.")
    expected_draft_id: strawberry.ID | None = strawberry.field(
        default=None, description="The draft that was looked at; another one: STALE_DRAFT. Without it the draft as it is."
    )
    note: str | None = strawberry.field(default=None, description="What changed and why, at most 2,000 characters.")


@strawberry.input(description="An old version to go back to.")
class RollbackFlowInput:
    flow_id: strawberry.ID = strawberry.field(description="The flow.")
    to_version_id: strawberry.ID = strawberry.field(description="The version whose content is published again.")
    note: str | None = strawberry.field(default=None, description="Why, at most 2,000 characters.")


@strawberry.input(description="A flow to archive.")
class ArchiveFlowInput:
    flow_id: strawberry.ID = strawberry.field(description="The flow.")


@strawberry.input(description="A flow to take back from the archive.")
class UnarchiveFlowInput:
    flow_id: strawberry.ID = strawberry.field(description="The flow.")


@strawberry.input(description="A content to import: each flow in it becomes the draft of a new flow.")
class ImportFlowInput:
    format: FlowFormat = strawberry.field(description="How it is written.")
    content: str = strawberry.field(description="The content, at most 1 MB as text (1,048,576 bytes of UTF-8), however it is escaped or packed for the way.")
    encoding: ContentEncoding | None = strawberry.field(
        default=None, description="How `content` is packed; default TEXT. A request may have 1 MB in all, so large files come as GZIP_BASE64."
    )
    title: str | None = strawberry.field(default=None, description="Title; with several flows it stands before their names.")
    category: str | None = strawberry.field(default=None, description="Category key; default what the content names.")
    dry_run: bool | None = strawberry.field(default=None, description="Only say what would be found; default false.")

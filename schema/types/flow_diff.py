"""What changed between two trees."""

from __future__ import annotations

import strawberry

from domain import flow_diff as domain
from domain.flow_tree import FlowNode, edges_of
from schema.types.walk_node import WalkNode, node_of


@strawberry.type(description="A node that says something else than before.")
class FlowNodeChange:
    node_id: str = strawberry.field(description="The node, in both trees.")
    before: str = strawberry.field(description="What differs, as it was: the text, then `name: value` lines.")
    after: str = strawberry.field(description="What differs, as it is.")
    fields: list[str] = strawberry.field(description="Names of the fields that differ.")


@strawberry.type(description="One way out of a node.")
class FlowWay:
    label: str | None = strawberry.field(description="The answer's label; null where there is nothing to choose.")
    next_node_id: str = strawberry.field(description="Where it leads.")


@strawberry.type(description="A node whose answers lead elsewhere than before.")
class FlowNodeRewiring:
    node_id: str = strawberry.field(description="The node, in both trees.")
    text: str = strawberry.field(description="What it says now.")
    before: list[FlowWay] = strawberry.field(description="Where its answers led.")
    after: list[FlowWay] = strawberry.field(description="Where they lead.")


@strawberry.type(description="What changed between two trees, by node id. A node can be in several lists.")
class FlowDiff:
    added: list[WalkNode] = strawberry.field(description="Nodes that only the later tree has.")
    removed: list[WalkNode] = strawberry.field(description="Nodes that only the earlier tree has.")
    changed: list[FlowNodeChange] = strawberry.field(description="Nodes with other texts, answers or settings.")
    rewired: list[FlowNodeRewiring] = strawberry.field(description="Nodes whose answers lead elsewhere.")
    moved: list[WalkNode] = strawberry.field(description="Nodes that other nodes lead to than before.")
    is_root_changed: bool = strawberry.field(description="Whether a walk starts elsewhere.")

    @classmethod
    def of(cls, diff: domain.TreeDiff) -> FlowDiff:
        return cls(
            added=[node_of(node) for node in diff.added],
            removed=[node_of(node) for node in diff.removed],
            changed=[
                FlowNodeChange(node_id=it.node_id, before=it.before_text, after=it.after_text, fields=list(it.fields))
                for it in diff.changed
            ],
            rewired=[
                FlowNodeRewiring(node_id=it.node_id, text=it.after.text, before=_ways(it.before), after=_ways(it.after))
                for it in diff.rewired
            ],
            moved=[node_of(it.after) for it in diff.moved],
            is_root_changed=diff.is_root_changed,
        )


def _ways(node: FlowNode) -> list[FlowWay]:
    return [FlowWay(label=edge.label, next_node_id=edge.target) for edge in edges_of(node)]

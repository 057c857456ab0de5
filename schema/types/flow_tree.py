"""A decision tree as clients read it."""

from __future__ import annotations

import strawberry

from domain import flow_tree as domain
from schema.types.walk_node import WalkNode, node_of


@strawberry.type(description="A decision tree: nodes in the author's order, and where a walk starts.")
class FlowTree:
    root_id: str = strawberry.field(description="`nodeId` of the first node.")
    nodes: list[WalkNode] = strawberry.field(description="Every node.")

    @classmethod
    def of(cls, tree: domain.FlowTree) -> FlowTree:
        return cls(root_id=tree.root_id, nodes=[node_of(node) for node in tree.nodes])

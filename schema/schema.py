"""The schema: every root field, and how it is printed."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.moment import MOMENT
from schema.mutations.account import AccountMutation
from schema.mutations.erasure import ErasureMutation
from schema.mutations.escalation import EscalationMutation
from schema.mutations.flow import FlowMutation
from schema.mutations.intake import IntakeMutation
from schema.mutations.proposal import ProposalMutation
from schema.mutations.walk_assignment import AssignmentMutation
from schema.mutations.walk_end import EndMutation
from schema.mutations.walk_session import WalkMutation
from schema.queries.account import AccountQuery
from schema.queries.flow import FlowQuery
from schema.queries.node import NodeQuery
from schema.queries.proposal import ProposalQuery
from schema.queries.walk_session import WalkSessionQuery
from schema.short_ways import shorten
from schema.types.walk_node import NODE_TYPES

QUERIES = (AccountQuery, FlowQuery, NodeQuery, ProposalQuery, WalkSessionQuery)
MUTATIONS = (
    AccountMutation, AssignmentMutation, EndMutation, ErasureMutation, EscalationMutation, FlowMutation, IntakeMutation,
    ProposalMutation, WalkMutation,
)


def build_schema(*, is_sorted: bool = False) -> strawberry.Schema:
    """The one schema of the API. Sorted only for printing: a sorted copy has other types than its unions expect."""
    schema = strawberry.Schema(
        query=_root("Query", QUERIES, "What can be read. Unknown and invisible look the same: null."),
        mutation=_root("Mutation", MUTATIONS, "What can be done. Each is a verb with one `input`; what a person can put "
                       "right is in its payload's `errors`."),
        types=NODE_TYPES,
        config=StrawberryConfig(sort_schema=is_sorted, scalar_map={datetime: MOMENT}),
    )
    shorten(schema._schema)
    return schema


def _root(name: str, parts: tuple[type, ...], description: str) -> type:
    root = merge_types(name, parts)
    root.__strawberry_definition__.description = description  # type: ignore[attr-defined]
    return root


def printed() -> str:
    """The SDL as it is committed: sorted, ending with one newline."""
    return build_schema(is_sorted=True).as_str().rstrip() + "\n"

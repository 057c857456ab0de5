"""Reading walk sessions: the columns a client asked for, to-one edges joined in the same statement.

``wanted`` holds the API's field names (camelCase) that were selected on the session; ``flow.title`` stands for a field
of an edge. Columns and joins come when they are wanted.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import aliased

from db.models import Flow, FlowProposal, FlowVersion, ServiceAccount, Ticket, User, WalkSession
from db.queries.columns import prefixed
from db.queries.wanted_columns import Columns, below, chosen

EVERYTHING = frozenset({"*"})

SMALL = (
    "id", "account_id", "number", "session_kind", "status", "start_reason", "match_score", "created_by_user_id",
    "created_by_service_account_id", "assigned_user_id", "acting_as", "customer_name", "customer_contact",
    "company_name", "company_external_id", "priority", "category", "flow_id", "flow_version_id", "flow_proposal_id",
    "continues_session_id", "inherited_depth", "current_node_id", "step", "notes_version", "generation_token",
    "generation_expires_at", "outcome", "helpful", "escalation_reason_category", "abandon_reason", "wait_until",
    "started_at", "last_step_at", "last_activity_at", "resolved_at", "ended_at", "ticket_row_id", "ticket_id",
    "ticket_kind", "resolution_visibility",
)
POSITION = ("call_stack", "pending_node", "first_node", "pinned_tree", "pinned_versions", "walked_path", "facts")
LARGE: dict[str, tuple[str, ...]] = {
    "problem": ("problem_text",),
    "walkedPath": ("walked_path",),
    "notes": ("walk_notes",),
    "facts": ("facts",),
    "resolutionNotes": ("resolution_notes",),
    "escalationReason": ("escalation_reason",),
    "abandonNote": ("abandon_note",),
    "currentNode": POSITION,
    "mermaid": POSITION,
    "depth": ("walked_path",),
    "tree": POSITION,
}

PLACE = ("id", "account_id", "number", "started_at", "last_step_at")  # its ids and what lists are ordered by
STATE = ("session_kind", "status", "flow_version_id", "current_node_id", "step", "inherited_depth")
KNOWN: dict[str, Columns] = {
    "__typename": (), "kind": ("session_kind",), "disclaimer": ("session_kind",),
    "isGenerating": ("generation_expires_at",), "continues": ("continues_session_id",), "currentNode": STATE,
    "mermaid": STATE, "aiRecords": (), "viewerCanAnswer": (), "viewerCanResolve": (), "viewerCanEscalate": (),
    **dict.fromkeys(("problem", "walkedPath", "notes", "facts", "resolutionNotes", "escalationReason"), ()),
    **dict.fromkeys(("flow", "flowVersion", "createdBy", "assignedTo", "ticket", "proposal"), ()),
}

FLOW = ("id", "slug", "title", "category", "keywords", "owner_user_id", "review_by", "published_version_id",
        "created_by_user_id", "created_at", "updated_at", "archived_at")
VERSION = ("id", "flow_id", "number", "title", "note", "published_by_user_id", "published_at")
USER = ("id", "name", "email", "role", "can_cover_l1", "deactivated_at", "deleted_at", "created_at")
SERVICE = ("id", "name", "scopes", "created_at", "last_used_at", "revoked_at", "created_by_user_id")
TICKET = ("id", "kind", "connection_id", "external_id", "number", "url", "status", "created_at")
PROPOSAL = ("id", "title", "status", "kind", "category", "keywords", "is_validated_by_outcome", "created_at",
            "source_session_id", "created_by_user_id", "reviewed_by_user_id", "reviewed_at", "review_reason",
            "published_flow_id", "nearest_flow_id", "attach_at_node_id", "is_ai_authored", "group_id", "grouped_at")

EDGE_KNOWN: dict[Columns, dict[str, Columns]] = {
    FLOW: {
        "__typename": (), "isArchived": ("archived_at",), "publishedVersion": ("published_version_id",),
        "mermaid": ("published_version_id",), "owner": ("owner_user_id",), "versions": (), "draft": (),
        "viewerCanEdit": (),
    },
    USER: {"__typename": (), "isActive": ("deactivated_at", "deleted_at")},
}

Creator = aliased(User, name="creator")
Assigned = aliased(User, name="assigned")


def wants(wanted: AbstractSet[str], name: str) -> bool:
    return name in wanted or "*" in wanted


def session_columns(wanted: AbstractSet[str]) -> list[Any]:
    """The session's own columns."""
    own = [name for name in wanted if "." not in name]
    names = list(chosen(own, SMALL, KNOWN, PLACE))
    for field, columns in LARGE.items():
        if wants(wanted, field):
            names += [column for column in columns if column not in names]
    return [getattr(WalkSession, name) for name in names]


def _edges() -> dict[str, list[tuple[str, Any, Any, tuple[str, ...]]]]:
    return {
        "flow": [("flow", Flow, WalkSession.flow_id, FLOW)],
        "flowVersion": [("version", FlowVersion, WalkSession.flow_version_id, VERSION)],
        "createdBy": [
            ("creator", Creator, WalkSession.created_by_user_id, USER),
            ("service", ServiceAccount, WalkSession.created_by_service_account_id, SERVICE),
        ],
        "assignedTo": [("assigned", Assigned, WalkSession.assigned_user_id, USER)],
        "ticket": [("ticket", Ticket, WalkSession.ticket_row_id, TICKET)],
        "proposal": [("proposal", FlowProposal, WalkSession.flow_proposal_id, PROPOSAL)],
    }


EDGES = _edges()


@lru_cache(maxsize=512)  # building one costs more than running it
def select_sessions(wanted: frozenset[str], *more: Any) -> Select[Any]:
    """``SELECT`` of sessions with what is wanted; ``more`` columns are added as they are."""
    return with_edges(select(*session_columns(wanted), *more).select_from(WalkSession), wanted)


def with_edges(statement: Select[Any], wanted: AbstractSet[str]) -> Select[Any]:
    """Add the wanted joins and their columns to a statement that already reads the session."""
    for field, edges in EDGES.items():
        if wants(wanted, field):
            for prefix, table, column, names in edges:
                statement = statement.add_columns(*prefixed(table, prefix, _edge_columns(wanted, field, names)))
                statement = statement.outerjoin(table, same_tenant(table, WalkSession, column))
    return statement


def _edge_columns(wanted: AbstractSet[str], field: str, names: Columns) -> Columns:
    asked = below(wanted, field)
    if asked is None or names not in EDGE_KNOWN:
        return names
    return chosen(asked, names, EDGE_KNOWN[names], ("id",))


def same_tenant(table: Any, of: Any, column: Any) -> ColumnElement[bool]:
    """The join condition of a foreign key that carries its tenant."""
    return and_(table.account_id == of.account_id, table.id == column)

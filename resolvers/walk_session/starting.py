"""Where a walk begins: the pinned target, the ticket, the session's row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Account, Flow, FlowProposal, WalkSession
from domain.flow_tree import FlowTree, NodeKind, parse_tree
from domain.permission import acting_as
from domain.principal import ActorKind
from domain.refusal import Code
from domain.vocabulary import Priority, WalkStartReason
from domain.walk_session import SessionKind, WalkState, start_tree, start_without_tree
from resolvers import ticket as tickets
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.flow_trees import load_trees
from resolvers.outcome import not_found, refuse
from resolvers.walk_session.assignment import require_assignee
from resolvers.walk_session.intake_input import Caller
from resolvers.walk_session.state_rows import values_of

MAX_PINNED = 50


@dataclass(frozen=True, slots=True)
class Target:
    """What will be walked and why."""

    kind: SessionKind
    reason: WalkStartReason
    flow_id: UUID | None = None
    proposal_id: UUID | None = None
    category: str | None = None
    score: float | None = None
    classification_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """The start state and the columns that pin it for good."""

    state: WalkState
    columns: dict[str, Any] = field(default_factory=dict)


async def pin(connection: AsyncConnection, context: Context, target: Target) -> Pin:
    """Load and pin what the target names. Raises ``Refused`` for what cannot be walked."""
    if target.kind is SessionKind.FLOW and target.flow_id is not None:
        return await _pin_flow(connection, context, target.flow_id)
    if target.kind is SessionKind.PROPOSAL and target.proposal_id is not None:
        return await _pin_proposal(connection, context, target.proposal_id)
    return Pin(start_without_tree(target.kind), {"category": target.category})


async def _pin_flow(connection: AsyncConnection, context: Context, flow_id: UUID) -> Pin:
    row = (await connection.execute(
        select(Flow.published_version_id, Flow.category, Flow.archived_at).where(
            in_account(Flow, context.account_id), Flow.id == flow_id)
    )).first()
    if row is None:
        raise not_found("flow", "flowId")
    if row.archived_at is not None or row.published_version_id is None:
        why = "archived" if row.archived_at else "not published yet"
        raise refuse(Code.INVALID_INPUT, f"This flow is {why}; choose another, or publish it.", "flowId")
    tree = (await load_trees(connection, context.account_id, [row.published_version_id]))[row.published_version_id]
    subs, versions = await pin_sub_flows(connection, context.account_id, tree)
    state = start_tree(SessionKind.FLOW, tree, subs, str(row.published_version_id), versions)
    return Pin(state, {"flow_id": flow_id, "flow_version_id": row.published_version_id,
                       "pinned_versions": versions, "category": row.category})


async def _pin_proposal(connection: AsyncConnection, context: Context, proposal_id: UUID) -> Pin:
    row = (await connection.execute(
        select(FlowProposal.tree, FlowProposal.status, FlowProposal.category).where(
            in_account(FlowProposal, context.account_id), FlowProposal.id == proposal_id)
    )).first()
    if row is None:
        raise not_found("proposal", "proposalId")
    if row.status != "pending":
        raise refuse(Code.INVALID_INPUT, "Only a pending proposal can be walked.", "proposalId")
    tree = parse_tree(row.tree)
    subs, versions = await pin_sub_flows(connection, context.account_id, tree)
    return Pin(start_tree(SessionKind.PROPOSAL, tree, subs, None, versions),
               {"flow_proposal_id": proposal_id, "pinned_tree": row.tree, "pinned_versions": versions,
                "category": row.category})


async def pin_sub_flows(
    connection: AsyncConnection, account_id: UUID, tree: FlowTree
) -> tuple[dict[str, FlowTree], dict[str, str]]:
    """Trees and version ids of every sub-flow that can be reached, by flow id, as published now."""
    trees: dict[str, FlowTree] = {}
    versions: dict[str, str] = {}
    waiting = called_flows(tree)
    while waiting and len(versions) < MAX_PINNED:
        rows = await connection.execute(
            select(Flow.id, Flow.published_version_id).where(
                in_account(Flow, account_id), Flow.id.in_(waiting), Flow.published_version_id.is_not(None))
        )
        found = {row.id: row.published_version_id for row in rows}
        loaded = await load_trees(connection, account_id, found.values())
        for flow, version in found.items():
            trees[str(flow)], versions[str(flow)] = loaded[version], str(version)
        waiting = {sub for one in found.values() for sub in called_flows(loaded[one]) if str(sub) not in versions}
    return trees, versions


def called_flows(tree: FlowTree) -> set[UUID]:
    """Flows that a tree calls; ids that are no UUID name nothing."""
    found = set()
    for node in tree.nodes:
        if node.kind is NodeKind.SUB_FLOW and node.sub_flow_id:
            try:
                found.add(UUID(node.sub_flow_id))
            except ValueError:
                continue
    return found


async def insert_session(
    connection: AsyncConnection, context: Context, caller: Caller, target: Target, pinned: Pin, *,
    assignee_id: UUID | None = None, now: datetime, **more: Any,
) -> UUID:
    """Make the session and, unless ``more`` brings one, its ticket. ``more`` overrides columns."""
    if assignee_id is not None and assignee_id != context.principal.id:
        await require_assignee(connection, context, assignee_id)
    number, ticket = await _numbered(connection, context, caller.ticket, has_ticket="ticket_row_id" in more)
    if ticket is not None:
        more |= {"ticket_row_id": ticket.id, "ticket_id": ticket.handle, "ticket_kind": ticket.kind.value}
    session_id = uuid4()
    values = {
        **values_of(pinned.state), **pinned.columns, **_creator(context, assignee_id),
        "account_id": context.account_id, "id": session_id, "number": number,
        "session_kind": target.kind.value, "start_reason": target.reason.value, "match_score": target.score,
        "problem_text": caller.problem, "priority": (caller.priority or Priority.NORMAL).value,
        "customer_name": caller.customer_name, "customer_contact": caller.customer_contact,
        "company_name": caller.company_name, "company_external_id": caller.company_external_id,
        "started_at": now, "last_step_at": now, "last_activity_at": now,
    }
    await connection.execute(insert(WalkSession).values(values | more))
    return session_id


def _creator(context: Context, assignee_id: UUID | None) -> dict[str, Any]:
    principal = context.principal
    is_user = principal.kind is ActorKind.USER
    return {
        "created_by_user_id": principal.id if is_user else None,
        "created_by_service_account_id": None if is_user else principal.id,
        "assigned_user_id": assignee_id or (principal.id if is_user else None),
        "acting_as": acting_as(principal),
    }


async def _numbered(
    connection: AsyncConnection, context: Context, ref: tickets.TicketRef | None, *, has_ticket: bool
) -> tuple[int, tickets.TicketRow | None]:
    """The session's number and, unless it has one, its ticket. The account's row is locked once, and last."""
    ticket = await tickets.attach(connection, context, ref) if ref is not None and not has_ticket else None
    makes_ticket = ticket is None and not has_ticket
    row = (await connection.execute(
        update(Account).where(Account.id == context.account_id)
        .values(last_session_number=Account.last_session_number + 1,
                last_ticket_number=Account.last_ticket_number + int(makes_ticket))
        .returning(Account.last_session_number, Account.last_ticket_number)
    )).one()
    if makes_ticket:
        ticket = await tickets.new_internal(connection, context, row.last_ticket_number)
    return row.last_session_number, ticket

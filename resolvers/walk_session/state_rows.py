"""Between a session's row and the walk state the domain works on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.direct import rows_within
from db.listener import announce
from db.models import WalkSession
from db.prepared import ACCOUNT, Prepared
from db.queries.walk_session import POSITION, SMALL
from domain.flow_tree import FlowTree, parse_tree
from domain.permission import Action, SessionFacts, decide
from domain.walk_session import (
    SessionKind,
    WalkState,
    WalkStatus,
    node_from_json,
    node_to_json,
    path_from_json,
    path_to_json,
    stack_from_json,
    stack_to_json,
    takes_answer,
)
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.flow_trees import keep_trees, load_trees, not_kept, trees_column, version_ids
from resolvers.outcome import not_found, require
from resolvers.permission_loader import Check

Trees = Mapping[UUID, FlowTree]
LOCKED = (*SMALL, *POSITION, "problem_text", "walk_notes", "speculated")
_THIS = (in_account(WalkSession, ACCOUNT), WalkSession.id == bindparam("session"))
_LOCKED = select(*(getattr(WalkSession, name) for name in LOCKED)).where(*_THIS).with_for_update(of=WalkSession)
_LOCK = Prepared(_LOCKED)
_LOCK_WITH_TREES = Prepared(_LOCKED.add_columns(trees_column(ACCOUNT, "missing")))


def state_of(row: Any, trees: Trees) -> WalkState:
    """The walk as a value. ``trees`` holds what ``version_ids`` names."""
    tree = trees.get(row.flow_version_id) if row.flow_version_id else None
    if row.pinned_tree is not None:
        tree = parse_tree(row.pinned_tree)
    pinned = {flow: trees.get(UUID(version)) for flow, version in (row.pinned_versions or {}).items()}
    subs = {flow: sub for flow, sub in pinned.items() if sub is not None}
    return WalkState(
        kind=SessionKind(row.session_kind),
        status=WalkStatus(row.status),
        tree=tree,
        sub_trees=subs,
        flow_version_id=str(row.flow_version_id) if row.flow_version_id else None,
        sub_version_ids=row.pinned_versions or {},
        current_node_id=row.current_node_id,
        call_stack=stack_from_json(row.call_stack),
        facts=row.facts or {},
        pending_node=node_from_json(row.pending_node),
        first_node=node_from_json(row.first_node),
        step=row.step,
        path=path_from_json(row.walked_path),
        inherited_depth=row.inherited_depth,
    )


def values_of(state: WalkState) -> dict[str, Any]:
    """Columns that hold the state; what is pinned is written once, at the start."""
    return {
        "status": state.status.value,
        "current_node_id": state.current_node_id,
        "terminal_node_id": None if takes_answer(state) else state.current_node_id,
        "call_stack": stack_to_json(state.call_stack),
        "facts": dict(state.facts),
        "pending_node": node_to_json(state.pending_node) if state.pending_node else None,
        "first_node": node_to_json(state.first_node) if state.first_node else None,
        "step": state.step,
        "walked_path": path_to_json(state.path),
    }


async def authorise(context: Context, action: Action, session_id: UUID) -> str | None:
    """Ask the batched check before any lock is taken; what the caller acts as. Raises ``Refused``."""
    decision = await context.loaders.permissions.load(Check(action, session_id=session_id))
    return require(decision, "walk session", "sessionId").acting_as


async def lock_session(connection: AsyncConnection, context: Context, action: Action, session_id: UUID) -> Any:
    """The session's row, locked, with the pure rule applied again to what the lock shows. Raises ``Refused``.

    Trees that this process meets for the first time are read along with it: ``authorise`` has learnt which.
    """
    this = {"account": context.account_id, "session": session_id}
    missing = not_kept(context.account_id, context.loaders.permissions.pinned.get(session_id, ()))
    if missing:
        rows = await rows_within(connection, _LOCK_WITH_TREES, **this, missing=missing)
    else:
        rows = await rows_within(connection, _LOCK, **this)
    if not rows:
        raise not_found("walk session", "sessionId")
    [row] = rows
    if missing:
        keep_trees(context.account_id, row.trees)
    facts = SessionFacts(row.status, takes_answer=True)  # whether the node takes it is the engine's to say
    require(decide(context.principal, action, facts), "walk session", "sessionId")
    return row


async def load_state(connection: AsyncConnection, context: Context, row: Any) -> WalkState:
    """The state of a locked row, its trees read on the same connection when this process has not kept them."""
    trees = await load_trees(connection, context.account_id, version_ids(row))
    return state_of(row, trees)


async def write_session(connection: AsyncConnection, context: Context, session_id: UUID, **values: Any) -> None:
    """One UPDATE of a locked session. ``values`` are values, not expressions."""
    given = {f"new_{name}": value for name, value in values.items()}
    await rows_within(connection, _update(tuple(values)), account=context.account_id, session=session_id, **given)


@lru_cache(maxsize=128)
def _update(names: tuple[str, ...]) -> Prepared:
    columns = {name: bindparam(f"new_{name}", type_=getattr(WalkSession, name).type) for name in names}
    this = (in_account(WalkSession, ACCOUNT), WalkSession.id == bindparam("session"))
    return Prepared(update(WalkSession).where(*this).values(columns))


def topic_of(session_id: UUID) -> str:
    """What those wait for who wait for a session to change: its random id, which tells strangers nothing."""
    return str(session_id)


async def tell_waiting(connection: AsyncConnection, row: Any) -> None:
    """Call at a change that ends a claim: who waits for its node, in any process, looks again after the commit."""
    if row.generation_token is not None:
        await announce(connection, topic_of(row.id))

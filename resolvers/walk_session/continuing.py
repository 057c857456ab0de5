"""A new walk from one that had ended: same ticket, same pin, same position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Escalation
from domain.permission import Action
from domain.refusal import Refusal
from domain.vocabulary import Priority, TicketStatus, WalkStartReason
from domain.walk_session import continue_from
from resolvers import ai_node
from resolvers import ticket as tickets
from resolvers.access import in_account
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import Refused
from resolvers.walk_session.answering import keyed
from resolvers.walk_session.intake_input import Caller
from resolvers.walk_session.starting import Pin, Target, insert_session
from resolvers.walk_session.state_rows import authorise, load_state, lock_session

PINNED = ("flow_id", "flow_version_id", "flow_proposal_id", "pinned_tree", "pinned_versions", "category")
TICKET = ("ticket_row_id", "ticket_id", "ticket_kind")


@dataclass(frozen=True, slots=True)
class Continue:
    """Input of ``continueWalk``."""

    session_id: UUID
    idempotency_key: str | None = None


@guarded
async def continue_walk(context: Context, given: Continue) -> UUID:
    """Start the walk that goes on from the given one; the caller is its assignee. Returns the new session's id."""
    command = keyed(context, "continueWalk", given)
    await authorise(context, Action.CONTINUE, given.session_id)
    async with context.db.write(context.account_id) as connection:
        if (stored := await command.begin(connection)) is not None:
            session_id = UUID(stored["session_id"])
        else:
            row = await lock_session(connection, context, Action.CONTINUE, given.session_id)
            session_id = await _go_on(connection, context, row)
            await command.finish(connection, {"session_id": str(session_id)})
    await ai_node.ensure_node(context, session_id)  # nothing to do where a node is served already
    return session_id


async def _go_on(connection: AsyncConnection, context: Context, row: Any) -> UUID:
    state = await load_state(connection, context, row)
    after = continue_from(state, await _escalation_status(connection, context, row.id))
    if isinstance(after, Refusal):
        raise Refused(after, session_id=row.id)
    caller = Caller(row.problem_text, row.customer_name, row.customer_contact, row.company_name,
                    row.company_external_id, Priority(row.priority))
    columns = {name: getattr(row, name) for name in PINNED}
    target = Target(after.kind, WalkStartReason.CONTINUED)
    await tickets.set_status(connection, context, row.ticket_row_id, TicketStatus.WALKING)
    return await insert_session(
        connection, context, caller, target, Pin(after, columns), now=context.now(), continues_session_id=row.id,
        inherited_depth=after.inherited_depth, **{name: getattr(row, name) for name in TICKET},
    )


async def _escalation_status(connection: AsyncConnection, context: Context, session_id: UUID) -> str | None:
    statement = select(Escalation.status).where(
        in_account(Escalation, context.account_id), Escalation.session_id == session_id
    )
    return (await connection.execute(statement)).scalar_one_or_none()

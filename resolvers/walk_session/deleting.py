"""Deleting a session with everything that hangs on it: an operator's act, run as the database's owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import FlowProposal, WalkSession
from db.queries.flow_search import forget_sessions
from domain.refusal import Code
from domain.vocabulary import ProposalStatus, TicketStatus
from domain.walk_session import WalkStatus
from resolvers import ticket as tickets
from resolvers.access import in_account
from resolvers.audit import record_by_system
from resolvers.outcome import refuse

PUBLISHED = (ProposalStatus.APPROVED.value, ProposalStatus.MODIFIED.value)


async def delete_session(connection: AsyncConnection, account_id: UUID, session_id: UUID) -> bool:
    """False when there is no such session. Its escalation, its AI records and a proposal captured from it go with it.

    Raises ``Refused`` PROPOSAL_IN_USE while that proposal was walked or published; nothing is changed then.
    """
    found = await connection.execute(
        select(WalkSession.status, WalkSession.ticket_row_id)
        .where(in_account(WalkSession, account_id), WalkSession.id == session_id).with_for_update()
    )
    row = found.first()
    if row is None:
        return False
    await _require_unused_proposal(connection, account_id, session_id)
    await forget_sessions(connection, account_id, [session_id])
    await connection.execute(
        delete(WalkSession).where(in_account(WalkSession, account_id), WalkSession.id == session_id)
    )
    if row.status == WalkStatus.ACTIVE:
        await tickets.follow(connection, account_id, row.ticket_row_id, TicketStatus.OPEN)
    await record_by_system(connection, account_id, "walk.deleted", ("walk_session", session_id))
    return True


async def _require_unused_proposal(connection: AsyncConnection, account_id: UUID, session_id: UUID) -> None:
    """The proposal is locked, so that no walk of it begins meanwhile (a walk's foreign key waits for the lock)."""
    found = await connection.execute(
        select(FlowProposal.id, FlowProposal.status, FlowProposal.published_flow_id)
        .where(in_account(FlowProposal, account_id), FlowProposal.source_session_id == session_id).with_for_update()
    )
    for row in found.all():
        walks = await _walks_of(connection, account_id, row.id)
        if walks or row.status in PUBLISHED or row.published_flow_id is not None:
            what = f"walked {walks} times" if walks else "published"
            message = (
                f"The proposal {row.id}, captured from this session, was {what}; its history needs the session. "
                "Erase the customer's data instead (eraseCustomerData with this sessionId)."
            )
            raise refuse(Code.PROPOSAL_IN_USE, message)


async def _walks_of(connection: AsyncConnection, account_id: UUID, proposal_id: UUID) -> Any:
    statement = select(func.count()).select_from(WalkSession).where(
        in_account(WalkSession, account_id), WalkSession.flow_proposal_id == proposal_id
    )
    return (await connection.execute(statement)).scalar_one()

"""Reading proposals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from db.models import FlowProposal
from db.queries.walk_session import PROPOSAL
from resolvers.access import in_account, visible_proposals
from resolvers.context import Context


async def by_id(context: Context, proposal_id: UUID) -> Any:
    """A proposal the caller may see, or None."""
    return await _one(context, proposal_id, visible_proposals(context.principal))


async def changed(context: Context, proposal_id: UUID) -> Any:
    """A proposal the caller's own command has made or changed."""
    return await _one(context, proposal_id, in_account(FlowProposal, context.account_id))


async def _one(context: Context, proposal_id: UUID, scope: ColumnElement[bool]) -> Any:
    statement = select(*(getattr(FlowProposal, name) for name in PROPOSAL)).where(scope, FlowProposal.id == proposal_id)
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()

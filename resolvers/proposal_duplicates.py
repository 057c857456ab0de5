"""Near-duplicates of a proposal, dismissed together."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import FlowProposal
from domain.clean_text import optional_text
from domain.vocabulary import ProposalStatus
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import checked, not_found
from resolvers.proposal_reviewing import MAX_REASON, authorise_review, close_proposal, proposal_row


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """The proposal that stays as it is, and those that were dismissed, by their ids."""

    proposal_id: UUID
    dismissed_ids: tuple[UUID, ...] = ()


@guarded
async def dismiss_duplicates(context: Context, proposal_id: UUID, reason: str | None) -> Deduplicated:
    """Dismiss the other pending proposals of a proposal's group, each with its own audit row.

    The one that is named stays, whatever its status (usually it was just approved). Repeating it dismisses nothing.
    """
    said = checked(optional_text(reason, ("reason",), max_chars=MAX_REASON))
    await authorise_review(context, proposal_id)
    async with context.db.write(context.account_id) as connection:
        row = await proposal_row(connection, context, proposal_id)
        if row is None:
            raise not_found("proposal", "proposalId")
        others = await _lock_others(connection, context, row.group_id, proposal_id)
        for other in others:
            await close_proposal(connection, context, other, ProposalStatus.DISMISSED,
                                 review_reason=said or f"Says the same as proposal {proposal_id}.")
            await record(connection, context.principal, "proposal.dismissed", ("proposal", other),
                         duplicate_of=str(proposal_id))
    return Deduplicated(proposal_id, others)


async def _lock_others(
    connection: AsyncConnection, context: Context, group_id: UUID, proposal_id: UUID
) -> tuple[UUID, ...]:
    """Always in the same order, so that two reviewers at once wait for each other and no longer."""
    statement = (
        select(FlowProposal.id)
        .where(in_account(FlowProposal, context.account_id), FlowProposal.group_id == group_id,
               FlowProposal.id != proposal_id, FlowProposal.status == ProposalStatus.PENDING.value)
        .order_by(FlowProposal.id).with_for_update()
    )
    return tuple((await connection.execute(statement)).scalars())

"""What a resolved walk leaves behind: a captured proposal, or a proposal validated by its outcome."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import FlowProposal
from domain.builder.masking import mask
from domain.capture import CaptureSource, NoCapture, capture
from domain.flow_tree import dump_tree
from domain.proposal_likeness import likeness_of
from domain.vocabulary import ProposalStatus, ResolutionOutcome
from domain.walk_session import SessionKind, WalkState, notes_from_json
from resolvers.access import in_account
from resolvers.ai_request import known_of
from resolvers.context import Context
from resolvers.proposal_grouping import join_group
from resolvers.walk_session.history import earlier_path


async def validate_proposal(connection: AsyncConnection, context: Context, proposal_id: UUID) -> None:
    """A walk through it helped: reviewers see it first. Reviewed proposals keep their mark as it was."""
    await connection.execute(
        update(FlowProposal)
        .where(in_account(FlowProposal, context.account_id), FlowProposal.id == proposal_id,
               FlowProposal.status == ProposalStatus.PENDING.value)
        .values(is_validated_by_outcome=True, validated_at=context.now())
    )


async def capture_proposal(
    connection: AsyncConnection, context: Context, row: Any, state: WalkState, resolution_notes: str, *,
    helpful: bool, outcome: ResolutionOutcome,
) -> UUID | str:
    """The id of a new pending, validated proposal, or the reason why the walk gave none."""
    source = CaptureSource(
        kind=state.kind, problem=row.problem_text,
        path=await earlier_path(connection, context, row.continues_session_id) + state.path,
        notes=notes_from_json(row.walk_notes), resolution_notes=resolution_notes, helpful=helpful, outcome=outcome,
    )
    known = known_of(row, row.problem_text, resolution_notes, *(note.text for note in source.notes))
    captured = capture(source, partial(mask, known=known))
    if isinstance(captured, NoCapture):
        return captured.value
    proposal_id = uuid4()
    group = await join_group(connection, context, likeness_of(captured.tree, context.account_id))
    await connection.execute(insert(FlowProposal).values(
        account_id=context.account_id, id=proposal_id, title=captured.title, keywords=list(captured.keywords),
        category=row.category, tree=dump_tree(captured.tree), is_ai_authored=state.kind is SessionKind.AI_BUILD,
        is_validated_by_outcome=True, validated_at=context.now(), source_session_id=row.id,
        created_at=context.now(), **group,
    ))
    return proposal_id

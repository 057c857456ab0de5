"""Proposals that people write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from db.models import FlowProposal
from domain.flow_tree import dump_tree
from domain.principal import ActorKind
from domain.proposal_likeness import likeness_of
from domain.refusal import Code
from resolvers.audit import record
from resolvers.context import Context
from resolvers.flow_judging import beside, given_tree
from resolvers.flow_rows import clean_heading
from resolvers.guard import guarded
from resolvers.outcome import refuse
from resolvers.proposal_grouping import join_group
from resolvers.proposal_reviewing import Reviewed, authorise_review


@dataclass(frozen=True, slots=True)
class Create:
    """Input of ``createProposal``."""

    title: str
    category: str | None
    keywords: tuple[str, ...] | None
    tree: dict[str, Any]


@guarded
async def create(context: Context, given: Create) -> Reviewed:
    """A proposal that a person wrote; machines have no name to stand for it."""
    await authorise_review(context)
    if context.principal.kind is not ActorKind.USER:
        raise refuse(Code.FORBIDDEN, "Only people propose flows; a service account saves drafts.")
    tree = await given_tree(given.tree, "tree")
    heading = clean_heading(given.title, given.category, given.keywords)
    likeness = await beside(likeness_of, tree, context.account_id)
    proposal_id: UUID = uuid4()
    async with context.db.write(context.account_id) as connection:
        await record(connection, context.principal, "proposal.created", ("proposal", proposal_id))
        group = await join_group(connection, context, likeness)
        await connection.execute(insert(FlowProposal).values(
            account_id=context.account_id, id=proposal_id, title=heading.title, category=heading.category,
            keywords=list(heading.keywords), tree=dump_tree(tree), created_by_user_id=context.principal.id,
            created_at=context.now(), **group,
        ))
    return Reviewed(proposal_id)

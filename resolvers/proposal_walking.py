"""Which proposals can be walked."""

from __future__ import annotations

from uuid import UUID

from domain.flow_gate import walking_refusal
from domain.flow_tree import parse_tree
from resolvers.context import Context
from resolvers.flow_judging import beside, lint
from resolvers.outcome import Refused


async def require_walkable(context: Context, proposal_id: UUID) -> None:
    """Raise ``Refused`` for a proposal with lint errors; stubs can be met in a walk. Asked before anything is locked.

    Whether there is such a proposal, and whether it is pending, is judged where it is pinned.
    """
    row = await context.loaders.proposal_trees.load(proposal_id)
    if row is None:
        return
    refusal = walking_refusal(await lint(context, await beside(parse_tree, row.tree)))
    if refusal is not None:
        raise Refused(refusal)

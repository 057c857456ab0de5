"""Groups of proposals that say nearly the same: joined when a proposal is made or edited, only read afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.models import FlowProposal
from domain.proposal_likeness import ALIKE, Likeness, alike
from domain.vocabulary import ProposalStatus
from resolvers.access import in_account, visible_proposals
from resolvers.context import Context
from resolvers.flow_judging import beside

MAX_COMPARED = 8  # proposals whose words are compared: those that share most bands
MAX_SHOWN = 50  # members of a group that are named
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('proposal_groups', CAST(:low AS bigint)))")


@dataclass(frozen=True, slots=True)
class Group:
    """``size``: pending proposals. ``member_ids``: ``MAX_SHOWN`` of them, validated ones first, then the newest."""

    id: UUID
    size: int = 0
    member_ids: list[UUID] = field(default_factory=list)


async def join_group(
    connection: AsyncConnection, context: Context, likeness: Likeness, proposal: Any = None
) -> dict[str, Any]:
    """The columns that put a pending proposal into its group: of the one most alike, or of a new one.

    ``proposal``: the locked row (id, group_id, grouped_at) of one that was edited; it stays where it is while another
    member is alike. Asked last in a transaction: the account's groups are locked from here on, so that two proposals
    at once do not miss each other.
    """
    columns: dict[str, Any] = {"digest": likeness.digest, "bands": list(likeness.bands)}
    await connection.execute(_LOCK, {"low": context.account_id.int % (1 << 63)})
    own = proposal.id if proposal is not None else None
    others = [row for row in await _candidates(connection, context, likeness, own)
              if alike(likeness.digest, row.digest) >= ALIKE]
    best = max(others, default=None, key=lambda row: (proposal is not None and row.group_id == proposal.group_id,
                                                      alike(likeness.digest, row.digest)))
    if best is not None:
        return {**columns, "group_id": best.group_id, "grouped_at": best.grouped_at}
    if proposal is not None and await _is_alone(connection, context, proposal):
        return columns
    return {**columns, "group_id": uuid4(), "grouped_at": context.now()}


async def _candidates(
    connection: AsyncConnection, context: Context, likeness: Likeness, own: UUID | None
) -> Sequence[Any]:
    """Pending proposals that share a band, those that share most first."""
    bands = list(likeness.bands)
    band = func.unnest(FlowProposal.bands).column_valued("band")
    shared = select(func.count(band)).where(band.in_(bands)).correlate(FlowProposal).scalar_subquery()
    statement = (
        select(FlowProposal.id, FlowProposal.group_id, FlowProposal.grouped_at, FlowProposal.digest)
        .where(in_account(FlowProposal, context.account_id), FlowProposal.status == ProposalStatus.PENDING.value,
               FlowProposal.bands.overlap(bands), FlowProposal.id != (own or UUID(int=0)))
        .order_by(shared.desc(), FlowProposal.id).limit(MAX_COMPARED)
    )
    return (await connection.execute(statement)).all()


async def _is_alone(connection: AsyncConnection, context: Context, proposal: Any) -> bool:
    statement = select(FlowProposal.id).where(
        in_account(FlowProposal, context.account_id), FlowProposal.group_id == proposal.group_id,
        FlowProposal.id != proposal.id,
    ).limit(1)
    return (await connection.execute(statement)).first() is None


async def groups(context: Context, group_ids: Sequence[UUID]) -> list[Group]:
    """What is pending of each group: one statement."""
    order = (FlowProposal.is_validated_by_outcome.desc(), FlowProposal.created_at.desc(), FlowProposal.id)
    members = (
        select(FlowProposal.id, FlowProposal.group_id,
               func.row_number().over(partition_by=FlowProposal.group_id, order_by=order).label("place"),
               func.count().over(partition_by=FlowProposal.group_id).label("size"))
        .where(visible_proposals(context.principal), FlowProposal.group_id.in_(group_ids),
               FlowProposal.status == ProposalStatus.PENDING.value).subquery()
    )
    statement = select(members).where(members.c.place <= MAX_SHOWN).order_by(members.c.group_id, members.c.place)
    found: dict[UUID, Group] = {}
    async with context.db.read(context.account_id) as connection:
        for row in await connection.execute(statement):
            found.setdefault(row.group_id, Group(row.group_id, row.size)).member_ids.append(row.id)
    return [found.get(one) or Group(one) for one in group_ids]


async def similar(context: Context, proposal_ids: Sequence[UUID]) -> list[list[tuple[UUID, float]]]:
    """For each proposal the other pending ones of its group and how alike they are, most alike first: one statement."""
    mine, other = aliased(FlowProposal), aliased(FlowProposal)
    statement = (
        select(mine.id, other.id.label("other_id"), mine.digest, other.digest.label("other_digest"))
        .join(other, and_(other.account_id == mine.account_id, other.group_id == mine.group_id, other.id != mine.id,
                          other.status == literal(ProposalStatus.PENDING.value)))
        .where(in_account(mine, context.account_id), mine.id.in_(proposal_ids))
        .order_by(other.created_at.desc(), other.id).limit(MAX_SHOWN * len(proposal_ids))
    )
    async with context.db.read(context.account_id) as connection:
        rows = (await connection.execute(statement)).all()
    scored = await beside(_scored, rows)
    return [scored.get(one, []) for one in proposal_ids]


def _scored(rows: Sequence[Any]) -> dict[UUID, list[tuple[UUID, float]]]:
    found: dict[UUID, list[tuple[UUID, float]]] = {}
    for row in rows:
        found.setdefault(row.id, []).append((row.other_id, round(alike(row.digest, row.other_digest), 4)))
    return {key: sorted(near, key=lambda it: (-it[1], str(it[0])))[:MAX_SHOWN] for key, near in found.items()}

"""Trees of published versions. A version never changes, so a parsed tree is kept for the life of the process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import FlowVersion
from db.prepared import among
from domain.flow_tree import FlowTree, parse_tree
from resolvers.access import in_account

MAX_KEPT = 1_000
_kept: OrderedDict[tuple[UUID, UUID], FlowTree] = OrderedDict()


def kept_tree(account_id: UUID, version_id: UUID) -> FlowTree | None:
    """The parsed tree when this process has it. The tenant is part of the key."""
    tree = _kept.get((account_id, version_id))
    if tree is not None:
        _kept.move_to_end((account_id, version_id))
    return tree


def keep_tree(account_id: UUID, version_id: UUID, tree: FlowTree) -> None:
    """Remember an immutable version's tree; the least used one goes when there are too many."""
    _kept[(account_id, version_id)] = tree
    while len(_kept) > MAX_KEPT:
        _kept.popitem(last=False)


def version_ids(row: Any) -> list[UUID]:
    """The published versions a session is pinned to, its sub-flows' included."""
    own = [row.flow_version_id] if row.flow_version_id else []
    return own + [UUID(version) for version in (row.pinned_versions or {}).values()]


def not_kept(account_id: UUID, ids: Iterable[UUID]) -> list[UUID]:
    """Versions whose trees this process must read first."""
    return [one for one in set(ids) if kept_tree(account_id, one) is None]


def trees_column(account_id: Any, ids: str) -> Any:
    """``trees``: what ``keep_trees`` takes, read along with a row that is needed anyway. ``ids`` is a bound name."""
    found = select(func.jsonb_object_agg(cast(FlowVersion.id, String), FlowVersion.tree)).where(
        in_account(FlowVersion, account_id), among(FlowVersion.id, ids)
    )
    return found.scalar_subquery().label("trees")


def keep_trees(account_id: UUID, trees: Mapping[str, Any] | None) -> None:
    for version_id, tree in (trees or {}).items():
        keep_tree(account_id, UUID(version_id), parse_tree(tree))


async def load_trees(connection: AsyncConnection, account_id: UUID, ids: Iterable[UUID]) -> dict[UUID, FlowTree]:
    """Trees by version id; one statement for those not kept, none when all are."""
    found = {one: kept for one in set(ids) if (kept := kept_tree(account_id, one)) is not None}
    missing = [one for one in set(ids) if one not in found]
    if missing:
        rows = await connection.execute(
            select(FlowVersion.id, FlowVersion.tree).where(
                in_account(FlowVersion, account_id), FlowVersion.id.in_(missing)
            )
        )
        for row in rows:
            found[row.id] = parse_tree(row.tree)
            keep_tree(account_id, row.id, found[row.id])
    return found

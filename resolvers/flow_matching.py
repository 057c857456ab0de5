"""Which published flows fit a problem."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One flow that may fit. ``score`` is calibrated: 0 to 1, the same meaning for every backend."""

    flow_id: UUID
    score: float
    reason: str


async def suggestions(context: Context, problem: str, limit: int) -> list[Suggestion]:
    """The best fitting published flows of the account, best first."""
    return []

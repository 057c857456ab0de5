"""May an AI-built walk begin, and in which category?"""

from __future__ import annotations

from dataclasses import dataclass

from domain.vocabulary import OutOfScopeReason
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class BuildGate:
    """``refused`` says why not; None: build in ``category``."""

    category: str | None
    refused: OutOfScopeReason | None


async def gate(context: Context, problem: str) -> BuildGate:
    """Classify the problem into the account's categories and apply the gate."""
    return BuildGate(None, OutOfScopeReason.AI_UNAVAILABLE)


def can_build(context: Context) -> bool:
    """Whether building is possible at all for this account and process."""
    return False

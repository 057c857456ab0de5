"""The intake gate: may an AI walk be built for this problem (design, section 5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.builder.categories import BY_KEY


class OutOfScopeReason(StrEnum):
    CATEGORY_UNKNOWN = "category_unknown"
    CATEGORY_DISABLED = "category_disabled"
    AI_UNAVAILABLE = "ai_unavailable"
    AI_DISABLED = "ai_disabled"


@dataclass(frozen=True, slots=True)
class Build:
    """A walk may be built in this category."""

    category: str


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """No walk may be built. ``category`` is what the classifier found, if anything."""

    reason: OutOfScopeReason
    category: str | None = None


def availability(*, is_ai_enabled: bool, is_model_configured: bool) -> OutOfScope | None:
    """What speaks against building before any classification is paid for."""
    if not is_ai_enabled:
        return OutOfScope(OutOfScopeReason.AI_DISABLED)
    if not is_model_configured:
        return OutOfScope(OutOfScopeReason.AI_UNAVAILABLE)
    return None


def decide(
    category: str | None, enabled: Collection[str], *, is_ai_enabled: bool, is_model_configured: bool
) -> Build | OutOfScope:
    """BUILD or the reason why not. A key outside the ten, a floor class included, is never built, enabled or not."""
    closed = availability(is_ai_enabled=is_ai_enabled, is_model_configured=is_model_configured)
    if closed is not None:
        return OutOfScope(closed.reason, category if category in BY_KEY else None)
    if category is None or category not in BY_KEY:
        return OutOfScope(OutOfScopeReason.CATEGORY_UNKNOWN)
    if category not in enabled:
        return OutOfScope(OutOfScopeReason.CATEGORY_DISABLED, category)
    return Build(category)

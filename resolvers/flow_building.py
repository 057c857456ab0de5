"""May an AI-built walk begin, and in which category?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from domain.builder.gate import OutOfScope, OutOfScopeReason, availability, decide
from integrations.node_generation import classify
from resolvers import ai_record
from resolvers.ai_budget import reserve
from resolvers.context import Context

CLASSIFY_SECONDS = 3.5


@dataclass(frozen=True, slots=True)
class BuildGate:
    """``refused`` says why not; None: build in ``category``."""

    category: str | None
    refused: OutOfScopeReason | None


async def gate(context: Context, problem: str, redact: tuple[str, ...] = ()) -> BuildGate:
    """Classify the problem into the account's categories and apply the gate. Never fails because a model does."""
    is_enabled, is_configured = context.account.ai_enabled, bool(context.services.model.models)
    if (closed := availability(is_ai_enabled=is_enabled, is_model_configured=is_configured)) is not None:
        return BuildGate(closed.category, closed.reason)
    category = await _category(context, problem, redact)
    decided = decide(category, context.account.enabled_categories, is_ai_enabled=is_enabled,
                     is_model_configured=is_configured)
    if isinstance(decided, OutOfScope):
        return BuildGate(decided.category, decided.reason)
    return BuildGate(decided.category, None)


async def _category(context: Context, problem: str, redact: tuple[str, ...]) -> str | None:
    ends = context.ai_deadline(context.services.model.settings.step_timeout)
    context.extend_deadline(max(ends - time.monotonic(), 0) + CLASSIFY_SECONDS)
    found, call = await classify(
        context.services.model, problem, redact=redact, reserve=lambda: reserve(context),
        seconds=min(CLASSIFY_SECONDS, max(ends - time.monotonic(), 0.1) / 3),
    )
    if call is not None:
        async with context.db.write(context.account_id) as connection:
            await ai_record.write(connection, context, None, None, (call,), None)
    return found.category


def can_build(context: Context) -> bool:
    """Whether building is possible at all for this account and process."""
    return availability(
        is_ai_enabled=context.account.ai_enabled, is_model_configured=bool(context.services.model.models)
    ) is None

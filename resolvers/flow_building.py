"""May an AI-built walk begin, and in which category?"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from domain.builder.gate import OutOfScope, OutOfScopeReason, availability, decide
from integrations.node_generation import classify
from resolvers import ai_record
from resolvers.ai_budget import Purse
from resolvers.ai_storing import persist
from resolvers.context import Context

CLASSIFY_SECONDS = 3.5
CLASSIFY_SHARE = 0.25  # of a longer step


@dataclass(frozen=True, slots=True)
class BuildGate:
    """``refused`` says why not; None: build in ``category``. ``record_id``: the classification's, when it was paid."""

    category: str | None
    refused: OutOfScopeReason | None
    record_id: UUID | None = None


Sorted = tuple[str | None, UUID | None]
KEPT_SECONDS = 3.0  # a second click arrives a little later than the first
_asked: dict[tuple[UUID, UUID, str], asyncio.Task[Sorted]] = {}  # by account, caller and problem


async def gate(context: Context, problem: str, redact: tuple[str, ...] = ()) -> BuildGate:
    """Classify the problem into the account's categories and apply the gate. Never fails because a model does."""
    is_enabled, is_configured = context.account.ai_enabled, bool(context.services.model.models)
    if (closed := availability(is_ai_enabled=is_enabled, is_model_configured=is_configured)) is not None:
        return BuildGate(closed.category, closed.reason)
    category, record_id = await _category(context, problem, redact)
    decided = decide(category, context.account.enabled_categories, is_ai_enabled=is_enabled,
                     is_model_configured=is_configured)
    if isinstance(decided, OutOfScope):
        return BuildGate(decided.category, decided.reason, record_id)
    return BuildGate(decided.category, None, record_id)


async def _category(context: Context, problem: str, redact: tuple[str, ...]) -> Sorted:
    """One paid call for a problem that a caller sends twice at once, as a double click does."""
    seconds = context.services.model.settings.step_timeout
    ends = context.ai_deadline(seconds)
    context.extend_deadline(max(ends - time.monotonic(), 0) + CLASSIFY_SECONDS)
    key = (context.account_id, context.principal.id, problem)
    task = _asked.get(key)
    if task is None:
        task = context.services.background.spawn(_classify(context, problem, redact, ends, seconds))
        _asked[key] = task
        task.add_done_callback(lambda _: asyncio.get_running_loop().call_later(KEPT_SECONDS, _asked.pop, key, None))
    began = time.monotonic()
    try:
        return await asyncio.shield(task)
    finally:
        context.model_seconds += time.monotonic() - began


async def _classify(
    context: Context, problem: str, redact: tuple[str, ...], ends: float, step_seconds: float
) -> Sorted:
    purse, longest = Purse(context), max(CLASSIFY_SECONDS, CLASSIFY_SHARE * step_seconds)
    found, call = await classify(
        context.services.model, problem, redact=redact, reserve=purse.reserve,
        seconds=min(longest, max(ends - time.monotonic(), 0.1) / 3),
    )
    if call is None:
        return found.category, None
    entry = ai_record.Entry.of((call,), purse)
    await persist(partial(_store, context, entry))
    return found.category, entry.ids[0]


async def _store(context: Context, entry: ai_record.Entry) -> None:
    async with ai_record.storing(context) as connection:
        await ai_record.write(connection, context, None, entry)


def can_build(context: Context) -> bool:
    """Whether building is possible at all for this account and process."""
    return availability(
        is_ai_enabled=context.account.ai_enabled, is_model_configured=bool(context.services.model.models)
    ) is None

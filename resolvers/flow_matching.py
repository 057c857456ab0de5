"""Which published flows fit a problem: vector or words, one statement, the pure rules of `domain/matching`.

A model never runs while a connection is held. Whatever fails on the way to a vector leaves the comparison by words.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from db import vector_store
from db.queries.matching import Asked, Found, find_candidates
from domain.builder.masking import mask
from domain.matching.reason import reason
from domain.matching.score import rank
from integrations import account_metric, contrast
from integrations.embedder import Embedder, EmbedderUnavailable
from resolvers import flow_metric
from resolvers.context import Context, Services
from resolvers.flow_vectors import catch_up

logger = logging.getLogger(__name__)

VECTORS_MISSING = "vectors_missing"  # option of the services: why the database has none
LEAST_SHOWN = 0.05  # a candidate below this has nothing to do with the problem


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One flow that may fit. ``score`` is calibrated: 0 to 1, the same meaning for every backend."""

    flow_id: UUID
    score: float
    reason: str


async def suggestions(
    context: Context, problem: str, limit: int, known: tuple[str, ...] = ()
) -> list[Suggestion]:
    """The best fitting published flows of the account, best first; ``known`` values do not leave the machine."""
    asked, missing = await _asked(context, problem, known)
    found, asked, missing = await _found(context, problem, asked, missing)
    ranked = rank(found.stems, found.stats, found.candidates)[:limit]
    model = asked.model if asked else None
    return [
        Suggestion(one.candidate.flow_id, round(one.score, 4), reason(problem, one, model, missing))
        for one in ranked
        if one.score >= LEAST_SHOWN
    ]


def backend_missing(context: Context) -> str | None:
    """Why this account's problems are compared by words only, or None when by vectors."""
    missing = services_missing(context.services)
    if missing is None and context.services.embedder.leaves_machine and not context.account.ai_enabled:
        return "the account does not let texts leave the machine"
    return missing


def services_missing(services: Services) -> str | None:
    """The same for every account of this process."""
    if services.embedder is None:
        return "no embedding model is configured"
    return services.embedder.missing or services.options.get(VECTORS_MISSING)


async def look_for_vectors(services: Services) -> None:
    """Find out once, at start, whether the database can hold vectors; without them no problem is embedded."""
    if not await vector_store.serves(services.db):
        services.options[VECTORS_MISSING] = "the database has no pgvector"


def described(services: Services) -> dict[str, object]:
    """For health: what problems are compared by, and what is missing for comparing them by meaning."""
    missing = services_missing(services)
    return {"matching": {"backend": "words" if missing else services.embedder.name, "missing": missing}}


async def _asked(context: Context, problem: str, known: tuple[str, ...]) -> tuple[Asked | None, str | None]:
    if (missing := backend_missing(context)) is not None:
        return None, missing
    embedder: Embedder = context.services.embedder
    try:
        vectors = await embedder.embed([mask(problem, known) if embedder.leaves_machine else problem])
    except EmbedderUnavailable as error:
        return None, str(error)
    return Asked(embedder.name, vectors[0]), None


async def _found(
    context: Context, problem: str, asked: Asked | None, missing: str | None
) -> tuple[Found, Asked | None, str | None]:
    """Candidates by vectors once all flows have theirs; never half of the account by one and half by the other."""
    if asked is None:
        return await _candidates(context, problem, None), None, missing
    try:
        found = await _by_vector(context, problem, asked)
        if not found.is_current:
            await catch_up(context.services, context.account_id)
            found = await _by_vector(context, problem, asked)
    except DBAPIError as error:
        logger.warning("vectors could not be read: %s", type(error.orig).__name__)
        return await _candidates(context, problem, None), None, "the vectors could not be read"
    if found.is_current:
        return found, asked, None
    return await _candidates(context, problem, None), None, "vectors are still being made"


async def _by_vector(context: Context, problem: str, asked: Asked) -> Found:
    """One statement, and once more when the account's map is not the one this process has."""
    held = flow_metric.held(context.db, context.account_id, asked.model)
    found = await _candidates(context, problem, held.mapped(asked))
    if found.metric != held.revision:
        held = await flow_metric.load(context.db, context.account_id, asked.model)
        found = await _candidates(context, problem, held.mapped(asked))
    if not found.is_current or not account_metric.can_learn():
        return found
    return await asyncio.to_thread(_told_apart, found, asked.vector)


def _told_apart(found: Found, vector: list[float]) -> Found:
    rows = {flow_id: contrast.unpacked(stored, len(vector)) for flow_id, stored in found.near.items()}
    return replace(found, candidates=contrast.told_apart(found.candidates, vector, rows))


async def _candidates(context: Context, problem: str, asked: Asked | None) -> Found:
    async with context.db.read(context.account_id) as connection:
        return await find_candidates(connection, context.account_id, problem, asked)

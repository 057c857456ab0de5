"""Keeps the vectors of an account's flows in step with their texts.

Nothing has to call it for matching to be right: the first question after a change finds vectors missing and catches up.
Calling `catch_up` after a publication only spares that question the wait.
"""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy.exc import DBAPIError

from db.engine import Database
from db.queries import flow_metric
from db.vector_store import PendingText, pending_texts, refresh_centroids, upsert
from domain.builder.masking import mask
from integrations import account_metric
from integrations.embedder import Embedder, EmbedderUnavailable
from resolvers.context import Services

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
BATCH = 32

_running: WeakKeyDictionary[Database, dict[UUID, asyncio.Task[None]]] = WeakKeyDictionary()


async def catch_up(services: Services, account_id: UUID, patience: float = PATIENCE_SECONDS) -> None:
    """Make the account's missing vectors; returns when done, or after ``patience`` seconds while the work goes on.

    At most one such work runs for an account in this process. Its failure is logged and leaves matching by words.
    """
    tasks = _running.setdefault(services.db, {})
    task = tasks.get(account_id)
    if task is None or task.done():
        task = asyncio.create_task(_logged(services, account_id))
        tasks[account_id] = task
        task.add_done_callback(lambda _: tasks.pop(account_id, None))
    await asyncio.wait({task}, timeout=patience)


async def embed_pending(db: Database, account_id: UUID, embedder: Embedder) -> int:
    """Make every missing vector of the account now; the number made. For a job or a command."""
    made = 0
    while True:
        while texts := await _pending(db, account_id, embedder.name):
            contents = [mask(one.content) if embedder.leaves_machine else one.content for one in texts]
            vectors = await embedder.embed(contents)
            async with db.write(account_id) as connection:
                await upsert(connection, account_id, embedder.name, texts, vectors)
            made += len(texts)
        async with db.write(account_id) as connection:
            refreshed = await refresh_centroids(connection, account_id, embedder.name)
        if not refreshed:
            await learn_metric(db, account_id, embedder.name)
            return made


async def learn_metric(db: Database, account_id: UUID, model: str) -> None:
    """Learn and store what distinguishes the account's flows, when their texts changed much since the last time."""
    if not account_metric.can_learn():
        return
    async with db.read(account_id) as connection:
        if not await flow_metric.is_outdated(connection, account_id, model):
            return
        found = await flow_metric.learnable(connection, account_id, model)
    learnt = await asyncio.to_thread(account_metric.learn, found.flows, found.vectors)
    async with db.write(account_id) as connection:
        await flow_metric.store(connection, account_id, model, found.texts, learnt)


async def _pending(db: Database, account_id: UUID, model: str) -> list[PendingText]:
    async with db.read(account_id) as connection:
        return await pending_texts(connection, account_id, model, BATCH)


async def _logged(services: Services, account_id: UUID) -> None:
    try:
        await embed_pending(services.db, account_id, services.embedder)
    except (EmbedderUnavailable, DBAPIError) as error:
        logger.warning("vectors of account %s were not made: %s", account_id, type(error).__name__)

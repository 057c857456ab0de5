"""Runs jobs again and again, in the server or in a worker of their own, until it is told to stop.

Several processes may run the same jobs: each item of work is taken by a conditional statement, so two runners share the
work instead of doing it twice.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from prometheus_client import Counter

log = logging.getLogger("handrail.jobs")

RUNS = Counter("handrail_job_runs", "Runs of background jobs by outcome.", ["job", "outcome"])
ITEMS = Counter("handrail_job_items", "Items that background jobs have done.", ["job"])
JITTER = 0.1  # of the interval, so that processes started together do not stay in step
FIRST_WITHIN = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` does what is due now and returns how many items it did; ``interval`` is in seconds."""

    name: str
    interval: float
    run: Callable[[], Awaitable[int]]


async def run_once(job: Job) -> int:
    """One run; a failure is logged by its kind, counted, and raised."""
    try:
        done = await job.run()
    except Exception as error:
        RUNS.labels(job.name, "failed").inc()
        log.warning("job %s failed: %s", job.name, type(error).__name__)
        raise
    RUNS.labels(job.name, "ok").inc()
    ITEMS.labels(job.name).inc(done)
    if done:
        log.info("job %s did %s", job.name, done)
    return done


async def repeat(job: Job) -> None:
    """Run for ever; a failed run is only followed by the next."""
    await asyncio.sleep(random.uniform(0, min(FIRST_WITHIN, job.interval)))  # noqa: S311 - spreads load, keeps no secret
    while True:
        with suppress(Exception):  # logged and counted; the database may be back at the next run
            await run_once(job)
        await asyncio.sleep(job.interval * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311


@asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """The jobs run while the block does; leaving it waits until each has let go of what it held."""
    tasks = [asyncio.create_task(repeat(job), name=f"job {job.name}") for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

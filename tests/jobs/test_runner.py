"""The runner goes on after failures and stops when it is told to."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import REGISTRY

from jobs.runner import Job, run_once, running


def runs(job: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("handrail_job_runs_total", {"job": job, "outcome": outcome}) or 0.0


async def test_a_failed_run_is_counted_and_followed_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []

    async def work() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("the customer's name")
        return 2

    async with running([Job("flaky", 0.01, work)]):
        while len(calls) < 3:
            await asyncio.sleep(0.01)
    assert runs("flaky", "failed") == 1
    assert runs("flaky", "ok") >= 1
    assert "job flaky failed: ValueError" in caplog.messages
    assert "customer" not in caplog.text


async def test_leaving_waits_until_the_job_has_let_go() -> None:
    seen: list[str] = []

    async def work() -> int:
        try:
            seen.append("begun")
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
            seen.append("let go")
        return 0

    async with running([Job("slow", 0.01, work)]):
        while not seen:
            await asyncio.sleep(0.01)
    assert seen == ["begun", "let go"]


async def test_one_run_by_hand_raises() -> None:
    async def work() -> int:
        raise OSError

    with pytest.raises(OSError):
        await run_once(Job("by hand", 1, work))

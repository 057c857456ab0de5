"""While models hang, everybody else works: no pooled connection is held, and the loop is free."""

from __future__ import annotations

import asyncio
import time

from tests.support.ai_walks import ai_seen, answering, build, open_ai_api
from tests.support.fault_llm import FaultLlm

HANGING = 60


async def test_sixty_hanging_calls_hold_no_connection(fresh_database: str, fake: FaultLlm) -> None:
    async with open_ai_api(fresh_database, fake, "acme", step_timeout=8.0, pool_size=10) as api:
        caller = api.as_("l1")
        fake.classify = "category"
        sessions = []
        for start in range(0, HANGING, 6):
            names = [f"{start + n}: the printer prints blank pages" for n in range(6)]
            sessions += await asyncio.gather(*(build(caller, name) for name in names))
        fake.reset("hang")
        waiting = [asyncio.create_task(caller.send("AiAnswer", **answering(one))) for one in sessions]
        async with asyncio.timeout(7.0):
            while fake.in_flight < HANGING:
                await asyncio.sleep(0.05)
        pool, worst = api.db.app.pool, 0.0
        held = []
        for session in sessions[:20]:
            held.append(pool.checkedout())
            started = time.monotonic()
            assert (await ai_seen(caller, session))["isGenerating"] is True
            worst = max(worst, time.monotonic() - started)
        assert fake.in_flight == HANGING
        assert held.count(0) >= 15, held  # waiters look once a second whether their walk went on
        assert worst < 2.0
        await asyncio.gather(*waiting)
        for session in sessions:
            ended = (await caller.do("AiNext", sessionId=session["id"]))["session"]
            assert (ended["step"], ended["currentNode"]["reasonCategory"]) == (1, "AI_UNAVAILABLE")
        assert fake.calls == HANGING

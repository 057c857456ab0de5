"""Servers that start at the same moment on one empty folder: one database, one set of demo data, each of them serves."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

from resolvers.demo import CALLS
from tests.server.test_kill import begun, run, technician

COUNTS = "{ walkSessions { totalCount } flows { totalCount } members { totalCount } }"


async def counted(base: str) -> dict[str, int]:
    async with technician(base) as http:
        return {name: found["totalCount"] for name, found in (await run(http, COUNTS)).items()}


def test_servers_that_start_together_seed_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        first, _ = stack.enter_context(begun(tmp_path))
        second, _ = stack.enter_context(begun(tmp_path))
        counts = [asyncio.run(counted(base())) for base in (first, second)]
    assert counts[0] == counts[1]
    assert counts[0]["walkSessions"] == len(CALLS)
    assert counts[0]["members"] == 6

"""A process of its own around one embedded server: ``python embedded_process.py DATA_DIR [ROWS]``.

Says on standard output whether it started the server or attached, and the server's pid; then commits a row for every line
it reads, and says so.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import asyncpg

from db.embedded import attach_or_start


async def main() -> None:
    async with attach_or_start(Path(sys.argv[1])) as server:
        print("started" if server.is_starter else "attached", server.pid, flush=True)
        connection = await asyncpg.connect(**server.connect_arguments())
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(1)")  # IF NOT EXISTS alone loses races
            await connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            await connection.execute("INSERT INTO kept VALUES ($1)", int(line))
            print("kept", line, flush=True)
        await connection.close()


asyncio.run(main())

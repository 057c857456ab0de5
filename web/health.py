"""``/healthz``: the process lives. ``/readyz``: it can serve."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse

from db.engine import Database

READY_SECONDS = 2.0
NO_STORE = {"cache-control": "no-store"}


async def healthz(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"}, headers=NO_STORE)


class Readiness:
    """Asks the database within a deadline; ``describe`` adds what else a person wants to know."""

    def __init__(self, db: Database, describe: Callable[[], dict[str, Any]]) -> None:
        self._db = db
        self._describe = describe

    async def readyz(self, _: Request) -> JSONResponse:
        is_ready = await self._database_answers()
        body = {"status": "ready" if is_ready else "unavailable", "database": "ok" if is_ready else "unreachable",
                **self._describe()}
        return JSONResponse(body, 200 if is_ready else 503, NO_STORE)

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(READY_SECONDS), self._db.read(None) as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:  # noqa: BLE001 - whatever it is, the service is not ready
            return False
        return True

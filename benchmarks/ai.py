"""``python -m benchmarks.ai``: what everybody else feels while 60 calls of a model hang, and while litellm loads."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from benchmarks.contenders import ROOT, SECRET, _port
from db.engine import Database
from db.opening import opened
from db.seed import demo_account_id, demo_user_id, seed_demo_account
from tests.support.fault_llm import FaultLlm, fault_llm
from web.credentials import development_token

HANGING = 60
READERS = 4
SECONDS = 5.0
STEP_TIMEOUT = 12
BUILD = """mutation ($problem: String!) { intake(input: {problem: $problem, forceBuild: true}) {
  outcome { ... on WalkStarted { session { id step
    currentNode { nodeId ... on QuestionNode { options { value } } } } } } } }"""
ANSWER = """mutation ($input: AnswerNodeInput!) { answerNode(input: $input) {
  session { id step isGenerating currentNode { __typename } } errors { code } } }"""
READ = """query ($id: ID!) {
  walkSession(id: $id) { id step status problem isGenerating walkedPath { step question answer } } }"""
# Connections of the server that sit in a transaction without working: what would starve the others.
HELD = """SELECT count(*) FROM pg_stat_activity WHERE application_name = 'handrail' AND pid <> pg_backend_pid()
          AND state LIKE 'idle in transaction%' AND now() - state_change > interval '100 milliseconds'"""


async def run() -> str:
    """The table. About 30 seconds; a server and a database of its own."""
    with tempfile.TemporaryDirectory() as folder, opened(None, None, Path(folder)) as urls:
        async with fault_llm() as fake, Database(urls.owner, role=None) as owner:
            fake.classify = "category"
            with _server(str(urls.serve), Path(folder) / "server", fake) as port:
                await seed_demo_account(owner, "acme")
                return await _measured(port, fake, owner)


@contextmanager
def _server(url: str, data_dir: Path, fake: FaultLlm) -> Iterator[int]:
    environment = {
        "DATABASE_URL": url, "HANDRAIL_DATA_DIR": str(data_dir), "PORT": "0", "AUTH_DEV_SECRET": SECRET,
        "LOG_LEVEL": "warning", "BACKGROUND_JOBS": "0", "EMBEDDINGS": "off", "LLM_MODEL": "openai/fake",
        "LLM_API_BASE": fake.base_url, "LLM_API_KEY": "-", "LLM_STEP_TIMEOUT": str(STEP_TIMEOUT),
    }
    process = subprocess.Popen(
        [sys.executable, "server.py"], cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    try:
        yield _port(process)
    finally:
        process.terminate()
        process.wait(30)


async def _measured(port: int, fake: FaultLlm, owner: Database) -> str:
    token = development_token(SECRET, demo_account_id("acme"), demo_user_id("acme", "l1"))
    limits = httpx.Limits(max_connections=HANGING + 2 * READERS)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers={"authorization": f"Bearer {token}"}, timeout=60, limits=limits
    ) as http:
        sessions = [await _build(http, number) for number in range(HANGING)]
        quiet = await _reads(http, sessions)
        fake.reset("hang")
        waiting = [asyncio.create_task(_answer(http, one)) for one in sessions]
        async with asyncio.timeout(STEP_TIMEOUT):
            while fake.in_flight < HANGING:  # noqa: ASYNC110 - the server counts; nobody sets an event
                await asyncio.sleep(0.05)
        held = asyncio.create_task(_held(owner))
        hanging = await _reads(http, sessions)
        in_flight, most_held = fake.in_flight, await held
        ended = [await one for one in waiting]
        return _table(quiet, hanging, in_flight, most_held, ended, fake.calls)


async def _post(http: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    answer = (await http.post("/graphql", json={"query": query, "variables": variables})).json()
    if "errors" in answer:
        raise RuntimeError(answer)
    return answer["data"]


async def _build(http: httpx.AsyncClient, number: int) -> dict[str, Any]:
    made = await _post(http, BUILD, problem=f"{number}: the printer prints blank pages")
    return made["intake"]["outcome"]["session"]


async def _answer(http: httpx.AsyncClient, session: dict[str, Any]) -> tuple[str, float]:
    """The kind of the next node, and the seconds until it was there."""
    started = time.perf_counter()
    node = session["currentNode"]
    given = {"sessionId": session["id"], "nodeId": node["nodeId"], "answer": node["options"][0]["value"],
             "expectedStep": session["step"]}
    after = (await _post(http, ANSWER, input=given))["answerNode"]["session"]
    late = "still being made" if after["isGenerating"] else "not begun"
    kind = after["currentNode"]["__typename"] if after["currentNode"] else late
    return kind, time.perf_counter() - started


async def _reads(http: httpx.AsyncClient, sessions: list[dict[str, Any]]) -> list[float]:
    """Milliseconds of each read of ``READERS`` clients that work for ``SECONDS``, with a pause as a screen has it."""
    taken: list[float] = []
    ends = time.perf_counter() + SECONDS

    async def reader(at: int) -> None:
        while time.perf_counter() < ends:
            started = time.perf_counter()
            await _post(http, READ, id=sessions[at % len(sessions)]["id"])
            taken.append(1000 * (time.perf_counter() - started))
            at += READERS
            await asyncio.sleep(0.02)

    await asyncio.gather(*(reader(at) for at in range(READERS)))
    return taken


async def _held(owner: Database) -> int:
    """The most connections held by somebody who does nothing with them, looked at for as long as is measured."""
    most, ends = 0, time.perf_counter() + SECONDS - 0.5
    while time.perf_counter() < ends:
        async with owner.read(None) as connection:
            most = max(most, (await connection.execute(text(HELD))).scalar_one())
        await asyncio.sleep(0.2)
    return most


def _table(
    quiet: list[float], hanging: list[float], in_flight: int, held: int, ended: list[tuple[str, float]], calls: int
) -> str:
    rows = [("", "reads", "p50 ms", "p95 ms", "max ms")]
    rows += [
        (name, str(len(taken)), *(f"{one:.1f}" for one in (statistics.median(taken), _p95(taken), max(taken))))
        for name, taken in (("quiet", quiet), (f"{in_flight} calls hang", hanging))
    ]
    ratio, taken = _p95(hanging) / _p95(quiet), [seconds for _, seconds in ended]
    lines = ["  ".join(f"{cell:>14}" for cell in row) for row in rows]
    lines += [
        f"p95 is {ratio:.2f} times the quiet one (at most 2 is promised)",
        f"connections held idle in a transaction meanwhile: {held}",
        (f"paid calls: {calls} for {len(ended)} steps; they ended in {dict(Counter(kind for kind, _ in ended))}, after "
        f"{min(taken):.1f} to {max(taken):.1f} s (at most {STEP_TIMEOUT} is promised)"),
    ]
    return "\n".join(lines)


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[18]


if __name__ == "__main__":
    print(asyncio.run(run()))

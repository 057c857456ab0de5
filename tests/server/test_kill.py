"""kill -9 of the whole server, again and again: an acknowledged answer is there afterwards, once, and nothing else is."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.support.served import address_of

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
ACKNOWLEDGED_PER_ROUND = 40
SESSION = "id step currentNode { nodeId ... on QuestionNode { options { value } } }"
INTAKE = f"""mutation ($input: IntakeInput!) {{ intake(input: $input) {{
  outcome {{ ... on WalkStarted {{ session {{ {SESSION} }} }} }} errors {{ code }} }} }}"""
ANSWER = f"""mutation ($input: AnswerNodeInput!) {{ answerNode(input: $input) {{
  session {{ {SESSION} }} errors {{ code }} }} }}"""
PATH = "query ($id: ID!) { walkSession(id: $id) { step walkedPath { step nodeId answer } } }"

Acknowledged = dict[str, dict[int, tuple[str, str]]]


@contextmanager
def begun(folder: Path) -> Iterator[tuple[Callable[[], str], subprocess.Popen[bytes]]]:
    """The server as a person starts it; its address once it serves. Ended by its process id, whatever the test did."""
    log = folder / f"server-{uuid4().hex[:6]}.log"
    env = {**os.environ, "HANDRAIL_DATA_DIR": str(folder / "data"), "PORT": "0", "EMBEDDINGS": "off"}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "server.py"], cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        yield lambda: address_of(process, log), process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with begun(folder) as (address, process):
        yield address(), process


@asynccontextmanager
async def technician(base: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base, timeout=20) as http:
        signed_in = await http.post("/session/demo", json={"email": "l1@acme.example"})
        http.headers["authorization"] = "Bearer " + signed_in.json()["token"]
        yield http


async def run(http: httpx.AsyncClient, query: str, **given: object) -> dict:
    answer = await http.post("/graphql", json={"query": query, "variables": given})
    return answer.json()["data"]


async def flow_id(http: httpx.AsyncClient) -> str:
    found = await run(http, "{ flows(first: 50) { nodes { id slug } } }")
    return next(one["id"] for one in found["flows"]["nodes"] if one["slug"] == "printer-not-printing")


async def walk_until_killed(http: httpx.AsyncClient, flow: str, acknowledged: Acknowledged) -> None:
    """Walks, one after the other; whatever the server said yes to is noted at once."""
    while True:
        begun = await run(http, INTAKE, input={"problem": "prints nothing", "flowId": flow, "idempotencyKey": str(uuid4())})
        session = begun["intake"]["outcome"]["session"]
        noted = acknowledged.setdefault(session["id"], {})
        while "options" in (session["currentNode"] or {}) or session["step"] == 0:
            node = session["currentNode"]
            value = node["options"][0]["value"] if "options" in node else "done"
            given = {"sessionId": session["id"], "nodeId": node["nodeId"], "answer": value,
                     "expectedStep": session["step"], "idempotencyKey": str(uuid4())}
            session = (await run(http, ANSWER, input=given))["answerNode"]["session"]
            noted[session["step"]] = (given["nodeId"], value)


async def round_of_walks(base: str, process: subprocess.Popen[bytes], acknowledged: Acknowledged) -> None:
    async with technician(base) as http:
        flow = await flow_id(http)
        walkers = [asyncio.create_task(walk_until_killed(http, flow, acknowledged)) for _ in range(4)]
        before = sum(map(len, acknowledged.values()))
        while sum(map(len, acknowledged.values())) < before + ACKNOWLEDGED_PER_ROUND:
            await asyncio.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        await asyncio.gather(*walkers, return_exceptions=True)


async def lost_or_doubled(base: str, acknowledged: Acknowledged) -> list[str]:
    found = []
    async with technician(base) as http:
        for session_id, steps in acknowledged.items():
            session = (await run(http, PATH, id=session_id))["walkSession"]
            path = session["walkedPath"]
            numbers = [one["step"] for one in path]
            recorded = {one["step"]: (one["nodeId"], one["answer"]) for one in path}
            if numbers != list(range(1, session["step"] + 1)):
                found.append(f"{session_id}: {numbers} at step {session['step']}")
            found += [f"{session_id}: step {step}" for step, what in steps.items() if recorded.get(step) != what]
    return found


@pytest.mark.slow
def test_no_acknowledged_answer_is_lost_or_doubled(tmp_path: Path) -> None:
    acknowledged: Acknowledged = {}
    for _ in range(ROUNDS):
        with server(tmp_path) as (base, process):
            asyncio.run(round_of_walks(base, process, acknowledged))
            assert process.wait(10) == -signal.SIGKILL
    assert sum(map(len, acknowledged.values())) >= ROUNDS * ACKNOWLEDGED_PER_ROUND
    with server(tmp_path) as (base, process):
        assert asyncio.run(lost_or_doubled(base, acknowledged)) == []
        process.terminate()
        assert process.wait(20) == 0

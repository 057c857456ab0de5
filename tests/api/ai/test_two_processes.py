"""Two real server processes on one embedded database: a node is still bought once."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from db.seed import demo_account_id, demo_user_id
from tests.support.ai_walks import answering, build, numbered
from tests.support.api import Caller
from tests.support.fault_llm import FaultLlm
from tests.support.waiting import until
from web.credentials import development_token

ROOT = Path(__file__).resolve().parents[3]
SECRET = "the secret of two processes, long enough"
PATIENCE = 120.0

pytestmark = pytest.mark.slow  # starts several servers


class Process:
    """``server.py`` as a person starts it; ``base`` is its address."""

    def __init__(self, folder: Path, fake: FaultLlm, name: str, **environment: str) -> None:
        self.folder = folder
        self._log = folder / f"{name}.log"
        self._output = self._log.open("w")
        self._child = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "server.py"], cwd=ROOT, stdout=self._output, stderr=subprocess.STDOUT,
            env={**os.environ, "HANDRAIL_DATA_DIR": str(folder / "data"), "PORT": "0", "AUTH_DEV_SECRET": SECRET,
                 "LLM_MODEL": "openai/gpt-4o-mini", "LLM_API_BASE": fake.base_url, "LLM_API_KEY": "sk-test", "EMBEDDINGS": "off",
                 "BACKGROUND_JOBS": "off", "LLM_STEP_TIMEOUT": "8", **environment},
        )
        self.base = ""

    async def ready(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not (found := re.search(r"http://127\.0\.0\.1:\d+", self._log.read_text())):
                assert self._child.poll() is None, self._log.read_text()
                await asyncio.sleep(0.1)
        self.base = found.group()

    def kill(self) -> None:
        self._child.kill()
        self._child.wait(30)

    def stop(self) -> None:
        if self._child.poll() is None:
            self._child.terminate()
            self._child.wait(60)
        self._output.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pair(tmp_path_factory: pytest.TempPathFactory, _fault_server: FaultLlm) -> AsyncIterator[list[Process]]:
    folder = tmp_path_factory.mktemp("pair")
    _fault_server.reset()
    servers = [Process(folder, _fault_server, "first")]
    try:
        await servers[0].ready()
        servers.append(Process(folder, _fault_server, "second"))
        await servers[1].ready()
        yield servers
    finally:
        for server in reversed(servers):  # the starter of the database goes last
            await asyncio.to_thread(server.stop)


@pytest_asyncio.fixture(loop_scope="session")
async def callers(pair: list[Process]) -> AsyncIterator[list[Caller]]:
    """The same technician at both servers."""
    token = development_token(SECRET, demo_account_id("acme"), demo_user_id("acme", "l1"))
    async with (httpx.AsyncClient(base_url=pair[0].base, timeout=30) as first,
                httpx.AsyncClient(base_url=pair[1].base, timeout=30) as second):
        yield [Caller(first, token), Caller(second, token)]


async def test_double_mounts_over_two_processes_are_one_paid_call(callers: list[Caller], fake: FaultLlm) -> None:
    """Regression 2, across processes: 50 at once find no node and buy one."""
    fake.writer = numbered
    session = await build(callers[0], forceBuild=True)
    fake.mode = "slow:0.5"
    paid = fake.calls
    one = asyncio.create_task(callers[0].do("AiAnswer", **answering(session)))
    await until(lambda: fake.calls > paid, "a call to the model", 5)
    seen = await asyncio.gather(*(callers[at % 2].do("AiNext", sessionId=session["id"]) for at in range(50)))
    assert fake.calls == paid + 1
    nodes = {payload["session"]["currentNode"]["nodeId"] for payload in [*seen, await one]}
    assert len(nodes) == 1
    for at in range(20):
        again = (await callers[at % 2].run("AiSeen", id=session["id"]))["walkSession"]
        assert {again["currentNode"]["nodeId"]} == nodes
    assert fake.calls == paid + 1


async def losers_wait(callers: list[Caller], fake: FaultLlm) -> float:
    """Five at the second process wait for what the first one pays for; seconds between its reply and their last."""
    session = await build(callers[0], forceBuild=True)
    fake.mode = "slow:0.9"
    paid = fake.calls
    winner = asyncio.create_task(callers[0].do("AiAnswer", **answering(session)))
    await until(lambda: fake.calls > paid, "a call to the model", 5)
    losers = [asyncio.create_task(callers[1].do("AiNext", sessionId=session["id"])) for _ in range(5)]
    node = (await winner)["session"]["currentNode"]
    won = time.monotonic()
    seen = await asyncio.gather(*losers)
    late = time.monotonic() - won
    assert {one["session"]["currentNode"]["nodeId"] for one in seen} == {node["nodeId"]}
    assert fake.calls == paid + 1
    fake.mode = "good"
    return late


async def test_losers_in_another_process_are_told(callers: list[Caller], fake: FaultLlm) -> None:
    """They look by themselves every two seconds only: three times in a row that is not what brings the node."""
    fake.writer = numbered
    late = [await losers_wait(callers, fake) for _ in range(3)]
    assert sorted(late)[1] < 0.5, late


async def test_losers_that_cannot_be_told_look_for_themselves(
    pair: list[Process], callers: list[Caller], fake: FaultLlm
) -> None:
    """A process whose DATABASE_DIRECT_URL leads nowhere: nothing is bought twice, the node comes a little later."""
    fake.writer = numbered
    folder = pair[0].folder
    deaf = Process(folder, fake, "deaf", DATABASE_DIRECT_URL="postgresql://nobody@127.0.0.1:9/none")
    try:
        await deaf.ready()
        async with httpx.AsyncClient(base_url=deaf.base, timeout=30) as http:
            ready = [(await one.get("/readyz")).json()["otherProcesses"] for one in (callers[0].http, http)]
            late = await losers_wait([callers[0], Caller(http, callers[0].token)], fake)
        assert (ready, late < 2.0) == (["listening", "looking"], True)
    finally:
        await asyncio.to_thread(deaf.stop)


async def test_the_same_answer_at_both_is_one_step_and_one_paid_call(callers: list[Caller], fake: FaultLlm) -> None:
    fake.writer = numbered
    session = await build(callers[1], forceBuild=True)
    fake.mode = "slow:0.3"
    paid = fake.calls
    given = answering(session, idempotencyKey=f"same-{session['id']}")
    seen = await asyncio.gather(*(callers[at % 2].do("AiAnswer", **given) for at in range(50)))
    assert fake.calls == paid + 1
    assert len({(one["session"]["step"], one["session"]["currentNode"]["nodeId"]) for one in seen}) == 1
    assert [len(one["session"]["walkedPath"]) for one in seen] == [1] * 50


@pytest.fixture
async def admin(callers: list[Caller]) -> AsyncIterator[Caller]:
    """Sets budgets, and leaves them as they were."""
    admin = Caller(callers[0].http, development_token(SECRET, demo_account_id("acme"), demo_user_id("acme", "admin")))
    yield admin
    await admin.do("SetAi", callsPerDay=2_000, callsPerUserDay=500, usdPerDay="20", usdPerUserDay="5")


async def spent(admin: Caller) -> tuple[int, Decimal]:
    [today] = (await admin.run("AiMoney"))["account"]["aiUsage"]
    return today["calls"], Decimal(today["costUsd"])


async def storm(callers: list[Caller], name: str) -> list[str]:
    """Twenty walks begun at once at both processes; the kinds of their first nodes."""
    sessions = await asyncio.gather(*(
        build(callers[at % 2], f"{name} {at}: the printer prints blank pages", forceBuild=True) for at in range(20)
    ))
    return [one["currentNode"]["__typename"] for one in sessions]


@pytest.mark.parametrize("budget", ["callsPerDay", "callsPerUserDay"])
async def test_a_budget_of_calls_holds_over_both_processes(
    callers: list[Caller], admin: Caller, fake: FaultLlm, budget: str
) -> None:
    await build(callers[0], "The printer prints blank pages", forceBuild=True)
    before, _ = await spent(admin)
    await admin.do("SetAi", **{budget: before + 30})
    paid = fake.calls
    kinds = await storm(callers, budget)
    assert fake.calls == paid + 30
    assert (await spent(admin))[0] == before + 30
    assert 1 <= kinds.count("EscalateNode") < 20


@pytest.mark.parametrize("budget", ["usdPerDay", "usdPerUserDay"])
async def test_a_budget_of_money_holds_over_both_processes(
    callers: list[Caller], admin: Caller, fake: FaultLlm, budget: str
) -> None:
    """Calls that run see what the others may cost: one more is made, and then none."""
    await build(callers[0], "The printer prints blank pages", forceBuild=True)
    _, before = await spent(admin)
    assert before > 0
    await admin.do("SetAi", **{budget: str(before + Decimal("0.000001"))})
    paid = fake.calls
    kinds = await storm(callers, budget)
    assert (fake.calls, kinds) == (paid + 1, ["EscalateNode"] * 20)
    assert (await spent(admin))[1] == before + Decimal("0.000027")


async def test_who_hangs_up_in_the_middle_cancels_nothing(callers: list[Caller], fake: FaultLlm) -> None:
    fake.writer = numbered
    session = await build(callers[0], forceBuild=True)
    fake.mode = "slow:0.8"
    paid = fake.calls
    async with httpx.AsyncClient(base_url=callers[0].http.base_url) as short:
        lost = asyncio.create_task(Caller(short, callers[0].token).send("AiAnswer", **answering(session)))
        await until(lambda: fake.calls > paid, "a call to the model", 5)
        lost.cancel()  # its socket is closed
        await asyncio.gather(lost, return_exceptions=True)
    seen = (await callers[1].do("AiNext", sessionId=session["id"]))["session"]
    assert (seen["step"], seen["currentNode"]["text"]) == (1, "Does light number 2 on the printer blink?")
    assert fake.calls == paid + 1


async def test_a_claim_of_a_killed_process_is_taken_over(
    pair: list[Process], callers: list[Caller], fake: FaultLlm
) -> None:
    """Last in this file: the second process is killed while it pays. The answer stands, the walk goes on."""
    fake.writer = numbered
    session = await build(callers[1], forceBuild=True)
    fake.mode = "hang"
    paid = fake.calls
    lost = asyncio.create_task(callers[1].send("AiAnswer", **answering(session)))
    await until(lambda: fake.calls > paid, "a call to the model", 5)
    pair[1].kill()
    await asyncio.gather(lost, return_exceptions=True)
    fake.mode = "good"
    seen = (await callers[0].run("AiSeen", id=session["id"]))["walkSession"]
    assert (seen["step"], seen["isGenerating"], seen["currentNode"]) == (1, True, None)
    async with asyncio.timeout(30):
        while (seen := (await callers[0].do("AiNext", sessionId=session["id"]))["session"])["currentNode"] is None:
            await asyncio.sleep(0.2)
    assert seen["currentNode"]["text"] == "Does light number 2 on the printer blink?"
    assert fake.calls == paid + 2

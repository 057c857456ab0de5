"""Servers that start at the same moment on one empty folder: one database, one set of demo data, each of them serves."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from resolvers.demo import CALLS
from tests.server.test_kill import ROOT, begun, run, technician

COUNTS = "{ walkSessions { totalCount } flows { totalCount } members { totalCount } }"


async def counted(base: str) -> dict[str, int]:
    async with technician(base) as http:
        return {name: found["totalCount"] for name, found in (await run(http, COUNTS)).items()}


def wait_for(log: Path, words: str, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while words not in log.read_text():
        assert time.monotonic() < ends, log.read_text()
        time.sleep(0.1)


@pytest.mark.slow
def test_servers_that_start_together_seed_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        first, _ = stack.enter_context(begun(tmp_path))
        second, _ = stack.enter_context(begun(tmp_path))
        counts = [asyncio.run(counted(base())) for base in (first, second)]
    assert counts[0] == counts[1]
    assert counts[0]["walkSessions"] == len(CALLS)
    assert counts[0]["members"] == 6


def test_a_port_in_use_is_said_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        env = {**os.environ, "HANDRAIL_DATA_DIR": str(tmp_path / "data"), "PORT": port, "EMBEDDINGS": "off"}
        ended = subprocess.run([sys.executable, "server.py"], cwd=ROOT, env=env, capture_output=True, text=True,
                               timeout=60, check=False)
    assert ended.returncode not in {0, 1}
    assert f"port {port}: is another server running? Set PORT" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_a_server_whose_output_nobody_reads_serves(tmp_path: Path) -> None:
    """`python server.py | head -1` must not end the server with a trace."""
    reading, writing = os.pipe()
    os.close(reading)
    env = {**os.environ, "HANDRAIL_DATA_DIR": str(tmp_path / "data"), "PORT": "0", "EMBEDDINGS": "off"}
    with (tmp_path / "errors").open("w+") as errors:
        process = subprocess.Popen([sys.executable, "server.py"], cwd=ROOT, env=env, stdout=writing, stderr=errors)
        os.close(writing)
        try:
            wait_for(tmp_path / "errors", "Uvicorn running on")
        finally:
            process.terminate()
            status = process.wait(20)
        errors.seek(0)
        assert "Traceback" not in errors.read()
    assert status == 0

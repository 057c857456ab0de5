"""The two servers that are compared: processes of their own on free ports of this machine, ended when we are done."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a secret of the benchmark, long enough for HS256"  # noqa: S105 - of two processes that live for minutes
ADDRESS = re.compile(r"serves http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    port: int
    pid: int


@contextmanager
def _process(name: str, command: list[str], environment: dict[str, str]) -> Iterator[Contender]:
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Contender(name, _port(process), process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process: subprocess.Popen[str]) -> int:
    for line in process.stdout or ():
        if found := ADDRESS.search(line):
            return int(found[1])
    raise RuntimeError(f"{process.args!r} ended before it served")


@contextmanager
def handrail(url: str, data_dir: Path) -> Iterator[Contender]:
    """The real server, as it is started in production but for the secret."""
    environment = {
        "DATABASE_URL": url, "HANDRAIL_DATA_DIR": str(data_dir), "PORT": "0", "AUTH_DEV_SECRET": SECRET,
        "LOG_LEVEL": "warning", "BACKGROUND_JOBS": "0", "EMBEDDINGS": "off",
    }
    with _process("Handrail", ["server.py"], environment) as one:
        yield one


@contextmanager
def baseline(dsn: str) -> Iterator[Contender]:
    with _process("baseline", ["-m", "benchmarks.baseline", dsn], {"BENCH_SECRET": SECRET}) as one:
        yield one


def plain_dsn(url: Any) -> str:
    """The same address as asyncpg itself reads it."""
    return str(url).replace("postgresql+asyncpg://", "postgresql://")

"""The real server as people start it: a process of its own, with its own embedded database and the demo people."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90
BANNER = re.compile(r"Handrail serves (http://\S+)/graphql")


@contextmanager
def served(folder: Path, *, root: Path = ROOT, **environment: str) -> Iterator[str]:
    """Start ``server.py`` with its data below ``folder`` on a free port; gives its address, and stops it at the end.

    ``root`` is the checkout that serves.
    """
    log = folder / "server.log"
    started = {**os.environ, "HANDRAIL_DATA_DIR": str(folder / "data"), "PORT": "0", "PYTHONUNBUFFERED": "1", **environment}
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, "server.py"], cwd=root, env=started, stdout=out, stderr=out)
    try:
        yield address_of(process, log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def address_of(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if found := BANNER.search(log.read_text()):
            return found[1]
        assert process.poll() is None, f"the server stopped:\n{log.read_text()}"
        time.sleep(0.1)
    raise AssertionError(f"the server is not up after {READY_SECONDS} s:\n{log.read_text()}")

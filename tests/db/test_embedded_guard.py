"""The guard: its command ends when the parent does, by the kernel's signal or, elsewhere, by a watcher."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from db import embedded_guard

GUARD = Path(embedded_guard.__file__)
LAUNCH = """
import os, runpy, subprocess, sys
guard = "import runpy, sys; sys.platform = {platform!r}; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
child = subprocess.Popen([sys.executable, "-c", guard, {guard!r}, str(os.getpid()), "-", "/bin/sleep", {seconds!r}])
print(child.pid, flush=True)
child.wait() if {reap!r} else input()
"""


def launch(platform: str, seconds: str, *, reap: bool = False) -> tuple[subprocess.Popen[str], psutil.Process]:
    code = LAUNCH.format(platform=platform, guard=str(GUARD), seconds=seconds, reap=reap)
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    guard = psutil.Process(int(parent.stdout.readline()))
    if reap:
        return parent, guard
    until(lambda: any(one.name() == "sleep" for one in [guard, *guard.children()]))
    return parent, next(one for one in [guard, *guard.children()] if one.name() == "sleep")


def until(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def guards() -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if str(GUARD) in (one.info["cmdline"] or []) and not ended(one)]


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_the_command_ends_with_its_parent(platform: str) -> None:
    parent, command = launch(platform, "60")
    with parent:
        assert not ended(command)
        parent.kill()
        until(lambda: ended(command))
    until(lambda: not guards())


def test_the_guard_ends_with_the_command() -> None:
    parent, _ = launch("darwin", "0.3", reap=True)
    with parent:
        assert parent.wait(10) == 0
    until(lambda: not guards())


def test_signals_reach_the_command() -> None:
    parent, command = launch("darwin", "60")
    with parent:
        command.parent().send_signal(signal.SIGINT)
        until(lambda: ended(command))
        parent.stdin.write("\n")
    until(lambda: not guards())


def test_a_parent_that_is_gone_already() -> None:
    done = subprocess.run(
        [sys.executable, str(GUARD), "1", "-", "/bin/echo", "ran"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "the parent ended" in done.stderr

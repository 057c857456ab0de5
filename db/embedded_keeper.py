"""Keeps one PostgreSQL server running: a thread launches it as a direct child, reaps it, and launches it again when it
ends without being told to.

The thread lives as long as the server: the kernel's parent-death signal follows the thread that launched the child, and
a postmaster that nobody reaps stays in the process table and blocks its successor.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg

from db.embedded_binaries import EmbeddedError
from db.embedded_cluster import OWNER, PORT, Cluster

DATABASE = "handrail"
POLL_SECONDS = 0.02
PATIENCE_WITH_PREDECESSOR = 30.0
STOP_SIGNALS = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))
RESTARTS_IN_A_MINUTE = 20
PREDECESSOR_SIGNS = ('lock file "', "is still in use")
NOT_YET = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InvalidCatalogNameError,  # its starter is about to make the database
)


class Keeper:
    """One server, from ``start()`` to ``stop()``."""

    def __init__(self, cluster: Cluster, command: Callable[[], list[str]], start_timeout: float) -> None:
        """``command`` prepares the cluster and gives the server's command line; it runs in the keeper's thread."""
        self._cluster = cluster
        self._command = command
        self._timeout = start_timeout
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="postgres-keeper", daemon=True)

    def start(self) -> None:
        """Launch and wait until the server answers; raises EmbeddedError with its last words otherwise."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Stop cleanly: fast shutdown, and only when that hangs harder means."""
        self._stopping.set()
        for number, seconds in STOP_SIGNALS:
            for _ in range(seconds):  # again each second: a restart may have been under way
                self._signal(number)
                self._thread.join(1)
                if not self._thread.is_alive():
                    return

    def _signal(self, number: signal.Signals) -> None:
        running = self._cluster.postmaster()
        pid = running.pid if running else self._process.pid if self._process and self._process.poll() is None else None
        if pid is not None:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                return

    def _keep(self) -> None:
        try:
            command = self._command()
            self._wait_for_predecessor()
            self._launch_until_ready(command)
        except BaseException as error:  # noqa: BLE001  # handed to the caller of start()
            self._failure = error
        finally:
            self._ready.set()
        if self._failure is None:
            self._run_until_stopped(command)

    def _launch(self, command: list[str]) -> subprocess.Popen[bytes]:
        """In a session of its own: an interrupt typed at the terminal reaches us, and we stop it when we are done."""
        self._cluster.log.touch(mode=0o600)
        with self._cluster.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
            )
        return self._process

    def _wait_for_predecessor(self) -> None:
        """The server of a process that was killed may still be writing its last checkpoint."""
        deadline = time.monotonic() + PATIENCE_WITH_PREDECESSOR
        while self._cluster.postmaster() is not None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        self._cluster.forget_dead_postmaster()

    def _launch_until_ready(self, command: list[str]) -> None:
        deadline = time.monotonic() + self._timeout
        process = self._launch(command)
        while not self._is_ready():
            if time.monotonic() > deadline:
                process.kill()
                process.wait()
                raise EmbeddedError(self._complaint(f"did not answer within {self._timeout:.0f} s"))
            if process.poll() is not None:
                if not self._was_refused_by_predecessor() or self._stopping.is_set():
                    raise EmbeddedError(self._complaint("ended at once"))
                time.sleep(10 * POLL_SECONDS)
                self._wait_for_predecessor()
                process = self._launch(command)
            time.sleep(POLL_SECONDS)

    def _is_ready(self) -> bool:
        running = self._cluster.postmaster()
        return running is not None and running.is_ready and answers(running.socket_dir, make_database=True)

    def _was_refused_by_predecessor(self) -> bool:
        return any(sign in self._cluster.last_words() for sign in PREDECESSOR_SIGNS)

    def _complaint(self, what: str) -> str:
        return f"The embedded PostgreSQL server {what}. The end of {self._cluster.log}:\n{self._cluster.last_words()}"

    def _run_until_stopped(self, command: list[str]) -> None:
        """Wait; a server that was killed comes back in a moment, one that keeps dying is given up."""
        restarts: list[float] = []
        while True:
            self._wait_for_end()
            restarts = [one for one in restarts if one > time.monotonic() - 60]
            if self._stopping.is_set() or len(restarts) >= RESTARTS_IN_A_MINUTE:
                return
            restarts.append(time.monotonic())
            self._cluster.forget_dead_postmaster()
            self._launch(command)

    def _wait_for_end(self) -> None:
        """The end of our child, then of a server that somebody restarted behind our back (``pg_ctl restart``)."""
        if self._process is not None:
            self._process.wait()
        time.sleep(5 * POLL_SECONDS)
        while self._cluster.postmaster() is not None:
            time.sleep(5 * POLL_SECONDS)


def answers(socket_dir: Path, *, make_database: bool = False) -> bool:
    """True when our database can be used there; ``make_database`` makes it where it is missing."""

    async def ask() -> None:
        connection = await asyncpg.connect(
            host=str(socket_dir),
            port=PORT,
            user=OWNER,
            database="postgres" if make_database else DATABASE,
            timeout=5,
            ssl=False,
        )
        try:
            there = await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE)
            if not there:
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()

    def ask_in_own_loop() -> bool:
        try:
            asyncio.run(ask())
        except NOT_YET:
            return False
        return True

    with ThreadPoolExecutor(1) as pool:  # the caller's thread may have a running loop
        return pool.submit(ask_in_own_loop).result()

"""The embedded PostgreSQL server: whoever needs it first starts it, other processes share it, its starter stops it.

    with attach_or_start(Path(".data")) as server:
        server.url()  # postgresql+asyncpg://handrail_owner@/handrail?host=...

Everything is in the data directory: the cluster, its log, its lock, its socket (in a private temporary folder when the
path is too long for one). The server listens on no port. It writes durably and stops cleanly also when its starter is
killed; see ``embedded_guard`` and ``embedded_keeper`` for how.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlencode

from db.embedded_binaries import Binaries, EmbeddedError, data_version, resolve_binaries
from db.embedded_cluster import OWNER, PORT, Cluster
from db.embedded_keeper import DATABASE, Keeper, answers
from db.embedded_user import choose_user

__all__ = ["DATABASE", "OWNER", "EmbeddedError", "EmbeddedServer", "attach_or_start"]

START_TIMEOUT = 120.0
ATTACH_POLL_SECONDS = 0.05
HEIR_POLL_SECONDS = 0.25
PATIENCE_WITH_STRANGER = 1.0


class EmbeddedServer:
    """The server of one data directory, started or attached to; a context manager, sync and async."""

    def __init__(
        self,
        data_dir: Path,
        *,
        pg_bin_dir: Path | None = None,
        start_timeout: float = START_TIMEOUT,
        options: dict[str, str] | None = None,
        take_over: bool = False,
    ) -> None:
        """``options`` are PostgreSQL's own, over ours; they count only for the process that starts the server.

        ``take_over`` is for processes that stay: when the starter ends, one of them starts the server again.
        """
        self._cluster = Cluster(data_dir, options or {})
        self._pg_bin_dir = pg_bin_dir
        self._timeout = start_timeout
        self._keeper: Keeper | None = None
        self._lock: int | None = None
        self._started = False
        self._take_over = take_over
        self._leaving = threading.Event()
        self._heir: threading.Thread | None = None

    @property
    def is_starter(self) -> bool:
        """True when this object started the server, and so will stop it."""
        return self._keeper is not None

    @property
    def socket_dir(self) -> Path:
        """Where the server's socket is."""
        return self._cluster.socket_dir

    @property
    def log_file(self) -> Path:
        """What the server said."""
        return self._cluster.log

    @property
    def pid(self) -> int | None:
        """The running server's process id."""
        found = self._cluster.postmaster()
        return found.pid if found else None

    def url(self, database: str = DATABASE, user: str = OWNER) -> str:
        """SQLAlchemy's URL of one database. The server trusts whoever can enter the socket's folder."""
        return f"postgresql+asyncpg://{quote(user)}@/{quote(database)}?{urlencode({'host': str(self.socket_dir)})}"

    def connect_arguments(self, database: str = DATABASE, user: str = OWNER) -> dict[str, Any]:
        """The same for ``asyncpg.connect(**...)``."""
        return {"host": str(self.socket_dir), "port": PORT, "user": user, "database": database}

    def start(self) -> Self:
        """Start the server, or attach to the running one; returns when it takes connections."""
        if sys.platform == "win32":
            msg = "The embedded server runs on Linux and macOS; set DATABASE_URL to use a server of your own."
            raise EmbeddedError(msg)
        if not self._started:
            self._make_home()
            self._attach_or_start_own()
            self._started = True
            if self._take_over and not self.is_starter:
                self._leaving.clear()
                self._heir = threading.Thread(target=self._inherit, name="postgres-heir", daemon=True)
                self._heir.start()
        return self

    def stop(self) -> None:
        """Stop the server if this object started it; otherwise it stays."""
        self._started = False
        self._leaving.set()
        if self._heir is not None:
            self._heir.join()
        keeper, self._keeper = self._keeper, None
        try:
            if keeper is not None:
                keeper.stop()
        finally:
            self._release_lock()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    def _make_home(self) -> None:
        home = self._cluster.home
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._cluster.lock.touch(mode=0o600)
        except OSError as error:
            msg = f"HANDRAIL_DATA_DIR: {home} cannot be written ({error.strerror}); name a folder of your own."
            raise EmbeddedError(msg) from error

    def _attach_or_start_own(self) -> None:
        deadline = time.monotonic() + self._timeout
        while not self._take_lock():
            if self._another_answers():
                return
            if time.monotonic() > deadline:
                raise EmbeddedError(self._stuck())
            time.sleep(ATTACH_POLL_SECONDS)
        self._start_own()

    def _inherit(self) -> None:
        """Wait for the lock of a starter that ended; start in its place."""
        while not self._leaving.wait(HEIR_POLL_SECONDS):
            if self._take_lock():
                with suppress(EmbeddedError):  # said in the log; tried again
                    self._start_own()
                    return

    def _another_answers(self) -> bool:
        running = self._cluster.postmaster()
        return running is not None and running.is_ready and answers(running.socket_dir)

    def _take_lock(self) -> bool:
        """The lock is the starter's for as long as its server runs; the kernel gives it back however that ends."""
        if self._lock is None:
            file = os.open(self._cluster.lock, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
                return False
            self._lock = file
        return True

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _start_own(self) -> None:
        try:
            if self._stranger_runs():
                return
            keeper = Keeper(self._cluster, self._prepare, self._timeout)
            keeper.start()
            self._keeper = keeper
        finally:
            if self._keeper is None:
                self._release_lock()

    def _stranger_runs(self) -> bool:
        """True when a server nobody holds the lock for goes on answering: a person started it by hand, so it stays.

        One whose starter was killed is shutting down, and stops answering at once.
        """
        deadline = time.monotonic() + PATIENCE_WITH_STRANGER
        while (running := self._cluster.postmaster()) is not None:
            if not answers(running.socket_dir, make_database=True):
                return False
            if time.monotonic() > deadline:
                self._cluster.socket_dir = running.socket_dir
                return True
            time.sleep(ATTACH_POLL_SECONDS)
        return False

    def _prepare(self) -> list[str]:
        binaries = self._binaries()
        run_as = choose_user(binaries, self._cluster.home)
        self._cluster.prepare(binaries, run_as)
        return self._cluster.server_command(binaries, run_as)

    def _binaries(self) -> Binaries:
        return resolve_binaries(self._pg_bin_dir, data_version=data_version(self._cluster.files))

    def _stuck(self) -> str:
        return (
            f"Another Handrail process holds {self._cluster.lock}, but its PostgreSQL server does not answer. "
            f"Stop that process, or look into {self._cluster.log}:\n{self._cluster.last_words()}"
        )


def attach_or_start(data_dir: Path, *, pg_bin_dir: Path | None = None, take_over: bool = False) -> EmbeddedServer:
    """The running server of this data directory, or a new one; stop it by ``stop()`` or at the end of a ``with``."""
    return EmbeddedServer(data_dir, pg_bin_dir=pg_bin_dir, take_over=take_over).start()

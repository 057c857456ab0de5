"""The files of one embedded cluster: where they are, how they are made, what ``postmaster.pid`` says about a server."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from db.embedded_binaries import Binaries, EmbeddedError
from db.embedded_user import RunAs, own_files

OWNER = "handrail_owner"
PORT = 5432  # only a part of the socket's name: the server does not listen on TCP
LONGEST_SOCKET_PATH = 103  # sun_path holds 108 bytes on Linux, 104 on macOS, the closing zero included
SOCKET_LINE, READY_LINE = 4, 7  # of postmaster.pid, counted from 0
GUARD = Path(__file__).with_name("embedded_guard.py")
LARGEST_LOG = 10_000_000
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
FIRST_MAJOR_WITH_BUILTIN_LOCALE = 17
SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_error_verbosity": "terse",  # the details of a refused row are the customer's data
}


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What ``postmaster.pid`` records about a running server."""

    pid: int
    socket_dir: Path
    is_ready: bool


class Cluster:
    """The folders and files of one embedded server, all inside its data directory (the socket perhaps not)."""

    def __init__(self, data_dir: Path, options: dict[str, str]) -> None:
        self.home = data_dir.expanduser().resolve()
        self.files = self.home / "postgres"
        self.lock = self.home / "postgres.lock"
        self.log = self.home / "postgres.log"
        self.socket_dir = socket_folder(self.home)
        self._options = options

    def prepare(self, binaries: Binaries, run_as: RunAs) -> None:
        """Make the cluster when there is none; a half-made one of an interrupted start is thrown away."""
        self._prepare_socket_folder(run_as)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.old"))
        if self.files.exists():
            own_files(run_as, self.files)
            return
        draft = self.home / "postgres.new"
        rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        os.chown(draft, run_as.uid, run_as.gid)
        self._initdb(draft, binaries, run_as)
        draft.rename(self.files)

    def server_command(self, binaries: Binaries, run_as: RunAs) -> list[str]:
        """The command line of the server, guarded so that it does not outlive this process."""
        where = {"unix_socket_directories": f'"{self.socket_dir}"', "port": str(PORT)}
        options = {**SERVER_OPTIONS, **self._options, **where}
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return guarded(run_as, [binaries.path("postgres"), "-D", str(self.files), *flags])

    def postmaster(self) -> Postmaster | None:
        """The live server of this cluster, whoever started it; None when there is none (or its file is stale)."""
        try:
            lines = (self.files / "postmaster.pid").read_text().splitlines()
            pid = int(lines[0])
        except (OSError, ValueError, IndexError):
            return None
        lines += [""] * (READY_LINE + 1 - len(lines))  # it grows while the server starts
        found = Postmaster(pid, Path(lines[SOCKET_LINE] or self.socket_dir), lines[READY_LINE].strip() == "ready")
        return found if self._is_ours(found.pid) else None

    def forget_dead_postmaster(self) -> None:
        """Remove lock files whose number belongs to another program by now, or to a zombie that nobody has reaped yet.

        After a container's restart numbers repeat, and PostgreSQL would refuse to start for ever. Only for the holder
        of our lock.
        """
        if sys.platform == "linux" and self.postmaster() is None:
            (self.files / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_dir / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def last_words(self) -> str:
        """The end of the server's log, for an error message."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-6:])
        except OSError:
            return ""

    def _is_ours(self, pid: int) -> bool:
        """A server works in its data directory: on Linux a number reused by another program is told apart."""
        if sys.platform != "linux":
            return _exists(pid)
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self.files
        except PermissionError:  # another user's; then its name must do
            return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
        except OSError:  # ended, or a zombie
            return False

    def _prepare_socket_folder(self, run_as: RunAs) -> None:
        """A folder only we can enter; one that somebody else put under the temporary folder is refused."""
        folder = self.socket_dir
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            os.chown(folder, run_as.uid, run_as.gid)
        elif folder.is_relative_to(self.home):
            own_files(run_as, folder)
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != run_as.uid or found.st_mode & 0o077:
            msg = f"{folder} should be a folder that only you can enter; remove it and start again."
            raise EmbeddedError(msg)

    def _initdb(self, draft: Path, binaries: Binaries, run_as: RunAs) -> None:
        locale = [f"--locale={LOCALE}"]
        if binaries.major >= FIRST_MAJOR_WITH_BUILTIN_LOCALE:  # sorts alike on every machine, for ever
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        arguments = ["-D", str(draft), "-U", OWNER, "-A", "trust", "--encoding=UTF8", "--no-instructions", *locale]
        command = guarded(run_as, [binaries.path("initdb"), *arguments])
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode != 0:
            rmtree(draft, ignore_errors=True)
            msg = f"The embedded database could not be created in {self.home}: {done.stderr.strip()}"
            raise EmbeddedError(msg)


def guarded(run_as: RunAs, command: list[str]) -> list[str]:
    """A command that ends when the calling thread does, as another user where needed."""
    return [sys.executable, "-I", "-S", str(GUARD), str(os.getpid()), run_as.drop, *run_as.prefix, *command]


def socket_folder(home: Path) -> Path:
    """``run`` in the data directory; a private folder under the temporary one when that path cannot be a socket's."""
    wanted = home / "run"
    unusable = set(str(wanted)) & set(':,"\\')
    if len(os.fsencode(wanted / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH and not unusable:
        return wanted
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"handrail-{os.geteuid()}-{digest}"


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

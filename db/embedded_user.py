"""Who PostgreSQL runs as. It refuses to be root, so as root it gets another identity, and nothing outside its own
folder changes for that: no user is added, no permission opened up the path.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from db.embedded_binaries import Binaries, EmbeddedError

NAMESPACE = ("--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True, slots=True)
class RunAs:
    """How to start a program that must not be root, and which user owns its files."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    drop: str = "-"


def choose_user(binaries: Binaries, folder: Path) -> RunAs:
    """Ourselves; as root, ourselves under another number in a user namespace, else the user ``nobody``."""
    if os.geteuid() != 0:
        return RunAs(os.geteuid(), os.getegid())
    unshare = shutil.which("unshare")
    if unshare is not None and _runs([unshare, *NAMESPACE, binaries.path("postgres"), "--version"]):
        return RunAs(0, 0, prefix=(unshare, *NAMESPACE))
    return _nobody(binaries, folder)


def own_files(run_as: RunAs, folder: Path) -> None:
    """Give a folder of ours, with all in it, to the user PostgreSQL runs as, if another had it before."""
    if os.geteuid() != 0 or not folder.exists() or folder.stat().st_uid == run_as.uid:
        return
    for one in [folder, *folder.rglob("*")]:
        os.chown(one, run_as.uid, run_as.gid, follow_symlinks=False)


def _nobody(binaries: Binaries, folder: Path) -> RunAs:
    """The user ``nobody``, when it can reach the programs and our folder; says what to do when it cannot."""
    user = pwd.getpwnam("nobody")
    as_nobody = {"user": user.pw_uid, "group": user.pw_gid}
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.chmod(0o711)  # our own folder; what is secret in it is 0600
    reaches_programs = _runs([binaries.path("postgres"), "--version"], **as_nobody)
    if reaches_programs and _runs(["/bin/sh", "-c", 'cd "$0"', str(folder)], **as_nobody):
        return RunAs(user.pw_uid, user.pw_gid, drop=f"{user.pw_uid}:{user.pw_gid}")
    unreachable = folder if reaches_programs else binaries.folder
    msg = (
        "PostgreSQL does not run as root, this machine forbids user namespaces, and the user nobody cannot enter "
        f"{unreachable}. Run Handrail as an ordinary user, or move the project and HANDRAIL_DATA_DIR to a place that "
        "others may enter (such as /opt and /var/lib), or set DATABASE_URL to use a server of your own."
    )
    raise EmbeddedError(msg)


def _runs(command: list[str], **identity: int) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, cwd="/", check=False, **identity)  # type: ignore[call-overload]
    except (OSError, subprocess.SubprocessError):
        return False
    return bool(done.returncode == 0)

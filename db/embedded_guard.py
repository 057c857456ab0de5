"""Runs a command that must not outlive its parent: ``python -I -S embedded_guard.py PARENT UID:GID|- COMMAND...``.

A file of its own, executed and never imported, because the work must be done between fork and exec of the command and
Python's ``preexec_fn`` can deadlock in a process that has threads. Needs nothing but the standard library.

Linux: the kernel sends SIGINT (PostgreSQL's fast, clean shutdown) when the thread that launched us ends. Elsewhere: a
small watcher looks for the parent five times a second.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
WATCH_SECONDS = 0.2


def die_with_parent(parent: int) -> None:
    """Arrange for SIGINT at the parent's end; leave at once when it is already gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    else:
        watch_parent(parent)
    if os.getppid() != parent:
        sys.exit("the parent ended before the command began")


def watch_parent(parent: int) -> None:
    """Fork a watcher twice, so that the command inherits no child it does not know."""
    command = os.getpid()
    middle = os.fork()
    if middle:
        os.waitpid(middle, 0)
        return
    if os.fork() == 0:
        os.setsid()
        wait_for_either(parent, command)
    os._exit(0)


def wait_for_either(parent: int, command: int) -> None:
    """Signal the command when its parent is gone; end without a word when the command is."""
    while True:
        time.sleep(WATCH_SECONDS)
        if not alive(command):
            return
        if not alive(parent):
            os.kill(command, signal.SIGINT)
            return


def alive(pid: int) -> bool:
    """True when a process with this id exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def drop_rights(user: str) -> None:
    """Become ``uid:gid`` for good; ``-`` stays who we are."""
    if user != "-":
        uid, gid = map(int, user.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def main() -> None:
    """Drop rights first: changing the user clears the parent-death signal."""
    parent, user, *command = sys.argv[1:]
    drop_rights(user)
    die_with_parent(int(parent))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()

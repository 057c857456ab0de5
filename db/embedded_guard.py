"""Runs a command that must not outlive its parent: ``python -I -S embedded_guard.py PARENT UID:GID|- COMMAND...``.

A file of its own, executed and never imported, because the work must be done between fork and exec of the command and
Python's ``preexec_fn`` can deadlock in a process that has threads. Needs nothing but the standard library.

Linux: we become the command, and the kernel sends it SIGINT (PostgreSQL's fast, clean shutdown) when the thread that
launched us ends. Elsewhere: we stay as the command's parent, look for ours, and pass signals on.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
WATCH_SECONDS = 0.1


def become(parent: int, command: list[str]) -> None:
    """Turn into the command, which gets SIGINT at the parent's end; leave at once when that has come already."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent ended before the command began")
    os.execv(command[0], command)


def supervise(parent: int, command: list[str]) -> int:
    """Run the command as a child, and interrupt it when our parent is another than in the beginning."""
    child = os.fork()
    if child == 0:
        os.execv(command[0], command)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(child, number))
    while os.getppid() == parent:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return abs(os.waitstatus_to_exitcode(status))
        time.sleep(WATCH_SECONDS)
    os.kill(child, signal.SIGINT)
    os.waitpid(child, 0)
    return 1


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
    if sys.platform == "linux":
        become(int(parent), command)
    else:
        sys.exit(supervise(int(parent), command))


if __name__ == "__main__":
    main()

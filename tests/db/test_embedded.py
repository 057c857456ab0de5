"""The embedded server's life: started once, shared, durable, stopped cleanly whoever is killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest

from db.embedded import EmbeddedServer, attach_or_start

PROCESS = Path(__file__).with_name("embedded_process.py")


class Neighbour:
    """Another process that uses the embedded server of one folder."""

    def __init__(self, data_dir: Path, prefix: tuple[str, ...] = ()) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, str(PROCESS), str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def hello(self) -> tuple[str, int]:
        words = self.process.stdout.readline().split()
        assert words, self.process.stderr.read()
        return words[0], int(words[1])

    def keep(self, number: int) -> None:
        assert self.process.poll() is None, self.process.stderr.read()
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().split() == ["kept", str(number)]

    def leave(self) -> None:
        self.process.stdin.close()
        assert self.process.wait(30) == 0, self.process.stderr.read()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="session")
def _made_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "data"
    with EmbeddedServer(folder):
        pass
    return folder


@pytest.fixture
def data(tmp_path: Path, _made_cluster: Path) -> Path:
    """A data directory that was used before: a copy is quicker than ``initdb``."""
    return Path(shutil.copytree(_made_cluster, tmp_path / "data"))


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[Callable[..., Neighbour]]:
    made: list[Neighbour] = []

    def make(*prefix: str) -> Neighbour:
        made.append(Neighbour(tmp_path / "data", prefix))
        return made[-1]

    yield make
    for one in made:
        one.kill()
        for stream in (one.process.stdin, one.process.stdout, one.process.stderr):
            stream.close()


async def ask(server: EmbeddedServer, question: str) -> Any:
    connection = await asyncpg.connect(**server.connect_arguments(), timeout=5)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def until(condition: Callable[[], Any], seconds: float = 15) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)
    return found


async def test_second_start_takes_less_than_a_second(tmp_path: Path) -> None:
    async with EmbeddedServer(tmp_path / "data") as server:
        await ask(server, "CREATE TABLE kept AS SELECT 7 AS n")
    times = []
    for _ in range(3):
        begin = time.monotonic()
        async with EmbeddedServer(tmp_path / "data") as server:
            times.append(time.monotonic() - begin)
            assert await ask(server, "SELECT n FROM kept") == 7
    assert min(times) < 1


async def test_writes_durably_and_listens_on_no_port(data: Path) -> None:
    async with EmbeddedServer(data) as server:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await ask(server, f"SHOW {setting}") == "on"
        assert await ask(server, "SHOW listen_addresses") == ""
        assert not psutil.Process(server.pid).net_connections("inet")
        assert await ask(server, "SELECT current_user || ' ' || current_database()") == "handrail_owner handrail"
        assert stat.S_IMODE((data).stat().st_mode) == 0o700
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700


async def test_permissions_above_the_data_directory_stay(tmp_path: Path) -> None:
    above = tmp_path / "mine"
    above.mkdir(mode=0o700)
    before = [one.stat().st_mode for one in (above, *above.parents)]
    async with EmbeddedServer(above / "data"):
        pass
    assert [one.stat().st_mode for one in (above, *above.parents)] == before


def test_it_is_a_child_in_a_session_of_its_own(data: Path) -> None:
    with EmbeddedServer(data) as server:
        assert psutil.Process(server.pid).ppid() == os.getpid()
        assert os.getsid(server.pid) != os.getsid(0)
        pid = server.pid
    assert not psutil.pid_exists(pid)


def test_others_attach_and_leave_it_running(data: Path, neighbour: Callable[..., Neighbour]) -> None:
    with attach_or_start(data) as server:
        assert server.is_starter
        other = neighbour()
        assert other.hello() == ("attached", server.pid)
        other.keep(1)
        other.leave()
        assert asyncio.run(ask(server, "SELECT count(*) FROM kept")) == 1
        with EmbeddedServer(data) as second:
            assert not second.is_starter
            assert second.pid == server.pid
        assert asyncio.run(ask(server, "SELECT count(*) FROM kept")) == 1


def test_of_many_starters_one_wins(neighbour: Callable[..., Neighbour]) -> None:
    several = [neighbour() for _ in range(4)]
    answers = [one.hello() for one in several]
    assert sorted(word for word, _ in answers) == ["attached", "attached", "attached", "started"]
    assert len({pid for _, pid in answers}) == 1
    for number, one in enumerate(several):
        one.keep(number)
    for one in sorted(several, key=lambda each: answers[several.index(each)][0]):  # the starter last
        one.leave()
    assert not psutil.pid_exists(answers[0][1])


def test_kill_9_of_the_starter_stops_the_server_cleanly(data: Path, neighbour: Callable[..., Neighbour]) -> None:
    starter = neighbour()
    word, pid = starter.hello()
    assert word == "started"
    starter.keep(1)
    starter.kill()
    until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    log = (data / "postgres.log").read_text()
    assert log.rstrip().endswith("database system is shut down")
    with EmbeddedServer(data) as server:
        assert asyncio.run(ask(server, "SELECT array_agg(n) FROM kept")) == [1]
    assert "not properly shut down" not in (data / "postgres.log").read_text()


def test_kill_9_then_start_at_once_again_and_again(data: Path, neighbour: Callable[..., Neighbour]) -> None:
    for turn in range(4):
        starter = neighbour()
        assert starter.hello()[0] == "started"
        starter.keep(turn)
        starter.kill()
    last = neighbour()
    assert last.hello()[0] == "started"
    last.leave()


def test_acknowledged_rows_survive_all_kills(data: Path, neighbour: Callable[..., Neighbour]) -> None:
    for turn in range(3):
        starter = neighbour()
        _, pid = starter.hello()
        starter.keep(turn)
        os.kill(pid, signal.SIGKILL)
        starter.kill()
    with EmbeddedServer(data) as server:
        assert sorted(asyncio.run(ask(server, "SELECT array_agg(n) FROM kept"))) == [0, 1, 2]


def test_a_killed_server_comes_back_by_itself(data: Path) -> None:
    with EmbeddedServer(data) as server:
        asyncio.run(ask(server, "CREATE TABLE kept AS SELECT 7 AS n"))
        killed = server.pid
        os.kill(killed, signal.SIGKILL)
        until(lambda: server.pid not in {killed, None} and _answers(server))
        assert asyncio.run(ask(server, "SELECT n FROM kept")) == 7
        again = server.pid
    assert not psutil.pid_exists(again)


def test_a_restart_behind_our_back_is_followed(data: Path) -> None:
    """Like ``pg_ctl restart -m immediate``: our child ends, a server that is not our child takes its place."""
    with EmbeddedServer(data) as server:
        before = server.pid
        command = server._prepare()
        os.kill(before, signal.SIGQUIT)
        until(lambda: not psutil.pid_exists(before), 10)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
            until(lambda: server.pid not in {before, None} and _answers(server))
            running = server.pid
            server.stop()
            assert not psutil.pid_exists(running) or psutil.Process(running).status() == psutil.STATUS_ZOMBIE
            other.wait(15)


def test_who_stays_takes_over(data: Path, neighbour: Callable[..., Neighbour]) -> None:
    starter = neighbour()
    _, pid = starter.hello()
    starter.keep(1)
    with attach_or_start(data, take_over=True) as server:
        assert not server.is_starter
        starter.kill()
        until(lambda: server.is_starter and _answers(server))
        assert server.pid != pid
        assert asyncio.run(ask(server, "SELECT array_agg(n) FROM kept")) == [1]
        last = server.pid
    assert not psutil.pid_exists(last)


def _answers(server: EmbeddedServer) -> bool:
    try:
        return asyncio.run(ask(server, "SELECT 1")) == 1
    except (OSError, asyncpg.PostgresError):
        return False


def test_pid_file_that_names_another_program(data: Path) -> None:
    """After a container's restart the recorded number often belongs to somebody else, here to the test."""
    with EmbeddedServer(data) as server:
        pid_file = data / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        socket_lock = server.socket_dir / ".s.PGSQL.5432.lock"
        socket_lines = socket_lock.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    socket_lock.write_text("\n".join([str(os.getppid()), *socket_lines[1:]]) + "\n")
    with EmbeddedServer(data) as server:
        assert server.is_starter
        assert asyncio.run(ask(server, "SELECT 1")) == 1


def test_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "data" / "postgres.new" / "base").mkdir(parents=True)
    with EmbeddedServer(tmp_path / "data") as server:
        assert asyncio.run(ask(server, "SELECT 1")) == 1
    assert not (tmp_path / "data" / "postgres.new").exists()


@pytest.mark.parametrize("folder", ["x" * 100, "a:b, \"c\" 'd'"])
def test_socket_moves_where_its_path_fits(tmp_path: Path, folder: str) -> None:
    with EmbeddedServer(tmp_path / folder) as server:
        assert not server.socket_dir.is_relative_to(tmp_path)
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
        assert asyncio.run(ask(server, "SELECT 1")) == 1
        squatted = server.socket_dir
    squatted.chmod(0o777)
    server.log_file.with_name("postgres").joinpath("postmaster.pid").unlink(missing_ok=True)
    with pytest.raises(Exception, match="only you can enter"):
        EmbeddedServer(tmp_path / folder).start()
    squatted.rmdir()


async def test_url_is_for_sqlalchemy(tmp_path: Path) -> None:
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    async with EmbeddedServer(tmp_path / "with space") as server:
        engine = create_async_engine(server.url())
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT current_database()"))).scalar() == "handrail"
        await engine.dispose()


def test_ordinary_user_needs_no_tricks(data: Path, neighbour: Callable[..., Neighbour]) -> None:
    prefix = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no user namespaces here")
    one = neighbour(*prefix)
    assert one.hello()[0] == "started"
    one.keep(1)
    one.leave()

"""docs/operator.md: its roles, migration, back-up and restore on a PostgreSQL that is not ours, as it says."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import asyncpg
import httpx
import pytest

from db.embedded import EmbeddedServer
from db.embedded_binaries import resolve_binaries
from db.engine import Database
from db.preparation import require_safe
from settings import Settings
from tests.docs.recipes import ROOT, blocks
from tests.support.served import served

PAGE = "docs/operator.md"


class Foreign:
    """A PostgreSQL server that Handrail did not set up."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.server = server

    def url(self, user: str, database: str = "handrail") -> str:
        return f"postgresql://{quote(user)}@/{database}?{urlencode({'host': str(self.server.socket_dir)})}"

    def sql(self, statement: str, database: str = "handrail") -> list[asyncpg.Record]:
        async def run() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(**self.server.connect_arguments(database))
            try:
                return await connection.fetch(statement)
            finally:
                await connection.close()

        return asyncio.run(run())

    def figures(self, database: str) -> dict[str, tuple[int, str]]:
        """Count and checksum of every table."""
        names = [row[0] for row in self.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database)]
        return {
            name: tuple(self.sql(f"SELECT count(*), md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {name} t", database)[0])
            for name in names
        }


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreign]:
    with EmbeddedServer(tmp_path_factory.mktemp("foreign") / "data") as server:
        one = Foreign(server)
        one.sql("DROP DATABASE handrail", "postgres")  # our launcher's; a foreign server has none
        for statement in blocks(PAGE, "sql")[0].text.split(";\n"):
            if statement.strip():
                one.sql(statement, "postgres")
        yield one


@pytest.fixture(scope="module")
def environment(foreign: Foreign) -> dict[str, str]:
    one = {"DATABASE_OWNER_URL": foreign.url("handrail_admin"), "DATABASE_URL": foreign.url("handrail_server"),
           "RESTORED_URL": foreign.url("handrail_admin", "restored")}
    binaries = resolve_binaries(None).folder
    return {**os.environ, **one, "PATH": f"{Path(sys.executable).parent}:{binaries}:{os.environ['PATH']}"}


def shell(script: str, environment: dict[str, str], folder: Path = ROOT) -> str:
    done = subprocess.run(["sh", "-euc", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def migrated(environment: dict[str, str]) -> str:
    """What the migration says."""
    return shell(blocks(PAGE, "sh")[0].text, environment)


@pytest.mark.slow
def test_roles_migration_serving_backup(foreign: Foreign, environment: dict[str, str], migrated: str, tmp_path: Path) -> None:
    _, dump, restore = (block.text for block in blocks(PAGE, "sh"))
    assert "migrated" in migrated
    shell("python -m cli seed --demo", environment)
    shell("python -m cli account create northwind --name 'Northwind IT' --owner-email olivia@northwind.example", environment)
    assert "northwind" in shell("python -m cli account list", environment)

    shell(dump, environment, tmp_path)
    foreign.sql("CREATE DATABASE restored OWNER handrail_admin", "postgres")
    shell(restore, environment, tmp_path)
    before = foreign.figures("handrail")
    assert before["l1_walk_sessions"][0] > 0
    assert foreign.figures("restored") == before

    only_serving = {"DATABASE_URL": foreign.url("handrail_server", "restored"), "HANDRAIL_ENV": "development"}
    with served(tmp_path, **only_serving) as url:
        assert httpx.get(f"{url}/readyz").json()["database"] == "ok"
        token = httpx.post(f"{url}/session/demo", json={"email": "l1@acme.example"}).json()["token"]
        asked = {"query": "{ walkSessions { totalCount } }"}
        answer = httpx.post(f"{url}/graphql", json=asked, headers={"authorization": f"Bearer {token}"}).json()
    mine = foreign.sql("SELECT count(*) FROM l1_walk_sessions s JOIN accounts a ON a.id = s.account_id WHERE a.slug = 'acme'")
    assert answer == {"data": {"walkSessions": {"totalCount": mine[0][0]}}}

    shell("python -m cli account delete northwind --yes", environment)
    assert "northwind" not in shell("python -m cli account list", environment)


def test_an_unreachable_database_is_said_in_words(environment: dict[str, str]) -> None:
    wrong = {"DATABASE_URL": "postgresql://somebody:a-secret@127.0.0.1:9/handrail", "DATABASE_OWNER_URL": ""}
    done = subprocess.run([sys.executable, "server.py"], cwd=ROOT, env={**environment, **wrong}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be used: ")
    assert "Traceback" not in done.stderr and "a-secret" not in done.stderr


def test_the_serving_login_has_no_rights_of_its_own(foreign: Foreign, migrated: str) -> None:
    async def look() -> str:
        connection = await asyncpg.connect(**foreign.server.connect_arguments("handrail", "handrail_server"))
        try:
            await connection.fetch("SELECT * FROM accounts")
        except asyncpg.InsufficientPrivilegeError:
            return "refused"
        finally:
            await connection.close()
        return "seen"

    assert asyncio.run(look()) == "refused"


def test_the_login_behind_a_pooler_needs_no_role_and_has_its_limits(foreign: Foreign, migrated: str) -> None:
    """As the pooler leaves it: without startup parameters."""
    for statement in blocks(PAGE, "sql")[1].text.split(";\n"):
        if statement.strip():
            foreign.sql(statement, "postgres")

    async def look() -> tuple[str, ...]:
        async with Database(foreign.url("handrail_pooled"), role=None) as db:
            await require_safe(db)
        connection = await asyncpg.connect(**foreign.server.connect_arguments("handrail", "handrail_pooled"))
        try:
            return tuple(await connection.fetchrow(
                "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),"
                " current_setting('idle_in_transaction_session_timeout')"))
        finally:
            await connection.close()

    assert asyncio.run(look()) == ("8s", "5s", "15s")


def test_copy_of_the_data_folder(tmp_path: Path) -> None:
    """The embedded database's recipe: stop, copy, start."""
    assert "$ cp -a .data backup-of-data" in (ROOT / PAGE).read_text()
    with EmbeddedServer(tmp_path / "data") as server:
        Foreign(server).sql("CREATE TABLE kept AS SELECT 7 AS number", "postgres")
    subprocess.run(["cp", "-a", str(tmp_path / "data"), str(tmp_path / "copy")], check=True)
    shutil.rmtree(tmp_path / "data")
    with EmbeddedServer(tmp_path / "copy") as server:
        assert Foreign(server).sql("SELECT number FROM kept", "postgres")[0][0] == 7


def test_every_setting_it_names_exists() -> None:
    named = set(re.findall(r"\b(?:HANDRAIL|DATABASE|AUTH|LLM|SMTP|MAIL|DB|AI|INTAKE|BODY|REQUEST|BACKGROUND|ALLOWED)_[A-Z_]+\b", (ROOT / PAGE).read_text()))
    known = {name.upper() for name in Settings.model_fields}
    assert named - known == set()

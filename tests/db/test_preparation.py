"""A login that row-level security would not bind, or that cannot work, is refused at the start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from db import engine
from db.engine import APP_ROLE, JOBS_ROLE, Database
from db.preparation import UnusableDatabase, require_safe, standing
from tests.db.catalogue import owner

Made = tuple[asyncpg.Connection, str, str]


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[Made]:
    """The owner's connection, a login without rights yet, and its URL."""
    login = f"login_{uuid4().hex[:8]}"
    async with owner(database_url) as connection:
        await connection.execute(f"CREATE ROLE {login} LOGIN")
        try:
            yield connection, login, make_url(database_url).set(username=login).render_as_string()
        finally:
            await connection.execute(f"DROP OWNED BY {login}")
            await connection.execute(f"DROP ROLE {login}")


async def refusal(url: str, *, role: str | None, runs_jobs: bool = False) -> str:
    async with Database(url, role=role) as db:
        with pytest.raises(UnusableDatabase) as refused:
            await require_safe(db, runs_jobs=runs_jobs)
    return str(refused.value)


async def test_a_login_that_takes_its_roles_serves_and_runs_jobs(made: Made) -> None:
    connection, login, url = made
    await connection.execute(f"ALTER ROLE {login} NOINHERIT")
    await connection.execute(f"GRANT {APP_ROLE}, {JOBS_ROLE} TO {login}")
    async with Database(url) as db:
        await require_safe(db, runs_jobs=True)


async def test_behind_a_pooler_a_login_that_inherits_the_runtime_role_serves(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pooler drops the startup parameter ``role``, the jobs' one too."""
    connection, login, url = made
    await connection.execute(f"ALTER ROLE {login} INHERIT")
    await connection.execute(f"GRANT {APP_ROLE} TO {login}")
    async with Database(url, role=None) as db:
        await require_safe(db)
        async with db.write(uuid4()) as door:
            assert await door.scalar(text("SELECT count(*) FROM accounts")) == 0
    monkeypatch.setattr(engine, "JOBS_ROLE", APP_ROLE)
    assert "BACKGROUND_JOBS=off" in await refusal(url, role=None, runs_jobs=True)


async def test_a_login_without_rights_of_its_own_is_refused_where_its_role_was_dropped(made: Made) -> None:
    connection, login, url = made
    await connection.execute(f"ALTER ROLE {login} NOINHERIT")
    await connection.execute(f"GRANT {APP_ROLE}, {JOBS_ROLE} TO {login}")
    assert f"{login}, which may not read the tables" in await refusal(url, role=None)


async def test_a_login_that_inherits_the_jobs_role_is_refused(made: Made) -> None:
    """It would see the due work of every account beside its own rows."""
    connection, login, url = made
    await connection.execute(f"ALTER ROLE {login} INHERIT")
    await connection.execute(f"GRANT {APP_ROLE}, {JOBS_ROLE} TO {login}")
    assert "row-level security does not bind" in await refusal(url, role=None)


async def test_an_owner_and_who_bypasses_are_refused(made: Made, database_url: str) -> None:
    connection, login, url = made
    assert "row-level security does not bind" in await refusal(database_url, role=None)
    await connection.execute(f"ALTER ROLE {login} BYPASSRLS")
    assert "row-level security does not bind" in await refusal(url, role=None)


async def test_a_login_that_may_not_take_the_role_is_told_what_to_grant(made: Made) -> None:
    assert f"GRANT {APP_ROLE}, {JOBS_ROLE} TO your_login" in await refusal(made[2], role=APP_ROLE)


async def test_a_database_that_is_away_is_said_without_the_password() -> None:
    with pytest.raises(UnusableDatabase) as refused:
        await standing("postgresql://somebody:a-secret@127.0.0.1:9/handrail")
    assert str(refused.value).startswith("The database cannot be used: ")
    assert "a-secret" not in str(refused.value)

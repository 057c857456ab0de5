"""Bringing a database to the state the server needs, and refusing one it must not serve."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db import migration, vector_store
from db.engine import APP_ROLE, JOBS_ROLE, Database, asyncpg_url

log = logging.getLogger("handrail.database")
OWNS = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('alembic_version')"
# Who inherits the jobs' role sees due work of every account, with all columns that the other role may read.
_RIGHTS = text(f"""
    SELECT current_user AS name, has_table_privilege('l1_walk_sessions', 'SELECT') AS may_read,
           r.rolsuper OR r.rolbypassrls OR pg_has_role(current_user, '{JOBS_ROLE}', 'USAGE')
           OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relname = 'l1_walk_sessions') AS is_unbound
    FROM pg_roles r WHERE r.rolname = current_user
""")  # noqa: S608 - constants only


class UnusableDatabase(Exception):
    """The server cannot (or must not) use this database; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a database is: its revision, the newest one this code knows, and whether this login may change it."""

    current: str | None
    head: str
    is_owner: bool = True


async def standing(url: str | URL) -> Standing:
    """The revision of the database behind a URL. Raises ``UnusableDatabase`` when it cannot be asked."""
    head = ScriptDirectory.from_config(migration.alembic_config(url)).get_current_head() or ""
    engine = create_async_engine(asyncpg_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            is_owner = await connection.scalar(text(OWNS))
            if is_owner is None:
                return Standing(None, head)
            if not is_owner:  # a login that only serves may have no right but to take the role
                await connection.execute(text(f"SET ROLE {APP_ROLE}"))
            current = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except (DBAPIError, OSError) as error:
        raise unusable(error) from None
    finally:
        await engine.dispose()
    return Standing(current, head, is_owner=is_owner)


async def bring_up_to_date(owner_url: str | URL) -> bool:
    """Migrate when the database is behind; whether anything was done. Raises ``UnusableDatabase``."""
    at = await standing(owner_url)
    if at.current == at.head:
        if at.is_owner:
            await _ensure_vectors(owner_url)
        return False
    try:
        await asyncio.to_thread(migration.upgrade, owner_url)
    except CommandError:
        message = (
            f"The database is at revision {at.current}, which this release ({at.head}) does not know: a newer one "
            "migrated it. Run that release, or restore the back-up made before the upgrade."
        )
        raise UnusableDatabase(message) from None
    except DBAPIError as error:
        message = (
            f"The database is at revision {at.current or 'none'}, this release needs {at.head}, and migrating failed: "
            f"{_reason(error)}. Set DATABASE_OWNER_URL to a login that owns the database and may create roles, then "
            "run `python -m cli migrate`."
        )
        raise UnusableDatabase(message) from None
    await _ensure_vectors(owner_url)
    return True


async def _ensure_vectors(owner_url: str | URL) -> None:
    """Tables of vectors stand outside the migrations: a server without pgvector matches by words, and says so."""
    async with Database(owner_url, role=None) as owner, owner.write(None) as connection:
        missing = await vector_store.ensure(connection)
        if missing is not None and not await vector_store.available(connection):
            log.warning("matching compares by words only: %s", missing)


async def require_safe(db: Database, *, runs_jobs: bool = False) -> None:
    """Refuse a login that row-level security would not bind, or that cannot work. Raises ``UnusableDatabase``.

    ``runs_jobs``: this process also looks for due work, as another role.
    """
    try:
        async with db.read(None) as connection:
            row = (await connection.execute(_RIGHTS)).one()
        looks_as = await _looks_as(db) if runs_jobs else JOBS_ROLE
    except (DBAPIError, OSError) as error:
        message = (
            f"The server cannot log in as role {APP_ROLE}: {_reason(error)}. Run `python -m cli migrate` with "
            f"DATABASE_OWNER_URL set, then `GRANT {APP_ROLE}, {JOBS_ROLE} TO your_login`."
        )
        raise UnusableDatabase(message) from None
    if row.is_unbound or not row.may_read:
        what = "row-level security does not bind" if row.is_unbound else "may not read the tables"
        message = (
            f"The server is logged in as {row.name}, which {what}. A pooler may drop the startup parameter `role`; let "
            f"DATABASE_URL log in as a plain role that inherits {APP_ROLE} and nothing else."
        )
        raise UnusableDatabase(message)
    if looks_as != JOBS_ROLE:
        message = (
            f"The background jobs look for due work as {looks_as} instead of {JOBS_ROLE} and would find none: a pooler "
            "drops the startup parameter `role`. Set BACKGROUND_JOBS=off here, and run `python -m cli worker` with a "
            "DATABASE_URL that goes past the pooler."
        )
        raise UnusableDatabase(message)


async def _looks_as(db: Database) -> str:
    async with db.due() as connection:
        return str(await connection.scalar(text("SELECT current_user")))


def _reason(error: DBAPIError | OSError) -> str:
    """The first line of what the database, or the way to it, says."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return (str(cause).splitlines() or [type(cause).__name__])[0]


def unusable(error: DBAPIError | OSError) -> UnusableDatabase:
    """A fault of the database, for the person at the terminal."""
    return UnusableDatabase(
        f"The database cannot be used: {_reason(error)}. Check DATABASE_URL (and DATABASE_OWNER_URL): address, login, "
        f"password; a login that serves must be a member of {APP_ROLE} and {JOBS_ROLE}. `python -m cli migrate` brings "
        "an empty or an older database up to date."
    )

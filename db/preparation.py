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
from db.engine import APP_ROLE, Database, asyncpg_url

log = logging.getLogger("handrail.database")
OWNS = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('alembic_version')"


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
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = (str(cause).splitlines() or [type(cause).__name__])[0]
        message = (
            f"The database cannot be used: {reason}. Check DATABASE_URL (and DATABASE_OWNER_URL): address, login, "
            f"password; a login that serves must be a member of {APP_ROLE} and handrail_jobs."
        )
        raise UnusableDatabase(message) from None
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
        reason = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
        message = (
            f"The database is at revision {at.current or 'none'}, this release needs {at.head}, and migrating failed: "
            f"{reason}. Set DATABASE_OWNER_URL to a login that owns the database and may create roles, then run "
            "`python -m cli migrate`."
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


async def require_safe(db: Database) -> None:
    """Refuse a login that row-level security would not bind. Raises ``UnusableDatabase``."""
    question = text("""
        SELECT current_user AS name, r.rolsuper OR r.rolbypassrls AS bypasses,
               EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relname = 'l1_walk_sessions') AS owns
        FROM pg_roles r WHERE r.rolname = current_user
    """)
    try:
        async with db.read(None) as connection:
            row = (await connection.execute(question)).one()
    except DBAPIError as error:
        reason = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
        message = (
            f"The server cannot log in as role {APP_ROLE}: {reason}. Run `python -m cli migrate` with "
            f"DATABASE_OWNER_URL set, then `GRANT {APP_ROLE}, handrail_jobs TO your_login`."
        )
        raise UnusableDatabase(message) from None
    if row.bypasses or row.owns:
        message = (
            f"The server is logged in as {row.name}, which row-level security does not bind. A pooler may drop the "
            f"startup parameter `role`; let DATABASE_URL log in as a plain role that is a member of {APP_ROLE}."
        )
        raise UnusableDatabase(message)

"""Accounts as an operator at the machine sees them: all of them, as an owner whom row-level security lets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from db.engine import Database
from db.models import Account, User


async def ids_by_slug(owner: Database) -> dict[str, UUID]:
    """Every account, in the order of the slugs."""
    async with owner.read(None) as connection:
        rows = await connection.execute(select(Account.slug, Account.id).order_by(Account.slug))
        return {row.slug: row.id for row in rows}


async def members_of(owner: Database, email: str, slug: str | None) -> list[Any]:
    """Members with this address in every account, or in the one named: rows of account_id, id, slug."""
    found: list[Any] = []
    for name, account_id in (await ids_by_slug(owner)).items():
        statement = (
            select(User.account_id, User.id, Account.slug).join(Account, Account.id == User.account_id)
            .where(User.account_id == account_id, func.lower(User.email) == email.lower(), User.deleted_at.is_(None))
        )
        if slug in {None, name}:
            async with owner.read(account_id) as connection:
                found += (await connection.execute(statement)).all()
    return found


async def delete_account(owner: Database, account_id: UUID) -> None:
    """One statement takes everything of it, whatever it holds."""
    async with owner.write(account_id) as connection:
        await connection.execute(delete(Account).where(Account.id == account_id))

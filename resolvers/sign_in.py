"""From a verified credential to the caller: one statement that finds the member and the account."""

from __future__ import annotations

import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from db.engine import Database
from db.models import Account, ServiceAccount, User
from db.prepared import ACCOUNT, Prepared
from domain.principal import ActorKind, Principal, Role, Scope
from resolvers.access import in_account
from resolvers.account import COLUMNS
from resolvers.context import AccountSettings
from resolvers.service_account import hash_secret

LAST_USED_GRAIN = timedelta(minutes=1)
_ACCOUNT = [getattr(Account, name).label(f"account__{name}") for name in COLUMNS]
_USER = [User.id, User.name, User.role, User.can_cover_l1]


def _users(*conditions: ColumnElement[bool]) -> Prepared:
    """Built once: every request begins with one of these."""
    return Prepared(
        select(*_USER, *_ACCOUNT).join(Account, Account.id == User.account_id)
        .where(in_account(User, ACCOUNT), *conditions, User.deleted_at.is_(None), User.deactivated_at.is_(None))
    )


_BY_ID = _users(User.id == bindparam("user"))
_BY_IDENTITY = _users(User.issuer == bindparam("issuer"), User.subject == bindparam("subject"))
_BY_KEY = Prepared(
    select(ServiceAccount.id, ServiceAccount.name, ServiceAccount.scopes, ServiceAccount.secret_hash,
           ServiceAccount.last_used_at, *_ACCOUNT)
    .join(Account, Account.id == ServiceAccount.account_id)
    .where(in_account(ServiceAccount, ACCOUNT), ServiceAccount.id == bindparam("service"),
           ServiceAccount.revoked_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The caller as the database knows them now."""

    principal: Principal
    account: AccountSettings


async def by_user_id(db: Database, account_id: UUID, user_id: UUID) -> SignedIn | None:
    """A development token's user."""
    return await _user(db, account_id, _BY_ID, user=user_id)


async def by_identity(
    db: Database, account_id: UUID, issuer: str, subject: str, verified_email: str | None
) -> SignedIn | None:
    """The member bound to (issuer, subject); an invited one is bound now when the address is verified."""
    found = await _user(db, account_id, _BY_IDENTITY, issuer=issuer, subject=subject)
    if found is None and verified_email is not None:
        # whoever bound it: an app's first requests come side by side, and only one of them does
        await _bind(db, account_id, issuer, subject, verified_email)
        found = await _user(db, account_id, _BY_IDENTITY, issuer=issuer, subject=subject)
    return found


async def by_api_key(
    db: Database, account_id: UUID, service_account_id: UUID, secret: str, now: datetime
) -> SignedIn | None:
    """The service account of a key; remembers the minute of its last use."""
    row = await db.first(account_id, _BY_KEY, service=service_account_id)
    if row is None or not hmac.compare_digest(row.secret_hash, hash_secret(secret)):
        return None
    if row.last_used_at is None or row.last_used_at < now - LAST_USED_GRAIN:
        await _touch(db, account_id, service_account_id, now)
    scopes = frozenset(Scope(one) for one in row.scopes if one in set(Scope))
    principal = Principal(account_id, ActorKind.SERVICE_ACCOUNT, row.id, row.name, scopes=scopes)
    return SignedIn(principal, settings_of(row))


async def as_operator(db: Database, account_id: UUID) -> SignedIn:
    """The operator at the machine, for commands that are run there. Nobody signs in as this."""
    statement = select(*_ACCOUNT).where(Account.id == account_id)
    async with db.read(account_id) as connection:
        row = (await connection.execute(statement)).one()
    principal = Principal(account_id, ActorKind.SERVICE_ACCOUNT, account_id, "operator",
                          scopes=frozenset({Scope.FLOWS}), is_operator=True)
    return SignedIn(principal, settings_of(row))


async def _user(db: Database, account_id: UUID, statement: Prepared, **values: Any) -> SignedIn | None:
    row = await db.first(account_id, statement, **values)
    if row is None:
        return None
    principal = Principal(account_id, ActorKind.USER, row.id, row.name, Role(row.role), row.can_cover_l1)
    return SignedIn(principal, settings_of(row))


def settings_of(row: Any) -> AccountSettings:
    """The account's columns of a joined row."""
    values = {name: getattr(row, f"account__{name}") for name in COLUMNS}
    values["enabled_categories"] = tuple(values["enabled_categories"])
    values["escalation_addresses"] = tuple(values["escalation_addresses"])
    return AccountSettings(**values)


async def _bind(db: Database, account_id: UUID, issuer: str, subject: str, email: str) -> None:
    """Once for a member, and only while no other member has this identity; a removed one's is free again."""
    statement = (
        update(User)
        .where(in_account(User, account_id), func.lower(User.email) == email.lower(), User.issuer.is_(None),
               User.deleted_at.is_(None), User.deactivated_at.is_(None))
        .values(issuer=issuer, subject=subject)
    )
    with suppress(IntegrityError):
        async with db.write(account_id) as connection:
            await connection.execute(statement)


async def _touch(db: Database, account_id: UUID, service_account_id: UUID, now: datetime) -> None:
    statement = (
        update(ServiceAccount)
        .where(in_account(ServiceAccount, account_id), ServiceAccount.id == service_account_id,
               or_(ServiceAccount.last_used_at.is_(None), ServiceAccount.last_used_at < now - LAST_USED_GRAIN))
        .values(last_used_at=now)
    )
    async with db.write(account_id) as connection:
        await connection.execute(statement)

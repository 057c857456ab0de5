"""Service accounts: made with a secret that is shown once, revoked for good."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update

from db.models import ServiceAccount
from db.queries.walk_session import SERVICE
from domain.clean_text import required_text
from domain.permission import SCOPES, Action, has_right
from domain.principal import Principal, Scope
from domain.refusal import Code
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import checked, not_found, refuse, require
from resolvers.paging import Key, Page, page_of, paged
from resolvers.permission_loader import Check

KEY_PREFIX = "hrk"
ORDER = (Key(ServiceAccount.created_at, "created_at", datetime, is_descending=True),
         Key(ServiceAccount.id, "id", UUID, is_descending=True))


@dataclass(frozen=True, slots=True)
class Created:
    """``secret`` is the whole API key; it exists nowhere else."""

    id: UUID
    secret: str


def api_key(account_id: UUID, service_account_id: UUID, secret: str) -> str:
    """Account and key ids in clear, so that the tenant is known before the first query; then the secret."""
    return f"{KEY_PREFIX}_{account_id.hex}_{service_account_id.hex}_{secret}"


def hash_secret(secret: str) -> str:
    """The secret is 256 random bits, so a plain hash is enough and costs microseconds."""
    return hashlib.sha256(secret.encode()).hexdigest()


@guarded
async def create(context: Context, name: str, scopes: tuple[Scope, ...]) -> Created:
    """A new service account, with no scope that its creator lacks."""
    require(await context.loaders.permissions.load(Check(Action.MANAGE_SERVICE_ACCOUNTS)), "account")
    clean = checked(required_text(name, ("name",), max_chars=200))
    wanted = tuple(dict.fromkeys(scopes))
    if not wanted:
        raise refuse(Code.INVALID_INPUT, "Name at least one scope.", "scopes")
    _require_own_rights(context.principal, wanted)
    created = Created(uuid4(), secrets.token_urlsafe(32))
    async with context.db.write(context.account_id) as connection:
        await connection.execute(insert(ServiceAccount).values(
            account_id=context.account_id, id=created.id, name=clean, scopes=[one.value for one in wanted],
            secret_hash=hash_secret(created.secret), created_by_user_id=context.principal.id,
        ))
        await record(connection, context.principal, "service_account.created", ("service_account", created.id),
                     scopes=[one.value for one in wanted])
    return Created(created.id, api_key(context.account_id, created.id, created.secret))


def _require_own_rights(principal: Principal, scopes: tuple[Scope, ...]) -> None:
    for scope in scopes:
        granted = [action for action, by in SCOPES.items() if scope in by]
        if not all(has_right(principal, action) for action in granted):
            raise refuse(Code.FORBIDDEN, f"You lack the rights of scope {scope.name} yourself.", "scopes")


@guarded
async def revoke(context: Context, service_account_id: UUID) -> UUID:
    """The key stops working at its next request; repeating it changes nothing."""
    require(await context.loaders.permissions.load(Check(Action.MANAGE_SERVICE_ACCOUNTS)), "account")
    scope = in_account(ServiceAccount, context.account_id)
    async with context.db.write(context.account_id) as connection:
        changed = await connection.execute(
            update(ServiceAccount)
            .where(scope, ServiceAccount.id == service_account_id, ServiceAccount.revoked_at.is_(None))
            .values(revoked_at=context.now()).returning(ServiceAccount.id)
        )
        if changed.first() is not None:
            await record(connection, context.principal, "service_account.revoked",
                         ("service_account", service_account_id))
        elif not (await connection.execute(
            select(ServiceAccount.id).where(scope, ServiceAccount.id == service_account_id)
        )).first():
            raise not_found("service account", "serviceAccountId")
    return service_account_id


async def by_id(context: Context, service_account_id: UUID) -> Any:
    statement = select(*(getattr(ServiceAccount, name) for name in SERVICE)).where(
        in_account(ServiceAccount, context.account_id), ServiceAccount.id == service_account_id
    )
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


async def page(context: Context, first: int, after: str | None) -> Page[Any]:
    """Service accounts, newest first, revoked ones too."""
    statement = select(*(getattr(ServiceAccount, name) for name in SERVICE)).where(
        in_account(ServiceAccount, context.account_id)
    )
    async with context.db.read(context.account_id) as connection:
        rows = (await connection.execute(paged(statement, ORDER, first, after))).all()
    return page_of(rows, ORDER, first, after)


async def count(context: Context) -> int:
    statement = select(func.count()).select_from(ServiceAccount).where(in_account(ServiceAccount, context.account_id))
    async with context.db.read(context.account_id) as connection:
        return int((await connection.execute(statement)).scalar_one())

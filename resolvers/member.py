"""Members: who they are, and changing that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Account, User
from db.prepared import ACCOUNT, Prepared
from db.queries.walk_session import USER
from domain.clean_text import is_email_address, required_text
from domain.permission import ROLES, Action
from domain.principal import Role
from domain.refusal import Code
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.escalation.giving_back import give_back
from resolvers.guard import guarded
from resolvers.outcome import checked, not_found, refuse, require
from resolvers.paging import Key, Page, page_of, page_values, paged_by_values
from resolvers.permission_loader import Check

ORDER = (Key(User.name, "name", str), Key(User.id, "id", UUID))


@dataclass(frozen=True, slots=True)
class NewMember:
    """Input of ``addMember``."""

    email: str
    name: str
    role: Role
    can_cover_l1: bool = False


async def page(context: Context, first: int, after: str | None) -> Page[Any]:
    """Members by name; removed ones are not listed."""
    values = page_values(ORDER, first, after)
    rows = await context.db.rows(context.account_id, _page(has_after=after is not None), **values)
    return page_of(rows, ORDER, first, after)


@lru_cache
def _page(*, has_after: bool) -> Prepared:
    columns = (getattr(User, name) for name in USER)
    statement = select(*columns).where(in_account(User, ACCOUNT), User.deleted_at.is_(None))
    return Prepared(paged_by_values(statement, ORDER, has_after=has_after))


async def count(context: Context) -> int:
    statement = select(func.count()).select_from(User).where(
        in_account(User, context.account_id), User.deleted_at.is_(None)
    )
    async with context.db.read(context.account_id) as connection:
        return int((await connection.execute(statement)).scalar_one())


async def by_id(context: Context, user_id: UUID) -> Any:
    """A member, removed or not, or None."""
    statement = select(*(getattr(User, name) for name in USER)).where(
        in_account(User, context.account_id), User.id == user_id
    )
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).first()


async def _authorise(context: Context) -> None:
    require(await context.loaders.permissions.load(Check(Action.MANAGE_MEMBERS)), "account")


def _must_not_be_owner(role: Role, *field: str) -> None:
    if role is Role.OWNER:
        raise refuse(Code.FORBIDDEN, "Ownership is given on by transferOwnership only.", *field)


async def _lock_account(connection: AsyncConnection, context: Context) -> dict[str, int | None]:
    """Serialises changes of membership, so that two invites cannot share the last seat; the seat limits."""
    found = await connection.execute(
        select(Account.seat_limits).where(Account.id == context.account_id).with_for_update(key_share=True)
    )
    return dict(found.scalar_one() or {})


async def _require_seat(
    connection: AsyncConnection, context: Context, role: Role, limits: dict[str, int | None]
) -> None:
    limit = limits.get(role.value)
    if limit is None:
        return
    used = (await connection.execute(
        select(func.count()).select_from(User).where(
            in_account(User, context.account_id), User.role == role.value, User.deleted_at.is_(None),
            User.deactivated_at.is_(None))
    )).scalar_one()
    if used >= limit:
        message = f"All {limit} seats for {role.name} are taken ({used} in use); remove a member or raise the limit."
        raise refuse(Code.SEAT_LIMIT_EXCEEDED, message, "role")


@guarded
async def add(context: Context, given: NewMember) -> UUID:
    """Invite a person; they are bound to an identity when they first sign in with this verified address."""
    await _authorise(context)
    _must_not_be_owner(given.role, "role")
    email = checked(required_text(given.email, ("email",), max_chars=320))
    name = checked(required_text(given.name, ("name",), max_chars=200))
    if not is_email_address(email):
        raise refuse(Code.INVALID_INPUT, "This is no e-mail address.", "email")
    user_id = uuid4()
    try:
        async with context.db.write(context.account_id) as connection:
            limits = await _lock_account(connection, context)
            await _require_seat(connection, context, given.role, limits)
            await connection.execute(insert(User).values(
                account_id=context.account_id, id=user_id, email=email, name=name, role=given.role.value,
                can_cover_l1=given.can_cover_l1,
            ))
            await record(connection, context.principal, "member.added", ("user", user_id), role=given.role.value)
    except IntegrityError:
        raise refuse(Code.ALREADY_EXISTS, "A member has this address already.", "email") from None
    return user_id


async def _locked(connection: AsyncConnection, context: Context, user_id: UUID) -> Any:
    row = (await connection.execute(
        select(User.id, User.role, User.can_cover_l1, User.deactivated_at).where(
            in_account(User, context.account_id), User.id == user_id, User.deleted_at.is_(None)
        ).with_for_update()
    )).first()
    if row is None:
        raise not_found("member", "memberId")
    return row


async def _guard_owner(connection: AsyncConnection, context: Context, row: Any) -> None:
    """Only an owner touches an owner, and never the last one. The account's lock keeps the count true."""
    if row.role != Role.OWNER:
        return
    if context.principal.role is not Role.OWNER:
        raise refuse(Code.FORBIDDEN, "Only an owner changes an owner.", "memberId")
    others = (await connection.execute(
        select(func.count()).select_from(User).where(
            in_account(User, context.account_id), User.role == Role.OWNER.value, User.id != row.id,
            User.deleted_at.is_(None), User.deactivated_at.is_(None))
    )).scalar_one()
    if not others:
        raise refuse(Code.LAST_OWNER, "An account keeps an owner; transfer the ownership first.", "memberId")


async def _update(connection: AsyncConnection, context: Context, user_id: UUID, **values: Any) -> None:
    await connection.execute(
        update(User).where(in_account(User, context.account_id), User.id == user_id).values(**values)
    )


@guarded
async def set_role(context: Context, user_id: UUID, role: Role, can_cover_l1: bool | None) -> UUID:
    """Change a colleague's role; never one's own, never to or from OWNER. Who may not claim has no claims."""
    await _authorise(context)
    _must_not_be_owner(role, "role")
    if user_id == context.principal.id:
        raise refuse(Code.FORBIDDEN, "Nobody changes their own role; ask another admin.", "memberId")
    async with context.db.write(context.account_id) as connection:
        limits = await _lock_account(connection, context)
        row = await _locked(connection, context, user_id)
        await _guard_owner(connection, context, row)
        if row.role != role:
            await _require_seat(connection, context, role, limits)
        covers = row.can_cover_l1 if can_cover_l1 is None else can_cover_l1
        await _update(connection, context, user_id, role=role.value, can_cover_l1=covers)
        if role not in ROLES[Action.CLAIM]:
            await give_back(connection, context, user_id)
        await record(connection, context.principal, "member.role_set", ("user", user_id),
                     before=row.role, after=role.value, can_cover_l1=covers)
    return user_id


@guarded
async def remove(context: Context, user_id: UUID) -> UUID:
    """Soft-delete: history keeps their name, their token stops at the next request, their claims are released."""
    await _authorise(context)
    async with context.db.write(context.account_id) as connection:
        await _lock_account(connection, context)
        row = await _locked(connection, context, user_id)
        await _guard_owner(connection, context, row)
        await _update(connection, context, user_id, deleted_at=context.now())
        await give_back(connection, context, user_id)
        await record(connection, context.principal, "member.removed", ("user", user_id), role=row.role)
    return user_id


@guarded
async def transfer_ownership(context: Context, user_id: UUID) -> UUID:
    """Make a member the owner; the caller becomes an admin."""
    require(await context.loaders.permissions.load(Check(Action.TRANSFER_OWNERSHIP)), "account")
    if user_id == context.principal.id:
        raise refuse(Code.INVALID_INPUT, "You are the owner already; name somebody else.", "memberId")
    async with context.db.write(context.account_id) as connection:
        await _lock_account(connection, context)
        mine = await _locked(connection, context, context.principal.id)
        if mine.role != Role.OWNER:
            raise refuse(Code.FORBIDDEN, "Only the owner gives ownership on.", "memberId")
        row = await _locked(connection, context, user_id)
        if row.deactivated_at is not None:
            raise refuse(Code.INVALID_INPUT, "This member is deactivated and could not sign in.", "memberId")
        await _update(connection, context, context.principal.id, role=Role.ADMIN.value)
        await _update(connection, context, user_id, role=Role.OWNER.value)
        await record(connection, context.principal, "account.ownership_transferred", ("user", user_id),
                     before=row.role)
    return user_id

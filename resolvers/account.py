"""The caller's account: its settings, read and written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Account, User
from domain.api_names import camel
from domain.builder.categories import validate_categories
from domain.clean_text import is_email_address
from domain.permission import Action
from domain.principal import Role
from domain.refusal import Code
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import Refused, refuse, require
from resolvers.permission_loader import Check

COLUMNS = ("id", "slug", "name", "enabled_categories", "escalation_addresses", "seat_limits", "ai_enabled",
           "ai_speculation", "ai_calls_per_day", "ai_calls_per_user_day", "ai_usd_per_day", "ai_usd_per_user_day")
MAX_ADDRESSES = 50


async def read(context: Context) -> Any:
    """The account's row as it is now."""
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(_row(context))).one()


async def seats_used(context: Context) -> dict[Role, int]:
    """Active members by role."""
    statement = (
        select(User.role, func.count()).where(
            in_account(User, context.account_id), User.deleted_at.is_(None), User.deactivated_at.is_(None)
        ).group_by(User.role)
    )
    async with context.db.read(context.account_id) as connection:
        return {Role(role): used for role, used in await connection.execute(statement)}


def _row(context: Context) -> Any:
    return select(*(getattr(Account, name) for name in COLUMNS)).where(Account.id == context.account_id)


async def change(connection: AsyncConnection, context: Context, **values: Any) -> None:
    """One UPDATE of the account."""
    await connection.execute(update(Account).where(Account.id == context.account_id).values(**values))


async def require_settings(context: Context) -> None:
    """Raises ``Refused`` for all but owners, admins and scope SETTINGS."""
    require(await context.loaders.permissions.load(Check(Action.WRITE_SETTINGS)), "account")


@guarded
async def set_categories(context: Context, keys: tuple[str, ...]) -> bool:
    """Enable exactly these categories; an unknown or forbidden key is refused by name and nothing changes."""
    await require_settings(context)
    enabled, refusals = validate_categories(keys)
    if refusals:
        raise Refused(*refusals)
    async with context.db.write(context.account_id) as connection:
        await change(connection, context, enabled_categories=list(enabled))
        await record(connection, context.principal, "settings.categories_set", ("account", context.account_id),
                     enabled=list(enabled))
    return True


@guarded
async def set_escalation_defaults(context: Context, addresses: tuple[str, ...]) -> bool:
    """Who is told when no engineer is active; an empty list means that nobody is, which is said at each escalation."""
    await require_settings(context)
    clean = tuple(dict.fromkeys(one.strip() for one in addresses))
    if len(clean) > MAX_ADDRESSES:
        raise refuse(Code.INVALID_INPUT, f"At most {MAX_ADDRESSES} addresses.", "addresses")
    for at, one in enumerate(clean):
        if not is_email_address(one):
            raise refuse(Code.INVALID_INPUT, "This is no e-mail address.", "addresses", str(at))
    async with context.db.write(context.account_id) as connection:
        await change(connection, context, escalation_addresses=list(clean))
        await record(connection, context.principal, "settings.escalation_defaults_set",
                     ("account", context.account_id), addresses=len(clean))
    return True


@dataclass(frozen=True, slots=True)
class AiSettings:
    """Input of ``setAiSettings``; None leaves a value as it is."""

    is_enabled: bool | None = None
    is_speculation_enabled: bool | None = None
    calls_per_day: int | None = None
    calls_per_user_day: int | None = None
    usd_per_day: Decimal | None = None
    usd_per_user_day: Decimal | None = None


_AI_COLUMNS = {
    "is_enabled": "ai_enabled", "is_speculation_enabled": "ai_speculation", "calls_per_day": "ai_calls_per_day",
    "calls_per_user_day": "ai_calls_per_user_day", "usd_per_day": "ai_usd_per_day",
    "usd_per_user_day": "ai_usd_per_user_day",
}
MAX_BUDGET = 1_000_000


@guarded
async def set_ai(context: Context, given: AiSettings) -> bool:
    """Change the AI switch and budgets; 0 is a budget of nothing."""
    await require_settings(context)
    changes = {name: value for name in _AI_COLUMNS if (value := getattr(given, name)) is not None}
    for name, value in changes.items():
        if not isinstance(value, bool) and not (value.is_finite() if isinstance(value, Decimal) else True):
            raise refuse(Code.INVALID_INPUT, "Give an amount.", camel(name))
        if not isinstance(value, bool) and not 0 <= value < MAX_BUDGET:
            raise refuse(Code.INVALID_INPUT, f"A budget is at least 0 and below {MAX_BUDGET:,}.", camel(name))
    if changes:
        async with context.db.write(context.account_id) as connection:
            await change(connection, context, **{_AI_COLUMNS[name]: value for name, value in changes.items()})
            await record(connection, context.principal, "settings.ai_set", ("account", context.account_id),
                         **{name: str(value) for name, value in changes.items()})
    return True

"""The account and the caller."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import strawberry

from domain.builder.categories import BY_KEY, DEFAULT_CATEGORY_KEYS, FLOOR_KEYS
from domain.permission import Action, has_right
from domain.principal import Role
from resolvers import account as accounts
from resolvers import ai_record
from resolvers.public_error import forbidden
from schema.context import Info
from schema.enums import MemberRole
from schema.types.ai_record import AiUsageDay
from schema.types.node import Node


@strawberry.type(description="How many members of a role there are, and may be.")
class Seat:
    role: MemberRole = strawberry.field(description="The role.")
    used: int = strawberry.field(description="Active members.")
    limit: int | None = strawberry.field(description="Null: unlimited.")


@strawberry.type(description="Which problems may be walked with a model's help.")
class L1Categories:
    available: list[str] = strawberry.field(description="Every category key that can be enabled.")
    enabled: list[str] = strawberry.field(description="Those that are.")
    hard_floor: list[str] = strawberry.field(description="Classes of action that can never be enabled.")


@strawberry.type(description="A category of problems.")
class Category:
    key: str = strawberry.field(description="What filters and inputs take.")
    label: str = strawberry.field(description="What people read.")


@strawberry.type(description="Who is told of an escalation when no engineer is active.")
class EscalationDefaults:
    addresses: list[str] = strawberry.field(description="E-mail addresses.")


@strawberry.type(description="What models may cost in a UTC day; when it is used up, walks end in an escalate node.")
class AiBudget:
    calls_per_day: int = strawberry.field(description="Paid calls of the whole account.")
    calls_per_user_day: int = strawberry.field(description="Paid calls of one person or service account.")
    usd_per_day: Decimal = strawberry.field(description="US dollars of the whole account.")
    usd_per_user_day: Decimal = strawberry.field(description="US dollars of one person or service account.")
    is_speculation_enabled: bool = strawberry.field(description="Whether the likeliest next node is made ahead.")

    @strawberry.field(description="Paid calls of the whole account so far today.")
    async def calls_today(self, info: Info) -> int:
        return (await info.context.loaders.ai_spend.load(info.context.account_id))[0]

    @strawberry.field(description="US dollars of the whole account so far today, what is held for running calls included.")
    async def usd_today(self, info: Info) -> Decimal:
        return (await info.context.loaders.ai_spend.load(info.context.account_id))[1]

    @strawberry.field(description="Whether the whole account's budget of today is used up: AI-built walks end in an escalate node until midnight UTC.")
    async def is_used_up(self, info: Info) -> bool:
        calls, usd = await info.context.loaders.ai_spend.load(info.context.account_id)
        return calls >= self.calls_per_day or usd >= self.usd_per_day


@strawberry.type(description="The tenant: one managed service provider.")
class Account(Node):
    slug: str = strawberry.field(description="Its handle.")
    name: str = strawberry.field(description="Its name.")
    row: strawberry.Private[Any]

    @strawberry.field(description="Seats by role.")
    async def seats(self, info: Info) -> list[Seat]:
        used = await accounts.seats_used(info.context)
        return [Seat(role=role, used=used.get(role, 0), limit=self.row.seat_limits.get(role.value)) for role in Role]

    @strawberry.field(description="Every category there is, with its label.")
    def categories(self) -> list[Category]:
        return [Category(key=key, label=BY_KEY[key].label) for key in DEFAULT_CATEGORY_KEYS]

    @strawberry.field(description="Categories a model may build walks for. For owners, admins and scope SETTINGS.")
    def l1_categories(self, info: Info) -> L1Categories | None:
        _require_settings(info, "L1 categories")
        return L1Categories(
            available=list(DEFAULT_CATEGORY_KEYS), enabled=list(self.row.enabled_categories),
            hard_floor=list(FLOOR_KEYS),
        )

    @strawberry.field(description="Who is told when no engineer is active. For owners, admins and scope SETTINGS.")
    def escalation_defaults(self, info: Info) -> EscalationDefaults | None:
        _require_settings(info, "escalation defaults")
        return EscalationDefaults(addresses=list(self.row.escalation_addresses))

    @strawberry.field(description="Whether models may be used at all. For owners, admins and scope SETTINGS.")
    def ai_enabled(self, info: Info) -> bool | None:
        _require_settings(info, "the AI switch")
        return bool(self.row.ai_enabled)

    @strawberry.field(description="Budgets of models by UTC day. For owners, admins and scope SETTINGS.")
    def ai_budget(self, info: Info) -> AiBudget | None:
        _require_settings(info, "AI budgets")
        row = self.row
        return AiBudget(
            calls_per_day=row.ai_calls_per_day, calls_per_user_day=row.ai_calls_per_user_day,
            usd_per_day=row.ai_usd_per_day, usd_per_user_day=row.ai_usd_per_user_day,
            is_speculation_enabled=row.ai_speculation,
        )

    @strawberry.field(description="What models cost by UTC day, newest first. For owners, admins and scope SETTINGS.")
    async def ai_usage(
        self, info: Info,
        days: Annotated[int, strawberry.argument(description="How many days back, at most 366.")] = 30,
    ) -> list[AiUsageDay] | None:
        _require_settings(info, "AI usage")
        return [AiUsageDay.from_row(row) for row in await ai_record.usage(info.context, days)]

    @classmethod
    def from_row(cls, row: Any) -> Account:
        return cls(id=strawberry.ID(str(row.id)), slug=row.slug, name=row.name, row=row)


async def seat_of(info: Info, role: Role) -> Seat:
    """How many members of a role there are now, and may be."""
    used = await accounts.seats_used(info.context)
    limits = (await accounts.read(info.context)).seat_limits
    return Seat(role=role, used=used.get(role, 0), limit=limits.get(role.value))


def _require_settings(info: Info, what: str) -> None:
    if not has_right(info.context.principal, Action.READ_SETTINGS):
        raise forbidden(what)

"""Inputs of settings, members and service accounts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry

from schema.enums import MemberRole, ServiceScope


@strawberry.input(description="Which categories a model may build walks for.")
class SetL1CategoriesInput:
    enabled: list[str] = strawberry.field(description="Exactly these; an unknown or forbidden key is refused by name.")


@strawberry.input(description="Who is told when no engineer is active.")
class SetEscalationDefaultsInput:
    addresses: list[str] = strawberry.field(description="At most 50 e-mail addresses; an empty list: nobody.")


@strawberry.input(description="A person to invite.")
class AddMemberInput:
    email: str = strawberry.field(description="Their address; binds their identity at the first sign-in.")
    name: str = strawberry.field(description="Their name.")
    role: MemberRole = strawberry.field(description="Any but OWNER.")
    can_cover_l1: bool | None = strawberry.field(default=None, description="Whether an engineer may work the L1 surface.")


@strawberry.input(description="A colleague's new role.")
class SetMemberRoleInput:
    member_id: strawberry.ID = strawberry.field(description="The member; never oneself.")
    role: MemberRole = strawberry.field(description="Any but OWNER.")
    can_cover_l1: bool | None = strawberry.field(default=None, description="Unchanged when left out.")


@strawberry.input(description="A member to remove.")
class RemoveMemberInput:
    member_id: strawberry.ID = strawberry.field(description="The member.")


@strawberry.input(description="Who becomes the owner.")
class TransferOwnershipInput:
    member_id: strawberry.ID = strawberry.field(description="A member of the account.")


@strawberry.input(description="A machine caller to make.")
class CreateServiceAccountInput:
    name: str = strawberry.field(description="What it is for.")
    scopes: list[ServiceScope] = strawberry.field(description="What it may do; at least one.")


@strawberry.input(description="A machine caller to stop.")
class RevokeServiceAccountInput:
    service_account_id: strawberry.ID = strawberry.field(description="The service account.")


@strawberry.input(description="Notifications to mark.")
class MarkNotificationsReadInput:
    ids: list[strawberry.ID] = strawberry.field(description="One's own; at most 1,000. Others change nothing.")


@strawberry.input(description="All conditions hold together.")
class AuditFilter:
    action: list[str] | None = strawberry.field(default=None, description="Any of these, e.g. `walk.resolved`.")
    subject_id: strawberry.ID | None = strawberry.field(default=None, description="Done to this.")
    actor_id: strawberry.ID | None = strawberry.field(default=None, description="Done by this caller.")
    since: datetime | None = strawberry.field(default=None, description="Not before this time.")
    until: datetime | None = strawberry.field(default=None, description="Before this time.")


@strawberry.input(description="The AI switch and budgets; what is left out stays as it is.")
class SetAiSettingsInput:
    is_enabled: bool | None = strawberry.field(default=None, description="Off: no model is asked anything for this account.")
    is_speculation_enabled: bool | None = strawberry.field(default=None, description="Make the likeliest next node ahead; costs calls.")
    calls_per_day: int | None = strawberry.field(default=None, description="Paid calls of the whole account in a UTC day.")
    calls_per_user_day: int | None = strawberry.field(default=None, description="Paid calls of one caller in a UTC day.")
    usd_per_day: Decimal | None = strawberry.field(default=None, description="US dollars of the whole account in a UTC day.")
    usd_per_user_day: Decimal | None = strawberry.field(default=None, description="US dollars of one caller in a UTC day.")

"""People and machines of an account."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import Any

import strawberry

from domain.permission import Action, has_right
from domain.principal import Role, Scope
from schema.context import Info
from schema.enums import MemberRole, ServiceScope
from schema.types.lazily import made, member, read_lazily, text_id
from schema.types.node import Actor, Node


@read_lazily(
    "row", id=text_id("row.id"), role=member(Role, "row.role"), address=attrgetter("row.email"),
    is_active=lambda one: one.row.deleted_at is None and one.row.deactivated_at is None,
)
@strawberry.type(description="A member of the account.")
class User(Node, Actor):
    role: MemberRole = strawberry.field(description="What the member may do.")
    can_cover_l1: bool = strawberry.field(description="Whether an engineer may work the L1 surface.")
    is_active: bool = strawberry.field(description="False once the member was removed or deactivated.")
    created_at: datetime = strawberry.field(description="When the member joined.")
    address: strawberry.Private[str]
    row: strawberry.Private[Any]

    @strawberry.field(description="E-mail address. Null for viewers.")
    def email(self, info: Info) -> str | None:
        return self.address if has_right(info.context.principal, Action.SEE_MEMBER_EMAIL) else None

    @classmethod
    def from_row(cls, row: Any) -> User:
        return made(cls, row=row)


@strawberry.type(description="A machine caller: a PSA or a script.")
class ServiceAccount(Node, Actor):
    created_at: datetime = strawberry.field(description="When it was made.")
    row: strawberry.Private[Any]

    @strawberry.field(description="What it may do. For owners and admins; else null.")
    def scopes(self, info: Info) -> list[ServiceScope] | None:
        return [Scope(one) for one in self.row.scopes] if _manages(info) else None

    @strawberry.field(description="When it last called, to the minute. For owners and admins; else null.")
    def last_used_at(self, info: Info) -> datetime | None:
        used: datetime | None = self.row.last_used_at
        return used if _manages(info) else None

    @strawberry.field(description="When its key was revoked. For owners and admins; else null.")
    def revoked_at(self, info: Info) -> datetime | None:
        revoked: datetime | None = self.row.revoked_at
        return revoked if _manages(info) else None

    @classmethod
    def from_row(cls, row: Any) -> ServiceAccount:
        return cls(id=strawberry.ID(str(row.id)), name=row.name, created_at=row.created_at, row=row)


def _manages(info: Info) -> bool:
    return has_right(info.context.principal, Action.MANAGE_SERVICE_ACCOUNTS)


def actor_from_row(row: Any) -> Actor | None:
    """From the ``actors`` loader."""
    if row is None:
        return None
    return User.from_row(row) if row.kind == "user" else ServiceAccount.from_row(row)

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
    scopes: list[ServiceScope] | None = strawberry.field(description="What it may do. Null where not looked up.")
    created_at: datetime = strawberry.field(description="When it was made.")
    last_used_at: datetime | None = strawberry.field(description="When it last called, to the minute.")
    revoked_at: datetime | None = strawberry.field(description="When its key was revoked.")

    @classmethod
    def from_row(cls, row: Any) -> ServiceAccount:
        scopes = getattr(row, "scopes", None)
        return cls(
            id=strawberry.ID(str(row.id)), name=row.name,
            scopes=[Scope(one) for one in scopes] if scopes is not None else None,
            created_at=row.created_at, last_used_at=row.last_used_at, revoked_at=row.revoked_at,
        )


def actor_from_row(row: Any) -> Actor | None:
    """From the ``actors`` loader, whose rows of service accounts keep their times in the users' columns."""
    if row is None:
        return None
    if row.kind == "user":
        return User.from_row(row)
    return ServiceAccount(id=strawberry.ID(str(row.id)), name=row.name, scopes=None, created_at=row.created_at,
                          last_used_at=row.deactivated_at, revoked_at=row.deleted_at)

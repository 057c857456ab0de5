"""The caller."""

from __future__ import annotations

import strawberry

from domain.permission import Action, permissions_of
from domain.principal import ActorKind
from resolvers import account as accounts
from resolvers import notification as notifications
from resolvers.walk_session import reading
from schema.connection import After, Connection, First, connection, page_size, paged
from schema.context import Info, wanted_any
from schema.enums import MemberRole, PrincipalKind, ServiceScope, described
from schema.types.account import Account
from schema.types.notification import Notification
from schema.types.walk_session import WalkSession

described(Action, "Permission", "A right of a caller.", {
    action.name: f"May {action.value.replace('_', ' ')}." for action in Action
})
Permission = Action


@strawberry.type(description="The caller: a person or a service account.")
class Viewer:
    id: strawberry.ID = strawberry.field(description="Id of the user or service account.")
    name: str = strawberry.field(description="Name to show.")
    kind: PrincipalKind = strawberry.field(description="Person or machine.")
    role: MemberRole | None = strawberry.field(description="A person's role.")
    can_cover_l1: bool = strawberry.field(description="Whether an engineer may work the L1 surface.")
    scopes: list[ServiceScope] = strawberry.field(description="A service account's scopes.")

    @strawberry.field(description="What the caller may do in this account.")
    def permissions(self, info: Info) -> list[Permission]:
        return list(permissions_of(info.context.principal))

    @strawberry.field(description="The caller's account.")
    async def account(self, info: Info) -> Account:
        return Account.from_row(await accounts.read(info.context))

    @strawberry.field(description="Active walks assigned to the caller, last answered first.")
    async def active_walk_sessions(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[WalkSession]:
        names = wanted_any(info, ("nodes",), ("edges", "node"))
        given = reading.SessionFilter(status=("active",), assigned_to=info.context.principal.id)
        order = reading.order_by("last_step_at", is_descending=True)
        size = page_size(first)
        page = await paged(lambda: reading.page(info.context, names, given, order, size, after))
        return connection(Connection[WalkSession], page, WalkSession.from_row,
                          lambda: reading.count(info.context, given))

    @strawberry.field(description="What the caller was told, newest first.")
    async def notifications(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Notification]:
        size = page_size(first)
        page = await paged(lambda: notifications.page(info.context, size, after))
        return connection(Connection[Notification], page, Notification.from_row,
                          lambda: notifications.count(info.context))

    @strawberry.field(description="How many notifications the caller has not read.")
    async def unread_notification_count(self, info: Info) -> int:
        return await notifications.unread_count(info.context)

    @classmethod
    def of(cls, info: Info) -> Viewer:
        principal = info.context.principal
        return cls(
            id=strawberry.ID(str(principal.id)), name=principal.name, kind=ActorKind(principal.kind),
            role=principal.role, can_cover_l1=principal.can_cover_l1,
            scopes=sorted(principal.scopes),
        )

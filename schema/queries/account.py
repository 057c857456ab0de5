"""The caller, the account, its members, keys and log."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.permission import Action, has_right
from resolvers import account as accounts
from resolvers import audit_log
from resolvers import member as members
from resolvers import service_account as service_accounts
from resolvers.public_error import forbidden
from schema.connection import After, Connection, First, connection, page_size, paged
from schema.context import Info
from schema.ids import uuid_or_none
from schema.inputs.account import AuditFilter
from schema.queries.walk_session import NOBODY
from schema.types.account import Account
from schema.types.actor import ServiceAccount, User
from schema.types.audit_event import AuditEvent
from schema.types.viewer import Viewer


def log_filter(given: AuditFilter | None) -> audit_log.LogFilter:
    if given is None:
        return audit_log.LogFilter()
    return audit_log.LogFilter(
        tuple(given.action) if given.action is not None else None,
        (uuid_or_none(given.subject_id) or NOBODY) if given.subject_id is not None else None,
        (uuid_or_none(given.actor_id) or NOBODY) if given.actor_id is not None else None,
        given.since, given.until,
    )


@strawberry.type
class AccountQuery:
    @strawberry.field(description="The caller.")
    async def viewer(self, info: Info) -> Viewer:
        return Viewer.of(info)

    @strawberry.field(description="The caller's account.")
    async def account(self, info: Info) -> Account:
        return Account.from_row(await accounts.read(info.context))

    @strawberry.field(description="Members by name. For every role and scope READ.")
    async def members(self, info: Info, first: First = None, after: After = None) -> Connection[User] | None:
        _require(info, Action.SEE_MEMBERS, "members")
        size = page_size(first)
        page = await paged(lambda: members.page(info.context, size, after))
        return connection(Connection[User], page, User.from_row, lambda: members.count(info.context))

    @strawberry.field(description="Machine callers, newest first. For owners and admins.")
    async def service_accounts(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[ServiceAccount] | None:
        _require(info, Action.MANAGE_SERVICE_ACCOUNTS, "service accounts")
        size = page_size(first)
        page = await paged(lambda: service_accounts.page(info.context, size, after))
        return connection(Connection[ServiceAccount], page, ServiceAccount.from_row,
                          lambda: service_accounts.count(info.context))

    @strawberry.field(description="Who did what, newest first. For owners and admins.")
    async def audit_events(
        self, info: Info, first: First = None, after: After = None,
        filter: Annotated[AuditFilter | None, strawberry.argument(description="What to leave out.")] = None,  # noqa: A002
    ) -> Connection[AuditEvent] | None:
        given, size = log_filter(filter), page_size(first)
        page = await paged(lambda: audit_log.page(info.context, given, size, after))
        return connection(Connection[AuditEvent], page, AuditEvent.from_row,
                          lambda: audit_log.count(info.context, given))


def _require(info: Info, action: Action, what: str) -> None:
    if not has_right(info.context.principal, action):
        raise forbidden(what)

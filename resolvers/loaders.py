"""The DataLoaders of one request: a batch is one statement in its own transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import literal, null, select, union_all
from strawberry.dataloader import DataLoader

from db.models import (
    Escalation,
    EscalationDelivery,
    EscalationNote,
    Flow,
    FlowDraft,
    FlowProposal,
    FlowVersion,
    ServiceAccount,
    User,
    WalkSession,
)
from db.queries.escalation import select_escalations
from db.queries.walk_session import EVERYTHING, FLOW, PROPOSAL, VERSION, select_sessions
from domain.flow_tree import FlowTree
from resolvers import ai_record
from resolvers.access import in_account, visible_escalations, visible_sessions
from resolvers.ai_budget import spent_today
from resolvers.flow_trees import kept_tree, load_trees
from resolvers.permission_loader import PermissionLoader

if TYPE_CHECKING:
    from resolvers.context import Context
    from resolvers.proposal_grouping import Group

Batch = Callable[[Sequence[UUID]], Awaitable[list[Any]]]


class Loaders:
    """Built lazily; nothing is allocated for a loader no field asks for."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def forget(self) -> None:
        """Drop every cached answer: called after each command, so that payloads show what was committed."""
        for name in [name for name, value in vars(self).items() if isinstance(value, DataLoader)]:
            del vars(self)[name]

    @cached_property
    def permissions(self) -> PermissionLoader:
        return PermissionLoader(self._context)

    @cached_property
    def actors(self) -> DataLoader[UUID, Any]:
        """Users and service accounts by id, deleted ones too: history keeps its names."""
        return DataLoader(load_fn=self._actors)

    @cached_property
    def trees(self) -> DataLoader[UUID, FlowTree | None]:
        """Trees of published versions by version id."""
        return DataLoader(load_fn=self._trees)

    @cached_property
    def flows(self) -> DataLoader[UUID, Any]:
        return DataLoader(load_fn=self._by_id(Flow, FLOW))

    @cached_property
    def versions(self) -> DataLoader[UUID, Any]:
        """Published versions by id, without their trees."""
        return DataLoader(load_fn=self._by_id(FlowVersion, VERSION))

    @cached_property
    def drafts(self) -> DataLoader[UUID, Any]:
        """The draft of a flow, by the flow's id."""
        columns = ("id", "flow_id", "title", "category", "keywords", "tree", "saved_by_user_id", "saved_at")
        return DataLoader(load_fn=self._by_id(FlowDraft, columns, key="flow_id"))

    @cached_property
    def callable_flows(self) -> DataLoader[UUID, bool]:
        """Whether a sub-flow node may call a flow: published in this account, not archived."""
        return DataLoader(load_fn=self._callable_flows)

    @cached_property
    def proposal_trees(self) -> DataLoader[UUID, Any]:
        """Rows with the stored tree of a proposal, by its id."""
        return DataLoader(load_fn=self._by_id(FlowProposal, ("id", "tree")))

    @cached_property
    def proposal_edits(self) -> DataLoader[UUID, Any]:
        """Rows with the ids of the nodes that a person has edited, by the proposal's id."""
        return DataLoader(load_fn=self._by_id(FlowProposal, ("id", "edited_node_ids")))

    @cached_property
    def proposals(self) -> DataLoader[UUID, Any]:
        return DataLoader(load_fn=self._by_id(FlowProposal, PROPOSAL))

    @cached_property
    def published_versions(self) -> DataLoader[UUID, list[tuple[UUID, UUID]]]:
        """(flow, version) of what can be walked, by the account's id: what proposals are compared with."""
        from resolvers.proposal_merging import published_versions

        return DataLoader(load_fn=self._once(published_versions))

    @cached_property
    def proposal_groups(self) -> DataLoader[UUID, Group]:
        """What is pending of a group of proposals, by the group's id."""
        from resolvers.proposal_grouping import groups

        return DataLoader(load_fn=partial(groups, self._context))

    @cached_property
    def similar_proposals(self) -> DataLoader[UUID, list[tuple[UUID, float]]]:
        """The other pending proposals of a proposal's group, by the proposal's id."""
        from resolvers.proposal_grouping import similar

        return DataLoader(load_fn=partial(similar, self._context))

    @cached_property
    def sessions(self) -> DataLoader[UUID, Any]:
        return DataLoader(load_fn=self._sessions)

    @cached_property
    def escalations(self) -> DataLoader[UUID, Any]:
        """Escalations the caller may see, with everything joined."""
        return DataLoader(load_fn=self._escalations)

    @cached_property
    def escalation_notes(self) -> DataLoader[UUID, list[Any]]:
        """Notes of an escalation, oldest first, by the escalation's id."""
        return DataLoader(load_fn=self._many(EscalationNote, EscalationNote.escalation_id, EscalationNote.created_at))

    @cached_property
    def deliveries(self) -> DataLoader[UUID, list[Any]]:
        """Who is told of an escalation, by the escalation's id."""
        return DataLoader(
            load_fn=self._many(EscalationDelivery, EscalationDelivery.escalation_id, EscalationDelivery.name)
        )

    @cached_property
    def ai_records(self) -> DataLoader[UUID, list[Any]]:
        """Calls of models of a walk, in their order, by the session's id."""
        return DataLoader(load_fn=partial(ai_record.of_sessions, self._context))

    @cached_property
    def ai_spend(self) -> DataLoader[UUID, tuple[int, Decimal]]:
        """Calls and money of the whole account so far today, by its id."""
        return DataLoader(load_fn=self._ai_spend)

    async def _ai_spend(self, ids: Sequence[UUID]) -> list[tuple[int, Decimal]]:
        return [await spent_today(self._context) for _ in ids]

    def _by_id(self, table: Any, columns: tuple[str, ...], key: str = "id") -> Batch:
        async def load(ids: Sequence[UUID]) -> list[Any]:
            statement = select(*(getattr(table, name) for name in columns)).where(
                in_account(table, self._context.account_id), getattr(table, key).in_(ids)
            )
            async with self._context.db.read(self._context.account_id) as connection:
                rows = {getattr(row, key): row for row in await connection.execute(statement)}
            return [rows.get(one) for one in ids]

        return load

    def _once(self, load: Callable[[Context], Awaitable[Any]]) -> Batch:
        async def loaded(ids: Sequence[UUID]) -> list[Any]:
            return [await load(self._context)] * len(ids)

        return loaded

    def _many(self, table: Any, owner: Any, order: Any) -> Batch:
        async def load(ids: Sequence[UUID]) -> list[Any]:
            statement = (
                select(*table.__table__.columns)
                .where(in_account(table, self._context.account_id), owner.in_(ids))
                .order_by(order, table.id)
            )
            async with self._context.db.read(self._context.account_id) as connection:
                rows = (await connection.execute(statement)).all()
            return [[row for row in rows if getattr(row, owner.key) == one] for one in ids]

        return load

    async def _actors(self, ids: Sequence[UUID]) -> list[Any]:
        users = select(
            User.id, User.name, literal("user").label("kind"), User.email, User.role, User.can_cover_l1,
            User.deactivated_at, User.deleted_at, User.created_at, null().label("scopes"),
            null().label("last_used_at"), null().label("revoked_at"),
        ).where(in_account(User, self._context.account_id), User.id.in_(ids))
        services = select(
            ServiceAccount.id, ServiceAccount.name, literal("service_account"), null(), null(), null(), null(), null(),
            ServiceAccount.created_at, ServiceAccount.scopes, ServiceAccount.last_used_at, ServiceAccount.revoked_at,
        ).where(in_account(ServiceAccount, self._context.account_id), ServiceAccount.id.in_(ids))
        async with self._context.db.read(self._context.account_id) as connection:
            found: Any = await connection.execute(union_all(users, services))
            rows = {row.id: row for row in found}
        return [rows.get(one) for one in ids]

    async def _trees(self, ids: Sequence[UUID]) -> list[FlowTree | None]:
        account = self._context.account_id
        if all(kept_tree(account, one) for one in ids):
            return [kept_tree(account, one) for one in ids]
        async with self._context.db.read(account) as connection:
            trees = await load_trees(connection, account, ids)
        return [trees.get(one) for one in ids]

    async def _callable_flows(self, ids: Sequence[UUID]) -> list[bool]:
        statement = select(Flow.id).where(
            in_account(Flow, self._context.account_id), Flow.id.in_(ids), Flow.published_version_id.is_not(None),
            Flow.archived_at.is_(None),
        )
        async with self._context.db.read(self._context.account_id) as connection:
            found = set((await connection.execute(statement)).scalars())
        return [one in found for one in ids]

    async def _escalations(self, ids: Sequence[UUID]) -> list[Any]:
        statement = select_escalations(EVERYTHING, EVERYTHING).where(
            visible_escalations(self._context.principal), Escalation.id.in_(ids)
        )
        async with self._context.db.read(self._context.account_id) as connection:
            rows = {row.escalation__id: row for row in await connection.execute(statement)}
        return [rows.get(one) for one in ids]

    async def _sessions(self, ids: Sequence[UUID]) -> list[Any]:
        statement = select_sessions(EVERYTHING).where(
            visible_sessions(self._context.principal), WalkSession.id.in_(ids)
        )
        async with self._context.db.read(self._context.account_id) as connection:
            rows = {row.id: row for row in await connection.execute(statement)}
        return [rows.get(one) for one in ids]

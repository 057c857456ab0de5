"""Accounts, people and flows to start with. Run as the owner: the serving role cannot make accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from db.engine import Database
from db.models import Account, Flow, FlowVersion, User
from db.queries.flow_search import index_flow
from domain.builder.categories import DEFAULT_CATEGORY_KEYS
from domain.flow_tree import dump_tree, parse_tree
from domain.matching.document import authored_texts

SEED_LOCK = 7_203_101  # any number of our own
SEED_FLOWS = Path(__file__).resolve().parent / "seed_flows"
NAMESPACE = UUID("6f1f5b52-5b0e-4c58-8f0e-0d1f6c2b7a11")
DEMO_ACCOUNTS = {"acme": "Acme IT Services", "globex": "Globex Managed IT"}
DEMO_PEOPLE: tuple[tuple[str, str, str, bool], ...] = (
    ("owner", "Olivia Owner", "owner", False),
    ("admin", "Adam Admin", "admin", False),
    ("engineer", "Erin Engineer", "engineer", False),
    ("cover", "Casey Cover", "engineer", True),
    ("l1", "Lee Lone", "l1_tech", False),
    ("viewer", "Vic Viewer", "viewer", False),
)


def demo_account_id(slug: str) -> UUID:
    """The same in every installation, so that a token can name its tenant without a look-up."""
    return uuid5(NAMESPACE, f"account/{slug}")


def demo_user_id(slug: str, local_part: str) -> UUID:
    return uuid5(NAMESPACE, f"user/{slug}/{local_part}")


async def create_account(connection: AsyncConnection, account_id: UUID, slug: str, name: str) -> bool:
    """False when there is one already."""
    made = await connection.execute(
        insert(Account)
        .values(id=account_id, slug=slug, name=name, enabled_categories=list(DEFAULT_CATEGORY_KEYS))
        .on_conflict_do_nothing().returning(Account.id)
    )
    return made.first() is not None


async def create_user(
    connection: AsyncConnection, account_id: UUID, user_id: UUID, email: str, name: str, role: str, *, covers: bool
) -> None:
    """Nothing happens when the address is taken."""
    row = {"account_id": account_id, "id": user_id, "email": email, "name": name, "role": role,
           "can_cover_l1": covers}
    await connection.execute(insert(User).values(row).on_conflict_do_nothing())


def seed_flows() -> list[dict[str, Any]]:
    """The flows that come with the product, by slug."""
    return [orjson.loads(path.read_bytes()) for path in sorted(SEED_FLOWS.glob("*.json"))]


async def publish_seed_flows(connection: AsyncConnection, account_id: UUID) -> list[UUID]:
    """Publish every seeded flow the account does not have by slug; ids of the new ones."""
    taken = set((await connection.execute(select(Flow.slug).where(Flow.account_id == account_id))).scalars())
    return [await _publish(connection, account_id, given) for given in seed_flows() if given["slug"] not in taken]


async def _publish(connection: AsyncConnection, account_id: UUID, given: dict[str, Any]) -> UUID:
    flow_id, version_id, tree = uuid4(), uuid4(), parse_tree(given["tree"])
    await connection.execute(insert(Flow).values(
        account_id=account_id, id=flow_id, slug=given["slug"], title=given["title"], category=given["category"],
        keywords=given["keywords"],
    ))
    await connection.execute(insert(FlowVersion).values(
        account_id=account_id, id=version_id, flow_id=flow_id, number=1, title=given["title"],
        tree=dump_tree(tree), note="Came with Handrail.",
    ))
    await connection.execute(
        Flow.__table__.update().where(Flow.account_id == account_id, Flow.id == flow_id)  # type: ignore[attr-defined]
        .values(published_version_id=version_id)
    )
    texts = authored_texts(given["title"], given["keywords"], given["category"], tree)
    await index_flow(connection, account_id, flow_id, texts)
    return flow_id


async def seed_demo_account(owner: Database, slug: str) -> tuple[UUID, list[UUID]]:
    """One demo account with its people and the seeded flows; repeating it adds what is missing."""
    account_id = demo_account_id(slug)
    async with owner.write(account_id) as connection:
        await create_account(connection, account_id, slug, DEMO_ACCOUNTS[slug])
        for local_part, name, role, covers in DEMO_PEOPLE:
            await create_user(connection, account_id, demo_user_id(slug, local_part), f"{local_part}@{slug}.example",
                              f"{name} ({DEMO_ACCOUNTS[slug].split()[0]})", role, covers=covers)
        flows = await publish_seed_flows(connection, account_id)
    return account_id, flows


async def has_accounts(owner: Database) -> bool:
    """Whether there is any account yet; as the owner, whom row-level security binds too when it is no superuser."""
    async with owner.read(demo_account_id("acme")) as connection:
        return (await connection.execute(select(Account.id).limit(1))).first() is not None


@asynccontextmanager
async def alone_seeding(owner: Database) -> AsyncIterator[None]:
    """Servers that start at the same moment on an empty database seed it one after the other, not each a copy.

    The lock has a connection of its own: pooled ones have deadlines, and a task holds one at a time.
    """
    engine = create_async_engine(owner.url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEED_LOCK})
            yield
    finally:
        await engine.dispose()

"""The whole API for tests: a real application over HTTP on a real database.

``api.as_("l1")`` is a person of account acme, ``api.as_("viewer", account="globex")`` one of globex;
``api.anonymous()`` has no credential. A ``Team`` is one account: with ``await api.new_team()`` a test has one for
itself. A caller's ``run`` takes an operation's name (see ``documents``) or a document, and answers with ``data``.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import uvicorn
from sqlalchemy import event, insert, text, update

from db.engine import Database, EngineOptions
from db.models import Flow, FlowProposal, FlowVersion, ServiceAccount
from db.queries.flow_search import index_flow
from db.seed import DEMO_PEOPLE, create_account, create_user, demo_account_id, demo_user_id, publish_seed_flows
from domain.flow_tree import dump_tree, parse_tree
from domain.matching.document import authored_texts
from resolvers.context import Services
from resolvers.service_account import api_key, hash_secret
from schema.schema import build_schema
from tests.support.documents import document
from web.app import WebOptions, create_app
from web.connection import Connection
from web.credentials import TokenRules, development_token
from web.pages import PageOptions

SECRET = "a secret of these tests, long enough for HS256"
SCHEMA = build_schema()


class Caller:
    """Somebody, or nobody, who sends requests."""

    def __init__(self, http: httpx.AsyncClient, token: str | None, team: Team | None = None, user_id: UUID | None = None) -> None:
        self.http = http
        self.token = token
        self.team = team
        self.id = str(user_id) if user_id else None

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    async def post(self, body: Any, **more: Any) -> httpx.Response:
        """A JSON body as it is; ``headers=`` adds to (or overrides) the caller's own."""
        headers = {**self.headers, **more.pop("headers", {})}
        return await self.http.post("/graphql", json=body, headers=headers, **more)

    async def raw(self, operation: str, **variables: Any) -> dict[str, Any]:
        """The whole answer, with its top-level errors."""
        query = operation if "{" in operation else document(operation)
        return (await self.post({"query": query, "variables": variables})).json()

    async def run(self, operation: str, **variables: Any) -> dict[str, Any]:
        """``data``; top-level errors fail the test."""
        body = await self.raw(operation, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def send(self, operation: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation, whatever it came to; keyword arguments are its input's fields."""
        [payload] = (await self.run(operation, input=given)).values()
        return payload

    async def do(self, operation: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation that must succeed."""
        payload = await self.send(operation, **given)
        assert payload["errors"] == [], payload["errors"]
        return payload

    async def refused(self, operation: str, **given: Any) -> str:
        """The one code a mutation is refused with; nothing else may be in its payload."""
        payload = await self.send(operation, **given)
        assert payload["errors"], f"{operation} was not refused: {payload}"
        assert not any(value for name, value in payload.items() if name != "errors"), payload
        [error] = payload["errors"]
        return error["code"]

    async def forbidden(self, operation: str, **variables: Any) -> None:
        """A query field behind a permission: null, and a top-level error FORBIDDEN."""
        body = await self.raw(operation, **variables)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"], body
        assert not any((body["data"] or {}).values()), body


class Team:
    """One account, its people and its things, made behind the API's back."""

    def __init__(self, api: Api, account_id: UUID, slug: str, people: dict[str, UUID]) -> None:
        self.api = api
        self.id = account_id
        self.slug = slug
        self.people = people

    def as_(self, person: str) -> Caller:
        """By local part: owner, admin, engineer, cover, l1, viewer, or whom ``person`` made."""
        user_id = self.people[person]
        return Caller(self.api.http, development_token(SECRET, self.id, user_id), self, user_id)

    async def person(self, name: str, role: str = "l1_tech", *, covers: bool = False) -> Caller:
        """One more member; ``name`` is the local part of the address too."""
        self.people[name] = uuid4()
        async with self.api.owner.write(self.id) as connection:
            await create_user(connection, self.id, self.people[name], f"{name}@{self.slug}.example",
                              f"{name.capitalize()} of {self.slug}", role, covers=covers)
        return self.as_(name)

    async def service_account(self, *scopes: str, name: str = "PSA") -> Caller:
        """A machine caller with these scopes (``read``, ``intake``, ``walk`` …)."""
        account_id, secret = uuid4(), uuid4().hex
        await self._insert(ServiceAccount, id=account_id, name=name, scopes=list(scopes),
                           secret_hash=hash_secret(secret), created_by_user_id=self.people["owner"])
        return Caller(self.api.http, api_key(self.id, account_id, secret), self, account_id)

    async def publish(self, tree: dict[str, Any], title: str = "Printer does not print", *, category: str = "printer",
                      keywords: tuple[str, ...] = (), flow_id: str | None = None) -> str:
        """A published flow's id; with ``flow_id`` the next version of that flow."""
        async with self.api.owner.write(self.id) as connection:
            number, flow = 1, UUID(flow_id) if flow_id else uuid4()
            if flow_id:
                count = text("SELECT count(*) + 1 FROM flow_versions WHERE account_id = :a AND flow_id = :f")
                number = (await connection.execute(count, {"a": self.id, "f": flow})).scalar_one()
            else:
                await connection.execute(insert(Flow).values(
                    account_id=self.id, id=flow, slug=f"flow-{flow.hex[:12]}", title=title, category=category,
                    keywords=list(keywords)))
            version = uuid4()
            await connection.execute(insert(FlowVersion).values(
                account_id=self.id, id=version, flow_id=flow, number=number, title=title,
                tree=dump_tree(parse_tree(tree))))
            await connection.execute(update(Flow).where(Flow.account_id == self.id, Flow.id == flow)
                                     .values(published_version_id=version, title=title))
            await index_flow(connection, self.id, flow, authored_texts(title, keywords, category, parse_tree(tree)))
        return str(flow)

    async def propose(self, tree: dict[str, Any], title: str = "A proposal", **more: Any) -> str:
        """A pending proposal of the engineer; its id."""
        proposal_id = uuid4()
        await self._insert(FlowProposal, **{
            "id": proposal_id, "title": title, "tree": dump_tree(parse_tree(tree)), "category": "printer",
            "created_by_user_id": self.people["engineer"], **more})
        return str(proposal_id)

    async def seed_flows(self) -> None:
        """The flows that come with the product."""
        async with self.api.owner.write(self.id) as connection:
            await publish_seed_flows(connection, self.id)

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """What a statement of the owner finds or returns; ``:account`` is this account."""
        return await self.api.rows(sql, account=self.id, **values)

    async def value(self, sql: str, **values: Any) -> Any:
        """The one value of a statement."""
        [row] = await self.rows(sql, **values)
        [value] = row.values()
        return value

    async def counts(self, *tables: str) -> tuple[int, ...]:
        """How many rows each table holds for this account: to prove that nothing was written."""
        return tuple([await self.value(f"SELECT count(*) FROM {table} WHERE account_id = :account") for table in tables])

    async def _insert(self, model: Any, **values: Any) -> None:
        async with self.api.owner.write(self.id) as connection:
            await connection.execute(insert(model).values(account_id=self.id, **values))


@dataclass
class Api:
    """One application on one database; ``owner`` is the database's owner, whom row-level security does not bind."""

    url: str
    db: Database
    owner: Database
    app: Any
    http: httpx.AsyncClient
    services: Services
    teams: dict[str, Team] = field(default_factory=dict)

    def as_(self, person: str, account: str = "acme") -> Caller:
        return self.teams[account].as_(person)

    def anonymous(self) -> Caller:
        return Caller(self.http, None)

    async def service_account(self, *scopes: str, account: str = "acme") -> Caller:
        return await self.teams[account].service_account(*scopes)

    async def new_team(self, slug: str | None = None, *people: str) -> Team:
        """An account with the demo people, or with those named of them; everything in it is the test's own."""
        chosen_slug, account_id = slug or f"team-{uuid4().hex[:10]}", demo_account_id(slug) if slug else uuid4()
        members = {}
        async with self.owner.write(account_id) as connection:
            await create_account(connection, account_id, chosen_slug, f"Team {chosen_slug}")
            for local, name, role, covers in DEMO_PEOPLE:
                if not people or local in people:
                    members[local] = demo_user_id(chosen_slug, local)
                    await create_user(connection, account_id, members[local], f"{local}@{chosen_slug}.example",
                                      f"{name} ({chosen_slug})", role, covers=covers)
        self.teams[chosen_slug] = Team(self, account_id, chosen_slug, members)
        return self.teams[chosen_slug]

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """What a statement of the owner finds or returns."""
        async with self.owner.write(None) as connection:
            found = await connection.execute(text(sql), values)
            return [dict(row._mapping) for row in found] if found.returns_rows else []

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Statements the server sends meanwhile; BEGIN (which carries the tenant) and COMMIT are not among them."""
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        engine = self.db.app.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """The same application behind a real socket; gives its base URL."""
        async with listening(self.app) as base:
            yield base


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[str]:
    """uvicorn in this loop on a free port."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(
            app, log_level="error", lifespan="off", server_header=False, http=Connection))
        serving = asyncio.create_task(server._serve([sock]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def open_api(
    url: str, *accounts: str, pool_size: int = 10, lock_timeout: float = 5.0, options: dict[str, Any] | None = None, **web: Any
) -> AsyncIterator[Api]:
    """An application on the database ``url`` with a cold pool; ``accounts`` are made unless they exist.

    ``options`` go to the services (``limit_intake`` …), ``web`` to ``WebOptions``.
    """
    db = Database(url, EngineOptions(pool_size=pool_size, lock_timeout=lock_timeout))
    owner = Database(url, EngineOptions(pool_size=4), role=None)
    services = Services(db, options=options or {})
    defaults = {"tokens": TokenRules(SECRET), "pages": PageOptions("development", SECRET), "request_timeout": 30.0}
    app = create_app(SCHEMA._schema, services, WebOptions(**{**defaults, **web}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://handrail.test", timeout=60) as http:
        api = Api(url, db, owner, app, http, services)
        try:
            for slug in accounts:
                await api.new_team(slug)
            yield api
        finally:
            await db.close()
            await owner.close()

"""Start Handrail: settings, database, schema, web application. ``python server.py`` or ``make run``."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn

from composition import begin_loading, jobs_of, model_of
from db.embedded import EmbeddedError
from db.engine import Database, EngineOptions
from db.listener import Listener
from db.opening import Urls, opened
from db.preparation import UnusableDatabase, bring_up_to_date, require_safe
from db.seed import (
    DEMO_ACCOUNTS,
    DEMO_PEOPLE,
    alone_seeding,
    demo_account_id,
    demo_user_id,
    has_accounts,
    seed_demo_account,
)
from integrations.embedder import LocalEmbedder, choose_embedder
from integrations.local_llm import LocalLlmUnavailable
from integrations.node_generation import warm
from jobs.runner import running
from resolvers import flow_matching, sign_in
from resolvers.context import Services
from resolvers.demo import seed_walks
from schema.schema import build_schema
from settings import Settings, SettingsError, current
from web.app import WebOptions, create_app
from web.connection import Connection
from web.credentials import TokenRules, development_token
from web.pages import DemoPerson, PageOptions

EMBED_SECONDS = 2.0
DRAIN_SECONDS = 13.0
WARM_SECONDS = 60.0  # a model's library is there before the first request: loading it would slow every other one
LOCAL_LLM_NOTE = """
Walks are built by a very small model in this machine's memory. It shows that everything works without a key and
without a network; its advice is poor and its steps take a while. Set LLM_MODEL for real use."""
USAGE = """usage: python server.py

Serves the GraphQL API. Everything is set by environment variables; `python -m cli settings` lists them.
Without DATABASE_URL an embedded PostgreSQL in HANDRAIL_DATA_DIR is used."""


def main(arguments: Sequence[str]) -> int:
    """Exit status for the shell."""
    if arguments:
        print(USAGE)
        return 0 if set(arguments) <= {"-h", "--help"} else 2
    try:
        settings = current()
        begin_loading(settings)
        with opened(settings.database_url, settings.database_owner_url, settings.handrail_data_dir,
                    settings.pg_bin_dir, take_over=True) as urls, asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(serve(settings, urls))
    except (SettingsError, UnusableDatabase, EmbeddedError, LocalLlmUnavailable) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop where there is one; asyncio's own elsewhere."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def serve(settings: Settings, urls: Urls) -> None:
    """Prepare the database, then serve until a signal ends it."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s %(message)s")
    for chatty in ("httpx", "alembic", "db.fair_pool"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    await bring_up_to_date(urls.owner)
    db = Database(urls.serve, EngineOptions(settings.db_pool_size, settings.db_pool_timeout),
                  replica_url=settings.database_replica_url)
    await require_safe(db, runs_jobs=settings.background_jobs)
    services = build_services(settings, db, Listener(settings.database_direct_url or urls.serve))
    await flow_matching.look_for_vectors(services)
    if urls.embedded is not None and settings.development_tokens:
        await seed_when_empty(urls, services)
    app = create_app(build_schema()._schema, services, web_options(settings, services),
                     lambda: background(settings, services))
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, log_level=settings.log_level, access_log=False,
        timeout_graceful_shutdown=15, server_header=False, proxy_headers=False, http=Connection,
    )
    server = Announcing(config, settings)
    calm_collector()
    await asyncio.wait({services.background.spawn(warm(services.model))}, timeout=WARM_SECONDS)
    await server.serve()


def build_services(settings: Settings, db: Database, listener: Listener | None = None) -> Services:
    """Everything a command may need beside the database: the real twins where they are configured."""
    model = model_of(settings)

    async def embed(texts: list[str]) -> list[list[float]] | None:
        return await model.embed(texts, EMBED_SECONDS)

    embedder = choose_embedder(settings.embeddings.value, model=settings.llm_embedding_model, call=embed)
    return Services(db, model, embedder, listener=listener or Listener(), options={
        name: getattr(settings, name)
        for name in ("ai_speculation", "intake_per_minute", "suggest_flows_per_minute", "next_node_per_minute")
    })


@asynccontextmanager
async def background(settings: Settings, services: Services) -> AsyncIterator[None]:
    """For the application's life: warm what is slow to load, run the jobs, finish what was begun."""
    if isinstance(services.embedder, LocalEmbedder):
        services.background.spawn(services.embedder.warm())
    hearing = asyncio.create_task(services.listener.run(), name="listener")
    try:
        async with running(jobs_of(settings, services) if settings.background_jobs else ()):
            yield
    finally:
        await services.background.drain(DRAIN_SECONDS)
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


def calm_collector() -> None:
    """What start-up made stays: the collector need not look at it again, nor run at every few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class Announcing(uvicorn.Server):
    """uvicorn, and what a person wants to read once it serves."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def _serve(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """A signal ends the serving, not the process: what stands round it (the database) is stopped in order."""
        await super()._serve(sockets)  # type: ignore[arg-type]
        self._captured_signals.clear()

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        try:
            await super().startup(sockets)  # type: ignore[arg-type]
        except SystemExit:  # uvicorn said why, not what to do
            print(f"Cannot listen on {self._settings.host}, port {self._settings.port}: is another server running? "
                  "Set PORT to another number (0: any free one) or HOST to an address of this machine.",
                  file=sys.stderr)
            raise
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            with suppress(BrokenPipeError):  # who reads the output may have gone; who asks the server has not
                print(banner(self._settings, port), flush=True)


def banner(settings: Settings, port: int) -> str:
    """The address and, in development, tokens and three things to try."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = f"http://{host}:{port}"
    lines = [f"Handrail serves {base}/graphql"]
    if settings.handrail_local_llm:
        lines.append(LOCAL_LLM_NOTE)
    if not settings.development_tokens:
        return "\n".join(lines)
    secret = settings.dev_secret()
    lines.append("\nDemo tokens of account acme (12 hours; `python -m cli token EMAIL` prints more):")
    for local in ("l1", "engineer", "admin"):
        token = development_token(secret, demo_account_id("acme"), demo_user_id("acme", local))
        lines.append(f"  {local}@acme.example\n    {token}")
    lines += [
        "\nThree things to try:",
        f"  1. Open {base}/ in a browser and sign in as a demo person with one click.",
        f"  2. curl -s {base}/graphql -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' \\",
        "       -d '{\"query\":\"{ viewer { name role account { name } } flows { nodes { id title } } }\"}'",
        "  3. Walk a ticket from intake to escalation and claim: sh docs/tour.sh",
        "\nStop with Ctrl-C; the database stops with the server and keeps its data.",
    ]
    return "\n".join(lines)


async def seed_when_empty(urls: Urls, services: Services) -> None:
    """A newcomer meets two accounts with people, flows and walks; a database in use is left alone."""
    owner = Database(urls.owner, role=None)
    try:
        async with alone_seeding(owner):
            if await has_accounts(owner):
                return
            for slug in DEMO_ACCOUNTS:
                account_id, _ = await seed_demo_account(owner, slug)
                await seed_walks(services, account_id, demo_user_id(slug, "l1"))
    finally:
        await owner.close()


def web_options(settings: Settings, services: Services) -> WebOptions:
    """How the web layer behaves, from the settings."""
    secret = settings.dev_secret() if settings.development_tokens else None
    tokens = TokenRules(secret, settings.auth_issuer, settings.auth_audience, settings.auth_jwks_url,
                        settings.auth_account_claim)

    async def people() -> list[DemoPerson]:
        return await demo_people(services)

    oidc = {"issuer": settings.auth_issuer, "clientId": settings.auth_client_id,
            "scopes": settings.auth_client_scopes}
    pages = PageOptions(settings.handrail_env.value, secret, oidc if settings.auth_client_id else None,
                        demo_people=people if secret else None)
    return WebOptions(
        tokens, pages, settings.request_timeout, settings.body_limit, settings.is_production,
        settings.allowed_origins, lambda: described(services), settings.query_plans,
    )


def described(services: Services) -> dict[str, Any]:
    """What ``/readyz`` says beside the database: how flows are matched, how this process hears of the others."""
    return {**flow_matching.described(services),
            "otherProcesses": "listening" if services.listener.is_live else "looking"}


async def demo_people(services: Services) -> list[DemoPerson]:
    """The demo people this database holds."""
    found = []
    for slug in DEMO_ACCOUNTS:
        for local, *_ in DEMO_PEOPLE:
            account_id, user_id = demo_account_id(slug), demo_user_id(slug, local)
            person = await sign_in.by_user_id(services.db, account_id, user_id)
            if person is not None and person.principal.role is not None:
                found.append(DemoPerson(f"{local}@{slug}.example", person.principal.name,
                                        person.principal.role.value, slug, account_id, user_id))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Operator commands: ``python -m cli --help``."""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from composition import jobs_of
from db import accounts, bench_data
from db.embedded import EmbeddedError
from db.engine import Database, EngineOptions
from db.models import Account
from db.opening import Urls, opened
from db.preparation import UnusableDatabase, bring_up_to_date, require_safe, unusable
from db.seed import (
    DEMO_ACCOUNTS,
    alone_seeding,
    create_account,
    create_user,
    demo_account_id,
    demo_user_id,
    publish_seed_flows,
    seed_demo_account,
)
from domain.clean_text import is_email_address
from domain.flow_import import FlowFormat
from jobs.runner import run_once, running
from resolvers import flow_file
from resolvers.context import Services
from resolvers.demo import seed_walks
from resolvers.outcome import Refused
from resolvers.walk_session.deleting import delete_session
from settings import Settings, SettingsError, current, describe
from web.credentials import development_token

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
PATIENT = EngineOptions(pool_size=2, statement_timeout=3600.0)  # an operator waits: a large account takes its time


class CommandError(Exception):
    """What went wrong and what to do, for the person at the terminal."""


def main(arguments: Sequence[str]) -> int:
    """Exit status for the shell."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except (CommandError, SettingsError, UnusableDatabase, EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    except (DBAPIError, ConnectionError) as error:
        print(unusable(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m cli", description="Operate Handrail.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, help_text: str, run: Callable[[argparse.Namespace], Any]) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=help_text, description=help_text)
        one.set_defaults(run=run)
        return one

    add("settings", "List every setting with its default and what is set now.", show_settings)
    add("migrate", "Bring the database to the newest version.", with_urls(migrate))
    token = add("token", "Print a bearer token for a user (development secret only).", with_urls(print_token))
    token.add_argument("email")
    token.add_argument("--account", help="slug, when the address is a member of several accounts")
    seed = add("seed", "Fill the database.", with_urls(seed_demo))
    seed.add_argument("--demo", action="store_true", required=True, help="two accounts, acme and globex")
    schema = add("schema", "Write or check schema/schema.graphql.", run_schema)
    schema.add_argument("what", choices=["export", "check"])
    account = add("account", "Make or delete an account.", with_urls(run_account))
    account.add_argument("what", choices=["create", "delete", "list"])
    account.add_argument("slug", nargs="?")
    account.add_argument("--name")
    account.add_argument("--owner-email")
    account.add_argument("--yes", action="store_true", help="do not ask before deleting everything of an account")
    _add_work(add)
    return top


def _add_work(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Commands on what an account holds, and the background jobs."""
    add("worker", "Run the background jobs until stopped (beside, or instead of, those in the server).",
        with_urls(work))
    jobs = add("jobs", "Run one background job now.", with_urls(run_job))
    jobs.add_argument("what", choices=["run"])
    jobs.add_argument("name", choices=["expiry", "deliveries", "retention"])
    session = add("session", "Delete a walk session with everything that hangs on it.", with_urls(delete_one_session))
    session.add_argument("what", choices=["delete"])
    session.add_argument("id", type=UUID, help="the session's id")
    flow = add("flow", "Import flows from a file, as drafts or published at once.", with_urls(import_file))
    flow.add_argument("what", choices=["import"])
    flow.add_argument("file", type=Path)
    flow.add_argument("--account", required=True, help="slug of the account")
    flow.add_argument("--format", choices=[one.value for one in FlowFormat], help="default: by the file's ending")
    flow.add_argument("--title", help="the flow's title, when the file does not name one")
    flow.add_argument("--dry-run", action="store_true", help="only say what is wrong with it")
    flow.add_argument("--publish", action="store_true", help="refused while there are errors")
    bench = add("bench-data", "Fill the database with made-up accounts, the same every time.", with_urls(fill))
    bench.add_argument("--accounts", type=int, default=10, help="default 10")
    bench.add_argument("--sessions", type=int, default=20_000, help="in all accounts together; default 20000")


def with_urls(
    command: Callable[[argparse.Namespace, Settings, Urls], Coroutine[Any, Any, None]],
) -> Callable[..., None]:
    """Give a command its database, embedded or not."""

    def run(options: argparse.Namespace) -> None:
        settings = current()
        with opened(settings.database_url, settings.database_owner_url, settings.handrail_data_dir,
                    settings.pg_bin_dir) as urls:
            asyncio.run(command(options, settings, urls))

    return run


def show_settings(_: argparse.Namespace) -> None:
    print(describe(current()))


async def migrate(_: argparse.Namespace, _settings: Settings, urls: Urls) -> None:
    done = await bring_up_to_date(urls.owner)
    print("The database is up to date." if not done else "The database was migrated to the newest version.")


async def print_token(options: argparse.Namespace, settings: Settings, urls: Urls) -> None:
    if not settings.development_tokens:
        raise CommandError("Development tokens are off here; get a token from your identity provider (AUTH_JWKS_URL).")
    async with Database(urls.owner, PATIENT, role=None) as owner:
        rows = await accounts.members_of(owner, options.email, options.account)
    if not rows:
        raise CommandError(f"No member has the address {options.email}; `python -m cli seed --demo` makes demo people.")
    if len(rows) > 1:
        slugs = ", ".join(row.slug for row in rows)
        raise CommandError(f"{options.email} is a member of {slugs}; name one with --account.")
    print(development_token(settings.dev_secret(), rows[0].account_id, rows[0].id))


async def seed_demo(_: argparse.Namespace, _settings: Settings, urls: Urls) -> None:
    await bring_up_to_date(urls.owner)
    owner, db = Database(urls.owner, PATIENT, role=None), Database(urls.serve)
    async with owner, db, alone_seeding(owner):
        for slug in DEMO_ACCOUNTS:
            account_id, flows = await seed_demo_account(owner, slug)
            walks = await seed_walks(Services(db), account_id, demo_user_id(slug, "l1"))
            print(f"{slug}: {len(flows)} flows and {walks} walks added (account {demo_account_id(slug)})")


def run_schema(options: argparse.Namespace) -> None:
    from schema import committed

    if options.what == "export":
        committed.export()
        print("Wrote schema.graphql.")
        return
    is_different, breaking = committed.differs()
    for change in breaking:
        print(f"breaking: {change}", file=sys.stderr)
    if is_different:
        raise CommandError("schema/schema.graphql differs from the code: run `make schema`, review and commit it.")
    print("schema/schema.graphql matches the code.")


async def run_account(options: argparse.Namespace, _settings: Settings, urls: Urls) -> None:
    async with Database(urls.owner, PATIENT, role=None) as owner:
        if options.what == "list":
            async with owner.read(None) as connection:
                listed = select(Account.slug, Account.id, Account.name).order_by(Account.slug)
                for row in await connection.execute(listed):
                    print(f"{row.slug}\t{row.id}\t{row.name}")
        elif not options.slug:
            raise CommandError("Name the account's slug.")
        elif options.what == "create":
            await _create_account(owner, options)
        else:
            await _delete_account(owner, options)


async def _create_account(owner: Database, options: argparse.Namespace) -> None:
    if not SLUG.fullmatch(options.slug):
        raise CommandError("A slug has 1 to 60 small letters, digits and dashes, such as northwind-it.")
    if not is_email_address(options.owner_email or ""):
        raise CommandError("Name its owner's address with --owner-email; it binds their identity at the first sign-in.")
    account_id = uuid4()
    async with owner.write(account_id) as connection:
        if not await create_account(connection, account_id, options.slug, options.name or options.slug):
            raise CommandError(f"There is an account {options.slug} already.")
        await create_user(connection, account_id, uuid4(), options.owner_email, options.owner_email.split("@")[0],
                          "owner", covers=False)
        flows = await publish_seed_flows(connection, account_id)
    print(f"Made account {options.slug} ({account_id}) with {len(flows)} flows; owner {options.owner_email}.")


async def _delete_account(owner: Database, options: argparse.Namespace) -> None:
    account_id = await _account_id(owner, options.slug)
    if not options.yes:
        raise CommandError(f"This deletes everything of {options.slug}, audit log included. Repeat with --yes.")
    await accounts.delete_account(owner, account_id)
    print(f"Deleted account {options.slug} and everything in it.")


async def work(_: argparse.Namespace, settings: Settings, urls: Urls) -> None:
    """Until a signal; what is under way is let go of first."""
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    async with Database(urls.serve) as db:
        await require_safe(db, runs_jobs=True)
        async with running(jobs_of(settings, Services(db))):
            print("The background jobs run; stop with Ctrl-C.", flush=True)
            await stop.wait()


async def run_job(options: argparse.Namespace, settings: Settings, urls: Urls) -> None:
    async with Database(urls.serve) as db:
        await require_safe(db, runs_jobs=True)
        job = next(one for one in jobs_of(settings, Services(db)) if one.name == options.name)
        print(f"{job.name}: {await run_once(job)} done")


async def delete_one_session(options: argparse.Namespace, _: Settings, urls: Urls) -> None:
    async with Database(urls.owner, PATIENT, role=None) as owner:
        for account_id in (await accounts.ids_by_slug(owner)).values():
            try:
                async with owner.write(account_id) as connection:
                    if await delete_session(connection, account_id, options.id):
                        print(f"Deleted session {options.id} and what hung on it.")
                        return
            except Refused as refused:
                refusal = refused.refusals[0]
                raise CommandError(f"{refusal.code.value}: {refusal.message}") from None
    raise CommandError(f"There is no session {options.id}.")


async def import_file(options: argparse.Namespace, _: Settings, urls: Urls) -> None:
    wanted = flow_file.FileImport(
        options.file, FlowFormat(options.format) if options.format else None, options.title,
        is_dry_run=options.dry_run, is_published=options.publish,
    )
    async with Database(urls.owner, PATIENT, role=None) as owner:
        try:
            done = await flow_file.import_file(owner, await _account_id(owner, options.account), wanted)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options.file} cannot be read: {error}") from None
    print(*done.remarks, sep="\n", end="\n" * bool(done.remarks), file=sys.stderr)
    is_published = options.publish and not done.problem
    what = "Could be imported" if options.dry_run else "Published" if is_published else "Drafted"
    for slug, title in done.flows:
        print(f"{what}: {title}" if slug is None else f"{what} {slug}: {title}")
    if done.problem:
        raise CommandError(done.problem)


async def fill(options: argparse.Namespace, _: Settings, urls: Urls) -> None:
    if options.accounts < 1 or options.sessions < 0:
        raise CommandError("Give at least one account, and no negative number of sessions.")
    await bring_up_to_date(urls.owner)
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    async with Database(urls.owner, PATIENT, role=None) as owner:
        async for line in bench_data.make(owner, options.accounts, options.sessions, until):
            print(line, flush=True)


async def _account_id(owner: Database, slug: str) -> UUID:
    found = (await accounts.ids_by_slug(owner)).get(slug)
    if found is None:
        raise CommandError(f"There is no account {slug}; `python -m cli account list` names them.")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

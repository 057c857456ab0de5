"""Operator commands: ``python -m cli --help``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from graphql import build_schema as parse_sdl
from graphql.utilities import find_breaking_changes
from sqlalchemy import func, select, text

from db.embedded import EmbeddedError
from db.engine import Database
from db.models import Account, User
from db.opening import Urls, opened
from db.preparation import UnusableDatabase, bring_up_to_date
from db.seed import (
    DEMO_ACCOUNTS,
    create_account,
    create_user,
    demo_account_id,
    demo_user_id,
    publish_seed_flows,
    seed_demo_account,
)
from resolvers.context import Services
from resolvers.demo import seed_walks
from settings import Settings, SettingsError, current, describe
from web.credentials import development_token

SCHEMA_FILE = Path(__file__).resolve().parent / "schema" / "schema.graphql"


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
    return top


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
        message = "Development tokens are off here; get a token from your identity provider (AUTH_JWKS_URL)."
        raise CommandError(message)
    rows = await _as_owner(urls, lambda db: _members(db, options.email, options.account))
    if not rows:
        message = f"No member has the address {options.email}; `python -m cli seed --demo` makes the demo people."
        raise CommandError(message)
    if len(rows) > 1:
        slugs = ", ".join(row.slug for row in rows)
        message = f"{options.email} is a member of {slugs}; name one with --account."
        raise CommandError(message)
    print(development_token(settings.dev_secret(), rows[0].account_id, rows[0].id))


async def _members(db: Database, email: str, slug: str | None) -> list[Any]:
    """Looks across accounts, so it needs an owner whom row-level security lets; else the account must be named."""
    found: list[Any] = []
    for account_id in await _account_ids(db):
        statement = (
            select(User.account_id, User.id, Account.slug).join(Account, Account.id == User.account_id)
            .where(User.account_id == account_id, func.lower(User.email) == email.lower(), User.deleted_at.is_(None))
        )
        async with db.read(account_id) as connection:
            rows = (await connection.execute(statement)).all()
        found += [row for row in rows if slug in {None, row.slug}]
    return found


async def _account_ids(db: Database) -> list[UUID]:
    async with db.read(None) as connection:
        return list((await connection.execute(select(Account.id).order_by(Account.slug))).scalars())


async def seed_demo(_: argparse.Namespace, _settings: Settings, urls: Urls) -> None:
    await bring_up_to_date(urls.owner)
    owner, db = Database(urls.owner, role=None), Database(urls.serve)
    async with owner, db:
        for slug in DEMO_ACCOUNTS:
            account_id, flows = await seed_demo_account(owner, slug)
            walks = await seed_walks(Services(db), account_id, demo_user_id(slug, "l1"))
            print(f"{slug}: {len(flows)} flows and {walks} walks added (account {demo_account_id(slug)})")


def run_schema(options: argparse.Namespace) -> None:
    from schema.schema import printed

    new = printed()
    if options.what == "export":
        SCHEMA_FILE.write_text(new)
        print(f"Wrote {SCHEMA_FILE.name}.")
        return
    old = SCHEMA_FILE.read_text() if SCHEMA_FILE.exists() else ""
    if old:
        for change in find_breaking_changes(parse_sdl(old), parse_sdl(new)):
            print(f"breaking: {change.description}", file=sys.stderr)
    if new != old:
        message = "schema/schema.graphql differs from the code: run `make schema`, review the difference, commit it."
        raise CommandError(message)
    print("schema/schema.graphql matches the code.")


async def run_account(options: argparse.Namespace, _settings: Settings, urls: Urls) -> None:
    async with Database(urls.owner, role=None) as owner:
        if options.what == "list":
            async with owner.read(None) as connection:
                listed = select(Account.slug, Account.id, Account.name).order_by(Account.slug)
                for row in await connection.execute(listed):
                    print(f"{row.slug}\t{row.id}\t{row.name}")
        elif not options.slug:
            message = "Name the account's slug."
            raise CommandError(message)
        elif options.what == "create":
            await _create_account(owner, options)
        else:
            await _delete_account(owner, options)


async def _create_account(owner: Database, options: argparse.Namespace) -> None:
    if not options.owner_email:
        message = "Name its owner with --owner-email; they are bound to their identity at the first sign-in."
        raise CommandError(message)
    account_id = uuid4()
    async with owner.write(account_id) as connection:
        if not await create_account(connection, account_id, options.slug, options.name or options.slug):
            message = f"There is an account {options.slug} already."
            raise CommandError(message)
        await create_user(connection, account_id, uuid4(), options.owner_email, options.owner_email.split("@")[0],
                          "owner", covers=False)
        flows = await publish_seed_flows(connection, account_id)
    print(f"Made account {options.slug} ({account_id}) with {len(flows)} flows; owner {options.owner_email}.")


async def _delete_account(owner: Database, options: argparse.Namespace) -> None:
    ids = [one for one in await _account_ids(owner) if await _slug(owner, one) == options.slug]
    if not ids:
        message = f"There is no account {options.slug}."
        raise CommandError(message)
    if not options.yes:
        message = f"This deletes everything of {options.slug}, audit log included. Repeat with --yes."
        raise CommandError(message)
    async with owner.write(ids[0]) as connection:
        await connection.execute(text("DELETE FROM accounts WHERE id = :id"), {"id": ids[0]})
    print(f"Deleted account {options.slug} and everything in it.")


async def _slug(owner: Database, account_id: UUID) -> str | None:
    async with owner.read(account_id) as connection:
        return await connection.scalar(select(Account.slug).where(Account.id == account_id))


async def _as_owner(urls: Urls, work: Callable[[Database], Awaitable[Any]]) -> Any:
    async with Database(urls.owner, role=None) as owner:
        return await work(owner)



if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

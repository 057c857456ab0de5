"""Two accounts full of things: acme's ids are given to people of globex, who have their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tests.db.catalogue import arguments, rows_of, tenant_tables
from tests.db.filled_account import fill
from tests.support.api import Api, Caller, Team
from tests.support.trees import printer

SCOPES = ("read", "intake", "walk", "escalate", "flows", "settings")
PEOPLE = ("owner", "admin", "engineer", "cover", "l1", "viewer")
STARTED = "mutation($input: IntakeInput!) { intake(input: $input) { outcome { ... on WalkStarted { session { id } } } errors { code } } }"
HANDED = """mutation($input: EscalateWithoutWalkInput!) { escalateWithoutWalk(input: $input) {
    escalation { id session { id } } errors { code } } }"""


@dataclass
class World:
    """``foreign`` are acme's ids by table; ``own`` are globex's by the name of the input field that takes them."""

    api: Api
    acme: Team
    globex: Team
    callers: dict[str, Caller]
    foreign: dict[str, str]
    own: dict[str, str]
    secrets: set[str] = field(default_factory=set)


async def build(api: Api, connection: asyncpg.Connection) -> World:
    """Both hold a row of everything, and globex has what its people need to reach the command behind a field."""
    acme, globex = api.teams["acme"], api.teams["globex"]
    await _walks(acme)
    await _rows_of_everything(connection, acme)
    own = await _walks(globex)
    await _rows_of_everything(connection, globex)
    callers = {name: globex.as_(name) for name in PEOPLE}
    callers["machine"] = await globex.service_account(*SCOPES)
    own |= {"memberId": str(globex.people["viewer"]), "assigneeId": str(globex.people["l1"]),
            "ownerId": str(globex.people["engineer"]), "serviceAccountId": callers["machine"].id or ""}
    foreign = await _ids(connection, acme)
    made = World(api, acme, globex, callers, foreign, own)
    made.secrets = await _texts(connection, acme) - await _texts(connection, globex)
    return made


async def _walks(team: Team) -> dict[str, str]:
    """A published flow, a proposal, a walk and an escalation, made through the API; their ids."""
    flow = await team.publish(printer(), f"Printers of {team.slug}")
    tech = team.as_("l1")
    about = {"problem": f"The printer of {team.slug} prints nothing", "customerName": f"Customer of {team.slug}",
             "companyName": f"Company of {team.slug}"}
    walk = await tech.do(STARTED, flowId=flow, **about)
    handed = await tech.do(HANDED, reasonCategory="OTHER", reason=f"Because of {team.slug}", **about)
    return {"flowId": flow, "proposalId": await team.propose(printer(), f"Proposal of {team.slug}"),
            "sessionId": walk["outcome"]["session"]["id"], "escalationId": handed["escalation"]["id"]}


async def _rows_of_everything(connection: asyncpg.Connection, team: Team) -> None:
    """What the API did not make: one row in every table that is empty still."""
    spare = await team.api.new_team(f"{team.slug}-spare")
    await connection.execute("DELETE FROM accounts WHERE id = $1", spare.id)
    await fill(connection, spare.id, spare.slug)
    empty = [table for table, count in (await rows_of(connection, team.id)).items() if count == 0]
    await connection.execute("SET session_replication_role = replica")
    for table in empty:
        columns = [row["attname"] for row in await connection.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped", table)]
        others = ", ".join(f'"{name}"' for name in columns if name != "account_id")
        await connection.execute(
            f"INSERT INTO {table} (account_id, {others}) SELECT $1, {others} FROM {table} WHERE account_id = $2", team.id, spare.id)
    await connection.execute("SET session_replication_role = origin")
    await connection.execute("DELETE FROM accounts WHERE id = $1", spare.id)


async def _ids(connection: asyncpg.Connection, team: Team) -> dict[str, str]:
    """One id of every table, and the account's own."""
    found = {"account": str(team.id)}
    for table in await tenant_tables(connection):
        one = await connection.fetchval(f"SELECT id FROM {table} WHERE account_id = $1 ORDER BY id LIMIT 1", team.id)
        found[table] = str(one)
    return found


async def _texts(connection: asyncpg.Connection, team: Team) -> set[str]:
    """Every text of six characters or more in an account's rows, the ids among them."""
    found: set[str] = set()
    for table in [*await tenant_tables(connection), "accounts"]:
        column = "id" if table == "accounts" else "account_id"
        rows = await connection.fetch(f"SELECT to_jsonb(t) AS row FROM {table} t WHERE {column} = $1", team.id)
        for row in rows:
            found |= set(re.findall(r'"([^"\\]{6,})"', row["row"]))
    return {text for text in found if not re.fullmatch(r"[0-9:.+T -]*|[01]+", text)}


async def owner_connection(api: Api) -> asyncpg.Connection:
    return await asyncpg.connect(**arguments(api.url))


def leaks(text: str, secrets: set[str]) -> list[str]:
    """Values of the other account in an answer."""
    return [one for one in secrets if one in text]


def outcome(body: dict[str, Any], alias: str) -> Any:
    """What one aliased field came to, without what differs between two good answers."""
    top = sorted((error["extensions"]["code"], error["message"]) for error in body.get("errors", [])
                 if (error.get("path") or [alias])[0] == alias)
    value = (body.get("data") or {}).get(alias)
    if isinstance(value, dict) and "errors" in value:
        refusals = [(error.get("code"), error["message"], error.get("field")) for error in value["errors"]]
        return top, refusals, sorted(name for name, held in value.items() if held is None)
    return top, value

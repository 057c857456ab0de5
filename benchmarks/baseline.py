"""The floor: the same four answers from Starlette and asyncpg, written by hand. ``python -m benchmarks.baseline``.

It checks the token's signature and its tenant, and nothing else: no look-up of the caller, no role, no row-level
security, no limits, no idempotency, no state machine. So a ratio to it is what all of that costs, framework included.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

QUEUE = """
SELECT e.reason, s.id, s.last_step_at, s.walked_path, u.id AS user_id, u.name, u.email, f.id AS flow_id, f.title
FROM escalations e
JOIN l1_walk_sessions s ON s.account_id = e.account_id AND s.id = e.session_id
LEFT JOIN users u ON u.account_id = s.account_id AND u.id = s.created_by_user_id
LEFT JOIN flows f ON f.account_id = s.account_id AND f.id = s.flow_id
WHERE e.account_id = $1 AND e.status = ANY('{open,claimed,returned,closed}')
ORDER BY s.last_step_at DESC, e.id LIMIT 51
"""
SESSION = """
SELECT s.id, s.number, s.status, s.problem_text, s.step, s.company_name, s.started_at, s.last_step_at,
       u.id AS user_id, u.name, u.email, u.role, f.id AS flow_id, f.title, f.slug, f.category
FROM l1_walk_sessions s
LEFT JOIN users u ON u.account_id = s.account_id AND u.id = s.created_by_user_id
LEFT JOIN flows f ON f.account_id = s.account_id AND f.id = s.flow_id
WHERE s.account_id = $1 AND s.id = $2
"""
SESSIONS = """
SELECT id, number, status, problem_text, company_name, last_step_at FROM l1_walk_sessions
WHERE account_id = $1 ORDER BY last_step_at DESC, id DESC LIMIT 21
"""
FLOWS = """
SELECT id, title, slug, category, keywords FROM flows
WHERE account_id = $1 AND archived_at IS NULL ORDER BY title, id LIMIT 21
"""
MEMBERS = """
SELECT id, name, email, role FROM users
WHERE account_id = $1 AND deleted_at IS NULL ORDER BY name, id LIMIT 21
"""
LOCK = """
SELECT s.status, s.step, s.current_node_id, s.walked_path, s.flow_version_id FROM l1_walk_sessions s
WHERE s.account_id = $1 AND s.id = $2 FOR UPDATE
"""
ADVANCE = """
UPDATE l1_walk_sessions SET step = $3, current_node_id = $4, walked_path = $5, last_step_at = $6, last_activity_at = $6
WHERE account_id = $1 AND id = $2
"""
TREE = "SELECT tree FROM flow_versions WHERE account_id = $1 AND id = $2"

state: dict[str, Any] = {"trees": {}}


def account_of(request: Request) -> UUID:
    """The tenant of a valid token."""
    head, _, signature = request.headers["authorization"].removeprefix("Bearer ").rpartition(".")
    good = hmac.digest(state["secret"], head.encode(), hashlib.sha256)
    if not hmac.compare_digest(good, _decoded(signature)):
        raise PermissionError
    claims = orjson.loads(_decoded(head.partition(".")[2]))
    if claims["exp"] < time.time():
        raise PermissionError
    return UUID(claims["account_id"])


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def answer(data: dict[str, Any]) -> Response:
    return Response(orjson.dumps({"data": data}, default=str), media_type="application/json")


def _path(walked: str, *names: str) -> list[dict[str, Any]]:
    return [{name: step[name] for name in names} for step in orjson.loads(walked)]


async def r1(request: Request) -> Response:
    rows = await state["pool"].fetch(QUEUE, account_of(request))
    nodes = [
        {
            "reason": row["reason"],
            "session": {
                "id": row["id"], "lastStepAt": row["last_step_at"],
                "createdBy": {"id": row["user_id"], "name": row["name"], "email": row["email"]},
                "flow": {"id": row["flow_id"], "title": row["title"]} if row["flow_id"] else None,
                "walkedPath": _path(row["walked_path"], "nodeId", "question", "answerLabel", "answeredAt"),
            },
        }
        for row in rows[:50]
    ]
    return answer({"escalations": {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > 50}}})


async def r2(request: Request) -> Response:
    given = orjson.loads(await request.body())
    row = await state["pool"].fetchrow(SESSION, account_of(request), UUID(given["id"]))
    flow = {name: row[name] for name in ("title", "slug", "category")}
    return answer({"walkSession": {
        "id": row["id"], "number": row["number"], "status": row["status"].upper(), "problem": row["problem_text"],
        "step": row["step"], "companyName": row["company_name"], "startedAt": row["started_at"],
        "lastStepAt": row["last_step_at"], "flow": {"id": row["flow_id"], **flow} if row["flow_id"] else None,
        "createdBy": {"id": row["user_id"], "name": row["name"], "email": row["email"], "role": row["role"].upper()},
    }})


async def r3(request: Request) -> Response:
    account = account_of(request)
    async with state["pool"].acquire() as connection:
        sessions = await connection.fetch(SESSIONS, account)
        flows = await connection.fetch(FLOWS, account)
        members = await connection.fetch(MEMBERS, account)
    return answer({
        "walkSessions": _page(sessions, lambda row: {
            "id": row["id"], "number": row["number"], "status": row["status"].upper(), "problem": row["problem_text"],
            "companyName": row["company_name"], "lastStepAt": row["last_step_at"]}),
        "flows": _page(flows, dict),
        "members": _page(members, lambda row: {**row, "role": row["role"].upper()}),
    })


def _page(rows: list[Any], convert: Any) -> dict[str, Any]:
    return {"nodes": [convert(row) for row in rows[:20]], "pageInfo": {"hasNextPage": len(rows) > 20}}


async def w1(request: Request) -> Response:
    account, given = account_of(request), orjson.loads(await request.body())["input"]
    session_id, now = UUID(given["sessionId"]), datetime.now(UTC)
    async with state["pool"].acquire() as connection, connection.transaction():
        row = await connection.fetchrow(LOCK, account, session_id)
        nodes = await _nodes(connection, account, row["flow_version_id"])
        node = nodes[row["current_node_id"]]
        if (row["status"], row["step"], row["current_node_id"]) != ("active", given["expectedStep"], given["nodeId"]):
            return answer({"answerNode": {"session": None, "errors": [{"code": "STALE_STEP", "message": "stale"}]}})
        option = next(one for one in node["options"] if one["value"] == given["answer"])
        step = {
            "step": row["step"] + 1, "nodeId": node["nodeId"], "kind": node["kind"], "question": node["text"],
            "options": node["options"], "answer": option["value"], "answerLabel": option["label"],
            "answeredAt": now.isoformat(), "note": None, "actingAs": None,
        }
        path = [*orjson.loads(row["walked_path"]), step]
        await connection.execute(ADVANCE, account, session_id, step["step"], option["nextNodeId"],
                                 orjson.dumps(path).decode(), now)
    after = nodes[option["nextNodeId"]]
    shown = {"nodeId": after["nodeId"], "text": after["text"]}
    if after["kind"] == "question":
        shown["options"] = [{"value": one["value"], "label": one["label"]} for one in after["options"]]
    fields = ("step", "nodeId", "question", "answerLabel", "answeredAt")
    return answer({"answerNode": {"session": {
        "id": session_id, "step": step["step"], "status": "ACTIVE", "currentNode": shown,
        "walkedPath": [{name: one[name] for name in fields} for one in path],
    }, "errors": []}})


async def _nodes(connection: Any, account: UUID, version: UUID) -> dict[str, Any]:
    """The version's nodes by id; published versions never change, so they are kept."""
    kept = state["trees"].get((account, version))
    if kept is None:
        tree = orjson.loads(await connection.fetchval(TREE, account, version))
        kept = state["trees"][(account, version)] = {node["nodeId"]: node for node in tree["nodes"]}
    return kept  # type: ignore[no-any-return]


async def main(dsn: str, secret: str) -> None:
    state["secret"] = secret.encode()
    state["pool"] = await asyncpg.create_pool(dsn, min_size=2, max_size=10)
    routes = [Route(f"/{one.__name__}", one, methods=["POST"]) for one in (r1, r2, r3, w1)]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    sock = config.bind_socket()
    print(f"serves http://127.0.0.1:{sock.getsockname()[1]}", flush=True)
    await server.serve([sock])


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], os.environ["BENCH_SECRET"]))

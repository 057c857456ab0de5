"""``python -m benchmarks``: what a request costs, as a ratio to a hand-written server on the same data."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
from sqlalchemy import text

from benchmarks.contenders import SECRET, Contender, baseline, handrail, plain_dsn
from benchmarks.load import Measured, fetch, measure
from benchmarks.workloads import Workload, workloads
from db.bench_data import bench_id, make
from db.engine import Database
from db.opening import Urls, opened
from db.preparation import bring_up_to_date
from web.credentials import development_token

ACCOUNT = bench_id(1)
WALKS = f"""
SELECT id, current_node_id, step FROM l1_walk_sessions
WHERE account_id = '{ACCOUNT}' AND status = 'active' AND session_kind = 'flow' AND current_node_id LIKE 'q%'
ORDER BY number
"""
KEEP = f"CREATE TABLE bench_kept AS SELECT * FROM l1_walk_sessions WHERE account_id = '{ACCOUNT}' AND status = 'active'"
RESET = """
UPDATE l1_walk_sessions s SET step = k.step, current_node_id = k.current_node_id, walked_path = k.walked_path,
  last_step_at = k.last_step_at, last_activity_at = k.last_activity_at
FROM bench_kept k WHERE s.account_id = k.account_id AND s.id = k.id AND s.step <> k.step
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--accounts", type=int, default=4)
    parser.add_argument("--sessions", type=int, default=20_000, help="in all accounts together")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds of each workload")
    parser.add_argument("--seconds", type=float, default=4.0, help="about how long one measurement takes")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", choices=["R1", "R2", "R3", "W1"], action="append")
    parser.add_argument("--data-dir", type=Path, help="keep the made-up data here for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, opened(None, None, options.data_dir or Path(folder)) as urls:
        asyncio.run(run(options, urls, Path(folder)))


async def run(options: argparse.Namespace, urls: Urls, folder: Path) -> None:
    await bring_up_to_date(urls.owner)
    async with Database(urls.owner, role=None) as owner:
        async for line in make(owner, options.accounts, options.sessions, datetime.now(UTC).replace(microsecond=0)):
            print(line, flush=True)
        chosen = await _chosen(owner, options.only)
        with handrail(str(urls.serve), folder / "server") as ours, baseline(plain_dsn(urls.owner)) as plain:
            await _compare(options, owner, chosen, ours, plain)


async def _chosen(owner: Database, only: list[str] | None) -> list[Workload]:
    """The workloads, with sessions to read and to answer; the state of those is kept to come back to."""
    await _do(owner, "DROP TABLE IF EXISTS bench_kept", KEEP)
    async with owner.read(ACCOUNT) as connection:
        walks = [(str(row.id), row.current_node_id, row.step) for row in await connection.execute(text(WALKS))]
    some = [str(bench_id(1, "session", number)) for number in range(1, 500)]
    return [one for one in workloads(some, walks) if only is None or one.name in only]


async def _do(owner: Database, *statements: str) -> None:
    async with owner.write(ACCOUNT) as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def _compare(
    options: argparse.Namespace, owner: Database, chosen: list[Workload], ours: Contender, plain: Contender
) -> None:
    token = development_token(SECRET, ACCOUNT, bench_id(1, "l1_tech", 0))
    engineer = development_token(SECRET, ACCOUNT, bench_id(1, "engineer", 0))
    print(f"\n{'':32} {'Handrail':>22} {'baseline':>22}")
    print(f"{'':32} {'CPU s/1,000':>11} {'req/s':>10} {'CPU s/1,000':>11} {'req/s':>10}   CPU ratio (min-max)")
    for workload in chosen:
        key = engineer if workload.name == "R1" else token

        async def reset(writes: bool = workload.writes) -> None:
            if writes:
                await _do(owner, RESET)

        size = await _same(workload, ours, plain, key, reset)
        first, second = workload.graphql(key), workload.plain(key)
        rounds = [
            (await _one(options, ours, workload, first, reset), await _one(options, plain, workload, second, reset))
            for _ in range(options.rounds)
        ]
        _print(workload, size, rounds)


async def _same(
    workload: Workload, ours: Contender, plain: Contender, token: str, reset: Callable[[], Awaitable[None]]
) -> int:
    """Both answers must be equal (the moment of an answer apart) before anything is measured; their size in bytes."""
    for at in (0, len(workload.variables) // 2, len(workload.variables) - 1):
        await reset()
        one = await fetch(ours.port, workload.graphql(token)[at])
        await reset()
        other = await fetch(plain.port, workload.plain(token)[at])
        if _timeless(workload, one) != _timeless(workload, other):
            message = f"{workload.name}: the answers differ\n{one[:1500]!r}\n{other[:1500]!r}"
            raise SystemExit(message)
    return len(one)


def _timeless(workload: Workload, body: bytes) -> object:
    data = orjson.loads(body)
    if workload.writes:
        data["data"]["answerNode"]["session"]["walkedPath"][-1].pop("answeredAt")
    return data


async def _one(
    options: argparse.Namespace, who: Contender, workload: Workload, requests: list[bytes],
    reset: Callable[[], Awaitable[None]],
) -> Measured:
    """Warm up, guess how many requests fill the time, measure. A walk is answered once between two resets."""
    limit = len(requests) if workload.writes else 1_000_000
    await reset()
    trial = await measure(who.port, who.pid, requests, min(60, limit), options.connections)
    await reset()
    count = min(limit, max(60, int(trial.per_second * options.seconds)))
    return await measure(who.port, who.pid, requests, count, options.connections)


def _print(workload: Workload, size: int, rounds: list[tuple[Measured, Measured]]) -> None:
    ratios = [ours.cpu_per_thousand / max(plain.cpu_per_thousand, 1e-9) for ours, plain in rounds]
    cells = ""
    for side in (0, 1):
        cpu = statistics.median(one[side].cpu_per_thousand for one in rounds)
        rate = statistics.median(one[side].per_second for one in rounds)
        cells += f" {cpu:11.2f} {rate:10.0f}"
    name = f"{workload.name} {workload.title}, {size / 1000:.1f} kB"
    print(f"{name:32}{cells}   {statistics.median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})", flush=True)


if __name__ == "__main__":
    main()

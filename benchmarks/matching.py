"""Quality and speed of matching.

python -m benchmarks.matching           quality of every backend on the ticket data, and with DATABASE_URL
                                        (an owner's, of a migrated scratch database) the statement's latency
python -m benchmarks.matching full      the same for more kinds of accounts, more often drawn, with one example of each
                                        topic asked at a time, and the latency on a database of its own: some minutes
python -m benchmarks.matching large     vectors of both local models side by side (EMBEDDINGS=local-large), five minutes
python -m benchmarks.matching fit       the constants for domain/matching/calibration.py, and what those of one data
                                        set are worth on the other
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.matching_bayes import naive_bayes
from benchmarks.matching_data import Account, Tickets, folds, load, sample, texts_of
from benchmarks.matching_fit import fit
from benchmarks.matching_index import Vectors
from benchmarks.matching_latency import measure_latency
from benchmarks.matching_quality import measure
from db.opening import opened
from db.preparation import bring_up_to_date
from domain.matching.calibration import Backend
from integrations.embedder import EmbedderUnavailable, choose_embedder

FOLDS = 4
COLUMNS = (
    f"{'account':34}{'backend':9}{'top-1':>7}{'top-3':>7}{'precision':>11}{'reach':>7}{'false':>7}{'siblings':>10}"
)


async def embed_all(tickets: list[Tickets], kind: str = "local") -> Vectors | None:
    """Vectors of every text by a local model; None, with a line that says why, when there is none."""
    embedder = choose_embedder(kind)
    texts = texts_of(tickets)
    try:
        return dict(zip(texts, await embedder.embed(texts), strict=True))
    except EmbedderUnavailable as error:
        print(f"vectors left out: {error}")
        return None


def print_quality(tickets: list[Tickets], vectors: Vectors | None, *, full: bool = False) -> None:
    """One line per kind of account and backend; `full` draws more of them."""
    print("precision: right among all scored >= 0.75, those of no flow included; reach: problems scored >= 0.75;")
    print("false: utterances of no flow scored >= 0.60; siblings: problems of flows the account lacks scored >= 0.60")
    print(COLUMNS)
    for name, accounts in _cases(tickets, full=full):
        listed = list(accounts)
        if "folds" in name:
            _print_bayes(name, listed)
        for backend, known in ((Backend.LEXICAL, None), (Backend.VECTOR, vectors)):
            if backend is Backend.LEXICAL or vectors is not None:
                _print_line(name, backend, listed, known)


def _cases(tickets: list[Tickets], *, full: bool) -> Iterable[tuple[str, Iterable[Account]]]:
    seeds = range(8 if full else 4)
    for one in tickets:
        count = len(one.by_topic)
        yield f"{one.name}, {FOLDS} folds", folds(one, FOLDS)
        if full:
            most = max(len(texts) for texts in one.by_topic.values())
            yield f"{one.name}, {most} folds", folds(one, most)
            yield f"{one.name}, {most} folds, titles", folds(one, most, with_title=True)
        for examples in (0, 1, 2, 3, 5, 8, 12) if full else (0, 3, 8):
            made = [sample(one, count, examples, 100 + seed, with_title=True) for seed in seeds]
            yield f"{one.name}, title + {examples}", made
        some = count * 5 // 6
        yield f"{one.name}, {some} of {count} flows", [sample(one, some, 18, 300 + s, with_title=True) for s in seeds]
        for flows in (1, 2, 5, 10, 20) if full else (5,):
            few = min(flows, count)
            made = [sample(one, few, 8, 200 + seed, with_title=True) for seed in range(2 * len(seeds))]
            yield f"{one.name}, {few} flows", made


def _print_bayes(name: str, accounts: list[Account]) -> None:
    asked = sum(len(one.asked) for one in accounts)
    counted = [naive_bayes(one) for one in accounts]
    shares = [sum(rights) / asked for rights in zip(*counted, strict=True)]
    print(f"{name:34}{'bayes':9}{shares[0]:7.3f}{shares[1]:7.3f}   (naive Bayes on words, for comparison)")


def _print_line(name: str, backend: Backend, accounts: list[Account], vectors: Vectors | None) -> None:
    found = measure(accounts, vectors)
    figures = (found.top1, found.top3, found.precision, found.recall, found.false_suggestions)
    widths = (7, 7, 11, 7, 7)
    shown = "".join(f"{figure:{width}.3f}" for figure, width in zip(figures, widths, strict=True))
    print(f"{name:34}{backend.value:9}{shown}{found.lacking_suggestions:10.3f}")


async def run_large() -> None:
    """What the larger model beside the small one brings."""
    tickets = load()
    vectors = await embed_all(tickets, "local-large") if tickets else None
    if vectors is not None:
        print_quality(tickets, vectors)


async def run(owner_url: str | None, *, full: bool = False) -> None:
    """Print both tables; what cannot be measured here is said. The database is an owner's, migrated, for scratch."""
    tickets = load()
    if tickets:
        print_quality(tickets, await embed_all(tickets), full=full)
    else:
        print("quality left out: no ticket data beside the project")
    print(await measure_latency(owner_url) if owner_url else "latency left out: neither DATABASE_URL nor `full`")


async def run_fresh(owner_url: str) -> None:
    """The full measurement on a new database."""
    await bring_up_to_date(owner_url)
    await run(owner_url, full=True)


def main() -> None:
    """Run what the command line names."""
    url, arguments = os.environ.get("DATABASE_URL"), sys.argv[1:]
    if arguments == ["fit"]:
        tickets = load()
        vectors = asyncio.run(embed_all(tickets)) if tickets else None
        for backend in Backend if vectors else (Backend.LEXICAL,) if tickets else ():
            print(fit(tickets, backend, vectors), flush=True)
    elif arguments == ["large"]:
        asyncio.run(run_large())
    elif arguments == ["full"] and not url:
        with tempfile.TemporaryDirectory() as folder, opened(None, None, Path(folder)) as urls:
            asyncio.run(run_fresh(str(urls.owner)))
    else:
        asyncio.run(run(url, full=arguments == ["full"]))


if __name__ == "__main__":
    main()

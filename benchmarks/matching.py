"""Quality and speed of matching.

python -m benchmarks.matching           quality of every backend on the ticket data, and with DATABASE_URL
                                        (an owner's, of a migrated scratch database) the statement's latency
python -m benchmarks.matching fit       the constants for domain/matching/calibration.py
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable

from benchmarks.matching_data import Account, Tickets, folds, load, sample, texts_of
from benchmarks.matching_fit import fit
from benchmarks.matching_index import Vectors
from benchmarks.matching_latency import measure_latency
from benchmarks.matching_quality import measure
from domain.matching.calibration import Backend
from integrations.embedder import EmbedderUnavailable, choose_embedder

FOLDS = 4
COLUMNS = (
    f"{'account':34}{'backend':9}{'top-1':>7}{'top-3':>7}{'precision':>11}{'reach':>7}{'false':>7}{'siblings':>10}"
)


async def embed_all(tickets: list[Tickets]) -> Vectors | None:
    """Vectors of every text by the local model; None, with a line that says why, when there is none."""
    embedder = choose_embedder("local")
    texts = texts_of(tickets)
    try:
        return dict(zip(texts, await embedder.embed(texts), strict=True))
    except EmbedderUnavailable as error:
        print(f"vectors left out: {error}")
        return None


def print_quality(tickets: list[Tickets], vectors: Vectors | None) -> None:
    """One line per kind of account and backend."""
    print("precision: right among all scored >= 0.75; reach: problems scored >= 0.75;")
    print("false: utterances of no flow scored >= 0.60; siblings: problems of absent sibling flows scored >= 0.60")
    print(COLUMNS)
    for name, accounts in _cases(tickets):
        listed = list(accounts)
        for backend, known in ((Backend.LEXICAL, None), (Backend.VECTOR, vectors)):
            if backend is Backend.LEXICAL or vectors is not None:
                _print_line(name, backend, listed, known)


def _cases(tickets: list[Tickets]) -> Iterable[tuple[str, Iterable[Account]]]:
    for one in tickets:
        count = len(one.by_topic)
        yield f"{one.name}, {FOLDS} folds", folds(one, FOLDS)
        for examples in (0, 1, 3, 8):
            made = [sample(one, count, examples, 100 + seed, with_title=True) for seed in range(3)]
            yield f"{one.name}, title + {examples}", made
        for flows in (1, 5, 10):
            yield f"{one.name}, {flows} flows", [sample(one, flows, 8, 200 + s, with_title=True) for s in range(4)]


def _print_line(name: str, backend: Backend, accounts: list[Account], vectors: Vectors | None) -> None:
    found = measure(accounts, vectors)
    figures = (found.top1, found.top3, found.precision, found.recall, found.false_suggestions)
    widths = (7, 7, 11, 7, 7)
    shown = "".join(f"{figure:{width}.3f}" for figure, width in zip(figures, widths, strict=True))
    print(f"{name:34}{backend.value:9}{shown}{found.lacking_suggestions:10.3f}")


def main() -> None:
    """Run what the command line names."""
    tickets = load()
    if tickets:
        vectors = asyncio.run(embed_all(tickets))
        if sys.argv[1:] == ["fit"]:
            for backend in Backend:
                print(fit(tickets, backend, vectors))
            return
        print_quality(tickets, vectors)
    else:
        print("quality left out: no ticket data beside the project")
    url = os.environ.get("DATABASE_URL")
    print(asyncio.run(measure_latency(url)) if url else "latency left out: no DATABASE_URL")


if __name__ == "__main__":
    main()

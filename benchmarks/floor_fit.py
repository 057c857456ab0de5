"""``python -m benchmarks.floor_fit``: fits the floor's second reader to the tests' corpus and writes its file.

Logistic regression with an L2 penalty, both labels weighing the same, by L-BFGS; the weights are rounded to bytes.
``--figures`` writes nothing and prints how the reader does on sources it has not met: each is left out in turn.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.floor_frames import framed
from domain.builder import floor_learned as learned
from domain.builder import floor_safe as safe
from domain.builder.floor import sentences_of
from domain.builder.floor_orders import HARM
from domain.builder.floor_second import REFUSED_FROM

CORPUS = Path(__file__).parent.parent / "tests" / "domain" / "builder" / "corpus"
TAUGHT = ("deed", "warning", "harmless", "seen", "rounds", "written", "flows")
STRENGTH = 100.0  # of the texts against the penalty; between 30 and 300 nothing changes
STEPS, MEMORY = 150, 10
LEAST_OF_A_SOURCE = 90


@dataclass(frozen=True, slots=True)
class Taught:
    """A labelled text and where it comes from."""

    text: str
    is_deed: bool
    source: str


def corpus(names: Sequence[str] = TAUGHT) -> list[Taught]:
    """The labelled texts of these files; what has no round of its own comes from its file."""
    lines = ((name, line) for name in names for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines())
    rows = ((name, json.loads(line)) for name, line in lines)
    return [Taught(row["text"], row["label"] == "deed", str(row.get("round") or name)) for name, row in rows]


def with_frames(texts: Sequence[Taught]) -> list[Taught]:
    """The texts, and their plain orders as they may be asked for or forbidden."""
    made = (
        Taught(text, is_deed, one.source)
        for one in texts
        for text, is_deed in framed(one.text, is_deed=one.is_deed, verbs=_VERBS)
    )
    return [*texts, *made]


_VERBS = safe.FREE | safe.GUARDED | {form for form, kind in HARM.items() if kind == "base"}


def fingerprint(texts: Sequence[Taught]) -> str:
    """Of what the file was made of: every text with its label."""
    joined = "\n".join(f"{int(one.is_deed)} {one.text}" for one in texts)
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


class Matrix:
    """Rows of hashed features, each row of length one."""

    def __init__(self, rows: Sequence[frozenset[int]]) -> None:
        self.columns = np.array([column for row in rows for column in sorted(row) or [0]], dtype=np.int64)
        sizes = np.array([max(len(row), 1) for row in rows])
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.of_row = np.repeat(np.arange(len(rows)), sizes)
        self.values = np.repeat(1 / np.sqrt(sizes), sizes)

    def times(self, weights: np.ndarray) -> np.ndarray:
        return np.add.reduceat(weights[self.columns] * self.values, self.starts)

    def back(self, slopes: np.ndarray) -> np.ndarray:
        return np.bincount(self.columns, slopes[self.of_row] * self.values, minlength=1 << learned.BITS)


def fit(rows: Sequence[frozenset[int]], is_deed: np.ndarray) -> tuple[float, np.ndarray]:
    """Bias and weights, the weights rounded to what a byte holds of the largest."""
    matrix, sign = Matrix(rows), np.where(is_deed, 1.0, -1.0)
    share = np.where(is_deed, len(sign) / 2 / is_deed.sum(), len(sign) / 2 / (~is_deed).sum()) * STRENGTH

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (matrix.times(point[1:]) + point[0])
        slopes = -sign * share / (1 + np.exp(margin))
        value = float(share @ np.logaddexp(0, -margin) + 0.5 * point @ point)
        return value, point + np.concatenate([[slopes.sum()], matrix.back(slopes)])

    point = _lowest(loss, (1 << learned.BITS) + 1)
    return float(point[0]), point[1:]


def _lowest(loss: Callable[[np.ndarray], tuple[float, np.ndarray]], size: int) -> np.ndarray:
    """The lowest point of a smooth convex function, by L-BFGS with halved steps."""
    point = np.zeros(size)
    value, slope = loss(point)
    past: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(STEPS):
        course = _course(slope, past)
        length = 1.0 if past else 1.0 / float(np.linalg.norm(slope))
        while True:
            moved = point + length * course
            new_value, new_slope = loss(moved)
            if new_value <= value + 1e-4 * length * float(slope @ course) or length < 1e-9:
                break
            length /= 2
        past = [*past, (moved - point, new_slope - slope)][-MEMORY:]
        is_done = value - new_value < 1e-6 * abs(value)
        point, value, slope = moved, new_value, new_slope
        if is_done:
            break
    return point


def _course(slope: np.ndarray, past: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Down the slope, bent by what the last steps showed."""
    course, shares = -slope, []
    for step, bend in reversed(past):
        share = (step @ course) / (step @ bend)
        course = course - share * bend
        shares.append(share)
    if past:
        step, bend = past[-1]
        course = course * ((step @ bend) / (bend @ bend))
    for (step, bend), share in zip(past, reversed(shares), strict=True):
        course = course + step * (share - (bend @ course) / (step @ bend))
    return course


def rounded(factors: np.ndarray) -> tuple[float, list[int]]:
    scale = float(np.abs(factors).max()) / 127
    return scale, [int(step) for step in np.rint(factors / scale)]


def rows_of(texts: Sequence[Taught]) -> list[frozenset[int]]:
    return [learned.features(sentences_of(one.text)) for one in texts]


def crossed(texts: Sequence[Taught], rows: Sequence[frozenset[int]], own: int) -> Iterator[str]:
    """Each source of some size left out: what the learned reader alone says of texts it was not taught.

    The first ``own`` texts are judged, what was made of them is not.
    """
    is_deed, sources = np.array([one.is_deed for one in texts]), np.array([one.source for one in texts])
    chances = np.full(len(texts), np.nan)
    for name in sorted(set(sources), key=str):
        out = sources == name
        if out.sum() >= LEAST_OF_A_SOURCE and 0 < is_deed[out].sum() < out.sum():
            bias, factors = fit([row for row, is_out in zip(rows, out, strict=True) if not is_out], is_deed[~out])
            chances[out] = [_chance(bias, factors, row) for row in _of(rows, out)]
            judged = out & (np.arange(len(texts)) < own)
            yield f"without {name:>8}: {_figures(chances[judged], is_deed[judged])}"
    met = ~np.isnan(chances) & (np.arange(len(texts)) < own)
    yield f"each left out once: {_figures(chances[met], is_deed[met])}"


def _of(rows: Sequence[frozenset[int]], chosen: np.ndarray) -> Iterator[frozenset[int]]:
    return (row for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen)


def _chance(bias: float, factors: np.ndarray, row: frozenset[int]) -> float:
    total = bias + factors[list(row)].sum() / np.sqrt(max(len(row), 1))
    return float(1 / (1 + np.exp(-total)))


def _figures(chances: np.ndarray, is_deed: np.ndarray) -> str:
    refused, bound = chances >= REFUSED_FROM, np.quantile(chances[~is_deed], 0.9)
    recall, false_positives = refused[is_deed].mean(), refused[~is_deed].mean()
    found = (chances[is_deed] > bound).mean()
    return (
        f"{len(chances):>5} texts, recall {recall:.3f}, false positives {false_positives:.3f}; "
        f"recall where one in ten is refused {found:.3f}"
    )


def run(*, is_writing: bool) -> Iterator[str]:
    """Lines to print."""
    texts = corpus()
    taught = with_frames(texts)
    rows = rows_of(taught)
    if not is_writing:
        yield from crossed(taught, rows, len(texts))
        return
    bias, factors = fit(rows, np.array([one.is_deed for one in taught]))
    scale, steps = rounded(factors)
    header: dict[str, object] = {"texts": len(texts), "corpus": fingerprint(texts)}
    learned.FILE.write_bytes(learned.written(header, round(bias, 6), scale, steps))
    yield f"{learned.FILE.name}: {learned.FILE.stat().st_size / 1000:.0f} KB of {len(texts)} texts"


if __name__ == "__main__":
    for line in run(is_writing="--figures" not in sys.argv):
        print(line, flush=True)

"""``python -m benchmarks.floor_fit``: fits the floor's second reader to the tests' corpus and writes its file.

Logistic regression with an L2 penalty, both labels weighing the same, by L-BFGS; the weights are rounded to bytes.
``--figures`` writes nothing and prints what the rules alone and both readers together say of each source when the
learned one was not taught it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.floor_frames import framed
from domain.builder import floor_learned as learned
from domain.builder import floor_safe as safe
from domain.builder.floor import rule_hits, sentences_of
from domain.builder.floor_orders import HARM
from domain.builder.floor_second import judged

CORPUS = Path(__file__).parent.parent / "tests" / "domain" / "builder" / "corpus"
TAUGHT = (
    "deed", "warning", "harmless", "seen", "rounds", "written", "languages", "misses", "hinted", "spoken", "specified",
    "flows",
)  # fmt: skip
STRENGTH = 300.0  # of the texts against the penalty; between 30 and 300 little changes on texts not taught
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
    """Bias and weights."""
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


def rows_of(texts: Sequence[Taught]) -> list[frozenset[int]]:
    return [learned.features(sentences_of(one.text)) for one in texts]


def crossed(texts: Sequence[Taught], rows: Sequence[frozenset[int]], own: int) -> Iterator[str]:
    """Each source of some size left out: what is said of texts that the learned reader was not taught.

    The first ``own`` texts are judged, what was made of them is not. The rules were read against most sources.
    """
    sources, is_deed = np.array([one.source for one in texts]), np.array([one.is_deed for one in texts])
    both: list[tuple[bool, bool, bool]] = []
    for name in sorted(set(sources[:own]), key=lambda name: (len(name), name)):
        left = np.flatnonzero(sources[:own] == name)
        if len(left) < LEAST_OF_A_SOURCE or is_deed[left].all():
            continue
        known = weights_of([row for row, source in zip(rows, sources, strict=True) if source != name],
                           is_deed[sources != name])  # fmt: skip
        found = [_verdicts(texts[index], known) for index in left]
        both.extend(found)
        yield f"without {name:>8}: {_figures(found)}"
    yield f"each left out once: {_figures(both)}"


def _verdicts(one: Taught, known: learned.Weights) -> tuple[bool, bool, bool]:
    """Is it a deed, do the rules refuse it, do both readers together."""
    hits, sentences = rule_hits(one.text), sentences_of(one.text)
    return one.is_deed, bool(hits), bool(judged(hits, sentences, known))


def _figures(found: Sequence[tuple[bool, bool, bool]]) -> str:
    table = np.array(found)
    deeds, fine = table[table[:, 0]], table[~table[:, 0]]
    recall = "no deeds in it   " if not len(deeds) else f"recall {deeds[:, 1].mean():.3f} -> {deeds[:, 2].mean():.3f}"
    return f"{len(table):>5} texts, {recall}, false positives {fine[:, 1].mean():.3f} -> {fine[:, 2].mean():.3f}"


def weights_of(rows: Sequence[frozenset[int]], is_deed: np.ndarray) -> learned.Weights:
    """Fitted, and rounded to what a byte holds of the largest."""
    bias, factors = fit(rows, is_deed)
    scale = float(np.abs(factors).max()) / 127
    return learned.Weights({}, round(bias, 6), scale, array("b", np.rint(factors / scale).astype(int).tolist()))


def run(*, is_writing: bool) -> Iterator[str]:
    """Lines to print."""
    texts = corpus()
    taught = with_frames(texts)
    rows = rows_of(taught)
    if not is_writing:
        yield from crossed(taught, rows, len(texts))
        return
    known = weights_of(rows, np.array([one.is_deed for one in taught]))
    header: dict[str, object] = {"texts": len(texts), "corpus": fingerprint(texts)}
    learned.FILE.write_bytes(learned.written(header, known.bias, known.scale, known.steps))
    yield f"{learned.FILE.name}: {learned.FILE.stat().st_size / 1000:.0f} KB of {len(texts)} texts"


if __name__ == "__main__":
    for line in run(is_writing="--figures" not in sys.argv):
        print(line, flush=True)

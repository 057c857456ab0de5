"""Fits the constants of `domain/matching/calibration.py` and prints them for copying. Needs numpy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.matching_data import Account, Tickets, sample
from benchmarks.matching_index import MemoryIndex, Vectors
from domain.matching.calibration import CALIBRATIONS, Backend
from domain.matching.score import lead, strength

FLOWS = (1, 2, 3, 5, 15, 40, 77)
EXAMPLES = (0, 1, 2, 4, 8, 15, 18)
SEEDS = (0, 1, 2, 3)
LACKING_WEIGHT = 0.5  # problems of absent sibling flows teach caution, but must not drown the rest
WANTED_PRECISION = 0.97  # at each number of texts; leaves room for other data than this
WANTED_FALSE = 0.02
LEAST_COUNTED = 100
LARGE = {"banking77": 40, "rasa helpdesk": 10}  # accounts of so many flows set the bounds: they are the hardest
BOUNDS = ((1, 1), (2, 2), (3, 3), (4, 6), (7, 11), (12, 99))  # texts of a flow


def accounts(tickets: list[Tickets]) -> Iterator[Account]:
    """Every size of account and of flow, with and without a person's title."""
    for one in tickets:
        for flows in sorted({min(count, len(one.by_topic)) for count in FLOWS}):
            for examples in EXAMPLES:
                for seed in SEEDS[: 2 if flows >= 40 else 4]:
                    yield sample(one, flows, examples, seed, with_title=bool(seed % 2))


@dataclass(frozen=True, slots=True)
class Observation:
    """The best flow of one problem."""

    strength: float
    lead: float
    right: bool
    kind: str
    tickets: str
    texts: int
    is_large: bool


def observations(account: Account, backend: Backend, vectors: Vectors | None) -> Iterator[Observation]:
    """One for each problem of the account."""
    index = MemoryIndex(account.flows, vectors if backend is Backend.VECTOR else None)
    problems: list[tuple[str, str | None, str]] = [(text, topic, "asked") for text, topic in account.asked]
    problems += [(text, None, "lacking") for text in account.lacking]
    problems += [(text, None, "foreign") for text in account.foreign]
    is_large = len(account.flows) >= LARGE[account.tickets]
    for text, topic, kind in problems:
        stems, stats, candidates = index.search(text)
        strengths = [strength(stems, stats, one, backend) for one in candidates]
        best = int(np.argmax(strengths))
        chosen = candidates[best]
        rivals = strengths[:best] + strengths[best + 1 :]
        ahead = lead(strengths[best], rivals, CALIBRATIONS[backend].lonely)
        yield Observation(strengths[best], ahead, chosen.title == topic, kind, account.tickets, chosen.texts, is_large)


def fit(tickets: list[Tickets], backend: Backend, vectors: Vectors | None) -> str:
    """The literal for one backend, and the bound each number of texts would need by itself."""
    rows = [row for account in accounts(tickets) for row in observations(account, backend, vectors)]
    inputs = np.array([[1.0, row.strength, row.lead] for row in rows])
    right = np.array([row.right for row in rows])
    factors = logistic(inputs, right.astype(float), _weights(rows))
    chances = 1 / (1 + np.exp(-inputs @ factors))
    kinds = np.array([row.kind for row in rows])
    suggest_at = float(np.quantile(chances[kinds == "foreign"], 1 - WANTED_FALSE))
    names = ", ".join(f"{value:.3f}" for value in factors)
    lines = [f"{backend}: intercept, strength, lead = {names}; suggest_at >= {suggest_at:.3f}"]
    for name in sorted({row.tickets for row in rows}):
        for low, high in BOUNDS:
            counted = np.array(
                [
                    row.tickets == name and row.kind != "lacking" and low <= row.texts <= high and row.is_large
                    for row in rows
                ]
            )
            if counted.sum() >= LEAST_COUNTED:
                lines.append(f"  {name}, {low} to {high} texts: match_at {_bound(chances, right, counted):.3f}")
    return "\n".join([*lines, *_crossed(rows, inputs, right, backend)])


def _crossed(rows: list[Observation], inputs: np.ndarray, right: np.ndarray, backend: Backend) -> Iterator[str]:
    """What the bounds in use promise on a data set when the weights were fitted on the other one alone."""
    calibration, kinds = CALIBRATIONS[backend], np.array([row.kind for row in rows])
    names, weights = np.array([row.tickets for row in rows]), _weights(rows)
    match = np.array([calibration.match_bound(row.texts) for row in rows])
    for name in sorted(set(names)):
        taught = names != name
        factors = logistic(inputs[taught], right[taught].astype(float), weights[taught])
        chances = 1 / (1 + np.exp(-inputs @ factors))
        matched = (chances >= match) & (kinds != "lacking") & ~taught
        suggested = (chances >= calibration.suggest_at) & ~taught
        shown = ", ".join(f"{value:.3f}" for value in factors)
        yield (
            f"  fitted without {name} ({shown}): precision there {right[matched].mean():.3f} of {matched.sum()},"
            f" false {suggested[(kinds == 'foreign') & ~taught].mean():.3f},"
            f" siblings {suggested[(kinds == 'lacking') & ~taught].mean():.3f}"
        )


def _weights(rows: list[Observation]) -> np.ndarray:
    """Both data sets weigh the same."""
    sizes = Counter(row.tickets for row in rows)
    return np.array(
        [
            (LACKING_WEIGHT if row.kind == "lacking" else 1.0) * len(rows) / len(sizes) / sizes[row.tickets]
            for row in rows
        ]
    )


def logistic(inputs: np.ndarray, right: np.ndarray, weights: np.ndarray, penalty: float = 1.0) -> np.ndarray:
    """Newton's method for weighted logistic regression with an L2 penalty on all but the first factor."""
    factors = np.zeros(inputs.shape[1])
    ridge = penalty * np.diag([0.0, *[1.0] * (inputs.shape[1] - 1)])
    for _ in range(50):
        chances = 1 / (1 + np.exp(-inputs @ factors))
        slope = inputs.T @ (weights * (chances - right)) + ridge @ factors
        bend = (inputs * (weights * chances * (1 - chances))[:, None]).T @ inputs + ridge
        factors -= np.linalg.solve(bend, slope)
    return factors


def _bound(chances: np.ndarray, right: np.ndarray, counted: np.ndarray) -> float:
    """The least probability from which on the wanted share is right; 1 when none reaches it."""
    order = np.argsort(-chances[counted])
    precision = np.cumsum(right[counted][order]) / np.arange(1, counted.sum() + 1)
    reached = np.nonzero(precision >= WANTED_PRECISION)[0]
    return float(chances[counted][order][reached.max()]) if len(reached) else 1.0

"""Fits the constants of `domain/matching/calibration.py` and prints them for copying. Needs numpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.matching_data import Account, Tickets, sample
from benchmarks.matching_index import MemoryIndex, Vectors
from domain.matching.calibration import CALIBRATIONS, Backend
from domain.matching.score import lead, strength

FLOWS = (1, 2, 3, 5, 15, 40, 77)
EXAMPLES = (0, 1, 2, 4, 8, 15)
SEEDS = (0, 1, 2, 3)
LACKING_WEIGHT = 0.3  # problems of absent sibling flows teach caution, but must not drown the rest
WANTED_PRECISION = 0.975  # on accounts with at least four examples a flow; leaves room for other data than this
WANTED_FALSE = 0.02


def accounts(tickets: list[Tickets]) -> Iterator[Account]:
    """Every size of account and of flow, with and without a person's title."""
    for one in tickets:
        for flows in sorted({min(count, len(one.by_topic)) for count in FLOWS}):
            for examples in EXAMPLES:
                for seed in SEEDS[: 2 if flows >= 40 else 4]:
                    yield sample(one, flows, examples, seed, with_title=bool(seed % 2))


Observation = tuple[float, float, bool, float, str]


def observations(account: Account, backend: Backend, vectors: Vectors | None) -> Iterator[Observation]:
    """(strength, lead, right, weight, kind of problem) of the best flow for each problem."""
    index = MemoryIndex(account.flows, vectors if backend is Backend.VECTOR else None)
    problems: list[tuple[str, str | None, str]] = [(text, topic, "asked") for text, topic in account.asked]
    problems += [(text, None, "lacking") for text in account.lacking]
    problems += [(text, None, "foreign") for text in account.foreign]
    for text, topic, kind in problems:
        stems, stats, candidates = index.search(text)
        strengths = [strength(stems, stats, one, backend) for one in candidates]
        best = int(np.argmax(strengths))
        own = strengths[best]
        rivals = strengths[:best] + strengths[best + 1 :]
        weight = LACKING_WEIGHT if kind == "lacking" else 1.0
        yield own, lead(own, rivals, CALIBRATIONS[backend].lonely), candidates[best].title == topic, weight, kind


def fit(tickets: list[Tickets], backend: Backend, vectors: Vectors | None) -> str:
    """The literal for one backend."""
    rows: list[Observation] = []
    enough: list[bool] = []
    for account in accounts(tickets):
        found = list(observations(account, backend, vectors))
        rows += found
        enough += [account.examples >= 4] * len(found)
    inputs = np.array([[1.0, row[0], row[1]] for row in rows])
    right, weights = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
    kinds = np.array([row[4] for row in rows])
    factors = logistic(inputs, right.astype(float), weights)
    chances = 1 / (1 + np.exp(-inputs @ factors))
    suggest_at = float(np.quantile(chances[kinds == "foreign"], 1 - WANTED_FALSE))
    match_at = _bound(chances, right, (kinds == "asked") & np.array(enough))
    names = ", ".join(f"{value:.3f}" for value in factors)
    return f"{backend}: intercept, strength, lead = {names}; suggest_at={suggest_at:.3f} match_at={match_at:.3f}"


def logistic(inputs: np.ndarray, right: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Newton's method for weighted logistic regression."""
    factors = np.zeros(inputs.shape[1])
    for _ in range(50):
        chances = 1 / (1 + np.exp(-inputs @ factors))
        slope = inputs.T @ (weights * (chances - right))
        bend = (inputs * (weights * chances * (1 - chances))[:, None]).T @ inputs
        factors -= np.linalg.solve(bend + 1e-6 * np.eye(len(factors)), slope)
    return factors


def _bound(chances: np.ndarray, right: np.ndarray, counted: np.ndarray) -> float:
    """The least probability from which on the wanted share is right."""
    order = np.argsort(-chances[counted])
    precision = np.cumsum(right[counted][order]) / np.arange(1, counted.sum() + 1)
    last = np.nonzero(precision >= WANTED_PRECISION)[0].max()
    return float(chances[counted][order][last])

"""The candidate statement's features, computed in memory: what calibration and quality figures are made with.

Needs numpy (the extra `[semantic]` brings it). `tests/` compares it with the real statement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID, uuid5

import numpy as np

from db.queries.matching import TEXTS_TOLD_APART
from domain.matching.document import FlowDocument, FlowText, TextKind, build_document
from domain.matching.features import AccountStats, Candidate
from domain.matching.score import closest
from domain.matching.trigram import BITS, signature
from domain.matching.words import query_words
from integrations import contrast
from integrations.account_metric import matrix

_SPACE = UUID(int=7)
Vectors = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class _Flow:
    flow_id: UUID
    name: str
    document: FlowDocument


class MemoryIndex:
    """Flows of one account; `vectors` maps every text and every problem to a vector of length 1."""

    def __init__(self, flows: Mapping[str, list[FlowText]], vectors: Vectors | None) -> None:
        self._vectors = vectors
        self._flows = [_Flow(uuid5(_SPACE, name), name, build_document(texts)) for name, texts in flows.items()]
        self._stats = self._account_stats()
        self._starts = np.cumsum([0, *(len(texts) for texts in flows.values())])[:-1]
        self._signatures = np.stack([_packed(text.content) for texts in flows.values() for text in texts])
        self._matrices = None if vectors is None else _stack(flows, vectors)

    def _account_stats(self) -> AccountStats:
        count = len(self._flows)
        frequency = Counter(stem for flow in self._flows for stem in flow.document.counts)
        totals = sum(flow.document.total for flow in self._flows)
        texts = sum(flow.document.texts for flow in self._flows)
        return AccountStats(count, totals / count, texts / count, frequency)

    def search(self, problem: str) -> tuple[list[str], AccountStats, list[Candidate]]:
        """The problem's stems, the account's figures, and every flow as a candidate."""
        stems, trigram = query_words(problem), self._trigrams(problem)
        alike, nearest, centroid = self._similarities(problem)
        found = [
            Candidate(
                flow.flow_id,
                flow.name,
                {stem: flow.document.counts[stem] for stem in stems if stem in flow.document.counts},
                flow.document.total,
                flow.document.texts,
                trigram[i],
                nearest[i],
                centroid[i],
            )
            for i, flow in enumerate(self._flows)
        ]
        if alike is not None and self._vectors is not None:
            found = contrast.told_apart(found, self._vectors[problem], self._near(found, alike))
        return stems, self._stats, found

    def _near(self, candidates: Sequence[Candidate], alike: np.ndarray) -> dict[UUID, np.ndarray]:
        """Of the flows that have to be told apart, the rows of the texts nearest to the problem."""
        rows, bounds = self._matrices[0] if self._matrices else np.empty((0, 0)), [*self._starts, len(alike)]
        wanted = {one.flow_id for one in closest(candidates)}
        found: dict[UUID, np.ndarray] = {}
        for flow, (start, end) in zip(self._flows, pairwise(bounds), strict=True):
            if flow.flow_id in wanted:
                best = np.argsort(-alike[start:end])[:TEXTS_TOLD_APART]
                found[flow.flow_id] = rows[start + best].astype(np.float32)
        return found

    def _trigrams(self, problem: str) -> list[float]:
        wanted = _packed(problem)
        either = np.bitwise_count(self._signatures | wanted).sum(axis=1, dtype=np.int64)
        both = np.bitwise_count(self._signatures & wanted).sum(axis=1, dtype=np.int64)
        best: list[float] = np.maximum.reduceat(both / np.maximum(either, 1), self._starts).tolist()
        return best

    def _similarities(self, problem: str) -> tuple[np.ndarray | None, Sequence[float | None], Sequence[float | None]]:
        if self._matrices is None or self._vectors is None:
            nothing = [None] * len(self._flows)
            return None, nothing, nothing
        rows, means, metric = self._matrices
        asked = metric @ np.array(self._vectors[problem])
        alike = rows @ asked
        nearest: list[float] = np.maximum.reduceat(alike, self._starts).tolist()
        centroid: list[float] = (means @ asked).tolist()
        return alike, nearest, centroid


def _packed(content: str) -> np.ndarray:
    return np.frombuffer(signature(content).to_bytes(BITS // 8, "little"), dtype=np.uint64)


def _stack(flows: Mapping[str, list[FlowText]], vectors: Vectors) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All texts' vectors, each flow's centroid, and the account's metric."""
    rows = [np.array([vectors[text.content] for text in texts]) for texts in flows.values()]
    shares = [[1.0 if text.kind is TextKind.QUESTION else 2.0 for text in texts] for texts in flows.values()]
    means = np.stack([np.array(share) @ listed for share, listed in zip(shares, rows, strict=True)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    every = np.concatenate(rows)
    metric = matrix([name for name, texts in flows.items() for _ in texts], every)
    return every, means, np.eye(every.shape[1]) if metric is None else metric

"""The candidate statement's features, computed in memory: what calibration and quality figures are made with.

Needs numpy (the extra `[semantic]` brings it). `tests/` compares it with the real statement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import numpy as np

from domain.matching.document import FlowDocument, FlowText, TextKind, build_document
from domain.matching.features import AccountStats, Candidate
from domain.matching.trigram import alike, signature
from domain.matching.words import query_words

_SPACE = UUID(int=7)
Vectors = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class _Flow:
    flow_id: UUID
    name: str
    document: FlowDocument
    signatures: list[int]


class MemoryIndex:
    """Flows of one account; `vectors` maps every text and every problem to a vector of length 1."""

    def __init__(self, flows: Mapping[str, list[FlowText]], vectors: Vectors | None) -> None:
        self._vectors = vectors
        self.names: dict[UUID, str] = {}
        self._flows = [self._flow(name, texts) for name, texts in flows.items()]
        self._stats = self._account_stats()
        self._matrices = None if vectors is None else _stack(flows, vectors)

    def _flow(self, name: str, texts: list[FlowText]) -> _Flow:
        flow_id = uuid5(_SPACE, name)
        self.names[flow_id] = name
        return _Flow(flow_id, name, build_document(texts), [signature(text.content) for text in texts])

    def _account_stats(self) -> AccountStats:
        count = len(self._flows)
        frequency = Counter(stem for flow in self._flows for stem in flow.document.counts)
        totals = sum(flow.document.total for flow in self._flows)
        texts = sum(flow.document.texts for flow in self._flows)
        return AccountStats(count, totals / count, texts / count, frequency)

    def search(self, problem: str) -> tuple[list[str], AccountStats, list[Candidate]]:
        """The problem's stems, the account's figures, and every flow as a candidate."""
        stems, wanted = query_words(problem), signature(problem)
        nearest, centroid = self._similarities(problem)
        found = [
            Candidate(
                flow.flow_id,
                flow.name,
                {stem: flow.document.counts[stem] for stem in stems if stem in flow.document.counts},
                flow.document.total,
                flow.document.texts,
                max((alike(wanted, text) for text in flow.signatures), default=0.0),
                nearest[i],
                centroid[i],
            )
            for i, flow in enumerate(self._flows)
        ]
        return stems, self._stats, found

    def _similarities(self, problem: str) -> tuple[Sequence[float | None], Sequence[float | None]]:
        if self._matrices is None or self._vectors is None:
            nothing = [None] * len(self._flows)
            return nothing, nothing
        rows, starts, means = self._matrices
        asked = np.array(self._vectors[problem])
        nearest: list[float] = np.maximum.reduceat(rows @ asked, starts).tolist()
        centroid: list[float] = (means @ asked).tolist()
        return nearest, centroid


def _stack(flows: Mapping[str, list[FlowText]], vectors: Vectors) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = [np.array([vectors[text.content] for text in texts]) for texts in flows.values()]
    shares = [[1.0 if text.kind is TextKind.QUESTION else 2.0 for text in texts] for texts in flows.values()]
    means = np.stack([np.array(share) @ matrix for share, matrix in zip(shares, rows, strict=True)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    starts = np.cumsum([0, *(len(matrix) for matrix in rows[:-1])])
    return np.concatenate(rows), starts, means

"""What is known of a candidate flow, and the three bounded similarities it is judged by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domain.matching.words import COMMON_WORDS

LENGTH_WEIGHT = 0.75  # BM25's b
COUNTS_PER_TEXT = 0.27  # BM25's k1 is this share of the average number of texts: 4 at 15 texts a flow
LEAST_SATURATION = 0.5
COMMON_SHARE = 0.5  # of its rarity is what a function word tells


@dataclass(frozen=True, slots=True)
class AccountStats:
    """Of the searched account: documents, their average counted words and texts, and in how many each stem stands."""

    documents: int
    average_total: float
    average_texts: float
    document_frequency: Mapping[str, int]

    def weight(self, stem: str) -> float:
        """How much a stem tells: high when few flows hold it, near 0 when all do. BM25's idf, function words less."""
        found = min(self.document_frequency.get(stem, 0), self.documents)
        share = COMMON_SHARE if stem in COMMON_WORDS else 1.0
        return share * self._rarity(found)

    @property
    def telling(self) -> float:
        """The weight of a word that one flow alone has: a problem must bring as much before it can be covered."""
        return self._rarity(min(1, self.documents))

    def _rarity(self, found: int) -> float:
        return math.log(1 + (self.documents - found + 0.5) / (found + 0.5))


@dataclass(frozen=True, slots=True)
class Feedback:
    """How often the suggestion was taken or declined, or its walk marked not helpful. Shown, never scored."""

    taken: int = 0
    declined: int = 0
    not_helpful: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One flow as the candidate statement returns it.

    `counts` holds the stems it shares with the problem; `trigram` is the best trigram similarity of one of its texts,
    `nearest` the best cosine of one of its texts and `centroid` the cosine of their mean, None without vectors;
    `contrast` is what the texts of its closest rivals say for or against it, about -0.5 to 0.5, 0 without vectors.
    """

    flow_id: UUID
    title: str
    counts: Mapping[str, int]
    total: int
    texts: int
    trigram: float
    nearest: float | None = None
    centroid: float | None = None
    contrast: float = 0.0
    feedback: Feedback = field(default_factory=Feedback)


def bm25_share(stems: list[str], candidate: Candidate, stats: AccountStats) -> float:
    """BM25 of the candidate's words as a share of the most it could be: 0 no word shared, towards 1 all, often."""
    weights = {stem: stats.weight(stem) for stem in stems}
    most = max(sum(weights.values()), stats.telling)
    length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * candidate.total / max(stats.average_total, 1.0)
    saturation = max(LEAST_SATURATION, COUNTS_PER_TEXT * stats.average_texts) * length
    return (
        sum(
            weight * candidate.counts[stem] / (candidate.counts[stem] + saturation)
            for stem, weight in weights.items()
            if candidate.counts.get(stem)
        )
        / most
    )

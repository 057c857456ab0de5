"""From candidates to ranked suggestions with one score in [0, 1] that means the same whatever they were judged by.

Vectors lead where there are any; words and trigrams stand in for them, or settle what vectors leave close. When a flow
was published or used last is no input. Feedback is carried along and never counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from domain.matching.calibration import CALIBRATIONS, Backend, Calibration
from domain.matching.features import AccountStats, Candidate, bm25_share

MATCH_THRESHOLD = 0.75
SUGGEST_THRESHOLD = 0.60

LEXICAL_SHARE = 0.2  # of words and trigrams beside vectors: settles near ties, cannot outvote (equal shares did harm)
TRIGRAM_SHARE = 0.7  # of trigrams beside words: they forgive slips, and are alike by chance more often
RIVAL_TEMPERATURE = 0.03  # how close a rival must come to take from the lead
GREATEST_LEAD = 0.3
TOLD_APART = 12  # candidates whose texts are weighed against one another
RIVALS = 12  # rivals beyond these are too weak to matter


class Level(StrEnum):
    """What a score allows: walk the flow, suggest it, or neither."""

    MATCH = "match"
    SUGGEST = "suggest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate with its score; `words` are the problem's stems it shares, the most telling first."""

    candidate: Candidate
    score: float
    backend: Backend
    words: tuple[str, ...]

    @property
    def level(self) -> Level:
        return level(self.score)


def level(score: float) -> Level:
    """MATCH from 0.75, SUGGEST from 0.60; the bounds belong to the better level."""
    if score >= MATCH_THRESHOLD:
        return Level.MATCH
    return Level.SUGGEST if score >= SUGGEST_THRESHOLD else Level.NONE


def rank(stems: list[str], stats: AccountStats, candidates: Sequence[Candidate]) -> list[Suggestion]:
    """Every candidate with its score, best first; equal ones by title and id, so that a repeat gives the same order.

    Candidates of one call are judged by one backend: by vectors when at least one of them has any (a flow whose vectors
    are not made yet counts its words alone). The order is that of strength; no flow scores more than a stronger one,
    though it may need less to be trusted because more is known of it.
    """
    backend = Backend.VECTOR if any(one.nearest is not None for one in candidates) else Backend.LEXICAL
    strengths = [strength(stems, stats, one, backend) for one in candidates]
    best_first = sorted(range(len(candidates)), key=lambda i: (-strengths[i], *_name(candidates[i])))
    ranked, most = [], 1.0
    for i in best_first:
        one = candidates[i]
        most = min(most, score(strengths[i], _others(strengths, i), CALIBRATIONS[backend], one.texts))
        ranked.append(Suggestion(one, most, backend, shared(stems, stats, one)))
    return ranked


def strength(stems: list[str], stats: AccountStats, candidate: Candidate, backend: Backend) -> float:
    """How alike problem and flow are, without regard to rivals; not yet comparable between backends."""
    lexical = bm25_share(stems, candidate, stats) + TRIGRAM_SHARE * candidate.trigram
    if backend is Backend.LEXICAL:
        return lexical
    return semantic(candidate) + candidate.contrast + LEXICAL_SHARE * lexical


def semantic(candidate: Candidate) -> float:
    """How alike problem and flow are in meaning, each flow looked at by itself; 0 without vectors."""
    return ((candidate.nearest or 0.0) + (candidate.centroid or 0.0)) / 2


def closest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that have to be told apart, the most alike in meaning first."""
    return sorted(candidates, key=lambda one: (-semantic(one), *_name(one)))[:TOLD_APART]


def score(own: float, others: Sequence[float], calibration: Calibration, texts: int) -> float:
    """The calibrated score of a strength among its rivals' strengths, for a flow of so many texts.

    Rises with its own strength and with the texts, falls with each rival's strength.
    """
    ahead = lead(own, others, calibration.lonely)
    evidence = calibration.intercept + calibration.strength * own + calibration.lead * ahead
    return scaled(probability(evidence), calibration, texts)


def lead(own: float, others: Sequence[float], lonely: float) -> float:
    """How far a strength is ahead of its rivals, at most `GREATEST_LEAD`; `lonely` stands in for absent rivals."""
    return min(GREATEST_LEAD, own - crowd([*others, lonely]))


def crowd(others: Sequence[float]) -> float:
    """The strongest rival, and more when several come close to it."""
    nearest = sorted(others, reverse=True)[:RIVALS]
    close = sum(math.exp((one - nearest[0]) / RIVAL_TEMPERATURE) for one in nearest)
    return nearest[0] + RIVAL_TEMPERATURE * math.log(close)


def probability(evidence: float) -> float:
    """The logistic function, without overflow."""
    if evidence >= 0:
        return 1 / (1 + math.exp(-evidence))
    return math.exp(evidence) / (1 + math.exp(evidence))


def scaled(chance: float, calibration: Calibration, texts: int) -> float:
    """Bends a probability so that the backend's own bounds stand at 0.60 and 0.75; straight lines between."""
    suggest, match = calibration.suggest_at, calibration.match_bound(texts)
    points = ((0.0, 0.0), (suggest, SUGGEST_THRESHOLD), (match, MATCH_THRESHOLD), (1.0, 1.0))
    for (left, low), (right, high) in pairwise(points):
        if chance < right:
            return low + (chance - left) / (right - left) * (high - low)
    return 1.0


def shared(stems: list[str], stats: AccountStats, candidate: Candidate) -> tuple[str, ...]:
    """The stems both have, the most telling first."""
    both = [stem for stem in stems if candidate.counts.get(stem)]
    return tuple(sorted(both, key=lambda stem: -stats.weight(stem)))


def _others(strengths: list[float], index: int) -> list[float]:
    return strengths[:index] + strengths[index + 1 :]


def _name(candidate: Candidate) -> tuple[str, str]:
    return candidate.title, str(candidate.flow_id)

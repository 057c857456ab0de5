"""Asks an account every problem it has and counts what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.matching_data import Account
from benchmarks.matching_index import MemoryIndex, Vectors
from domain.matching.score import MATCH_THRESHOLD, SUGGEST_THRESHOLD, Suggestion, rank


@dataclass
class Quality:
    """Counts over one or more accounts; the properties are shares."""

    asked: int = 0
    first: int = 0
    among_three: int = 0
    matched: int = 0
    matched_right: int = 0
    suggested: int = 0
    foreign: int = 0
    foreign_suggested: int = 0
    foreign_matched: int = 0
    lacking: int = 0
    lacking_suggested: int = 0

    @property
    def top1(self) -> float:
        return share(self.first, self.asked)

    @property
    def top3(self) -> float:
        return share(self.among_three, self.asked)

    @property
    def precision(self) -> float:
        """Of the problems scored 0.75 or more, foreign ones included, the share whose best flow is right."""
        return share(self.matched_right, self.matched + self.foreign_matched)

    @property
    def recall(self) -> float:
        """Of the problems that have a flow, the share scored 0.75 or more."""
        return share(self.matched, self.asked)

    @property
    def false_suggestions(self) -> float:
        """Of the utterances of no flow, the share scored 0.60 or more."""
        return share(self.foreign_suggested, self.foreign)

    @property
    def lacking_suggestions(self) -> float:
        """The same of problems whose flow the account lacks, while it has its siblings: the hardest strangers."""
        return share(self.lacking_suggested, self.lacking)


def share(part: int, whole: int) -> float:
    """part / whole, 0 of nothing."""
    return part / whole if whole else 0.0


def measure(accounts: Iterable[Account], vectors: Vectors | None) -> Quality:
    """Quality over all problems of all accounts, by vectors or by words alone."""
    quality = Quality()
    for account in accounts:
        index = MemoryIndex(account.flows, vectors)
        for problem, topic in account.asked:
            _count_asked(quality, _ranked(index, problem), topic)
        for problem in account.foreign:
            best = _ranked(index, problem)[0].score
            quality.foreign += 1
            quality.foreign_suggested += best >= SUGGEST_THRESHOLD
            quality.foreign_matched += best >= MATCH_THRESHOLD
        for problem in account.lacking:
            quality.lacking += 1
            quality.lacking_suggested += _ranked(index, problem)[0].score >= SUGGEST_THRESHOLD
    return quality


def _ranked(index: MemoryIndex, problem: str) -> list[Suggestion]:
    return rank(*index.search(problem))


def _count_asked(quality: Quality, ranked: list[Suggestion], topic: str) -> None:
    names = [one.candidate.title for one in ranked[:3]]
    quality.asked += 1
    quality.first += names[0] == topic
    quality.among_three += topic in names
    quality.suggested += ranked[0].score >= SUGGEST_THRESHOLD
    if ranked[0].score >= MATCH_THRESHOLD:
        quality.matched += 1
        quality.matched_right += names[0] == topic

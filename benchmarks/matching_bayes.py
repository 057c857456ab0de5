"""Multinomial naive Bayes on words, taught and asked as the matcher is: the figure to be at or above."""

from __future__ import annotations

import math
from collections import Counter

from benchmarks.matching_data import Account
from domain.matching.words import words

SMOOTHING = 0.1  # the best of 1, 0.3, 0.1 here


def naive_bayes(account: Account) -> tuple[int, int]:
    """How many of the asked problems have the right flow first, and among the first three."""
    counts = {
        flow: Counter(word for one in texts for word in words(one.content)) for flow, texts in account.flows.items()
    }
    vocabulary = len({word for counted in counts.values() for word in counted})
    totals = {flow: sum(counted.values()) + SMOOTHING * vocabulary for flow, counted in counts.items()}
    first = three = 0
    for problem, topic in account.asked:
        asked = words(problem)
        chances = {
            flow: sum(math.log((counted[word] + SMOOTHING) / totals[flow]) for word in asked)
            for flow, counted in counts.items()
        }
        best = sorted(chances, key=lambda flow: -chances[flow])[:3]
        first += best[0] == topic
        three += topic in best
    return first, three

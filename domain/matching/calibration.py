"""What turns similarities into a probability, by backend. Written by `python -m benchmarks.matching fit`; not by hand.

Fitted on accounts made of ticket data (banking77, Rasa helpdesk, CLINC out-of-scope; the halves kept beside the
project): 1 to 77 flows, 0 to 18 examples a flow with and without a person's title, asked with other examples, with
utterances of flows the account lacks and with utterances of no flow at all. Logistic regression (L2) of "the best flow
is the right one" on strength and lead, both data sets weighing the same; further inputs (single similarities, number of
flows or texts, cohesion, how often texts would be mistaken) did not carry over from one set to the other. `suggest_at`
is set far above where 2 % of foreign utterances pass, because problems of a sibling flow the account lacks pass ten
times as often; `match_at` and `thin` lie on or above the bounds from which 97 % of what passes is right, by and large,
at each number of texts, in large accounts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

ENOUGH_TEXTS = 16


class Backend(StrEnum):
    """What candidates were judged by."""

    LEXICAL = "lexical"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the logistic rule, and the two probabilities that become 0.60 and 0.75.

    `lonely` is the strength of a flow that has nothing to do with a problem: it keeps an account of one flow from
    calling it the best of all. `match_at` holds for a flow of `ENOUGH_TEXTS` texts; `thin` is how much more evidence
    (in logits) is asked for each time a flow has e times fewer: a title alone says little of what a flow is not about.
    """

    intercept: float
    strength: float
    lead: float
    suggest_at: float
    match_at: float
    thin: float
    lonely: float

    def match_bound(self, texts: int) -> float:
        """The probability from which on a flow of so many texts is a match; never below `suggest_at`."""
        missing = math.log(ENOUGH_TEXTS / min(max(texts, 1), ENOUGH_TEXTS))
        evidence = math.log(self.match_at / (1 - self.match_at)) + self.thin * missing
        return 1 / (1 + math.exp(-evidence))


CALIBRATIONS = {
    Backend.VECTOR: Calibration(
        intercept=-3.577, strength=4.485, lead=5.758, suggest_at=0.84, match_at=0.88, thin=0.6, lonely=0.3
    ),
    Backend.LEXICAL: Calibration(
        intercept=-2.204, strength=2.595, lead=9.905, suggest_at=0.78, match_at=0.90, thin=0.9, lonely=0.2
    ),
}

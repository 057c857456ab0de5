"""What turns similarities into a probability, by backend. Written by `python -m benchmarks.matching fit`; not by hand.

Fitted on cross-validated accounts made of ticket data (banking77, Rasa helpdesk, CLINC out-of-scope; the halves kept
beside the project): 5 to 77 flows, 0 to 15 examples a flow, asked with other examples, with utterances of flows the
account lacks and with utterances of no flow at all. Logistic regression of "the best flow is the right one" on strength
and lead; `suggest_at` and `match_at` are the probabilities where at most 5 % of foreign utterances pass, and where 95 %
of what passes is right, each with a margin for data that looks different.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Backend(StrEnum):
    """What candidates were judged by."""

    LEXICAL = "lexical"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the logistic rule, and the two probabilities that become 0.60 and 0.75.

    `lonely` is the strength of a flow that has nothing to do with a problem: it keeps an account of one flow from
    calling it the best of all.
    """

    intercept: float
    strength: float
    lead: float
    suggest_at: float
    match_at: float
    lonely: float


CALIBRATIONS = {
    Backend.VECTOR: Calibration(
        intercept=-3.680, strength=4.553, lead=11.731, suggest_at=0.55, match_at=0.86, lonely=0.3
    ),
    Backend.LEXICAL: Calibration(
        intercept=-2.496, strength=2.688, lead=12.159, suggest_at=0.60, match_at=0.92, lonely=0.2
    ),
}

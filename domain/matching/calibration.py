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
    """Weights of the logistic rule, and the two probabilities that become 0.60 and 0.75."""

    intercept: float
    strength: float
    lead: float
    suggest_at: float
    match_at: float


CALIBRATIONS = {
    Backend.VECTOR: Calibration(intercept=-4.37, strength=5.53, lead=12.7, suggest_at=0.60, match_at=0.85),
    Backend.LEXICAL: Calibration(intercept=-2.77, strength=2.94, lead=12.75, suggest_at=0.70, match_at=0.88),
}

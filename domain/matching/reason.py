"""Why a flow was suggested, in one line a technician can judge."""

from __future__ import annotations

from domain.matching.calibration import Backend
from domain.matching.features import Feedback
from domain.matching.score import Suggestion
from domain.matching.words import COMMON_WORDS, stem_spans

MOST_WORDS = 6


def reason(problem: str, suggestion: Suggestion, embedder: str | None = None, missing: str | None = None) -> str:
    """For example: `Same words: outlook, password. Similar in meaning (local model). Taken 3 times, declined once.`

    `embedder` names the model whose vectors were compared, `missing` says why there were none.
    """
    parts = [_words(problem, suggestion), _backend(suggestion, embedder, missing), _feedback(suggestion)]
    return " ".join(part for part in parts if part)


def _words(problem: str, suggestion: Suggestion) -> str:
    spelled = stem_spans(problem)
    telling = [one for one in suggestion.words if one not in COMMON_WORDS] or list(suggestion.words)
    named = [spelled.get(one, one) for one in telling[:MOST_WORDS]]
    return f"Same words: {', '.join(named)}." if named else "No word in common."


def _backend(suggestion: Suggestion, embedder: str | None, missing: str | None) -> str:
    if suggestion.backend is Backend.VECTOR:
        percent = round(100 * max(0.0, suggestion.candidate.nearest or 0.0))
        return f"{percent} % alike in meaning (vectors of {embedder or 'the embedding model'})."
    return f"Compared by words only: {missing}." if missing else "Compared by words only."


def _feedback(suggestion: Suggestion) -> str:
    feedback: Feedback = suggestion.candidate.feedback
    counted = [
        ("taken", feedback.taken),
        ("declined", feedback.declined),
        ("not helpful", feedback.not_helpful),
    ]
    told = [f"{name} {count}×" for name, count in counted if count]
    return f"Feedback: {', '.join(told)}." if told else ""

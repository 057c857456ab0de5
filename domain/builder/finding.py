"""Why a model's answer is not served: a code for the record, a hint for the retry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.builder.categories import FloorClass


class FindingCode(StrEnum):
    EMPTY = "empty"
    NOT_JSON = "not_json"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    WRONG_SHAPE = "wrong_shape"
    WRONG_LABELS = "wrong_labels"
    ACTION_REFUSED = "action_refused"
    HARD_FLOOR = "hard_floor"
    UNSAFE_TEXT = "unsafe_text"
    ECHOED_INPUT = "echoed_input"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason against an answer. ``hint`` is written for the model and holds none of its words."""

    code: FindingCode
    hint: str
    field: str | None = None
    floor_class: FloorClass | None = None

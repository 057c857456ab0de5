"""A refused command as a value: rules answer with it, they do not raise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Codes that clients branch on (design: API conventions). Texts may change, codes do not."""

    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    INVALID_INPUT = "INVALID_INPUT"
    NOT_ACTIVE = "NOT_ACTIVE"
    STALE_NODE = "STALE_NODE"
    STALE_STEP = "STALE_STEP"
    STALE_NOTES = "STALE_NOTES"
    INVALID_ANSWER = "INVALID_ANSWER"
    STEP_LIMIT = "STEP_LIMIT"
    TOO_LARGE = "TOO_LARGE"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    IDEMPOTENCY_IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"
    ALREADY_CLAIMED = "ALREADY_CLAIMED"
    NOT_CLAIMED = "NOT_CLAIMED"
    NOT_CLAIMANT = "NOT_CLAIMANT"
    OWN_ESCALATION = "OWN_ESCALATION"
    SEAT_LIMIT_EXCEEDED = "SEAT_LIMIT_EXCEEDED"
    LAST_OWNER = "LAST_OWNER"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    UNKNOWN_CATEGORY = "UNKNOWN_CATEGORY"
    HARD_FLOOR_CATEGORY = "HARD_FLOOR_CATEGORY"
    STALE_DRAFT = "STALE_DRAFT"
    LINT_ERRORS = "LINT_ERRORS"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    NOT_PENDING = "NOT_PENDING"
    PROPOSAL_IN_USE = "PROPOSAL_IN_USE"
    RATE_LIMITED = "RATE_LIMITED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was refused: a code, a sentence with the remedy, and the input path it is about."""

    code: Code
    message: str
    field: tuple[str, ...] = ()

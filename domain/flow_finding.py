"""What lint and import say about a flow: a stable code, how bad it is, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"  # blocks publishing and walking
    WARNING = "warning"


class FindingCode(StrEnum):
    """Codes never change their meaning; clients and docs/flows.md rely on them."""

    # lint
    UNREACHABLE = "unreachable"
    DEAD_END = "dead_end"
    ONE_ANSWER = "one_answer"
    CYCLE_WITHOUT_EXIT = "cycle_without_exit"
    AUTOMATIC_CYCLE = "automatic_cycle"
    UNKNOWN_TARGET = "unknown_target"
    DUPLICATE_QUESTION = "duplicate_question"
    NO_ESCALATION = "no_escalation"
    NO_REASON_CATEGORY = "no_reason_category"
    UNKNOWN_FACT = "unknown_fact"
    FACT_NOT_YET_KNOWN = "fact_not_yet_known"
    FACT_TYPE_CONFLICT = "fact_type_conflict"
    NO_FACT = "no_fact"
    EXPRESSION_ERROR = "expression_error"
    UNDEFINED_SUB_FLOW = "undefined_sub_flow"
    TOO_DEEP = "too_deep"
    NEEDS_REVIEW = "needs_review"
    FLOOR_HIT = "floor_hit"
    UNSAFE_MARKUP = "unsafe_markup"
    # import
    INVALID_CONTENT = "invalid_content"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    CYCLIC = "cyclic"
    FUNCTION_NOT_EXECUTED = "function_not_executed"
    DROPPED = "dropped"
    REWRITTEN = "rewritten"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. ``node_id`` is None when it is about the whole flow; ``fix`` is a proposal in one sentence."""

    code: FindingCode
    severity: Severity
    message: str
    node_id: str | None = None
    fix: str | None = None


def has_errors(findings: tuple[Finding, ...]) -> bool:
    """Whether anything in ``findings`` blocks publishing."""
    return any(finding.severity is Severity.ERROR for finding in findings)

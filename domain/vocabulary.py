"""Words that appear on both sides of the API and belong to no single rule."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Priority(IntEnum):
    """Stored as a number so that the queue's order is the database's."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    CRITICAL = 4


class TicketKind(StrEnum):
    PSA = "psa"
    INTERNAL = "internal"


class TicketStatus(StrEnum):
    OPEN = "open"
    WALKING = "walking"
    ESCALATED = "escalated"
    CLOSED = "closed"


class WalkStartReason(StrEnum):
    MATCHED = "matched"
    EXPLICIT = "explicit"
    ADHOC = "adhoc"
    BUILD = "build"
    CONTINUED = "continued"


class ResolutionOutcome(StrEnum):
    FIXED = "fixed"
    WORKAROUND = "workaround"
    UNCONFIRMED = "unconfirmed"
    SELF_RESOLVED = "self_resolved"


class AbandonReason(StrEnum):
    CUSTOMER_GONE = "customer_gone"
    DUPLICATE = "duplicate"
    STARTED_BY_MISTAKE = "started_by_mistake"
    OTHER = "other"
    IDLE = "idle"


class EscalationStatus(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class EscalationOutcome(StrEnum):
    RESOLVED = "resolved"
    RETURNED_TO_L1 = "returned_to_l1"
    DUPLICATE = "duplicate"
    NO_ACTION = "no_action"


class EscalationReasonCategory(StrEnum):
    EXHAUSTED_SAFE_STEPS = "exhausted_safe_steps"
    NEEDS_ELEVATED_ACCESS = "needs_elevated_access"
    OUT_OF_SCOPE = "out_of_scope"
    SAFETY_RISK = "safety_risk"
    SECURITY_INCIDENT = "security_incident"
    IDENTITY_NOT_VERIFIED = "identity_not_verified"
    HARDWARE_OR_ONSITE = "hardware_or_onsite"
    THIRD_PARTY_OUTAGE = "third_party_outage"
    FLOW_GAP = "flow_gap"
    AI_UNAVAILABLE = "ai_unavailable"
    CUSTOMER_REQUEST = "customer_request"
    TIME_LIMIT = "time_limit"
    OTHER = "other"


class ProposalStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    MODIFIED = "modified"
    REJECTED = "rejected"
    DISMISSED = "dismissed"


class ProposalKind(StrEnum):
    NEW_FLOW = "new_flow"
    BRANCH = "branch"


class WarningCode(StrEnum):
    NO_RECIPIENTS = "no_recipients"
    DEFAULT_RECIPIENTS_USED = "default_recipients_used"


class NotificationKind(StrEnum):
    ESCALATION_OPENED = "escalation_opened"
    ESCALATION_CLAIMED = "escalation_claimed"
    ESCALATION_RETURNED = "escalation_returned"
    ESCALATION_CLOSED = "escalation_closed"
    WALK_TAKEN_OVER = "walk_taken_over"
    WALK_TRANSFERRED = "walk_transferred"


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class DeliveryChannel(StrEnum):
    IN_APP = "in_app"
    EMAIL = "email"

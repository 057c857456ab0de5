"""One file a noun; importing this package fills the metadata."""

from db.models.account import Account
from db.models.ai_record import AiRecord, AiSpend
from db.models.audit_event import AuditEvent
from db.models.base import Base
from db.models.escalation import Escalation, EscalationDelivery, EscalationNote
from db.models.flow import Flow, FlowDraft, FlowVersion
from db.models.flow_search import FlowFeedback, FlowSearchDocument, FlowSearchText
from db.models.idempotency_key import IdempotencyKey
from db.models.notification import Notification
from db.models.proposal import FlowProposal
from db.models.rate_window import CredentialFailure, RateWindow
from db.models.service_account import ServiceAccount
from db.models.ticket import Ticket
from db.models.user import User
from db.models.walk_session import WalkSession

__all__ = [
    "Account",
    "AiRecord",
    "AiSpend",
    "AuditEvent",
    "Base",
    "CredentialFailure",
    "Escalation",
    "EscalationDelivery",
    "EscalationNote",
    "Flow",
    "FlowDraft",
    "FlowFeedback",
    "FlowProposal",
    "FlowSearchDocument",
    "FlowSearchText",
    "FlowVersion",
    "IdempotencyKey",
    "Notification",
    "RateWindow",
    "ServiceAccount",
    "Ticket",
    "User",
    "WalkSession",
]

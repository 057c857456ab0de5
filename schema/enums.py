"""Every enum of the API: the domain's plain enums with a description for each value."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TypeVar

import strawberry

from domain import vocabulary as words
from domain.flow_tree import InputType, NodeKind
from domain.principal import ActorKind, Role, Scope
from domain.walk_session.notes import NoteVisibility as Visibility
from domain.walk_session.status import SessionKind, WalkStatus

E = TypeVar("E", bound=type[Enum])


def described(enum: E, name: str, description: str, values: dict[str, str]) -> E:
    """Register an enum under ``name``; every value needs a description."""
    registered = strawberry.enum(enum, name=name, description=description)
    for value in registered.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return registered


described(words.TicketKind, "TicketKind", "Where a ticket lives.", {
    "PSA": "A ticket of a PSA system, known by its external id.",
    "INTERNAL": "A ticket made by Handrail when there is no PSA ticket.",
})
TicketKind = words.TicketKind
described(words.TicketStatus, "TicketStatus", "State of an internal ticket.", {
    "OPEN": "Nobody works on it.",
    "WALKING": "A walk is under way.",
    "ESCALATED": "Engineers have it.",
    "CLOSED": "Its walk was resolved, its escalation was closed, or another ticket took its place.",
})
TicketStatus = words.TicketStatus
described(SessionKind, "SessionKind", "What a session walks.", {
    "FLOW": "A published flow version, pinned.",
    "PROPOSAL": "A pending proposal, pinned.",
    "ADHOC": "No tree: notes only.",
    "AI_BUILD": "A tree that a language model builds one safe question at a time.",
})
Kind = SessionKind
described(WalkStatus, "SessionStatus", "The life of a session; all but ACTIVE are final for the walk.", {
    "ACTIVE": "Under way.",
    "RESOLVED": "Ended: the problem is solved.",
    "ESCALATED": "Ended: handed to the engineers.",
    "ABANDONED": "Ended without an outcome, by a person or after 24 idle hours.",
})
Status = WalkStatus
described(words.WalkStartReason, "WalkStartReason", "Why a walk began as it did.", {
    "MATCHED": "The problem matched a published flow with a score of at least 0.75.",
    "EXPLICIT": "The caller named the flow or proposal.",
    "ADHOC": "The caller asked for a free-form walk.",
    "BUILD": "No flow fitted; a model builds the walk.",
    "CONTINUED": "It goes on from a walk that had ended.",
})
StartReason = words.WalkStartReason
described(words.Priority, "Priority", "How urgent a ticket is.", {
    "LOW": "Can wait.",
    "NORMAL": "The default.",
    "HIGH": "Before the normal ones.",
    "CRITICAL": "Before everything else.",
})
Priority = words.Priority
described(words.ResolutionOutcome, "ResolutionOutcome", "How a resolved walk came out.", {
    "FIXED": "Solved, and seen to be solved. The only outcome that teaches: it validates or captures a proposal.",
    "WORKAROUND": "The customer can work, the cause remains.",
    "UNCONFIRMED": "Probably solved, nobody has checked.",
    "SELF_RESOLVED": "The problem went away by itself.",
})
Outcome = words.ResolutionOutcome
described(words.AbandonReason, "AbandonReason", "Why a walk ended without an outcome.", {
    "CUSTOMER_GONE": "The customer hung up or cannot be reached.",
    "DUPLICATE": "Another walk has the same ticket.",
    "STARTED_BY_MISTAKE": "It should not have been started.",
    "OTHER": "Something else; say what in the note.",
    "IDLE": "Nothing happened for 24 hours. Set by the system.",
})
AbandonReason = words.AbandonReason
described(Visibility, "NoteVisibility", "Who may read a note.", {
    "INTERNAL": "The help desk only. The default.",
    "CUSTOMER": "May be shown to the customer.",
})
NoteVisibility = Visibility
described(words.EscalationStatus, "EscalationStatus", "The life of an escalation.", {
    "OPEN": "Waits for an engineer.",
    "CLAIMED": "An engineer works on it.",
    "RETURNED": "Given back to L1, who may continue the walk.",
    "WITHDRAWN": "Taken back by its originator.",
    "CLOSED": "Done.",
})
EscalationStatus = words.EscalationStatus
described(words.EscalationOutcome, "EscalationOutcome", "How an escalation was closed.", {
    "RESOLVED": "The engineer solved it.",
    "RETURNED_TO_L1": "L1 can go on; needs notes that say how.",
    "DUPLICATE": "Another escalation covers it.",
    "NO_ACTION": "Nothing needed doing.",
})
EscalationOutcome = words.EscalationOutcome
described(
    words.EscalationReasonCategory, "EscalationReasonCategory", "Why a walk was handed to the engineers.", {
        "EXHAUSTED_SAFE_STEPS": "Everything L1 may safely try was tried.",
        "NEEDS_ELEVATED_ACCESS": "Needs rights that L1 does not have.",
        "OUT_OF_SCOPE": "Not a first-line matter.",
        "SAFETY_RISK": "Going on could do harm.",
        "SECURITY_INCIDENT": "Looks like an attack or a breach.",
        "IDENTITY_NOT_VERIFIED": "The caller could not be identified.",
        "HARDWARE_OR_ONSITE": "Needs hands on the device.",
        "THIRD_PARTY_OUTAGE": "A supplier's service is down.",
        "FLOW_GAP": "The flow has no answer for this case.",
        "AI_UNAVAILABLE": "No model could build the next step.",
        "CUSTOMER_REQUEST": "The customer asked for an engineer.",
        "TIME_LIMIT": "It took too long.",
        "OTHER": "Something else; a reason in words is required.",
    })
EscalationReasonCategory = words.EscalationReasonCategory
described(words.ProposalStatus, "ProposalStatus", "Where a proposal is in its review.", {
    "PENDING": "Awaits review.",
    "APPROVED": "Published as it was.",
    "MODIFIED": "Published with a reviewer's changes.",
    "REJECTED": "Judged wrong.",
    "DISMISSED": "Not needed.",
})
ProposalStatus = words.ProposalStatus
described(words.ProposalKind, "ProposalKind", "What approving a proposal would make.", {
    "NEW_FLOW": "A flow of its own.",
    "BRANCH": "A branch of an existing flow.",
})
ProposalKind = words.ProposalKind
described(Role, "Role", "What a member of an account may do.", {
    "OWNER": "Everything; given on by transferOwnership only.",
    "ADMIN": "Everything but owners and ownership.",
    "ENGINEER": "Escalations, flows and proposals; the L1 surface with canCoverL1.",
    "L1_TECH": "The L1 surface: intake, walk, resolve, escalate.",
    "VIEWER": "Reads sessions and flows; changes nothing.",
})
MemberRole = Role
described(Scope, "ServiceScope", "What a service account may do.", {
    "READ": "Read sessions, flows, escalations and members.",
    "INTAKE": "Start walks and link tickets.",
    "WALK": "Answer, go back, note, transfer, pause, link tickets, resolve, abandon, continue.",
    "ESCALATE": "Escalate, withdraw own escalations, add notes to them.",
    "FLOWS": "Author, publish and review flows and proposals.",
    "SETTINGS": "Read and write the account's settings.",
})
ServiceScope = Scope
described(ActorKind, "PrincipalKind", "What kind of caller this is.", {
    "USER": "A person.",
    "SERVICE_ACCOUNT": "A machine with an API key.",
})
PrincipalKind = ActorKind


class IntakeOutcomeReason(StrEnum):
    """Start reasons and refusals of the gate in one: clients select ``reason`` of both outcomes under one name.

    GraphQL lets fields of one response name differ in nothing but their object, so both must have the same type.
    """

    MATCHED = "matched"
    EXPLICIT = "explicit"
    ADHOC = "adhoc"
    BUILD = "build"
    CONTINUED = "continued"
    CATEGORY_UNKNOWN = "category_unknown"
    CATEGORY_DISABLED = "category_disabled"
    AI_UNAVAILABLE = "ai_unavailable"
    AI_DISABLED = "ai_disabled"


described(IntakeOutcomeReason, "IntakeReason", "Why a walk began as it did, or why there is none.", {
    "MATCHED": "The problem matched a published flow with a score of at least 0.75.",
    "EXPLICIT": "The caller named the flow or proposal.",
    "ADHOC": "The caller asked for a free-form walk.",
    "BUILD": "No flow fitted; a model builds the walk.",
    "CONTINUED": "It goes on from a walk that had ended.",
    "CATEGORY_UNKNOWN": "Out of scope: the problem belongs to none of the account's categories.",
    "CATEGORY_DISABLED": "Out of scope: its category is not enabled in this account, or is never allowed.",
    "AI_UNAVAILABLE": "Out of scope: no model is configured, or it does not answer.",
    "AI_DISABLED": "Out of scope: the account has switched AI off.",
})
IntakeReason = IntakeOutcomeReason
described(words.WarningCode, "EscalationWarningCode", "What to know about an escalation that stands.", {
    "NO_RECIPIENTS": "Nobody was told: no engineer is active and no default address is set.",
    "DEFAULT_RECIPIENTS_USED": "No engineer is active; the account's default addresses are told.",
})
WarningCode = words.WarningCode
described(words.NotificationKind, "NotificationKind", "What a notification tells.", {
    "ESCALATION_OPENED": "A walk was escalated.",
    "ESCALATION_CLAIMED": "An engineer claimed your escalation.",
    "ESCALATION_RETURNED": "Your escalation came back to L1.",
    "ESCALATION_CLOSED": "Your escalation was closed.",
    "WALK_TAKEN_OVER": "A colleague took over your walk.",
    "WALK_TRANSFERRED": "A walk was transferred to you, or away from you.",
})
NotificationKind = words.NotificationKind
described(words.DeliveryState, "DeliveryState", "Whether a recipient has been told.", {
    "PENDING": "Will be sent, or sent again.",
    "SENT": "Delivered.",
    "FAILED": "Given up.",
})
DeliveryState = words.DeliveryState
described(words.DeliveryChannel, "DeliveryChannel", "How a recipient is told.", {
    "IN_APP": "A notification in the product.",
    "EMAIL": "An e-mail.",
})
DeliveryChannel = words.DeliveryChannel
described(NodeKind, "FlowNodeKind", "What a node of a tree is.", {
    "QUESTION": "One answer out of its options.",
    "INSTRUCTION": "Something to do, then acknowledge.",
    "RESOLVED": "An end: the problem is solved.",
    "ESCALATE": "An end: hand over to the engineers.",
    "MULTI_CHOICE": "One or more of its options.",
    "DATA_INPUT": "A value to enter; stored as a fact.",
    "DECISION": "Chooses the way from the facts; never shown.",
    "SUB_FLOW": "Calls another flow and returns; never shown.",
    "JUMP": "Goes on at another node; never shown.",
})
FlowNodeKind = NodeKind
described(InputType, "FactInputType", "What a data input takes.", {
    "TEXT": "Free text.",
    "NUMBER": "A number.",
    "DATE": "A date, YYYY-MM-DD.",
    "SELECT": "One of the options.",
})
FactInputType = InputType


class LintSeverity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


described(LintSeverity, "LintSeverity", "How bad a finding is.", {
    "ERROR": "Blocks publishing.",
    "WARNING": "Worth a look.",
})


class OrderDirection(StrEnum):
    ASC = "asc"
    DESC = "desc"


described(OrderDirection, "OrderDirection", "Which end of an order comes first.", {
    "ASC": "Smallest, oldest or least urgent first.",
    "DESC": "Largest, newest or most urgent first.",
})
Direction = OrderDirection

"""Who may do what: one pure function over (principal, action, subject).

The table is design section 8. A role or scope that a row does not name has no right: new roles start with nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.principal import L1_COVERAGE, ActorKind, Principal, Role, Scope


class Action(StrEnum):
    """What can be asked of an account or of one thing in it."""

    INTAKE = "intake"
    ANSWER = "answer"
    NOTE = "note"
    RESOLVE = "resolve"
    ESCALATE = "escalate"
    TAKE_OVER = "take_over"
    TRANSFER = "transfer"
    PAUSE = "pause"
    ABANDON = "abandon"
    CONTINUE = "continue"
    LINK_TICKET = "link_ticket"
    SEE_SESSIONS = "see_sessions"
    SEE_CUSTOMER_CONTACT = "see_customer_contact"
    SEE_FLOWS = "see_flows"
    SEE_DRAFTS = "see_drafts"
    AUTHOR_FLOWS = "author_flows"
    REVIEW_PROPOSALS = "review_proposals"
    SEE_AI_RECORDS = "see_ai_records"
    SEE_RAW_AI_RECORDS = "see_raw_ai_records"
    SEE_ESCALATION = "see_escalation"
    CLAIM = "claim"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    NOTE_ESCALATION = "note_escalation"
    CLOSE_ESCALATION = "close_escalation"
    READ_SETTINGS = "read_settings"
    WRITE_SETTINGS = "write_settings"
    SEE_MEMBERS = "see_members"
    SEE_MEMBER_EMAIL = "see_member_email"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_SERVICE_ACCOUNTS = "manage_service_accounts"
    TRANSFER_OWNERSHIP = "transfer_ownership"
    SEE_AUDIT = "see_audit"
    ERASE_CUSTOMER = "erase_customer"
    EXPLORE = "explore"


L1_SURFACE = frozenset({
    Action.INTAKE, Action.ANSWER, Action.NOTE, Action.RESOLVE, Action.ESCALATE, Action.TAKE_OVER, Action.TRANSFER,
    Action.PAUSE, Action.ABANDON, Action.CONTINUE, Action.LINK_TICKET,
})

_EVERYBODY = frozenset(Role)
_LEADERS = frozenset({Role.OWNER, Role.ADMIN})
_ENGINEERS = _LEADERS | {Role.ENGINEER}

ROLES: dict[Action, frozenset[Role]] = {
    Action.SEE_SESSIONS: _EVERYBODY,
    Action.SEE_CUSTOMER_CONTACT: _EVERYBODY - {Role.VIEWER},
    Action.SEE_FLOWS: _EVERYBODY,
    Action.SEE_DRAFTS: _ENGINEERS,
    Action.AUTHOR_FLOWS: _ENGINEERS,
    Action.REVIEW_PROPOSALS: _ENGINEERS,
    Action.SEE_AI_RECORDS: _ENGINEERS,
    Action.SEE_RAW_AI_RECORDS: _LEADERS,
    Action.SEE_ESCALATION: _ENGINEERS | {Role.L1_TECH},
    Action.CLAIM: _ENGINEERS,
    Action.RELEASE: _ENGINEERS,
    Action.WITHDRAW: _ENGINEERS | {Role.L1_TECH},
    Action.NOTE_ESCALATION: _ENGINEERS | {Role.L1_TECH},
    Action.CLOSE_ESCALATION: _ENGINEERS,
    Action.READ_SETTINGS: _LEADERS,
    Action.WRITE_SETTINGS: _LEADERS,
    Action.SEE_MEMBERS: _EVERYBODY,
    Action.SEE_MEMBER_EMAIL: _EVERYBODY - {Role.VIEWER},
    Action.MANAGE_MEMBERS: _LEADERS,
    Action.MANAGE_SERVICE_ACCOUNTS: _LEADERS,
    Action.TRANSFER_OWNERSHIP: frozenset({Role.OWNER}),
    Action.SEE_AUDIT: _LEADERS,
    Action.ERASE_CUSTOMER: _LEADERS,
    Action.EXPLORE: _LEADERS,
}

_WALK = frozenset({Scope.WALK})
SCOPES: dict[Action, frozenset[Scope]] = {
    Action.INTAKE: frozenset({Scope.INTAKE}),
    Action.ANSWER: _WALK,
    Action.NOTE: _WALK,
    Action.RESOLVE: _WALK,
    Action.ESCALATE: frozenset({Scope.ESCALATE}),
    Action.TRANSFER: _WALK,
    Action.PAUSE: _WALK,
    Action.ABANDON: _WALK,
    Action.CONTINUE: _WALK,
    Action.LINK_TICKET: frozenset({Scope.INTAKE, Scope.WALK}),
    Action.SEE_SESSIONS: frozenset({Scope.READ}),
    Action.SEE_CUSTOMER_CONTACT: frozenset({Scope.READ}),
    Action.SEE_FLOWS: frozenset({Scope.READ, Scope.FLOWS}),
    Action.SEE_DRAFTS: frozenset({Scope.FLOWS}),
    Action.AUTHOR_FLOWS: frozenset({Scope.FLOWS}),
    Action.REVIEW_PROPOSALS: frozenset({Scope.FLOWS}),
    Action.SEE_ESCALATION: frozenset({Scope.READ}),
    Action.WITHDRAW: frozenset({Scope.ESCALATE}),
    Action.NOTE_ESCALATION: frozenset({Scope.ESCALATE}),
    Action.READ_SETTINGS: frozenset({Scope.SETTINGS}),
    Action.WRITE_SETTINGS: frozenset({Scope.SETTINGS}),
    Action.SEE_MEMBERS: frozenset({Scope.READ}),
    Action.SEE_MEMBER_EMAIL: frozenset({Scope.READ}),
    Action.EXPLORE: frozenset({Scope.READ}),
}


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What the rules need to know of a walk session. ``takes_answer``: a node is served that is no end."""

    status: str
    takes_answer: bool


@dataclass(frozen=True, slots=True)
class EscalationFacts:
    """What the rules need to know of an escalation. ``returned_to``: whose walk it is that came back to L1."""

    status: str
    escalated_by: UUID
    claimed_by: UUID | None
    returned_to: UUID | None = None


Subject = SessionFacts | EscalationFacts | None


@dataclass(frozen=True, slots=True)
class Decision:
    """``is_visible`` parts NOT_FOUND from FORBIDDEN; ``is_timely`` says whether the subject's state allows it now."""

    is_allowed: bool
    is_visible: bool
    is_timely: bool = True
    acting_as: str | None = None

    @property
    def can(self) -> bool:
        """What a ``viewerCan…`` field shows."""
        return self.is_allowed and self.is_timely


UNKNOWN = Decision(is_allowed=False, is_visible=False, is_timely=False)


def works_l1(principal: Principal) -> bool:
    """True when the caller may work the L1 surface, natively or as coverage."""
    return principal.role in {Role.OWNER, Role.ADMIN, Role.L1_TECH} or (
        principal.role is Role.ENGINEER and principal.can_cover_l1
    )


def acting_as(principal: Principal) -> str | None:
    """``l1_coverage`` when somebody other than a native L1 works the L1 surface."""
    is_native = principal.kind is ActorKind.SERVICE_ACCOUNT or principal.role is Role.L1_TECH
    return None if is_native else L1_COVERAGE


def has_right(principal: Principal, action: Action) -> bool:
    """The right by role or scope alone, before any subject is looked at."""
    if principal.kind is ActorKind.SERVICE_ACCOUNT:
        return not principal.scopes.isdisjoint(SCOPES.get(action, frozenset()))
    if action in L1_SURFACE:
        return works_l1(principal)
    return principal.role in ROLES[action]


def permissions_of(principal: Principal) -> tuple[Action, ...]:
    """Every right of the caller, in a fixed order."""
    return tuple(action for action in Action if has_right(principal, action))


def decide(principal: Principal, action: Action, subject: Subject = None) -> Decision:
    """Whether the caller may do it, may know of it, and whether now is a time for it."""
    right = has_right(principal, action)
    worn = acting_as(principal) if right and action in L1_SURFACE else None
    match subject:
        case SessionFacts():
            visible = right or has_right(principal, Action.SEE_SESSIONS)
            return Decision(right, visible, _session_is_timely(action, subject), worn)
        case EscalationFacts():
            return _on_escalation(principal, action, subject, right=right)
        case _:
            return Decision(right, is_visible=True, acting_as=worn)


def _session_is_timely(action: Action, session: SessionFacts) -> bool:
    if action in {Action.NOTE, Action.LINK_TICKET} or action not in L1_SURFACE:
        return True
    if action is Action.CONTINUE:
        return session.status != "active"
    if action is Action.ANSWER:
        return session.status == "active" and session.takes_answer
    return session.status == "active"


def sees_whole_queue(principal: Principal) -> bool:
    """L1 technicians see their own escalations, and those returned to them; viewers none."""
    if principal.kind is ActorKind.SERVICE_ACCOUNT:
        return has_right(principal, Action.SEE_ESCALATION)
    return principal.role in _ENGINEERS


def _on_escalation(principal: Principal, action: Action, facts: EscalationFacts, *, right: bool) -> Decision:
    own = facts.escalated_by == principal.id
    theirs = own or facts.returned_to == principal.id
    visible = sees_whole_queue(principal) or (theirs and (right or has_right(principal, Action.SEE_ESCALATION)))
    timely = True
    match action:
        case Action.CLAIM:
            timely = not own and (
                facts.status == "open" or (facts.status == "claimed" and facts.claimed_by == principal.id)
            )
        case Action.RELEASE | Action.CLOSE_ESCALATION:
            timely = facts.status == "claimed" and facts.claimed_by == principal.id
        case Action.WITHDRAW:
            right = right and own
            timely = facts.status == "open"
        case _:
            pass
    return Decision(right and visible, visible, timely)

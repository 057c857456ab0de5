"""The life of a walk session: its kinds, its statuses, and which event may happen when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.refusal import Code, Refusal
from domain.vocabulary import EscalationStatus

IDLE_LIMIT: Final = timedelta(hours=24)
MAX_WAIT: Final = timedelta(days=14)


class SessionKind(StrEnum):
    FLOW = "flow"
    PROPOSAL = "proposal"
    ADHOC = "adhoc"
    AI_BUILD = "ai_build"


class WalkStatus(StrEnum):
    ACTIVE = "active"
    RESOLVED = "resolved"
    ESCALATED = "escalated"
    ABANDONED = "abandoned"


class WalkEvent(StrEnum):
    ANSWER = "answer"
    NEXT_NODE = "next_node"
    SERVE_NODE = "serve_node"
    GO_BACK = "go_back"
    ADD_NOTE = "add_note"
    EDIT_NOTE = "edit_note"
    PAUSE = "pause"
    TAKE_OVER = "take_over"
    TRANSFER = "transfer"
    LINK_TICKET = "link_ticket"
    RESOLVE = "resolve"
    ESCALATE = "escalate"
    ABANDON = "abandon"
    EXPIRE = "expire"
    CONTINUE = "continue"


_A, _R, _E, _X = WalkStatus.ACTIVE, WalkStatus.RESOLVED, WalkStatus.ESCALATED, WalkStatus.ABANDONED

# Status before and event -> status after. What is not here is refused.
TRANSITIONS: Final[Mapping[tuple[WalkStatus, WalkEvent], WalkStatus]] = {
    (_A, WalkEvent.ANSWER): _A,
    (_A, WalkEvent.NEXT_NODE): _A,
    (_A, WalkEvent.SERVE_NODE): _A,
    (_A, WalkEvent.GO_BACK): _A,
    (_A, WalkEvent.ADD_NOTE): _A,
    (_A, WalkEvent.EDIT_NOTE): _A,
    (_A, WalkEvent.PAUSE): _A,
    (_A, WalkEvent.TAKE_OVER): _A,
    (_A, WalkEvent.TRANSFER): _A,
    (_A, WalkEvent.LINK_TICKET): _A,
    (_A, WalkEvent.RESOLVE): _R,
    (_A, WalkEvent.ESCALATE): _E,
    (_A, WalkEvent.ABANDON): _X,
    (_A, WalkEvent.EXPIRE): _X,
    (_R, WalkEvent.ADD_NOTE): _R,
    (_R, WalkEvent.LINK_TICKET): _R,
    (_R, WalkEvent.CONTINUE): _R,
    (_E, WalkEvent.ADD_NOTE): _E,
    (_E, WalkEvent.LINK_TICKET): _E,
    (_E, WalkEvent.CONTINUE): _E,  # once the engineers gave it back: see can_continue
    (_X, WalkEvent.ADD_NOTE): _X,
    (_X, WalkEvent.LINK_TICKET): _X,
    (_X, WalkEvent.CONTINUE): _X,
}

# An escalated walk goes on when engineers returned it, or when its originator took the escalation back.
_GIVEN_BACK: Final = frozenset({EscalationStatus.RETURNED, EscalationStatus.WITHDRAWN})


def transition(status: WalkStatus, event: WalkEvent) -> WalkStatus | Refusal:
    """The status after ``event``, or why it may not happen now."""
    after = TRANSITIONS.get((status, event))
    if after is not None:
        return after
    if status is WalkStatus.ACTIVE:
        return Refusal(Code.INVALID_INPUT, "This walk is still active: go on with it, or take it over.")
    return Refusal(Code.NOT_ACTIVE, f"This walk is {status.value}; it can be continued as a new walk.")


def refusal_of(status: WalkStatus, event: WalkEvent) -> Refusal | None:
    """``transition`` for callers who only need to know whether the event is refused."""
    after = transition(status, event)
    return after if isinstance(after, Refusal) else None


def can_continue(status: WalkStatus, escalation_status: str | None = None) -> Refusal | None:
    """Whether a new walk may go on from one with this status; ``escalation_status`` is its escalation's, if any."""
    refused = refusal_of(status, WalkEvent.CONTINUE)
    if refused is None and status is WalkStatus.ESCALATED and escalation_status not in _GIVEN_BACK:
        return Refusal(Code.NOT_ACTIVE, "This walk is with the engineers; it can be continued once they return it.")
    return refused


def check_wait_until(wait_until: datetime | None, now: datetime) -> Refusal | None:
    """A pause lies ahead and ends within 14 days; None ends a pause."""
    if wait_until is None or now < wait_until <= now + MAX_WAIT:
        return None
    message = f"The walk can wait until a time that is ahead, at most {MAX_WAIT.days} days from now."
    return Refusal(Code.INVALID_INPUT, message, ("waitUntil",))


def is_idle(last_activity_at: datetime, wait_until: datetime | None, now: datetime) -> bool:
    """Whether the walk is to be abandoned: nothing for 24 hours, and no pause that is still running."""
    is_waiting = wait_until is not None and now < wait_until
    return not is_waiting and now - last_activity_at >= IDLE_LIMIT

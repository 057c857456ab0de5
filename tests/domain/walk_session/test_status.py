"""The table of transitions over the whole product of statuses and events, and the rules beside it."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from domain.refusal import Code, Refusal
from domain.walk_session.status import (
    WalkEvent,
    WalkStatus,
    can_continue,
    check_wait_until,
    is_idle,
    refusal_of,
    transition,
)
from tests.domain.walk_session.walking import NOON, refused

ENDED = (WalkStatus.RESOLVED, WalkStatus.ESCALATED, WalkStatus.ABANDONED)
AFTER_THE_END = {WalkEvent.ADD_NOTE, WalkEvent.LINK_TICKET, WalkEvent.CONTINUE}
ENDING = {
    WalkEvent.RESOLVE: WalkStatus.RESOLVED,
    WalkEvent.ESCALATE: WalkStatus.ESCALATED,
    WalkEvent.ABANDON: WalkStatus.ABANDONED,
    WalkEvent.EXPIRE: WalkStatus.ABANDONED,
}


@pytest.mark.parametrize(("status", "event"), list(product(WalkStatus, WalkEvent)))
def test_every_pair_of_status_and_event(status: WalkStatus, event: WalkEvent) -> None:
    outcome = transition(status, event)
    if status in ENDED:
        expected: object = status if event in AFTER_THE_END else Code.NOT_ACTIVE
    elif event is WalkEvent.CONTINUE:
        expected = Code.INVALID_INPUT
    else:
        expected = ENDING.get(event, WalkStatus.ACTIVE)
    assert (outcome.code if isinstance(outcome, Refusal) else outcome) == expected
    assert (refusal_of(status, event) is None) is isinstance(outcome, WalkStatus)


@pytest.mark.parametrize(
    ("status", "escalation", "code"),
    [
        (WalkStatus.ACTIVE, None, Code.INVALID_INPUT),
        (WalkStatus.RESOLVED, None, None),
        (WalkStatus.ABANDONED, None, None),
        (WalkStatus.ESCALATED, None, Code.NOT_ACTIVE),
        (WalkStatus.ESCALATED, "open", Code.NOT_ACTIVE),
        (WalkStatus.ESCALATED, "claimed", Code.NOT_ACTIVE),
        (WalkStatus.ESCALATED, "closed", Code.NOT_ACTIVE),
        (WalkStatus.ESCALATED, "returned", None),
        (WalkStatus.ESCALATED, "withdrawn", None),
    ],
)
def test_what_can_be_continued(status: WalkStatus, escalation: str | None, code: Code | None) -> None:
    outcome = can_continue(status, escalation)
    assert (outcome.code if outcome else None) is code


def test_a_pause_lies_ahead_and_within_fourteen_days() -> None:
    assert check_wait_until(None, NOON) is None
    assert check_wait_until(NOON + timedelta(seconds=1), NOON) is None
    assert check_wait_until(NOON + timedelta(days=14), NOON) is None
    assert refused(check_wait_until(NOON + timedelta(days=14, seconds=1), NOON)) is Code.INVALID_INPUT
    assert refused(check_wait_until(NOON, NOON)) is Code.INVALID_INPUT


def test_idle_after_a_day_unless_waiting() -> None:
    day_ago = NOON - timedelta(hours=24)
    assert is_idle(day_ago, None, NOON)
    assert not is_idle(day_ago + timedelta(seconds=1), None, NOON)
    assert not is_idle(day_ago, NOON + timedelta(seconds=1), NOON)
    assert is_idle(day_ago, NOON, NOON)

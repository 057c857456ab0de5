"""What a command came to: a value, or refusals that clients can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from domain.permission import Decision
from domain.refusal import Code, Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """Either ``value`` or ``refusals``; ``session_id`` names the session whose current state the client should see."""

    value: T | None = None
    refusals: tuple[Refusal, ...] = ()
    session_id: UUID | None = None


class Refused(Exception):
    """Leaves a transaction without its effects. Never crosses a resolver's border: see ``guarded``."""

    def __init__(self, *refusals: Refusal, session_id: UUID | None = None) -> None:
        super().__init__(*(refusal.code for refusal in refusals))
        self.refusals = refusals
        self.session_id = session_id

    def outcome(self) -> Outcome[T]:
        return Outcome(refusals=self.refusals, session_id=self.session_id)


def refuse(code: Code, message: str, *field: str, session_id: UUID | None = None) -> Refused:
    """The exception of one refusal: to be raised inside a command."""
    return Refused(Refusal(code, message, field), session_id=session_id)


def not_found(what: str, *field: str) -> Refused:
    """Unknown and invisible look the same."""
    return refuse(Code.NOT_FOUND, f"There is no such {what}, or you may not see it.", *field)


def require(decision: Decision, what: str, *field: str) -> Decision:
    """Raise ``Refused`` unless the caller may; unknown and invisible before forbidden."""
    if not decision.is_visible:
        raise not_found(what, *field)
    if not decision.is_allowed:
        raise refuse(Code.FORBIDDEN, "Your role does not allow this. Ask an admin of your account.", *field)
    return decision


def checked(value: T | Refusal) -> T:
    """The value of a rule, or leave with its refusal."""
    if isinstance(value, Refusal):
        raise Refused(value)
    return value

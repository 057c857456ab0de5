"""Errors a person can fix: one interface, and for each mutation an error type with the codes it can give."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

import strawberry

from domain.refusal import Code, Refusal

CODE_TEXTS: dict[Code, str] = {
    Code.NOT_FOUND: "There is no such thing, or the caller may not see it.",
    Code.FORBIDDEN: "The caller may see it but not do this.",
    Code.INVALID_INPUT: "A value of the input cannot be used; `field` says which.",
    Code.NOT_ACTIVE: "The walk (or escalation) has ended, or its state does not allow this.",
    Code.STALE_NODE: "The node named is not the current one.",
    Code.STALE_STEP: "The step named is not the current one: somebody answered first.",
    Code.STALE_NOTES: "The notes were saved from elsewhere meanwhile; read them and save again.",
    Code.INVALID_ANSWER: "The answer is none of the node's options.",
    Code.STEP_LIMIT: "The walk has as many steps as a walk may have; resolve or escalate it.",
    Code.TOO_LARGE: "Too much text; nothing was changed.",
    Code.IDEMPOTENCY_KEY_REUSED: "The key was used for another request.",
    Code.IDEMPOTENCY_IN_PROGRESS: "The first request with this key still runs; repeat shortly.",
    Code.ALREADY_CLAIMED: "Another engineer has claimed it.",
    Code.NOT_CLAIMED: "Nobody has claimed it.",
    Code.NOT_CLAIMANT: "Another engineer has claimed it; only they may do this.",
    Code.OWN_ESCALATION: "Nobody claims what they escalated themselves.",
    Code.SEAT_LIMIT_EXCEEDED: "The account has no free seat for this role.",
    Code.LAST_OWNER: "An account keeps at least one owner.",
    Code.ALREADY_EXISTS: "There is one already.",
    Code.UNKNOWN_CATEGORY: "No category has this key.",
    Code.HARD_FLOOR_CATEGORY: "This class of action can never be enabled.",
    Code.STALE_DRAFT: "The draft was saved from elsewhere meanwhile.",
    Code.LINT_ERRORS: "The tree has errors that block publishing.",
    Code.NEEDS_REVIEW: "The tree has places that a person must write first.",
    Code.NOT_PENDING: "The proposal has been reviewed already.",
    Code.PROPOSAL_IN_USE: "The proposal was walked or published.",
    Code.RATE_LIMITED: "Too many requests; wait and repeat.",
}


@strawberry.interface(description="An error that the caller, or the person before the screen, can act on.")
class UserError:
    message: str = strawberry.field(description="What is wrong and what to do, in English. The text may change.")
    field: list[str] | None = strawberry.field(
        description='Path of the input value it is about, e.g. `["ticket", "url"]`; null when about the whole.'
    )


class ErrorType:
    """The error type of one mutation, and how refusals become its instances."""

    def __init__(self, mutation: str, codes: Iterable[Code], *, session: Any = None, seat: Any = None) -> None:
        """``session``, ``seat``: the types of what the errors of this mutation carry beside."""
        self.codes = _code_enum(mutation, codes)
        self.has_session = session is not None
        self.type = _error_class(mutation, self.codes, session, seat)

    def of(self, refusals: Iterable[Refusal], session: Any = None, seat: Any = None) -> list[Any]:
        """Instances for a payload; a code the mutation does not declare is a fault of ours and raises KeyError."""
        more = {"session": session} if self.has_session else {}
        return [
            self.type(
                message=refusal.message, field=list(refusal.field) or None, code=self.codes[refusal.code.name], **more,
                **({"seat": seat} if refusal.code is Code.SEAT_LIMIT_EXCEEDED else {}),
            )
            for refusal in refusals
        ]


def _code_enum(mutation: str, codes: Iterable[Code]) -> Any:
    members = {code.name: strawberry.enum_value(code.value, description=CODE_TEXTS[code]) for code in codes}
    plain = Enum(f"{mutation}ErrorCode", {name: name for name in members})  # type: ignore[misc]
    registered = strawberry.enum(plain, description=f"What can go wrong with `{mutation[0].lower()}{mutation[1:]}`.")
    for value in registered.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = CODE_TEXTS[Code[value.name]]
    return registered


def _error_class(mutation: str, codes: Any, session: Any, seat: Any) -> Any:
    body: dict[str, Any] = {
        "__annotations__": {"code": codes},
        "code": strawberry.field(description="What clients branch on."),
    }
    if session is not None:
        body["__annotations__"]["session"] = session | None
        body["session"] = strawberry.field(description="The session as it is now.", default=None)
    if seat is not None:
        body["__annotations__"]["seat"] = seat | None
        body["seat"] = strawberry.field(description="With SEAT_LIMIT_EXCEEDED: the role's seats.", default=None)
    plain = type(f"{mutation}Error", (UserError,), body)
    return strawberry.type(plain, description=f"Why `{mutation[0].lower()}{mutation[1:]}` was refused.")


def errors_field(errors: ErrorType) -> Any:
    """The ``errors`` field of a payload."""
    return strawberry.field(
        graphql_type=list[errors.type],  # type: ignore[name-defined]
        default_factory=list,
        description="Empty when it was done; otherwise the changed object is null.",
    )


def payload_object(description: str) -> Any:
    """The changed object of a payload: null whenever there are errors."""
    return strawberry.field(default=None, description=f"{description} Null when there are errors.")

"""The input of ``intake`` and ``escalateWithoutWalk``, cleaned before any work is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from domain.api_names import camel
from domain.clean_text import optional_text, required_text
from domain.refusal import Code, Refusal
from domain.vocabulary import Priority
from resolvers.outcome import Refused, checked, refuse
from resolvers.ticket import TicketRef, checked_ref

NAME_LENGTH = 300
SHORT = {"customer_name": NAME_LENGTH, "customer_contact": NAME_LENGTH, "company_name": NAME_LENGTH,
         "company_external_id": 128}


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of a call before a walk begins."""

    problem: str
    customer_name: str | None = None
    customer_contact: str | None = None
    company_name: str | None = None
    company_external_id: str | None = None
    priority: Priority | None = None
    ticket: TicketRef | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Input of ``intake``."""

    caller: Caller
    assignee_id: UUID | None = None
    flow_id: UUID | None = None
    proposal_id: UUID | None = None
    adhoc: bool = False
    force_build: bool = False
    declined_flow_ids: tuple[UUID, ...] = ()
    idempotency_key: str | None = None


def clean_caller(caller: Caller) -> Caller:
    """Trimmed texts within their limits; raises ``Refused`` naming every field that cannot be used."""
    refusals: list[Refusal] = []
    values: dict[str, Any] = {}
    problem = required_text(caller.problem, ("problem",))
    for name, limit in SHORT.items():
        values[name] = optional_text(getattr(caller, name), (camel(name),), max_chars=limit)
    refusals = [one for one in (problem, *values.values()) if isinstance(one, Refusal)]
    if refusals:
        raise Refused(*refusals)
    ticket = checked_ref(caller.ticket) if caller.ticket is not None else None
    return replace(caller, problem=checked(problem), ticket=ticket, **values)


def clean_intake(given: Intake) -> Intake:
    """The caller cleaned, and at most one target named."""
    targets = [name for name, value in (
        ("flowId", given.flow_id), ("proposalId", given.proposal_id), ("adhoc", given.adhoc or None)
    ) if value is not None]
    if len(targets) > 1:
        raise refuse(Code.INVALID_INPUT, f"Name one target only, not {' and '.join(targets)}.", targets[1])
    return replace(given, caller=clean_caller(given.caller))

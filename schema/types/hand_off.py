"""The hand-off package as clients read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from domain.hand_off import HandOffStep as DomainStep
from domain.hand_off import hand_off_from_json


@strawberry.type(description="One answered node of the hand-off.")
class HandOffStep:
    step: int = strawberry.field(description="Its number in its session.")
    question: str = strawberry.field(description="What was asked or ordered.")
    answer_label: str = strawberry.field(description="The label that was chosen.")
    answered_at: datetime = strawberry.field(description="When.")
    note: str | None = strawberry.field(description="A remark made with the answer.")
    is_earlier: bool = strawberry.field(description="Whether it belongs to a walk that this one continues.")


@strawberry.type(description="Something that is known.")
class HandOffFact:
    name: str = strawberry.field(description="Its name.")
    value: str = strawberry.field(description="Its value, as text.")
    question: str | None = strawberry.field(description="The question it answered.")


@strawberry.type(description="A remark of the walk.")
class HandOffNote:
    text: str = strawberry.field(description="The remark.")
    is_step: bool = strawberry.field(description="Whether it says what was done.")
    visibility: str = strawberry.field(description="`internal` or `customer`.")
    created_at: datetime = strawberry.field(description="When it was added.")


@strawberry.type(description="What an engineer is handed: typed, versioned, as it was when the walk was escalated.")
class HandOffPackage:
    version: int = strawberry.field(description="Version of this document's form.")
    symptom: str = strawberry.field(description="What the customer described.")
    company_name: str | None = strawberry.field(description="The customer's company.")
    category: str | None = strawberry.field(description="Category key.")
    flow_title: str | None = strawberry.field(description="The flow that was walked.")
    ticket: str | None = strawberry.field(description="The PSA ticket's id.")
    facts: list[HandOffFact] = strawberry.field(description="What is known.")
    steps: list[HandOffStep] = strawberry.field(description="The way that stands, with times.")
    taken_back: list[HandOffStep] = strawberry.field(description="What was answered and gone back over.")
    tried: list[str] = strawberry.field(description="What was done.")
    ruled_out: list[str] = strawberry.field(description="Causes that the answers exclude.")
    open_questions: list[str] = strawberry.field(description="What nobody could answer yet.")
    notes: list[HandOffNote] = strawberry.field(description="Remarks of the walk.")
    digest: str = strawberry.field(description="The whole as plain text of at most 4,000 characters, for a PSA note.")

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> HandOffPackage:
        package = hand_off_from_json(data)
        return cls(
            version=package.version, symptom=package.symptom, company_name=package.company_name,
            category=package.category, flow_title=package.flow_title, ticket=package.ticket,
            facts=[HandOffFact(name=one.name, value=one.value, question=one.question) for one in package.facts],
            steps=_steps(package.steps), taken_back=_steps(package.taken_back), tried=list(package.tried),
            ruled_out=list(package.ruled_out), open_questions=list(package.open_questions),
            notes=[HandOffNote(text=one.text, is_step=one.is_step, visibility=one.visibility,
                               created_at=one.created_at) for one in package.notes],
            digest=package.digest,
        )


def _steps(steps: tuple[DomainStep, ...]) -> list[HandOffStep]:
    return [
        HandOffStep(step=one.step, question=one.question, answer_label=one.answer_label, answered_at=one.answered_at,
                    note=one.note, is_earlier=one.is_earlier)
        for one in steps
    ]

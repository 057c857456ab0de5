"""What models were asked and said, and what it cost."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from domain.permission import Action, has_right
from schema.context import Info
from schema.types.flow_tree import FlowTree


@strawberry.type(description="One call of a model. Summary for engineers and above; the raw answer for owners and admins.")
class AiRecord:
    purpose: str = strawberry.field(description="`node`, `classify` or `speculate`.")
    at_step: int | None = strawberry.field(description="The session's step when it was asked.")
    attempt: int = strawberry.field(description="1 for the first call for a node, 2 for its retry.")
    model: str = strawberry.field(description="The model that was asked.")
    prompt_hash: str = strawberry.field(description="SHA-256 of the prompt; equal prompts have equal hashes.")
    verdict: str = strawberry.field(description="`ok`, or why the answer was not served.")
    error_code: str | None = strawberry.field(description="Why there was no answer.")
    prompt_tokens: int = strawberry.field(description="Tokens sent.")
    completion_tokens: int = strawberry.field(description="Tokens received.")
    cost_usd: Decimal | None = strawberry.field(description="US dollars; null when the price is not known.")
    latency_ms: int = strawberry.field(description="Milliseconds.")
    created_at: datetime = strawberry.field(description="When.")
    answer: strawberry.Private[str | None]

    @strawberry.field(description="What the model said, word for word. Null for all but owners and admins, and after its retention.")
    def raw(self, info: Info) -> str | None:
        return self.answer if has_right(info.context.principal, Action.SEE_RAW_AI_RECORDS) else None

    @classmethod
    def from_row(cls, row: Any) -> AiRecord:
        return cls(
            purpose=row.purpose, at_step=row.at_step, attempt=row.attempt, model=row.model,
            prompt_hash=row.prompt_hash, verdict=row.verdict, error_code=row.error_code,
            prompt_tokens=row.prompt_tokens, completion_tokens=row.completion_tokens, cost_usd=row.cost_usd,
            latency_ms=row.latency_ms, created_at=row.created_at, answer=row.raw,
        )


@strawberry.type(description="What an account's models cost on one UTC day.")
class AiUsageDay:
    day: date = strawberry.field(description="UTC day.")
    calls: int = strawberry.field(description="Paid calls.")
    tokens: int = strawberry.field(description="Tokens sent and received.")
    cost_usd: Decimal = strawberry.field(description="US dollars, as far as prices are known.")

    @classmethod
    def from_row(cls, row: Any) -> AiUsageDay:
        return cls(day=row.day, calls=row.calls, tokens=row.tokens, cost_usd=row.cost_usd)


@strawberry.type(description="An AI-built walk rebuilt from its records, without a model.")
class WalkReplay:
    tree: FlowTree | None = strawberry.field(description="The nodes that were served, wired as they were walked. Null without any.")
    differences: list[str] = strawberry.field(description="Where the records and the walk disagree; empty when they do not.")
    is_identical: bool = strawberry.field(description="Whether there is no difference.")

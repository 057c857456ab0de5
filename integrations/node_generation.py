"""From a walk's state to the next node: at most two paid calls, a bounded time, and always a node at the end."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from domain.builder import prompt as prompts
from domain.builder import small_prompt
from domain.builder.ai_node import parse_node
from domain.builder.classify import Classification, classify_by_words, parse_category
from domain.builder.escalate_nodes import EscalateCause, escalate_node
from domain.builder.finding import Finding, FindingCode
from domain.builder.prompt import NodeRequest
from domain.flow_tree import FlowNode
from integrations.llm import CallError, ModelCall, ModelClient, Prompt, Purpose

MAX_CALLS = 2
ACCEPTED = "ok"
_SHARE = 0.88  # of the time granted; the rest is for the commit and the way back
_FIRST_SHARE = 0.6  # of the time left, when another model stands behind the first
_WORTH_CALLING = 0.3  # seconds; less is not enough for any answer
_CLASSIFY_SECONDS = 3.5
_LONGEST_WAIT = 3.0  # seconds of a provider's ``Retry-After``
_NO_SAFE_STEP = frozenset({FindingCode.HARD_FLOOR, FindingCode.ACTION_REFUSED})

Reserve = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class GeneratedNode:
    """What is served next and the calls it cost; ``is_fallback`` when no answer of a model could be used."""

    node: FlowNode
    calls: tuple[ModelCall, ...]
    is_fallback: bool


async def _always() -> bool:
    return True


async def generate_node(
    client: ModelClient,
    request: NodeRequest,
    node_id: str,
    *,
    seconds: float | None = None,
    reserve: Reserve = _always,
    purpose: Purpose = Purpose.NODE,
) -> GeneratedNode:
    """The next node under ``node_id``. Never raises for a model's fault and never takes longer than ``seconds``.

    ``seconds`` defaults to the step's time-out. ``reserve`` is asked before each paid call; False (the budget is used
    up) ends in the escalate node.
    """
    ends = time.monotonic() + _SHARE * min(seconds or client.settings.step_timeout, client.settings.step_timeout)
    calls: list[ModelCall] = []
    findings: tuple[Finding, ...] = ()
    models = list(client.models)
    while models and len(calls) < MAX_CALLS and (left := ends - time.monotonic()) > _WORTH_CALLING:
        if not await reserve():
            calls.append(_refused_by_budget(models[0], purpose))
            break
        share = _FIRST_SHARE if len(models) > 1 and not calls else 1.0
        outcome, call = await _attempt(client, models[0], request, node_id, findings, left * share, purpose)
        calls.append(call)
        if isinstance(outcome, FlowNode):
            return GeneratedNode(outcome, tuple(calls), is_fallback=False)
        findings = outcome
        again = _next_models(models, call)
        pause = _worth_waiting(call, ends - time.monotonic()) if len(calls) < MAX_CALLS and not again else None
        if pause is not None:
            await asyncio.sleep(pause)
        models = again if pause is None else models
    return GeneratedNode(escalate_node(_cause(findings, calls), node_id), tuple(calls), is_fallback=True)


async def _attempt(
    client: ModelClient,
    model: str,
    request: NodeRequest,
    node_id: str,
    findings: tuple[Finding, ...],
    seconds: float,
    purpose: Purpose,
) -> tuple[FlowNode | tuple[Finding, ...], ModelCall]:
    boundary = f"=====TICKET-{secrets.token_hex(12)}====="
    completion = await client.complete(model, _asked(client, request, boundary, findings, purpose), seconds)
    if completion.call.error_code is not None:
        return (), completion.call
    outcome = parse_node(
        completion.raw,
        node_id,
        finish_reason=completion.finish_reason,
        sources=(*prompts.sources(request), boundary),
    )
    return outcome, replace(completion.call, verdict=verdict(outcome))


def _asked(
    client: ModelClient, request: NodeRequest, boundary: str, findings: tuple[Finding, ...], purpose: Purpose
) -> Prompt:
    """What the model is asked; a very small one in words and a schema of its own."""
    if not client.settings.is_small:
        messages = prompts.node_messages(request, boundary, findings)
        return Prompt(purpose, messages, prompts.NODE_SCHEMA, prompts.prompt_hash(messages, boundary))
    messages = small_prompt.node_messages(request, findings)
    return Prompt(
        purpose, messages, small_prompt.node_schema(request), prompts.prompt_hash(messages, boundary),
        small_prompt.MAX_TOKENS, small_prompt.SAMPLING_AGAIN if findings else small_prompt.SAMPLING,
    )


async def warm(client: ModelClient) -> None:
    """Load what is slow to load. A model in this machine's memory also reads the beginnings of its prompts once."""
    await client.warm()
    if client.settings.is_small:
        await classify(client, "-", seconds=client.settings.step_timeout)
        await generate_node(client, prompts.node_request("-", "printer"), "warm")


def verdict(outcome: FlowNode | Sequence[Finding]) -> str:
    """``ok``, or the findings' codes (a floor hit with its class) for the record."""
    if isinstance(outcome, FlowNode):
        return ACCEPTED
    codes = (f"{item.code}:{item.floor_class}" if item.floor_class else item.code.value for item in outcome)
    return ",".join(dict.fromkeys(codes))


def _next_models(models: list[str], call: ModelCall) -> list[str]:
    """Who is asked next: after an outage the next model; after a bad answer, or without another, the same once more."""
    if call.error_code is None:
        return models
    if len(models) > 1:
        return models[1:]
    return models if call.error_code == CallError.UNAVAILABLE else []


def _worth_waiting(call: ModelCall, left: float) -> float | None:
    """Seconds to wait for a provider that has too much to do and says for how long, if the step has time for it."""
    asked = call.retry_after if call.error_code == CallError.RATE_LIMITED else None
    return asked if asked is not None and asked <= min(_LONGEST_WAIT, left / 2) else None


def _cause(findings: tuple[Finding, ...], calls: Sequence[ModelCall]) -> EscalateCause:
    is_unsafe = any(finding.code in _NO_SAFE_STEP for finding in findings) and calls[-1].error_code is None
    return EscalateCause.EXHAUSTED_SAFE_STEPS if is_unsafe else EscalateCause.AI_UNAVAILABLE


def _refused_by_budget(model: str, purpose: Purpose) -> ModelCall:
    code = CallError.BUDGET.value
    return ModelCall(purpose, model, {}, "", raw=None, verdict=code, error_code=code)


async def classify(
    client: ModelClient,
    problem: str,
    *,
    redact: Sequence[str] = (),
    seconds: float = _CLASSIFY_SECONDS,
    reserve: Reserve = _always,
) -> tuple[Classification, ModelCall | None]:
    """The problem's category by one small call, by its words when there is no model, no budget or no usable answer."""
    if not client.models or not await reserve():
        return classify_by_words(problem), None
    boundary = f"=====PROBLEM-{secrets.token_hex(12)}====="
    messages = prompts.classify_messages(problem, boundary, redact)
    hashed = prompts.prompt_hash(messages, boundary)
    asked = Prompt(Purpose.CLASSIFY, messages, prompts.CATEGORY_SCHEMA, hashed, max_tokens=30)
    completion = await client.complete(client.small_model, asked, seconds)
    if completion.call.error_code is not None:
        return classify_by_words(problem), completion.call
    outcome = parse_category(completion.raw, completion.finish_reason)
    if isinstance(outcome, Finding):
        return classify_by_words(problem), replace(completion.call, verdict=outcome.code.value)
    return outcome, replace(completion.call, verdict=ACCEPTED)

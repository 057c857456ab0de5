"""The client for real providers: litellm, one request a call, and a bound no library can stretch."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from integrations.litellm_loading import LIBRARY
from integrations.llm import (
    CallError,
    Completion,
    LlmSettings,
    ModelCall,
    Prompt,
    failed_call,
    parameters,
    storable,
)


class LiteLlmClient:
    """Any provider litellm knows. litellm is imported in a thread, once, at the first call or by ``warm``."""

    def __init__(self, settings: LlmSettings) -> None:
        self.settings = settings
        self.models = tuple(_routed(name, settings) for name in (settings.model, *settings.fallback_models) if name)
        small = settings.small_model or settings.model
        self.small_model = _routed(small, settings) if small else ""

    async def warm(self) -> None:
        """Import litellm in the background, so that the first technician does not wait for it."""
        await LIBRARY.get()

    def most_usd(self) -> float:
        """The most one call can cost in US dollars, as far as prices are known; 0 until litellm is there."""
        return max((LIBRARY.price(model) for model in {*self.models, self.small_model}), default=0.0)

    async def complete(self, model: str, prompt: Prompt, seconds: float) -> Completion:
        """One call, one request on the wire, over after ``seconds`` whatever the provider does."""
        started = time.monotonic()
        outcome = await within(self._request(model, prompt), seconds)
        latency = round((time.monotonic() - started) * 1000)
        if isinstance(outcome, Failure):
            failed = failed_call(model, prompt, outcome.error)
            return Completion(None, None, replace(failed, latency_ms=latency, retry_after=outcome.retry_after))
        raw, finish_reason = _text(outcome)
        return Completion(raw, finish_reason, replace(_recorded(model, prompt, outcome, raw), latency_ms=latency))

    async def embed(self, texts: Sequence[str], seconds: float) -> list[list[float]] | None:
        """One vector a text, in order; None when there is no embedding model or the call failed. Texts come masked."""
        if self.settings.embedding_model is None or not texts:
            return None
        outcome = await within(self._embedding(list(texts)), seconds)
        return None if isinstance(outcome, Failure) else _vectors(outcome, len(texts))

    async def _request(self, model: str, prompt: Prompt) -> Any:
        litellm = await LIBRARY.get()
        return await litellm.acompletion(
            model=model,
            messages=list(prompt.messages),
            response_format=_response_format(prompt),
            **parameters(prompt),
            **self._access(),
        )

    async def _embedding(self, texts: list[str]) -> Any:
        litellm = await LIBRARY.get()
        model = _routed(self.settings.embedding_model or "", self.settings)
        return await litellm.aembedding(model=model, input=texts, encoding_format="float", **self._access())

    def _access(self) -> dict[str, Any]:
        """The time-out is the same for every call: litellm keeps one HTTP client for each value it meets.

        ``within`` is what bounds a call; this one only lets go of a connection that ``within`` gave up.
        """
        access = {"api_base": self.settings.api_base, "api_key": self.settings.api_key}
        return {
            **{name: value for name, value in access.items() if value},
            "timeout": self.settings.step_timeout,
            "max_retries": 0,
            "num_retries": 0,
            "drop_params": True,
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call brought nothing, and how many seconds the provider asked to wait, if it did."""

    error: CallError
    retry_after: float | None = None


async def within(work: Any, seconds: float) -> Any | Failure:
    """The coroutine's result, or the failure it ended in; after ``seconds`` it is cancelled and no longer waited for.

    ``asyncio.wait_for`` would wait for a library that swallows its cancellation.
    """
    task: asyncio.Task[Any] = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=max(seconds, 0.0))
    finally:
        if not task.done():
            task.cancel()
            task.add_done_callback(_forget)
    if not task.done():
        return Failure(CallError.TIMEOUT)
    return _result(task)


def _result(task: asyncio.Task[Any]) -> Any | Failure:
    if task.cancelled():
        return Failure(CallError.TIMEOUT)
    error = task.exception()
    return task.result() if error is None else Failure(_error_code(error), _retry_after(error))


def _forget(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


def _error_code(error: BaseException) -> CallError:
    name, status = type(error).__name__, getattr(error, "status_code", None)
    if "Timeout" in name or status == 408:
        return CallError.TIMEOUT
    if status == 429:
        return CallError.RATE_LIMITED
    if status in (400, 401, 403, 404, 422) and "Connection" not in name:
        return CallError.REJECTED
    return CallError.UNAVAILABLE


def _retry_after(error: BaseException) -> float | None:
    """Seconds of a ``Retry-After``; a date, or what is no number, counts as not given."""
    headers = getattr(error, "litellm_response_headers", None) or {}
    text = str(headers.get("retry-after") or "").strip()
    return float(text) if re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", text, re.ASCII) else None


def _routed(model: str, settings: LlmSettings) -> str:
    """A bare name behind a base URL of one's own means an OpenAI-compatible server."""
    return f"openai/{model}" if settings.api_base and "/" not in model else model


def _response_format(prompt: Prompt) -> dict[str, Any]:
    schema = {"name": prompt.purpose.value, "strict": True, "schema": dict(prompt.schema)}
    return {"type": "json_schema", "json_schema": schema}


def _recorded(model: str, prompt: Prompt, response: Any, raw: str | None) -> ModelCall:
    usage = getattr(response, "usage", None)
    return ModelCall(
        purpose=prompt.purpose,
        model=model,
        parameters=parameters(prompt),
        prompt_hash=prompt.hash,
        raw=storable(raw),
        verdict="",
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        cost=_cost(response),
    )


def _text(response: Any) -> tuple[str | None, str | None]:
    """Text and finish reason of the first choice; providers leave out any part of it."""
    choices = getattr(response, "choices", None) or []
    if not choices:
        return None, None
    message = getattr(choices[0], "message", None)
    content = getattr(message, "content", None) or _called_with(message)
    return (content if isinstance(content, str) else None), getattr(choices[0], "finish_reason", None)


def _called_with(message: Any) -> Any:
    """The arguments of the one function a message calls: how some providers send structured output."""
    calls = getattr(message, "tool_calls", None) or []
    return getattr(getattr(calls[0], "function", None), "arguments", None) if len(calls) == 1 else None


def _count(usage: Any, name: str) -> int | None:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and 0 <= value < 2**31 else None


def _cost(response: Any) -> float | None:
    value = dict(getattr(response, "_hidden_params", None) or {}).get("response_cost")
    return float(value) if isinstance(value, int | float) else None


def _vectors(response: Any, expected: int) -> list[list[float]] | None:
    rows: list[Any] = getattr(response, "data", None) or []
    vectors: list[Any] = [
        row.get("embedding") if isinstance(row, dict) else getattr(row, "embedding", None) for row in rows
    ]
    if len(vectors) != expected or not all(isinstance(vector, list) and vector for vector in vectors):
        return None
    return [[float(value) for value in vector] for vector in vectors]

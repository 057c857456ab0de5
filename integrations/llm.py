"""Language models behind one small protocol: litellm for any provider, and a twin for when none is configured.

Nothing here raises for a model's fault and no provider's text is passed on: a call ends in a raw answer or an error code.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from domain.builder.prompt import Message

MAX_RECORDED_CHARS = 20_000
_MAX_TOKENS = 700


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Values of the ``LLM_*`` settings; ``step_timeout`` in seconds."""

    model: str | None = None
    small_model: str | None = None
    api_base: str | None = None
    api_key: str | None = None
    fallback_models: tuple[str, ...] = ()
    step_timeout: float = 12.0
    embedding_model: str | None = None


class Purpose(StrEnum):
    NODE = "node"
    CLASSIFY = "classify"
    SPECULATE = "speculate"


class CallError(StrEnum):
    """Why a call brought no answer. A provider's own words are never kept."""

    NOT_CONFIGURED = "not_configured"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    REJECTED = "rejected"  # wrong key, model or request: trying again does not help
    UNAVAILABLE = "unavailable"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class ModelCall:
    """The record of one paid (or attempted) call. ``cost`` in US dollars, None when the price is not known."""

    purpose: Purpose
    model: str
    parameters: Mapping[str, Any]
    prompt_hash: str
    raw: str | None
    verdict: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None
    latency_ms: int = 0
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked: messages, the JSON schema of the answer, and the hash they are recorded under."""

    purpose: Purpose
    messages: Sequence[Message]
    schema: Mapping[str, Any]
    hash: str
    max_tokens: int = _MAX_TOKENS


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer. ``raw`` is None exactly when ``call.error_code`` is set or the provider sent no text."""

    raw: str | None
    finish_reason: str | None
    call: ModelCall


class ModelClient(Protocol):
    """A way to language models. ``models`` are those for nodes, best first; ``small_model`` classifies."""

    @property
    def settings(self) -> LlmSettings: ...

    @property
    def models(self) -> tuple[str, ...]: ...

    @property
    def small_model(self) -> str: ...

    async def complete(self, model: str, prompt: Prompt, seconds: float) -> Completion: ...

    async def embed(self, texts: Sequence[str], seconds: float) -> list[list[float]] | None: ...

    async def warm(self) -> None: ...


class UnconfiguredClient:
    """The twin without a model: every call ends at once in ``NOT_CONFIGURED``, nothing leaves the process."""

    def __init__(self, settings: LlmSettings | None = None) -> None:
        self.settings = settings or LlmSettings()
        self.models: tuple[str, ...] = ()
        self.small_model = ""

    async def complete(self, model: str, prompt: Prompt, seconds: float) -> Completion:
        return Completion(None, None, _record(model, prompt, CallError.NOT_CONFIGURED))

    async def embed(self, texts: Sequence[str], seconds: float) -> list[list[float]] | None:
        return None

    async def warm(self) -> None:
        return None


class LiteLlmClient:
    """Any provider litellm knows. litellm is imported in a thread, once, at the first call or by ``warm``."""

    def __init__(self, settings: LlmSettings) -> None:
        self.settings = settings
        self.models = tuple(_routed(name, settings) for name in (settings.model, *settings.fallback_models) if name)
        self.small_model = _routed(settings.small_model, settings) if settings.small_model else self.models[0]

    async def warm(self) -> None:
        """Import litellm in the background, so that the first technician does not wait for it."""
        await _litellm()

    async def complete(self, model: str, prompt: Prompt, seconds: float) -> Completion:
        """One call, one request on the wire, over after ``seconds`` whatever the provider does."""
        started = time.monotonic()
        outcome = await within(self._request(model, prompt, seconds), seconds)
        latency = round((time.monotonic() - started) * 1000)
        if isinstance(outcome, CallError):
            return Completion(None, None, replace(_record(model, prompt, outcome), latency_ms=latency))
        raw, finish_reason = _text(outcome)
        return Completion(raw, finish_reason, replace(_recorded(model, prompt, outcome, raw), latency_ms=latency))

    async def embed(self, texts: Sequence[str], seconds: float) -> list[list[float]] | None:
        """One vector a text, in order; None when there is no embedding model or the call failed. Texts come masked."""
        if self.settings.embedding_model is None or not texts:
            return None
        outcome = await within(self._embedding(list(texts), seconds), seconds)
        return None if isinstance(outcome, CallError) else _vectors(outcome, len(texts))

    async def _request(self, model: str, prompt: Prompt, seconds: float) -> Any:
        litellm = await _litellm()
        return await litellm.acompletion(
            model=model, messages=list(prompt.messages), response_format=_response_format(prompt),
            **_parameters(prompt), **self._access(seconds),
        )

    async def _embedding(self, texts: list[str], seconds: float) -> Any:
        litellm = await _litellm()
        model = _routed(self.settings.embedding_model or "", self.settings)
        return await litellm.aembedding(model=model, input=texts, encoding_format="float", **self._access(seconds))

    def _access(self, seconds: float) -> dict[str, Any]:
        access = {"api_base": self.settings.api_base, "api_key": self.settings.api_key}
        return {
            **{name: value for name, value in access.items() if value},
            "timeout": seconds, "max_retries": 0, "num_retries": 0, "drop_params": True,
        }


def model_client(settings: LlmSettings) -> ModelClient:
    """The client for the settings; without ``LLM_MODEL`` the twin that answers ``NOT_CONFIGURED``."""
    return LiteLlmClient(settings) if settings.model else UnconfiguredClient(settings)


async def within(work: Any, seconds: float) -> Any | CallError:
    """The coroutine's result, or the error it ended in; after ``seconds`` it is cancelled and no longer waited for.

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
        return CallError.TIMEOUT
    return _result(task)


def _result(task: asyncio.Task[Any]) -> Any | CallError:
    if task.cancelled():
        return CallError.TIMEOUT
    error = task.exception()
    return task.result() if error is None else _error_code(error)


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


def _routed(model: str, settings: LlmSettings) -> str:
    """A bare name behind a base URL of one's own means an OpenAI-compatible server."""
    return f"openai/{model}" if settings.api_base and "/" not in model else model


def _parameters(prompt: Prompt) -> dict[str, Any]:
    return {"temperature": 0.0, "max_tokens": prompt.max_tokens}


def _response_format(prompt: Prompt) -> dict[str, Any]:
    schema = {"name": prompt.purpose.value, "strict": True, "schema": dict(prompt.schema)}
    return {"type": "json_schema", "json_schema": schema}


def _record(model: str, prompt: Prompt, error: CallError) -> ModelCall:
    return ModelCall(
        purpose=prompt.purpose, model=model, parameters=_parameters(prompt), prompt_hash=prompt.hash,
        raw=None, verdict=error.value, error_code=error.value,
    )


def _recorded(model: str, prompt: Prompt, response: Any, raw: str | None) -> ModelCall:
    usage = getattr(response, "usage", None)
    return ModelCall(
        purpose=prompt.purpose, model=model, parameters=_parameters(prompt), prompt_hash=prompt.hash,
        raw=storable(raw), verdict="", prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"), cost=_cost(response),
    )


def storable(raw: str | None) -> str | None:
    """The answer as the database can hold it: no NUL, no lone surrogate, at most ``MAX_RECORDED_CHARS``."""
    if raw is None:
        return None
    return raw[:MAX_RECORDED_CHARS].replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _text(response: Any) -> tuple[str | None, str | None]:
    """Text and finish reason of the first choice; providers leave out any part of it."""
    choices = getattr(response, "choices", None) or []
    if not choices:
        return None, None
    content = getattr(getattr(choices[0], "message", None), "content", None)
    return (content if isinstance(content, str) else None), getattr(choices[0], "finish_reason", None)


def _count(usage: Any, name: str) -> int | None:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and 0 <= value < 2**31 else None


def _cost(response: Any) -> float | None:
    value = (getattr(response, "_hidden_params", None) or {}).get("response_cost")
    return float(value) if isinstance(value, int | float) else None


def _vectors(response: Any, expected: int) -> list[list[float]] | None:
    rows = getattr(response, "data", None) or []
    vectors = [row.get("embedding") if isinstance(row, dict) else getattr(row, "embedding", None) for row in rows]
    if len(vectors) != expected or not all(isinstance(vector, list) and vector for vector in vectors):
        return None
    return [[float(value) for value in vector] for vector in vectors]


_loading: asyncio.Task[Any] | None = None


async def _litellm() -> Any:
    """The module. The import runs in a thread and is shared; a caller that goes away does not stop it."""
    global _loading
    if _loading is None or _loading.get_loop() is not asyncio.get_running_loop():
        _loading = asyncio.get_running_loop().create_task(asyncio.to_thread(_import_litellm))
    return await asyncio.shield(_loading)


def _import_litellm() -> Any:
    # Read by litellm at import: without the first it calls out for a price list, without the second it loads .env files.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import litellm

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    return litellm

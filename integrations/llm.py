"""Language models behind one small protocol: litellm for any provider, and a twin for when none is configured.

Nothing here raises for a model's fault and no provider's text is passed on: a call ends in a raw answer or an error
code.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from domain.builder.prompt import Message

MAX_RECORDED_CHARS = 20_000
_MAX_TOKENS = 700


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Values of the ``LLM_*`` settings; ``step_timeout`` in seconds.

    ``is_small``: a model that needs the short prompt and the narrow schema of `domain/builder/small_prompt`.
    ``endpoint`` is a local server these settings point at; it lives as long as they do.
    """

    model: str | None = None
    small_model: str | None = None
    api_base: str | None = None
    api_key: str | None = None
    fallback_models: tuple[str, ...] = ()
    step_timeout: float = 12.0
    embedding_model: str | None = None
    is_small: bool = False
    endpoint: object = None


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
    """The record of one paid (or attempted) call. ``cost`` in US dollars, None when the price is not known.

    ``retry_after``: seconds the provider asked to wait, when it had too much to do.
    """

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
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked: messages, the JSON schema of the answer, and the hash they are recorded under."""

    purpose: Purpose
    messages: Sequence[Message]
    schema: Mapping[str, Any]
    hash: str
    max_tokens: int = _MAX_TOKENS
    sampling: Mapping[str, float] = field(default_factory=lambda: {"temperature": 0.0})


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

    def most_usd(self) -> float: ...


class UnconfiguredClient:
    """The twin without a model: every call ends at once in ``NOT_CONFIGURED``, nothing leaves the process."""

    def __init__(self, settings: LlmSettings | None = None) -> None:
        self.settings = settings or LlmSettings()
        self.models: tuple[str, ...] = ()
        self.small_model = ""

    async def complete(self, model: str, prompt: Prompt, seconds: float) -> Completion:  # noqa: ARG002
        return Completion(None, None, failed_call(model, prompt, CallError.NOT_CONFIGURED))

    async def embed(self, texts: Sequence[str], seconds: float) -> list[list[float]] | None:  # noqa: ARG002
        return None

    async def warm(self) -> None:
        return None

    def most_usd(self) -> float:
        return 0.0


def model_client(settings: LlmSettings) -> ModelClient:
    """The client for the settings; without any model the twin that answers ``NOT_CONFIGURED``."""
    from integrations.litellm_client import LiteLlmClient

    return LiteLlmClient(settings) if settings.model or settings.embedding_model else UnconfiguredClient(settings)


def preload() -> None:
    """Begin to import litellm in a thread: for a process that will need it and is busy with something else."""
    from integrations.litellm_loading import load_litellm

    threading.Thread(target=load_litellm, name="litellm", daemon=True).start()


def parameters(prompt: Prompt) -> dict[str, Any]:
    """What is sent beside the messages, and recorded with the call."""
    return {**prompt.sampling, "max_tokens": prompt.max_tokens}


def failed_call(model: str, prompt: Prompt, error: CallError) -> ModelCall:
    """The record of a call that brought no answer."""
    return ModelCall(
        purpose=prompt.purpose,
        model=model,
        parameters=parameters(prompt),
        prompt_hash=prompt.hash,
        raw=None,
        verdict=error.value,
        error_code=error.value,
    )


def storable(raw: str | None) -> str | None:
    """The answer as the database can hold it: no NUL, no lone surrogate, at most ``MAX_RECORDED_CHARS``."""
    if raw is None:
        return None
    return raw[:MAX_RECORDED_CHARS].replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")

"""Sentence vectors behind one Protocol: a local model, a provider through litellm, or none, which says what is missing.

Vectors of different models do not share a space: whoever stores one stores the `name` of its embedder with it.
Every vector has length 1, so that the inner product of two is their cosine.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from integrations import local_minilm, local_mpnet
from integrations.local_minilm import LocalModel
from integrations.local_models import LargeModels, TextModel

Vector = list[float]
ProviderCall = Callable[[list[str]], Awaitable[Sequence[Sequence[float]] | None]]
"""Masked texts -> one raw vector per text, or None; made of `ModelClient.embed` of `integrations/llm.py`."""

REMEDY_LARGE = "make run LARGE_MODEL=1 installs it, 400 MB"


class EmbedderUnavailable(Exception):
    """No vector can be had now. The message says why, in words an operator can act on."""


class Embedder(Protocol):
    """Turns texts into vectors of one space."""

    @property
    def name(self) -> str:
        """The space's name, stored beside every vector; never changes meaning."""

    @property
    def dimensions(self) -> int | None:
        """Length of the vectors; None when a provider has not answered yet."""

    @property
    def missing(self) -> str | None:
        """None when it works as far as known, else what to do, for health and for reasons."""

    @property
    def leaves_machine(self) -> bool:
        """Whether texts go to somebody else: then only masked ones, and none of an account that forbids it."""

    async def embed(self, texts: list[str]) -> list[Vector]:
        """One vector per text, in order. Raises EmbedderUnavailable."""


class LocalEmbedder:
    """A model in this process, all-MiniLM-L6-v2 by default: one thread, loaded at first use, beside the event loop."""

    missing: str | None = None
    leaves_machine = False

    def __init__(self, model: TextModel | None = None) -> None:
        self._model = model or LocalModel()
        self.name = self._model.name
        self.dimensions: int | None = self._model.dimensions

    async def warm(self) -> None:
        """Load the model in the background, so that the first problem does not wait for it."""
        await self._batch(["warm"])

    async def embed(self, texts: list[str]) -> list[Vector]:
        """A few texts a turn in the thread: a problem waits no longer than one turn behind an indexing run."""
        vectors: list[Vector] = []
        for start in range(0, len(texts), self._model.batch):
            vectors += await self._batch(texts[start : start + self._model.batch])
        return vectors

    async def _batch(self, texts: list[str]) -> list[Vector]:
        try:
            return await asyncio.to_thread(self._model.encode, texts)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise EmbedderUnavailable(f"the local embedding model failed: {type(error).__name__}") from error


@dataclass
class ProviderEmbedder:
    """Vectors from a provider. The texts leave the machine: hand in masked ones only."""

    model: str
    call: ProviderCall
    timeout_seconds: float = 5.0
    dimensions: int | None = None
    missing: str | None = None
    leaves_machine: bool = True

    @property
    def name(self) -> str:
        return f"litellm/{self.model}"

    async def embed(self, texts: list[str]) -> list[Vector]:
        if not texts:
            return []
        try:
            raw = await asyncio.wait_for(self.call(texts), self.timeout_seconds)
        except Exception as error:  # a provider fails in ways no list of types covers
            raise EmbedderUnavailable(f"the embedding provider failed: {type(error).__name__}") from error
        if raw is None:
            raise EmbedderUnavailable("the embedding provider gave no answer")
        return self._checked(raw, len(texts))

    def _checked(self, raw: Sequence[Sequence[float]], expected: int) -> list[Vector]:
        try:
            vectors = [unit(vector) for vector in raw]
        except TypeError as error:
            raise EmbedderUnavailable("the embedding provider returned something that is no vector") from error
        lengths = {len(vector) for vector in vectors}
        if len(vectors) != expected or len(lengths) != 1 or lengths == {0}:
            raise EmbedderUnavailable("the embedding provider returned vectors of the wrong number or length")
        if self.dimensions not in (None, *lengths):
            raise EmbedderUnavailable("the embedding provider changed the length of its vectors")
        self.dimensions = lengths.pop()
        return vectors


@dataclass(frozen=True)
class NoEmbedder:
    """Stands where no model is: matching is lexical, and health says what is missing."""

    missing: str | None
    name: str = "none"
    dimensions: int | None = None
    leaves_machine: bool = False

    async def embed(self, texts: list[str]) -> list[Vector]:
        """Always raises EmbedderUnavailable."""
        del texts
        raise EmbedderUnavailable(self.missing or "no embedding model is configured")


def unit(vector: Sequence[float]) -> Vector:
    """The vector at length 1. Raises EmbedderUnavailable when it has no direction or holds what is not a number."""
    length = math.sqrt(sum(value * value for value in vector))
    if not math.isfinite(length) or length == 0:
        raise EmbedderUnavailable("the embedding provider returned a vector without a direction")
    return [value / length for value in vector]


def choose_embedder(kind: str, *, model: str | None = None, call: ProviderCall | None = None) -> Embedder:
    """`off`, `provider` (needs model and call), `local-large` or, whatever else is said, `local`.

    Never fails: what is missing is said by the result.
    """
    if kind == "off":
        return NoEmbedder("embeddings are switched off by a setting")
    if kind == "provider":
        if not model or call is None:
            return NoEmbedder("no embedding model of a provider is configured")
        return ProviderEmbedder(model, call)
    absent = local_minilm.missing_packages()
    if absent:
        return NoEmbedder(f"the extra [semantic] is not installed ({', '.join(absent)} missing)")
    return _large() if kind == "local-large" else LocalEmbedder()


def _large() -> Embedder:
    absent = local_mpnet.missing_packages()
    if absent:
        return NoEmbedder(f"the extra [semantic-large] is not installed ({', '.join(absent)} missing); {REMEDY_LARGE}")
    return LocalEmbedder(LargeModels())

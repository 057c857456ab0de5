"""What a model in this process offers, and the two of them side by side."""

from __future__ import annotations

import math
from typing import Protocol

from integrations.local_minilm import LocalModel
from integrations.local_mpnet import LargeModel


class TextModel(Protocol):
    """Blocks; safe to call from any thread."""

    @property
    def name(self) -> str:
        """The space of its vectors; never changes meaning."""

    @property
    def dimensions(self) -> int:
        """Length of its vectors."""

    @property
    def batch(self) -> int:
        """How many texts to hand in at once, so that it is done within about a tenth of a second."""

    def encode(self, texts: list[str]) -> list[list[float]]:
        """One vector of length 1 a text. Raises ImportError, OSError, RuntimeError or ValueError."""


class LargeModels:
    """all-MiniLM-L6-v2 and all-mpnet-base-v2 side by side: their cosine is the mean of both models' cosines.

    Either errs where the other does not: together they are better than the larger one alone (ADR 16).
    """

    name = "local/all-MiniLM-L6-v2-int8+all-mpnet-base-v2"
    dimensions = LocalModel.dimensions + LargeModel.dimensions
    batch = 1

    def __init__(self) -> None:
        self._models = (LocalModel(), LargeModel())

    def encode(self, texts: list[str]) -> list[list[float]]:
        small, large = (model.encode(texts) for model in self._models)
        half = math.sqrt(0.5)
        return [[half * value for value in (*left, *right)] for left, right in zip(small, large, strict=True)]

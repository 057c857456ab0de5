"""The forward pass of MPNet (Song et al., 2020) in numpy: relative positions, layer norm after each part, mean pooling.

Needs no more than the tensors by name; sizes are read from them. Masks and padding are not needed: one text at a time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import integrations.one_thread  # noqa: F401 - before numpy

EPSILON = 1e-5
FIRST_POSITION = 2  # positions are counted from the padding token's id + 1
EXACT_DISTANCES = 8  # of 16 buckets a side; farther ones share buckets, up to 128 tokens away
FARTHEST = 128


class Mpnet:
    """The network over given weights."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._weights = weights
        self._positions = weights["encoder.relative_attention_bias.weight"]
        self._layers = sum(name.endswith("output.dense.bias") and ".layer." in name for name in weights)

    def vector(self, ids: list[int]) -> Any:
        """The mean of the last layer's tokens at length 1, for a text's token ids."""
        import numpy as np

        words = self._weights["embeddings.word_embeddings.weight"][ids]
        places = self._weights["embeddings.position_embeddings.weight"]
        hidden = self._normed(words + places[FIRST_POSITION : FIRST_POSITION + len(ids)], "embeddings.LayerNorm")
        bias = self._positions[buckets(len(ids), len(self._positions))].transpose(2, 0, 1)
        for layer in range(self._layers):
            hidden = self._layer(hidden, bias, f"encoder.layer.{layer}.")
        mean = hidden.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)

    def _layer(self, hidden: Any, bias: Any, name: str) -> Any:
        attended = self._normed(
            self._attended(hidden, bias, f"{name}attention.attn.") + hidden, f"{name}attention.LayerNorm"
        )
        wide = gelu(self._linear(attended, f"{name}intermediate.dense"))
        return self._normed(self._linear(wide, f"{name}output.dense") + attended, f"{name}output.LayerNorm")

    def _attended(self, hidden: Any, bias: Any, name: str) -> Any:
        import numpy as np

        length, width = hidden.shape
        heads = bias.shape[0]
        query, key, value = (
            self._linear(hidden, name + part).reshape(length, heads, width // heads).transpose(1, 0, 2)
            for part in ("q", "k", "v")
        )
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(width // heads) + bias
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        return self._linear((shares @ value).transpose(1, 0, 2).reshape(length, width), name + "o")

    def _linear(self, values: Any, name: str) -> Any:
        return values @ self._weights[name + ".weight"].T + self._weights[name + ".bias"]

    def _normed(self, values: Any, name: str) -> Any:
        import numpy as np

        centred = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPSILON)
        return centred / spread * self._weights[name + ".weight"] + self._weights[name + ".bias"]


def buckets(length: int, count: int) -> Any:
    """For each pair of tokens the bucket of their distance: half of them for tokens before, half for tokens after."""
    import numpy as np

    side = count // 2
    ahead = np.arange(length)[None, :] - np.arange(length)[:, None]
    apart = np.abs(ahead)
    exact = min(EXACT_DISTANCES, side // 2)
    share = np.log(np.maximum(apart, 1) / exact) / math.log(FARTHEST / exact)
    far = np.minimum(exact + (share * (side - exact)).astype(int), side - 1)
    return np.where(ahead > 0, side, 0) + np.where(apart < exact, apart, far)


def gelu(values: Any) -> Any:
    """Each x times the normal distribution up to x; its error function by Abramowitz and Stegun 7.1.26 (1.5e-7)."""
    import numpy as np

    scaled = np.abs(values) / math.sqrt(2)
    inverse = 1 / (1 + 0.3275911 * scaled)
    series = inverse * (
        0.254829592
        + inverse * (-0.284496736 + inverse * (1.421413741 + inverse * (-1.453152027 + inverse * 1.061405429)))
    )
    return values * 0.5 * (1 + np.sign(values) * (1 - series * np.exp(-scaled * scaled)))

"""What distinguishes the flows of one account: a linear map applied to a problem's vector before it is compared.

Texts of one flow vary in ways that say nothing of which flow it is (tone, length, politeness). Their covariance within
flows is learnt from the account's own vectors, shrunk towards no opinion while there are few, and its inverse takes
weight from those directions (linear discriminant analysis); half of the plain cosine is kept. Only the problem's vector
is mapped, so stored vectors never have to be written anew. Measured in `benchmarks/matching`: about one point of top-1.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any

import integrations.one_thread  # noqa: F401 - before numpy

PLAIN_SHARE = 0.5
LEAST_SHRINKAGE = 0.5
MOST_DIMENSIONS = 1_200  # a longer vector's map would cost seconds and tens of megabytes


def can_learn() -> bool:
    """Whether numpy, of the extra [semantic], is installed; without it plain cosines are compared."""
    return importlib.util.find_spec("numpy") is not None


def learn(flows: Sequence[object], halves: Sequence[bytes]) -> bytes | None:
    """The map, from each text's flow (equal ones side by side) and pgvector's binary half-precision vectors.

    None when there is nothing to learn from: no flow of two texts, or vectors too long.
    """
    import numpy as np

    if not halves or (len(halves[0]) - 4) // 2 > MOST_DIMENSIONS:
        return None
    rows = np.stack([np.frombuffer(half, dtype=">f2", offset=4) for half in halves]).astype(np.float64)
    found = matrix(flows, rows)
    return None if found is None else bytes(found.astype("<f4").tobytes())


def matrix(flows: Sequence[object], rows: Any) -> Any:
    """The same as a square array, from one row a text; None when no flow has two texts."""
    import numpy as np

    _, starts, counts = np.unique([str(flow) for flow in flows], return_index=True, return_counts=True)
    order = np.argsort(starts)
    starts, counts = starts[order], counts[order]
    freedom = int((counts - 1).sum())
    if freedom == 0:
        return None
    means = np.add.reduceat(rows, starts, axis=0) / counts[:, None]
    spread = rows - np.repeat(means, counts, axis=0)
    size = rows.shape[1]
    shrinkage = max(LEAST_SHRINKAGE, size / (size + freedom))
    covariance = spread.T @ spread / freedom
    even = max(float(np.trace(covariance)) / size, 1e-12) * np.eye(size)
    inverse = np.linalg.inv((1 - shrinkage) * covariance + shrinkage * even)
    length = float(np.einsum("ij,jk,ik->i", rows, inverse, rows).mean())
    return PLAIN_SHARE * np.eye(size) + (1 - PLAIN_SHARE) * inverse / length


class AccountMetric:
    """A learnt map, read from storage."""

    def __init__(self, stored: bytes) -> None:
        import numpy as np

        values = np.frombuffer(stored, dtype="<f4")
        self.size = round(len(values) ** 0.5)
        self._matrix = values.reshape(self.size, self.size)

    def __call__(self, vector: Sequence[float]) -> list[float]:
        """The vector as it is to be compared with plain ones. Raises ValueError when its length is another."""
        import numpy as np

        mapped: list[float] = (self._matrix @ np.asarray(vector, dtype=np.float32)).tolist()
        return mapped

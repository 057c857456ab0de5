"""Which of a few close flows a problem belongs to, learnt on the spot from the vectors of their texts.

The nearest text and the centroid look at one flow at a time; where flows are alike, what tells them apart is what one
says and its rivals never do. Kernel ridge regression (a Gaussian kernel, every flow weighing the same however many
texts it has) of the flows' own texts learns just that: a few hundred texts, a few milliseconds, nothing to store and
nothing to grow stale. docs/adr/0016-matching-model.md has what it was measured to bring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import integrations.one_thread  # noqa: F401 - before numpy
from domain.matching.features import Candidate
from domain.matching.score import closest

SHARPNESS = 2.0  # of the kernel: two texts a quarter turn apart count exp(-2) of one
RIDGE = 0.1
MOST_SHARE = 0.5  # of the verdict beside similarities of 0 to 1, approached as there are more texts
TEXTS_FOR_HALF = 8  # texts a flow, on average, at which the verdict has half of that


def told_apart(candidates: Sequence[Candidate], asked: Sequence[float], rows: Mapping[UUID, Any]) -> list[Candidate]:
    """The candidates with their contrast, from the problem's vector and the rows of each flow's nearest texts."""
    weighed = [one.flow_id for one in closest(candidates) if one.flow_id in rows]
    found, others = verdicts(asked, [rows[flow_id] for flow_id in weighed])
    by_flow = dict(zip(weighed, found, strict=True))
    return [replace(one, contrast=by_flow.get(one.flow_id, others)) for one in candidates]


def unpacked(stored: bytes, dimensions: int) -> Any:
    """Rows of pgvector's binary half-precision vectors that stand behind one another: two counts, then the values."""
    import numpy as np

    return np.frombuffer(stored, dtype=">f2").reshape(-1, dimensions + 2)[:, 2:].astype(np.float32)


def verdicts(asked: Sequence[float], flows: Sequence[Any]) -> tuple[list[float], float]:
    """What speaks for each flow, given its texts' vectors as rows, and what speaks for any flow that is not among them.

    About +share for the flow the problem belongs to, -share for the others; the share grows with the number of texts.
    All zero when there are fewer than two flows: nothing has to be told apart.
    """
    import numpy as np

    if len(flows) < 2:
        return [0.0] * len(flows), 0.0
    rows = np.concatenate(flows)
    sizes = np.array([len(flow) for flow in flows])
    labels = np.repeat(np.arange(len(flows)), sizes)
    mean = 2 / len(flows) - 1
    wanted = np.where(labels[:, None] == np.arange(len(flows)), 1.0, -1.0) - mean
    penalty = RIDGE * len(flows) * sizes[labels] / len(rows)
    weights = np.linalg.solve(_kernel(rows @ rows.T) + np.diag(penalty), wanted)
    share = MOST_SHARE * len(rows) / (len(rows) + TEXTS_FOR_HALF * len(flows))
    found: list[float] = (share * (_kernel(rows @ np.asarray(asked, dtype=rows.dtype)) @ weights + mean)).tolist()
    return found, -share


def _kernel(cosines: Any) -> Any:
    import numpy as np

    return np.exp(SHARPNESS * (cosines.astype(np.float64) - 1))

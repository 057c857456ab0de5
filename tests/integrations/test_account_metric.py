"""The learnt map: what it takes weight from, when there is nothing to learn, and that storage changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.account_metric import LEAST_SHRINKAGE, MOST_DIMENSIONS, AccountMetric, learn, matrix

np = pytest.importorskip("numpy")


def stored(vector: list[float]) -> bytes:
    """pgvector's binary form of a halfvec: two counts, then big-endian halves."""
    return len(vector).to_bytes(2, "big") + bytes(2) + np.array(vector, dtype=">f2").tobytes()


def noisy(flows: int, texts: int, seed: int = 1) -> tuple[list[int], Any]:
    """Flows told apart by the last eight directions; the first eight vary as much within each flow."""
    rnd = np.random.default_rng(seed)
    means = np.hstack([np.zeros((flows, 8)), rnd.normal(size=(flows, 8))])
    names = np.repeat(np.arange(flows), texts)
    rows = means[names] + np.hstack([rnd.normal(size=(len(names), 8)), 0.05 * rnd.normal(size=(len(names), 8))])
    return names.tolist(), rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_what_varies_within_flows_loses_weight_and_more_problems_find_their_flow() -> None:
    names, rows = noisy(30, 6)
    learnt = matrix(names, rows)
    assert np.diag(learnt)[:8].max() < np.diag(learnt)[8:].min()
    means = np.stack([rows[np.array(names) == one].mean(axis=0) for one in range(30)])
    _, fresh = noisy(30, 40, seed=1)
    truth = np.repeat(np.arange(30), 40)
    plain = ((fresh @ means.T).argmax(axis=1) == truth).mean()
    mapped = ((fresh @ learnt @ means.T).argmax(axis=1) == truth).mean()
    assert mapped > plain


@pytest.mark.parametrize(
    ("flows", "vectors"),
    [
        ([], []),
        ([1, 2, 3], [stored([1.0, 0.0]), stored([0.0, 1.0]), stored([0.6, 0.8])]),
        ([1, 1], [stored([0.0] * (MOST_DIMENSIONS + 1))] * 2),
    ],
    ids=["no texts", "one text a flow", "vectors too long"],
)
def test_nothing_is_learnt_from_too_little_or_too_much(flows: list[int], vectors: list[bytes]) -> None:
    assert learn(flows, vectors) is None


def test_texts_that_are_all_alike_leave_a_usable_map() -> None:
    learnt = learn([1, 1], [stored([0.6, 0.8])] * 2)
    assert learnt is not None
    assert np.isfinite(AccountMetric(learnt)([0.6, 0.8])).all()


def test_few_texts_hardly_bend_and_what_is_stored_is_what_is_applied() -> None:
    names, rows = noisy(3, 2)
    learnt = learn(names, [stored(row.tolist()) for row in rows])
    assert learnt is not None
    metric = AccountMetric(learnt)
    assert metric.size == 16
    vector = rows[0].tolist()
    expected = matrix(names, rows) @ rows[0]
    assert metric(vector) == pytest.approx(expected.tolist(), abs=2e-3)
    assert 16 / (16 + 3) > LEAST_SHRINKAGE
    assert float(np.dot(metric(vector), vector)) == pytest.approx(1, abs=0.15)


def test_the_order_of_texts_does_not_matter() -> None:
    names, rows = noisy(5, 4)
    other = [4 - one for one in names]
    assert np.allclose(matrix(names, rows), matrix(other, rows))
    assert np.allclose(matrix(names, rows), matrix(names[::-1], rows[::-1]))

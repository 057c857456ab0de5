"""Telling close flows apart: what it finds that likeness misses, when it keeps silent, and how large it can become."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.calibration import Backend
from domain.matching.features import AccountStats, Candidate
from domain.matching.score import TOLD_APART, semantic, strength
from integrations.contrast import MOST_SHARE, told_apart, unpacked, verdicts

np = pytest.importorskip("numpy")


def unit(values: Any) -> Any:
    rows = np.asarray(values, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def flows(count: int, texts: int, noise: float, seed: int = 1, size: int = 24) -> list[Any]:
    """Flows around directions of their own, spread by noise."""
    rnd = np.random.default_rng(seed)
    centres = rnd.normal(size=(count, size))
    return [unit(centre + noise * rnd.normal(size=(texts, size))) for centre in centres]


def candidate(number: int, nearest: float, centroid: float) -> Candidate:
    return Candidate(UUID(int=number), f"Flow {number}", {}, 10, 5, 0.0, nearest, centroid)


def test_the_flow_whose_side_the_problem_is_on_wins_though_another_has_the_nearest_text() -> None:
    """All of one flow point east with some north; its rival points north and has one stray text in the east."""
    east = unit([[1, 0.3, 0.1 * i] for i in range(-3, 4)])
    north = unit([*[[0.3, 1, 0.1 * i] for i in range(-3, 4)], [1, 0.42, 0.0]])
    asked = unit([1, 0.4, 0.02])
    assert (north @ asked).max() > (east @ asked).max()
    found, _ = verdicts(asked.tolist(), [north, east])
    assert found[1] > found[0]


def test_more_problems_find_their_flow_than_by_likeness_alone() -> None:
    """Flows of several kinds of problems each: a centroid says little of them."""
    rnd = np.random.default_rng(3)
    kinds = rnd.normal(size=(6, 4, 16))
    taught = [unit(np.repeat(kind, 5, axis=0) + 0.6 * rnd.normal(size=(20, 16))) for kind in kinds]
    means = unit(np.stack([rows.mean(axis=0) for rows in taught]))
    right = {"likeness": 0, "told apart": 0}
    for flow, kind in enumerate(kinds):
        for asked in unit(np.repeat(kind, 10, axis=0) + 0.6 * rnd.normal(size=(40, 16))):
            alike = [((rows @ asked).max() + mean @ asked) / 2 for rows, mean in zip(taught, means, strict=True)]
            found, _ = verdicts(asked.tolist(), taught)
            right["likeness"] += int(np.argmax(alike)) == flow
            right["told apart"] += int(np.argmax(np.add(alike, found))) == flow
    assert right["told apart"] > right["likeness"] + 5


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_is_told_apart_where_there_is_one_flow_or_none(count: int) -> None:
    found, others = verdicts([1.0] * 24, flows(count, 3, 0.1) if count else [])
    assert found == [0.0] * count
    assert others == 0.0


@given(st.integers(2, 6), st.integers(1, 20), st.floats(0, 2), st.integers(0, 50))
def test_a_verdict_is_bounded_and_counts_less_when_texts_are_few(
    count: int, texts: int, noise: float, seed: int
) -> None:
    taught = flows(count, texts, noise, seed)
    found, others = verdicts(taught[0][0].tolist(), taught)
    assert len(found) == count
    assert max(abs(one) for one in found) <= 2 * MOST_SHARE
    assert -MOST_SHARE < others < 0
    _, fewer = verdicts(taught[0][0].tolist(), [rows[: max(1, texts // 2)] for rows in taught])
    assert others <= fewer


def test_flows_of_the_same_texts_get_the_same_verdict() -> None:
    rows = flows(1, 5, 0.3)[0]
    found, _ = verdicts(rows[0].tolist(), [rows, rows.copy()])
    assert found[0] == pytest.approx(found[1])
    assert all(np.isfinite(found))


def test_a_flow_of_many_texts_does_not_outweigh_one_of_few() -> None:
    """Half-way between two flows neither is favoured much for having ten times as many texts."""
    one, other = unit([[1, 0.02 * i, 0] for i in range(-10, 11)]), unit([[0, 1, 0.02], [0, 1, -0.02]])
    found, _ = verdicts(unit([1, 1, 0]).tolist(), [one, other])
    assert abs(found[0] - found[1]) < 0.1


def test_what_the_database_sends_is_read_back_row_by_row() -> None:
    rows = unit([[0.6, 0.8, 0.0], [0.0, -1.0, 0.0]])
    stored = b"".join((3).to_bytes(2, "big") + bytes(2) + row.astype(">f2").tobytes() for row in rows)
    assert unpacked(stored, 3) == pytest.approx(rows, abs=1e-3)
    with pytest.raises(ValueError, match="reshape"):
        unpacked(stored, 4)


def test_only_the_closest_candidates_are_weighed_and_the_others_get_the_rivals_share() -> None:
    taught = flows(TOLD_APART + 2, 4, 0.2)
    candidates = [candidate(i, 0.9 - i / 50, 0.8 - i / 50) for i in range(len(taught))]
    rows = {one.flow_id: rows for one, rows in zip(candidates, taught, strict=True)}
    found = told_apart(candidates, taught[0][0].tolist(), rows)
    assert [one.flow_id for one in found] == [one.flow_id for one in candidates]
    assert found[0].contrast == max(one.contrast for one in found) > 0
    _, others = verdicts(taught[0][0].tolist(), taught[:TOLD_APART])
    assert [one.contrast for one in found[TOLD_APART:]] == [others, others]


def test_a_contrast_counts_for_vectors_and_not_for_words() -> None:
    plain = candidate(1, 0.6, 0.5)
    spoken_for = replace(plain, contrast=0.2)
    stats = AccountStats(2, 10.0, 5.0, {})
    assert semantic(plain) == semantic(spoken_for)
    for backend, more in ((Backend.VECTOR, 0.2), (Backend.LEXICAL, 0.0)):
        gain = strength([], stats, spoken_for, backend) - strength([], stats, plain, backend)
        assert gain == pytest.approx(more)

"""Properties of the score: bounded, monotone, exact at its thresholds, blind to age and feedback."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.calibration import CALIBRATIONS, ENOUGH_TEXTS, Backend
from domain.matching.features import AccountStats, Candidate, Feedback, bm25_share
from domain.matching.reason import reason
from domain.matching.score import (
    GREATEST_LEAD,
    Level,
    crowd,
    lead,
    level,
    probability,
    rank,
    scaled,
    score,
)

strengths = st.floats(min_value=-1, max_value=2)
shares = st.floats(min_value=0, max_value=1)
backends = st.sampled_from(list(Backend))
counts_of_texts = st.integers(min_value=0, max_value=300)
STATS = AccountStats(10, 30.0, 6.0, {"vpn": 1, "connect": 4, "the": 10})


def candidate(**given: object) -> Candidate:
    plain = Candidate(UUID(int=1), "VPN does not connect", {"vpn": 3, "connect": 2}, 30, 6, 0.4)
    return replace(plain, **given)  # type: ignore[arg-type]


@given(strengths, st.lists(strengths, max_size=20), backends, counts_of_texts)
def test_a_score_lies_between_0_and_1(own: float, others: list[float], backend: Backend, texts: int) -> None:
    assert 0 <= score(own, others, CALIBRATIONS[backend], texts) <= 1


@given(strengths, strengths, st.lists(strengths, max_size=20), backends, counts_of_texts)
def test_a_stronger_candidate_never_scores_less(
    one: float, other: float, others: list[float], backend: Backend, texts: int
) -> None:
    weaker, stronger = sorted((one, other))
    calibration = CALIBRATIONS[backend]
    assert score(weaker, others, calibration, texts) <= score(stronger, others, calibration, texts)


@given(strengths, strengths, st.lists(strengths, max_size=20), backends, counts_of_texts)
def test_one_more_rival_never_raises_a_score(
    own: float, rival: float, others: list[float], backend: Backend, texts: int
) -> None:
    calibration = CALIBRATIONS[backend]
    assert score(own, [*others, rival], calibration, texts) <= score(own, others, calibration, texts) + 1e-12


@given(strengths, st.lists(strengths, max_size=20), backends, counts_of_texts, counts_of_texts)
def test_a_flow_of_fewer_texts_is_never_trusted_more(
    own: float, others: list[float], backend: Backend, one: int, other: int
) -> None:
    fewer, more = sorted((one, other))
    calibration = CALIBRATIONS[backend]
    assert score(own, others, calibration, fewer) <= score(own, others, calibration, more) + 1e-12


@pytest.mark.parametrize("backend", list(Backend))
def test_a_match_is_never_cheaper_than_a_suggestion(backend: Backend) -> None:
    calibration = CALIBRATIONS[backend]
    bounds = [calibration.match_bound(texts) for texts in (0, 1, 2, 8, ENOUGH_TEXTS, 500)]
    assert bounds == sorted(bounds, reverse=True)
    assert calibration.suggest_at < bounds[-1] == pytest.approx(calibration.match_at)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 1.0]), counts_of_texts), min_size=2, max_size=8))
def test_the_order_is_that_of_strength_whatever_is_known_of_the_flows(known: list[tuple[float, int]]) -> None:
    candidates = [
        candidate(flow_id=UUID(int=i), nearest=alike, centroid=alike, texts=texts)
        for i, (alike, texts) in enumerate(known)
    ]
    ranked = rank(["vpn", "connect"], STATS, candidates)
    alikes = [one.candidate.nearest for one in ranked]
    assert alikes == sorted(alikes, reverse=True)
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)


@given(st.lists(strengths, min_size=1, max_size=20))
def test_a_crowd_is_at_least_its_strongest(others: list[float]) -> None:
    assert crowd(others) >= max(others)


def test_a_lead_has_a_ceiling_and_a_lonely_flow_leads_over_a_stranger_only() -> None:
    assert lead(5.0, [0.1], 0.3) == GREATEST_LEAD
    assert lead(0.3, [], 0.3) == pytest.approx(0)


@pytest.mark.parametrize("backend", list(Backend))
def test_the_bounds_of_a_backend_become_exactly_the_thresholds(backend: Backend) -> None:
    calibration = CALIBRATIONS[backend]
    for texts in (1, 4, 50):
        assert scaled(0.0, calibration, texts) == 0.0
        assert scaled(calibration.suggest_at, calibration, texts) == 0.60
        assert scaled(calibration.match_bound(texts), calibration, texts) == 0.75
        assert scaled(1.0, calibration, texts) == 1.0


@given(shares, shares, backends)
def test_bending_a_probability_keeps_its_order(one: float, other: float, backend: Backend) -> None:
    low, high = sorted((one, other))
    assert scaled(low, CALIBRATIONS[backend], 3) <= scaled(high, CALIBRATIONS[backend], 3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, Level.MATCH),
        (0.75, Level.MATCH),
        (0.7499999, Level.SUGGEST),
        (0.60, Level.SUGGEST),
        (0.5999999, Level.NONE),
        (0.0, Level.NONE),
    ],
)
def test_a_level_begins_at_its_threshold(value: float, expected: Level) -> None:
    assert level(value) is expected


@pytest.mark.parametrize("evidence", [-10_000.0, -800.0, 0.0, 800.0, 10_000.0])
def test_no_evidence_overflows(evidence: float) -> None:
    assert 0 <= probability(evidence) <= 1
    assert probability(0.0) == 0.5


@given(st.dictionaries(st.sampled_from(["vpn", "connect", "the", "unheard"]), st.integers(1, 400)), st.integers(1, 900))
def test_shared_words_count_between_0_and_1(counts: dict[str, int], total: int) -> None:
    value = bm25_share(["vpn", "connect", "the", "unheard"], candidate(counts=counts, total=total), STATS)
    assert 0 <= value < 1
    assert (value > 0) == bool(counts)


def test_a_rare_word_tells_more_than_a_frequent_and_a_function_word_least() -> None:
    assert STATS.weight("vpn") > STATS.weight("connect") > STATS.weight("the") > 0
    assert STATS.weight("unheard") > STATS.weight("vpn")


def test_function_words_alone_cover_little() -> None:
    stats = AccountStats(10, 30.0, 6.0, {"the": 1})
    assert bm25_share(["the"], candidate(counts={"the": 50}), stats) < 0.5


def test_vectors_lead_and_words_only_settle_what_is_close() -> None:
    by_meaning = candidate(flow_id=uuid4(), counts={}, trigram=0.0, nearest=0.8, centroid=0.7)
    by_words = candidate(flow_id=uuid4(), trigram=0.6, nearest=0.3, centroid=0.2)
    assert rank(["vpn", "connect"], STATS, [by_words, by_meaning])[0].candidate is by_meaning
    close = candidate(flow_id=uuid4(), nearest=0.79, centroid=0.7)
    assert rank(["vpn", "connect"], STATS, [by_meaning, close])[0].candidate is close


def test_one_backend_judges_all_candidates_of_a_call() -> None:
    with_vectors, without = candidate(flow_id=uuid4(), nearest=0.5, centroid=0.4), candidate(flow_id=uuid4())
    assert {one.backend for one in rank(["vpn"], STATS, [with_vectors, without])} == {Backend.VECTOR}
    assert {one.backend for one in rank(["vpn"], STATS, [without])} == {Backend.LEXICAL}


def test_a_match_is_possible_without_vectors() -> None:
    best = candidate(counts={"vpn": 3, "connect": 2}, trigram=1.0)
    other = candidate(flow_id=uuid4(), counts={}, trigram=0.05)
    assert rank(["vpn", "connect"], STATS, [other, best])[0].level is Level.MATCH


def test_two_equal_flows_are_suggested_not_walked_and_keep_their_order() -> None:
    twins = [candidate(flow_id=uuid4(), title=title, trigram=0.9) for title in ("B", "A")]
    ranked = rank(["vpn", "connect"], STATS, twins)
    assert [one.candidate.title for one in ranked] == ["A", "B"]
    assert ranked[0].score == ranked[1].score < 0.75


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_feedback_changes_no_score(taken: int, declined: int, not_helpful: int) -> None:
    liked = candidate(feedback=Feedback(taken, declined, not_helpful))
    other = candidate(flow_id=uuid4(), trigram=0.1)
    with_it = [(one.candidate.flow_id, one.score) for one in rank(["vpn"], STATS, [liked, other])]
    without = [(one.candidate.flow_id, one.score) for one in rank(["vpn"], STATS, [candidate(), other])]
    assert with_it == without


def test_no_candidates_give_no_suggestions() -> None:
    assert rank(["vpn"], STATS, []) == []


def test_the_reason_names_words_as_written_backend_and_feedback() -> None:
    one = candidate(nearest=0.713, centroid=0.6, feedback=Feedback(taken=3, not_helpful=1))
    by_vectors = rank(["vpn", "connect"], STATS, [one])[0]
    assert reason("VPN is not connecting", by_vectors, "local/model") == (
        "Same words: vpn, connecting. 71 % alike in meaning (vectors of local/model). Feedback: taken 3×, not helpful 1×."
    )
    by_words = rank(["vpn", "connect"], STATS, [candidate(counts={})])[0]
    assert reason("VPN", by_words, None, "the extra [semantic] is not installed") == (
        "No word in common. Compared by words only: the extra [semantic] is not installed."
    )

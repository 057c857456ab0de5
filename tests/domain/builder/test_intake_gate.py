"""Categories, the gate, and the classifier that needs no model."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.builder.action import NodeAction, parse_action
from domain.builder.categories import DEFAULT_CATEGORY_KEYS, FLOOR_KEYS, is_hard_floor, validate_categories
from domain.builder.classify import Classification, ClassifiedBy, classify_by_words, parse_category
from domain.builder.finding import Finding
from domain.builder.gate import Build, OutOfScope, OutOfScopeReason, decide
from domain.refusal import Code


def test_ten_categories_eleven_floor_classes_and_no_overlap() -> None:
    assert (len(DEFAULT_CATEGORY_KEYS), len(FLOOR_KEYS)) == (10, 11)
    assert not any(is_hard_floor(key) for key in DEFAULT_CATEGORY_KEYS)


def test_bad_keys_are_refused_by_name_and_nothing_is_kept() -> None:
    kept, refusals = validate_categories(["printer", "registry", "coffee", "DNS-changes"])
    assert kept == ()
    assert [(item.code, item.field) for item in refusals] == [
        (Code.HARD_FLOOR_CATEGORY, ("enabled", "1")), (Code.UNKNOWN_CATEGORY, ("enabled", "2")), (Code.HARD_FLOOR_CATEGORY, ("enabled", "3")),
    ]
    assert all(name in item.message for name, item in zip(("registry", "coffee", "DNS-changes"), refusals, strict=True))


def test_good_keys_come_back_once_in_order() -> None:
    assert validate_categories(["vpn_connect", "printer", "printer"]) == (("printer", "vpn_connect"), ())
    assert validate_categories([]) == ((), ())


@given(st.text(max_size=40))
def test_any_text_is_refused_or_known(key: str) -> None:
    kept, refusals = validate_categories([key])
    assert bool(kept) != bool(refusals)
    for refusal in refusals:
        refusal.message.encode("utf-8")


@pytest.mark.parametrize("ai", [True, False])
@pytest.mark.parametrize("model", [True, False])
def test_the_gate_over_the_whole_product(ai: bool, model: bool) -> None:
    for category, enabled in itertools.product([None, "printer", "registry", "nonsense"], [(), ("printer",), ("registry", "nonsense")]):
        outcome = decide(category, enabled, is_ai_enabled=ai, is_model_configured=model)
        if not ai:
            assert outcome.reason is OutOfScopeReason.AI_DISABLED
        elif not model:
            assert outcome.reason is OutOfScopeReason.AI_UNAVAILABLE
        elif category != "printer":
            assert outcome == OutOfScope(OutOfScopeReason.CATEGORY_UNKNOWN)
        else:
            assert outcome == (Build("printer") if "printer" in enabled else OutOfScope(OutOfScopeReason.CATEGORY_DISABLED, "printer"))


@pytest.mark.parametrize(
    ("problem", "category"),
    [
        ("I forgot my password", "password_reset"), ("My account is locked after too many attempts", "account_lockout"), ("The printer jams", "printer"), ("Outlook keeps asking for my password", "outlook_client"),
        ("No Wi-Fi in the meeting room", "wifi_network_basics"), ("VPN does not connect from home", "vpn_connect"), ("Nobody hears me in Teams", "teams_zoom_av"),
        ("The website does not load in Chrome", "browser_cache_cookies"), ("My mouse does not move", "peripheral_reconnect"), ("My laptop is very slow", "os_restart_update"),
    ],
)
def test_words_name_the_category(problem: str, category: str) -> None:
    assert classify_by_words(problem).category == category


@pytest.mark.parametrize("problem", ["", "connect", "reset", "account", "I need help with my account", "please reset it", "the coffee machine is empty", "Can you connect me to sales?"])
def test_everyday_words_are_unknown(problem: str) -> None:
    assert classify_by_words(problem).category is None


def test_out_of_scope_utterances_stay_unknown(shared_material: Path) -> None:
    rows = [json.loads(line) for line in (shared_material / "data/tickets/clinc-out-of-scope-half.jsonl").read_text("utf-8").splitlines()]
    known = [row["text"] for row in rows if classify_by_words(row["text"]).category is not None]
    assert len(known) <= 0.05 * len(rows), known


def test_the_models_answer_is_read_strictly() -> None:
    assert parse_category('{"category": "Printer"}').category == "printer"
    assert parse_category('{"category": "unknown"}').category is None
    assert parse_category('{"category": "unknown"}').by is ClassifiedBy.MODEL
    for bare, category in (("vpn_connect", "vpn_connect"), ('"Printer"\n', "printer"), ("`printer`.", "printer"), ("unknown", None)):
        assert parse_category(bare) == Classification(category, ClassifiedBy.MODEL)
    for raw in (None, "", "It is the printer.", "printer vpn_connect", "registry", "[]", '{"category": "registry"}', '{"category": ["printer"]}', '{"category": null}'):
        assert isinstance(parse_category(raw), Finding), raw


def test_actions() -> None:
    assert parse_action("clear-browser data") is NodeAction.CLEAR_BROWSER_DATA
    assert [parse_action(name) for name in ("DELETE", "", None, 5, "RESTART; DELETE", "x" * 1000)] == [None] * 6

"""Words, signatures and documents: what both sides of a comparison are made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.flow_tree import FlowNode, FlowTree, NodeKind
from domain.matching.document import (
    MAX_COUNT,
    MAX_TEXT,
    FlowText,
    TextKind,
    authored_texts,
    build_document,
    distinct,
    past_problem,
)
from domain.matching.trigram import BITS, alike, bits, signature
from domain.matching.words import COMMON_WORDS, MAX_QUERY_WORDS, MAX_WORD, plain, query_words, stem_spans, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Printers printing, printed!", ["printer", "print", "print"]),
        ("It's the user's VPN", ["its", "the", "user", "vpn"]),
        ("Error 0x80070005 on WS-114", ["error", "0x80070005", "on", "ws", "114"]),
        ("Straße ＶＰＮ", ["strasse", "vpn"]),
        ("is his bus", ["is", "his", "bus"]),
        ("", []),
        ("🎧 ... !?", []),
    ],
)
def test_words_are_folded_and_stemmed(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_any_text_has_words_of_bounded_length(text: str) -> None:
    assert all(0 < len(word) <= MAX_WORD for word in words(text))
    assert len(query_words(text)) <= MAX_QUERY_WORDS
    assert set(query_words(text)) <= set(stem_spans(text))


@given(st.text())
def test_letter_case_and_punctuation_do_not_matter(text: str) -> None:
    assert words(plain(text)) == words(plain(plain(text)))
    assert signature(f" {plain(text)}. ") == signature(plain(text))


def test_common_words_are_stems() -> None:
    assert set(query_words("does this was the please thanks")) <= COMMON_WORDS


@given(st.text(), st.text())
def test_similarity_is_symmetric_bounded_and_1_for_itself(one: str, other: str) -> None:
    a, b = signature(one), signature(other)
    assert alike(a, b) == alike(b, a)
    assert 0 <= alike(a, b) <= 1
    assert alike(a, a) == (1.0 if plain(one) else 0.0)


def test_a_slip_keeps_texts_alike_and_other_words_do_not() -> None:
    assert alike(signature("printer offline"), signature("prnter offline")) > 0.5
    assert alike(signature("printer offline"), signature("vpn tunnel broken")) < 0.1


def test_bits_are_postgresqls_form() -> None:
    assert len(bits(signature("vpn"))) == BITS
    assert int(bits(5), 2) == 5


def tree(*nodes: FlowNode) -> FlowTree:
    return FlowTree(root_id=nodes[0].node_id, nodes=nodes)


def test_a_flow_is_found_by_what_it_asks_not_by_what_it_orders() -> None:
    made = authored_texts(
        "VPN does not connect",
        ["vpn", "VPN", " "],
        "vpn_connect",
        tree(
            FlowNode("a", NodeKind.QUESTION, "Is the network up?"),
            FlowNode("b", NodeKind.INSTRUCTION, "Restart the client."),
            FlowNode("c", NodeKind.RESOLVED, "Connected."),
        ),
    )
    assert made == [
        FlowText(TextKind.TITLE, "VPN does not connect"),
        FlowText(TextKind.KEYWORD, "vpn"),
        FlowText(TextKind.CATEGORY, "vpn connect"),
        FlowText(TextKind.QUESTION, "Is the network up?"),
    ]


def test_equal_texts_are_kept_once_and_long_ones_cut() -> None:
    kept = distinct(
        [
            FlowText(TextKind.TITLE, "a  b\n"),
            FlowText(TextKind.KEYWORD, "A b!"),
            FlowText(TextKind.KEYWORD, "x" * 9_999),
        ]
    )
    assert kept == [FlowText(TextKind.TITLE, "a b"), FlowText(TextKind.KEYWORD, "x" * MAX_TEXT)]


def test_a_past_problem_without_words_is_none() -> None:
    assert past_problem(" ?! ") is None
    assert past_problem("No sound\x00 today") == FlowText(TextKind.PAST_PROBLEM, "No sound today")


def test_title_words_count_twice_and_counts_are_capped() -> None:
    document = build_document(
        [
            FlowText(TextKind.TITLE, "vpn broken"),
            FlowText(TextKind.KEYWORD, "vpn"),
            FlowText(TextKind.QUESTION, "a " * 5_000),
        ]
    )
    assert document.counts == {"vpn": 3, "broken": 2, "a": MAX_COUNT}
    assert document.total == 5 + MAX_COUNT
    assert document.texts == 3

"""Text policy and templates: nothing but allowed CommonMark gets out, and a fact's value stays a literal."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from domain.flow_template import fill, fill_markdown, template_facts
from domain.flow_text import clean_markdown, markdown_problem, plain_problem

MARKDOWN = st.text(st.sampled_from("ab <>/!\"'[]()`*_#-:.\\&;\n~1 https://"), max_size=60)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Plain **bold** `code <b>` [x](https://a.example/b?c=d)", None),
        ("```\n<script>\n```", None),
        ("1 < 2 and 3 > 2", None),
        ("<https://a.example>", None),
        ("[x][a]\n\n[a]: https://a.example", None),
        ("<script>alert(1)</script>", "holds HTML"),
        ("a <b>b</b>", "holds HTML"),
        ("<!-- x -->", "holds HTML"),
        ("![x](https://a.example/x.png)", "holds an image"),
        ("![x][a]\n\n[a]: https://a.example", "holds an image"),
        ("[x](http://a.example)", "links to another address than https"),
        ("[x](javascript:alert(1))", "links to another address than https"),
        ("[x](&#106;avascript:alert(1))", "links to another address than https"),
        ("[x](//a.example)", "links to another address than https"),
        ("<mailto:a@b.example>", "links to another address than https"),
        ("[unused]: javascript:alert(1)", "links to another address than https"),
        ("a\u202eb", "holds characters that change the direction of writing"),
        ("a\x07b", "holds control characters"),
    ],
)
def test_what_commonmark_may_hold(text: str, problem: str | None) -> None:
    assert markdown_problem(text) == problem


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("[x](http://a.example) <b>", "x (http://a.example) \\<b>"),
        ("![shot](https://a.example/x.png)", "[shot](https://a.example/x.png)"),
        ("![shot](x.png)", "shot"),
        ("see [docs](../other.md) and `a <b>`", "see docs and `a <b>`"),
        ("```\n<b>\n```\n<i>", "```\n<b>\n```\n\\<i>"),
        ("[x](https://a.example)", "[x](https://a.example)"),
        ("NUL\x00 and \ud800", "NUL and "),
    ],
)
def test_cleaning_keeps_what_it_can(text: str, cleaned: str) -> None:
    assert clean_markdown(text) == cleaned


@settings(max_examples=400)
@given(MARKDOWN)
def test_cleaned_text_is_always_allowed(text: str) -> None:
    assert markdown_problem(clean_markdown(text)) is None


@pytest.mark.parametrize("hostile", ["[" * 20_000 + "](", "![](" * 5_000, "> " * 10_000 + "<", "`" * 20_000 + "<"])
def test_hostile_markdown_is_cheap(hostile: str) -> None:
    started = time.perf_counter()
    clean_markdown(hostile)
    assert time.perf_counter() - started < 2


def test_plain_text_keeps_line_ends_and_zero_width_joiners() -> None:
    assert plain_problem("a\nb\tc 👩\u200d💻") is None


def test_facts_are_filled_in_once_and_as_literals() -> None:
    facts = {"model": "{{site}}", "site": "HQ", "count": 3.0, "tags": ["a", "b"], "empty": ""}
    text = "{{model}} at {{ site }}, {{count}} of {{tags}}; {{empty}} {{other}} {{ $labels }} {{}}"
    assert fill(text, facts) == "{{site}} at HQ, 3 of a, b; [empty] [other] {{ $labels }} {{}}"
    assert template_facts(text) == ("model", "site", "count", "tags", "empty", "other")


def test_names_that_no_node_asks_for_are_no_facts() -> None:
    assert fill("{{site}} {{model}} {{end}} {{given}}", {"model": "X", "given": 1.0}, {"site", "model"}) == "[site] X {{end}} 1"
    assert fill_markdown("`{{end}}` {{end}}", {}, frozenset()) == "`{{end}}` {{end}}"


@pytest.mark.parametrize(("text", "filled"), [
    ("Run `ping {{x}}`, then {{x}}", "Run `ping a_b-c.d`, then a\\_b\\-c\\.d"),
    ("```\nping {{x}}\n```\n{{x}}", "```\nping a_b-c.d\n```\na\\_b\\-c\\.d"),
    ("    ping {{x}}", "    ping a_b-c.d"), ("``{{x}} ` ``", "``a_b-c.d ` ``"), ("- x\n\n  ~~~\n  {{x}}\n  ~~~", "- x\n\n  ~~~\n  a_b-c.d\n  ~~~"),
    ("`{{x}}", "`a\\_b\\-c\\.d"), ("`a\n\n{{x}}`", "`a\n\na\\_b\\-c\\.d`"), ("\\`{{x}}`", "\\`a\\_b\\-c\\.d`"),
])
def test_a_value_in_code_reads_as_it_was_entered(text: str, filled: str) -> None:
    assert fill_markdown(text, {"x": "a_b-c.d"}) == filled


CODES = ["`{{x}}`", "``{{x}}``", "```\n{{x}}\n```", "~~~\n{{x}}\n~~~\n", "    {{x}}", "\\`{{x}}`", "`{{x}}", "a `b` {{x}} `c`", "> `{{x}}\n> y`", "- {{x}}`"]


@given(st.sampled_from(CODES), st.text(st.sampled_from("ab <>![]()`*_#:/\\&;\n{}x~|-"), max_size=30))
def test_a_value_in_code_ends_nothing(text: str, value: str) -> None:
    """Whatever the value, the text has the same parts as with a harmless one."""
    def shape(filled: str) -> list[str]:
        tokens = MarkdownIt("commonmark").parse(filled)
        return [name for token in tokens for name in (token.type, *(child.type for child in token.children or ()))
                if name not in {"text", "text_special"}]

    assert shape(fill_markdown(text, {"x": value})) == shape(fill_markdown(text, {"x": "harmless"}))


def test_a_value_cannot_become_a_block_or_fill_the_page() -> None:
    assert fill("{{x}}", {"x": "a\n# b\u202e\x00"}) == "a # b"
    assert len(fill("{{x}}", {"x": "y" * 10_000})) == 500


@given(st.text(st.sampled_from("ab <>![]()`*_#:/\\&;\n{}x~|"), max_size=40))
def test_a_value_is_never_markup(value: str) -> None:
    filled = fill_markdown("Model: {{x}}!", {"x": value})
    tokens = MarkdownIt("commonmark").parse(filled)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {token.type for token in tokens[1].children or ()} <= {"text", "text_special"}
    shown = "".join(token.content for token in tokens[1].children or ())
    assert shown == fill("Model: {{x}}!", {"x": value})

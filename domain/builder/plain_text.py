"""Node texts are plain text: what is only noise is taken out, what could lead a reader elsewhere is refused."""

# ruff: noqa: E501 - word lists and patterns are read by the entry, not by the line

from __future__ import annotations

import re

from domain.builder.masking import EMAIL, NUMBER, PHONE, mask, printable

MAX_TEXT_BYTES = 2_048
MAX_LABEL = 80

_TLDS = "com|net|org|io|dev|app|info|biz|ru|cn|de|fr|uk|eu|nl|es|it|pt|pl|us|co|ai|me|xyz|top|site|online|shop|tk|example|test|local|zip|mov|cc|link|click|ly|gl"
_SPOKEN = "com|net|org|info|biz|io|ru|cn|de|uk|eu|xyz|example"
_REFUSED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a code block", re.compile(r"```|~~~|^(?: {4,}|\t+)\S.*[;{}$|]", re.MULTILINE)),
    ("a markdown link", re.compile(r"\]\s{0,3}[(\[]|!\[|^\s{0,3}\[[^\]\n]{1,80}\]:", re.MULTILINE)),
    (
        "an address on the web",
        re.compile(
            r"(?:[a-z][a-z0-9+.\-]{1,20}:/{2}|\b(?:javascript|data|vbscript|mailto|tel|file|ms-[a-z]{1,20}):(?=\S)|\bwww\.|\bhxxps?)",
            re.IGNORECASE,
        ),
    ),
    (
        "an address on the web",
        re.compile(rf"(?<![\w.])(?:[\w-]{{1,63}}[.\u3002\uff61]){{1,5}}(?:{_TLDS})(?![\w-]|\.\w)", re.IGNORECASE),
    ),
    (
        "an address on the web",
        re.compile(
            rf"\b(?!(?:the|this|that|any|an|and|or|no) )[\w-]{{2,63}} (?:dot|punkt|point|punto|ponto) (?:{_SPOKEN})\b|\b(?:colon )?slash slash\b",
            re.IGNORECASE,
        ),
    ),
    ("a number to call", re.compile(r"\b(?:text|sms) \d{4,6}\b(?! ?(?:px|pixels|characters|dpi|kb|mb))", re.IGNORECASE)),
    (
        "HTML",
        re.compile(
            r"<\s{0,3}[/!?]?[a-z][^<>]{0,500}>|<\s{0,3}(?:script|img|iframe|svg|a|style|object|embed)\b|&#x?[0-9a-f]{1,8};|&(?:lt|gt|amp|quot|nbsp);",
            re.IGNORECASE,
        ),
    ),
    ("a template expression", re.compile(r"\{\{|\}\}|\$\{|\{%|<%")),
)
_BLANKS = re.compile(r"[ \t]{2,}")
_MARKS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|^\s{0,3}#{1,6}\s+|^\s{0,3}>\s?", re.MULTILINE)


def clean(text: str) -> str:
    """The text without hidden and control characters, inline code ticks and emphasis marks."""
    text = _MARKS.sub("", printable(text).replace("`", "") if "```" not in text else printable(text))
    return _BLANKS.sub(" ", text).strip()


def refusal(text: str) -> str | None:
    """What the text holds that is never served, in words for the model; None when it may go on to the floor."""
    if len(text.encode("utf-8", "replace")) > MAX_TEXT_BYTES:
        return f"more than {MAX_TEXT_BYTES} bytes"
    for what, pattern in _REFUSED:
        if pattern.search(text):
            return what
    masked = mask(text)
    if any(mark in masked and mark not in text for mark in (EMAIL, PHONE, NUMBER)):
        return "an e-mail address or a number to call"
    return None

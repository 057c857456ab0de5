"""What the texts of a flow may hold.

``text`` and labels are plain. ``detail`` and ``how_to`` are CommonMark without HTML and images, and with https links
only, so that a client may render them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from string import punctuation

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Right-to-left overrides and their like show a reader another text than the one that is there.
_DECEIVING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Bounded in every part. Group 1 the label, group 2 the address.
_INLINE_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\(<?([^()\s<>]{0,2000})>?(?: {1,3}[\"'][^\"'\n]{0,300}[\"'])?\)")
_CODE_SPAN = re.compile(r"(`[^`\n]{1,2000}`)")


class _EveryLink(MarkdownIt):
    """Keeps every link a link, so that what another renderer would follow is seen here."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the library's name for it
        return True


@cache
def commonmark() -> MarkdownIt:
    """The CommonMark parser, without extensions."""
    return _EveryLink("commonmark")


@cache
def commonmark_blocks() -> MarkdownIt:
    """The same for blocks only: inline tokens keep their source and have no children (which is the costly part)."""
    parser = _EveryLink("commonmark")
    parser.core.ruler.disable(["inline"])
    return parser


@cache
def table_blocks() -> MarkdownIt:
    """Blocks only, with the tables that most renderers know beside CommonMark."""
    parser = _EveryLink("commonmark").enable("table")
    parser.core.ruler.disable(["inline"])
    return parser


def plain_words(source: str) -> str:
    """The words of a piece of inline Markdown, without its markup."""
    parts = (
        "\n" if child.type in ("softbreak", "hardbreak") else child.content
        for token in commonmark().parseInline(source)
        for child in token.children or ()
        if child.type in ("text", "code_inline", "softbreak", "hardbreak", "image", "text_special")
    )
    return "".join(parts)


def plain_problem(text: str) -> str | None:
    """Why ``text`` should not be shown as plain text, or None."""
    if text.replace("\n", "").replace("\t", "").isprintable():  # the usual case, quickly
        return None
    if any(char in _DECEIVING for char in text):
        return "holds characters that change the direction of writing"
    if any(not char.isprintable() and ord(char) < 32 and char not in "\n\t" for char in text):
        return "holds control characters"
    return None


def markdown_problem(text: str) -> str | None:
    """Why ``text`` is not allowed as CommonMark here, or None."""
    if deceiving := plain_problem(text):
        return deceiving
    if _is_surely_safe(text):
        return None
    environment: dict[str, dict[str, dict[str, str]]] = {}
    tokens = _all_tokens(commonmark().parse(text, environment))
    found = next((problem for token in tokens if (problem := _token_problem(token))), None)
    definitions = environment.get("references", {}).values()
    return found or ("links to another address than https" if not all(map(_is_https_entry, definitions)) else None)


def _is_surely_safe(text: str) -> bool:
    """Nothing but these characters starts HTML, an image or a link, and every link begins with https."""
    if "<" in text or "![" in text or "]:" in text:
        return False
    return text.count("](") == text.count("](https://")


def _is_https_entry(definition: dict[str, str]) -> bool:
    return is_https(str(definition.get("href", "")))


def _all_tokens(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _token_problem(token: Token) -> str | None:
    if token.type in ("html_block", "html_inline"):
        return "holds HTML"
    if token.type == "image":
        return "holds an image"
    if token.type == "link_open" and not is_https(str(token.attrs.get("href", ""))):
        return "links to another address than https"
    return None


def is_https(address: str) -> bool:
    """Whether an address is an absolute https one."""
    return address.lower().startswith("https://")


def clean_plain(text: str) -> str:
    """``text`` without characters that ``plain_problem`` names, NUL and lone surrogates."""
    return "".join(char for char in text if char in "\n\t" or (char not in _DECEIVING and _is_shown(char)))


def _is_shown(char: str) -> bool:
    return ord(char) >= 32 and not "\ud800" <= char <= "\udfff"


def clean_markdown(text: str) -> str:
    """``text`` as allowed CommonMark: HTML shown as text, images by their description, other links as their address."""
    cleaned = clean_plain(text)
    if markdown_problem(cleaned) is None:
        return cleaned
    rewritten = _rewrite(cleaned)
    if markdown_problem(rewritten) is None:
        return rewritten
    return "".join("\\" + char if char in punctuation else char for char in cleaned)


def _rewrite(text: str) -> str:
    code = code_lines(text)
    lines = text.split("\n")
    return "\n".join(line if index in code else _rewrite_line(line) for index, line in enumerate(lines))


def code_lines(text: str) -> set[int]:
    """Numbers of the lines that belong to blocks of code."""
    blocks = (token for token in commonmark_blocks().parse(text) if token.type in ("fence", "code_block") and token.map)
    return {line for token in blocks if token.map for line in range(*token.map)}


def _rewrite_line(line: str) -> str:
    parts = _CODE_SPAN.split(line)
    return "".join(part if index % 2 else _rewrite_inline(part) for index, part in enumerate(parts))


def _rewrite_inline(text: str) -> str:
    links = _INLINE_LINK.sub(_rewrite_link, text.replace("![", "["))
    return links.replace("<", "\\<").replace("]:", "]\\:")


def _rewrite_link(link: re.Match[str]) -> str:
    label, address = link[1], link[2]
    if is_https(address):
        return f"[{label}]({address})"
    if address.lower().startswith("http://"):
        return f"{label} ({address})" if label and label != address else address
    return label

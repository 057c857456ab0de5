"""Content to data: JSON and front matter read within limits."""

from __future__ import annotations

import json
import tomllib
from typing import Any, Final

from domain.flow_finding import FindingCode
from domain.flow_import.result import ImportRefused
from domain.flow_import.yaml_reading import read_yaml
from domain.flow_node import MAX_CONTENT_BYTES, MAX_JSON_DEPTH

MAX_FRONT_MATTER: Final = 10_000  # characters
MAX_LINES: Final = 20_000
MAX_PARAGRAPH: Final = 50_000  # characters between two blank lines; a node holds 20 KB


def checked(content: str) -> str:
    """``content`` if it may be looked at: at most 1 MB of UTF-8, without NUL and lone surrogates, without a BOM."""
    if len(content) > MAX_CONTENT_BYTES or len(content.encode(errors="replace")) > MAX_CONTENT_BYTES:
        raise too_large()
    if "\x00" in content or any("\ud800" <= char <= "\udfff" for char in content):
        raise ImportRefused(FindingCode.INVALID_CONTENT, "The content holds characters that no text can hold.")
    return content.removeprefix("\ufeff")


def too_large() -> ImportRefused:
    """The refusal of more than an import may hold, counted as decoded text."""
    message = f"The content is larger than {MAX_CONTENT_BYTES:,} bytes."
    return ImportRefused(FindingCode.TOO_LARGE, message, "Import it in parts.")


def read_json(content: str) -> Any:
    """The JSON value; refused when it nests too deep, repeats a key or holds a number that is none."""
    _check_depth(content)
    try:
        return json.loads(content, parse_constant=_no_number, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        message = f"The content is not JSON: {str(error)[:200]}."
        raise ImportRefused(FindingCode.INVALID_CONTENT, message) from error


def _check_depth(content: str) -> None:
    """Counts brackets outside of texts, so that the parser's recursion is never put to the test."""
    depth, in_text, escaped = 0, False, False
    for char in content:
        if in_text:
            in_text = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char in "[{":
            depth += 1
            if depth > MAX_JSON_DEPTH:
                raise ImportRefused(FindingCode.TOO_LARGE, f"The JSON nests deeper than {MAX_JSON_DEPTH}.")
        elif char in "]}":
            depth -= 1
        else:
            in_text = char == '"'


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:60]!r} stands twice in one object")
    return found


def read_data(content: str) -> Any:
    """The value of a JSON text, or of a YAML one."""
    return read_json(content) if content.lstrip()[:1] in ("{", "[", "") else read_yaml(content)


def front_matter(markdown: str) -> tuple[dict[str, Any], str, str | None]:
    """The head of a Markdown text (YAML, or TOML between plus signs), the rest of it, and what was wrong with the head.

    A head that cannot be read is ignored.
    """
    lines = markdown.split("\n")
    fence = lines[0].strip()
    if fence not in ("---", "+++"):
        return {}, markdown, None
    ends = ("---", "...") if fence == "---" else (fence,)
    end = next((number for number, line in enumerate(lines[1:200], start=1) if line.strip() in ends), None)
    if end is None:
        return {}, markdown, None
    head, rest = "\n".join(lines[1:end]), "\n".join(lines[end + 1 :])
    if len(head) > MAX_FRONT_MATTER:
        return {}, rest, "the front matter is too long"
    return _read_yaml(head, rest) if fence == "---" else _read_toml(head, rest)


def _read_toml(head: str, rest: str) -> tuple[dict[str, Any], str, str | None]:
    try:
        return tomllib.loads(head), rest, None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {}, rest, f"the front matter was not read: {str(error)[:150]}"


def _read_yaml(head: str, rest: str) -> tuple[dict[str, Any], str, str | None]:
    try:
        data = read_yaml(head)
    except ImportRefused as refused:
        return {}, rest, f"the front matter was not read ({refused.finding.message[:150]})"
    if data is None or not isinstance(data, dict):
        return {}, rest, None if data is None else "the front matter is not a list of names and values"
    return data, rest, None


def check_markdown(content: str) -> None:
    """Refuses texts that no person wrote as a runbook and that are costly to parse: endless lines and paragraphs."""
    lines = content.split("\n")
    if len(lines) > MAX_LINES:
        raise ImportRefused(
            FindingCode.TOO_LARGE, f"The text has more than {MAX_LINES:,} lines.", "Import it in parts."
        )
    paragraph = 0
    for line in lines:
        paragraph = paragraph + len(line) + 1 if line.strip() else 0
        if paragraph > MAX_PARAGRAPH:
            message = f"A paragraph of the text has more than {MAX_PARAGRAPH:,} characters."
            raise ImportRefused(FindingCode.TOO_LARGE, message, "Divide it by blank lines.")

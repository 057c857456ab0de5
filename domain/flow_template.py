"""Facts in texts: ``{{printer_model}}`` becomes what the technician entered, once, as a literal.

A value is never read as a template again, whatever it holds. In CommonMark its punctuation is escaped; in code, where
nothing can be escaped, it is put in as it is, and what could end the code is taken out of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping
from string import punctuation

from domain.flow_expression import FactValue
from domain.flow_text import code_lines, commonmark

# Linear: each part is bounded, and no two parts can match the same characters.
_PLACE = re.compile(r"\{\{ {0,3}([A-Za-z_][A-Za-z0-9_]{0,63}) {0,3}\}\}")
_MAX_VALUE = 500  # characters of one value in a text


def template_facts(text: str) -> tuple[str, ...]:
    """Names of the facts a text asks for, in their order."""
    return tuple(_PLACE.findall(text))


def fill(text: str, facts: Mapping[str, FactValue], stated: Collection[str] | None = None) -> str:
    """A plain text with its facts filled in; a fact nobody has given yet reads ``[name]``.

    ``stated``: the facts that the flow asks for. Other names stay as they are: runbooks quote templates of their own.
    """
    return _put(text, facts, stated, str)


def fill_markdown(text: str, facts: Mapping[str, FactValue], stated: Collection[str] | None = None) -> str:
    """The same for CommonMark: a value can be neither markup nor a link, and in code it reads as it was entered."""
    if "{{" not in text:
        return text
    parts = _parts(text) if "`" in text or "~~~" in text or "    " in text or "\t" in text else [(text, False)]
    filled = "".join(_put(part, facts, stated, _in_code if is_code else _escaped) for part, is_code in parts)
    if len(parts) == 1 or _shape(filled) == _shape("".join(_put(part, facts, stated, _harmless) for part, _ in parts)):
        return filled
    return _put(text, facts, stated, _escaped)


def _put(
    text: str, facts: Mapping[str, FactValue], stated: Collection[str] | None, written: Callable[[str], str]
) -> str:
    def value(place: re.Match[str]) -> str:
        name = place[1]
        is_fact = stated is None or name in stated or name in facts
        return written(_literal(name, facts)) if is_fact else place[0]

    return _PLACE.sub(value, text)


def _in_code(value: str) -> str:
    return value.replace("`", "'")


def _harmless(_value: str) -> str:
    return "x"


def _shape(text: str) -> list[str]:
    """The kinds of a text's tokens: what they are must not depend on a value."""
    found: list[str] = []
    for token in commonmark().parse(text):
        found += [token.type, *(child.type for child in token.children or () if child.type not in _WORDS)]
    return found


_WORDS = frozenset({"text", "text_special"})


def _parts(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is code."""
    code = code_lines(text)
    runs: list[tuple[bool, list[str]]] = []
    for number, line in enumerate(text.split("\n")):
        kind = number in code
        if not runs or runs[-1][0] is not kind or (not line.strip() and not kind):
            runs.append((kind, []))
        runs[-1][1].append(line + "\n")
    pieces = [piece for kind, lines in runs for piece in ([("".join(lines), True)] if kind else _spans("".join(lines)))]
    last, is_code = pieces[-1]
    return [*pieces[:-1], (last[:-1], is_code)]


def _spans(paragraph: str) -> list[tuple[str, bool]]:
    """Code spans of a paragraph: from a run of backticks to the next one of the same length."""
    runs = [(found.start(), found.end()) for found in re.finditer("`+", paragraph)]
    by_length: dict[int, list[int]] = {}
    for at, (start, end) in enumerate(runs):
        by_length.setdefault(end - start, []).append(at)
    pieces, done, at = list[tuple[str, bool]](), 0, 0
    while at < len(runs):
        start = runs[at][0] + _is_escaped(paragraph, runs[at][0])  # a backslash takes one backtick of what opens
        same = by_length.get(runs[at][1] - start, [])
        closing = bisect_right(same, at)
        if closing < len(same):
            end = runs[same[closing]][1]
            pieces += [(paragraph[done:start], False), (paragraph[start:end], True)]
            done, at = end, same[closing]
        at += 1
    return [*pieces, (paragraph[done:], False)]


def _is_escaped(text: str, at: int) -> bool:
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _literal(name: str, facts: Mapping[str, FactValue]) -> str:
    value = facts.get(name)
    if value is None or value in ("", (), []):
        return f"[{name}]"
    return _one_line(_shown(value)) or f"[{name}]"


def _shown(value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return str(value)


def _one_line(value: str) -> str:
    """Control and formatting characters become spaces, so that a value cannot start a line or a block of its own."""
    text = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return text if len(text) <= _MAX_VALUE else text[: _MAX_VALUE - 1] + "…"


def _escaped(value: str) -> str:
    """Backslashes do not keep a backtick from ending a code span that the text began; a reference does."""
    return "".join("&#96;" if char == "`" else "\\" + char if char in punctuation else char for char in value)

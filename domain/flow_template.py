"""Facts in texts: ``{{printer_model}}`` becomes what the technician entered, once, as a literal.

A value is never read as a template again, whatever it holds, and in CommonMark texts its punctuation is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import punctuation

from domain.flow_expression import FactValue

# Linear: each part is bounded, and no two parts can match the same characters.
_PLACE = re.compile(r"\{\{ {0,3}([A-Za-z_][A-Za-z0-9_]{0,63}) {0,3}\}\}")
_MAX_VALUE = 500  # characters of one value in a text


def template_facts(text: str) -> tuple[str, ...]:
    """Names of the facts a text asks for, in their order."""
    return tuple(_PLACE.findall(text))


def fill(text: str, facts: Mapping[str, FactValue]) -> str:
    """A plain text with its facts filled in; a fact nobody has given yet reads ``[name]``."""
    return _PLACE.sub(lambda place: _literal(place[1], facts), text)


def fill_markdown(text: str, facts: Mapping[str, FactValue]) -> str:
    """The same for CommonMark: a value can be neither markup nor a link."""
    return _PLACE.sub(lambda place: _escaped(_literal(place[1], facts)), text)


def _literal(name: str, facts: Mapping[str, FactValue]) -> str:
    value = facts.get(name)
    if value is None or value in ("", (), []):
        return f"[{name}]"
    return _one_line(_shown(value))


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
    return "".join("\\" + char if char in punctuation else char for char in value)

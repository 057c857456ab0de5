"""How a walk uses facts: deciding by them, and filling them into texts."""

from __future__ import annotations

from domain.walk_session.step import Facts


def holds(expression: str, facts: Facts) -> bool:
    """Whether ``expression`` is true of ``facts``."""
    return False


def render(text: str, facts: Facts) -> str:
    """``text`` with the facts it names filled in."""
    return text

"""Words one slip of the keyboard away, to look up what a problem misspells."""

from __future__ import annotations

from domain.matching.words import COMMON_WORDS

LEAST_LETTERS = 5
MOST_WORDS = 8
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def slips(stems: list[str]) -> list[tuple[str, str]]:
    """(stem, variant) for each stem that may be misspelt: one letter left out, added, changed or swapped.

    The first letter stays, numbers and short words have no variants, only the first `MOST_WORDS` are tried.
    """
    tried = [stem for stem in stems if len(stem) >= LEAST_LETTERS and stem.isalpha() and stem not in COMMON_WORDS]
    return [(stem, variant) for stem in tried[:MOST_WORDS] for variant in variants(stem)]


def variants(stem: str) -> list[str]:
    """Every word at one slip from the stem behind its first letter, without the stem itself."""
    cuts = [(stem[:i], stem[i:]) for i in range(1, len(stem) + 1)]
    left_out = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    changed = {head + letter + tail[1:] for head, tail in cuts if tail for letter in _LETTERS}
    added = {head + letter + tail for head, tail in cuts for letter in _LETTERS}
    return sorted((left_out | swapped | changed | added) - {stem})

"""Words of a text, brought to a common stem. The same function reads flows and problems, so both sides agree.

The stemmer only strips English endings; words of other languages pass unchanged and are still found by equality
and by trigrams.
"""

from __future__ import annotations

import re
import unicodedata

MAX_WORD = 40
MAX_QUERY_WORDS = 40

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ENDINGS = ("ies", "ing", "ed", "es", "s")


def words(text: str) -> list[str]:
    """Stems in the order of the text; digits count as words, because error codes and models are what people quote."""
    return [_stem_of(match.group()) for match in _WORD.finditer(_folded(text))]


def stem(word: str) -> str:
    """The word without one English ending, never shorter than three letters."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


_COMMON = (
    "a am an and any are as at be been but by can cant could did do does doesnt dont for from get got had has have "
    "hello help hi how i if im in is isnt it its ive just me my need no not of on or our please so some thank that the "
    "their them then there these they this to too us was we were what when where which who why will with would you your"
)
COMMON_WORDS = frozenset(stem(word) for word in _COMMON.split())
"""Stems too frequent to look candidates up by in a large account."""


def query_words(problem: str) -> list[str]:
    """Distinct stems of a problem, the first `MAX_QUERY_WORDS` in its order."""
    return list(dict.fromkeys(words(problem)))[:MAX_QUERY_WORDS]


def stem_spans(text: str) -> dict[str, str]:
    """Each stem with the word it first came from, as the text spells it in lower case."""
    found: dict[str, str] = {}
    for match in _WORD.finditer(_folded(text)):
        found.setdefault(_stem_of(match.group()), match.group())
    return found


def plain(text: str) -> str:
    """The text as trigrams compare it: lower case, only letters and digits, single blanks."""
    return " ".join(match.group() for match in _WORD.finditer(_folded(text)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _stem_of(word: str) -> str:
    return stem(word.replace("'", "").replace("’", ""))[:MAX_WORD]

"""Slips of the keyboard: a word that is none is read as the known word one slip away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.builder import floor_pairs as pairs
from domain.builder.floor_foreign import MARKS
from domain.builder.floor_nouns import LIMITED
from domain.builder.floor_objects import STRONG
from domain.builder.floor_orders import HARM
from domain.builder.floor_phrases import PHRASES
from domain.builder.floor_vocabulary import EVERYDAY, is_everyday
from domain.builder.floor_words import words

_PROTECTED = words(
    "registry regedit password passwords passcode passphrase credentials firewall antivirus defender protection encryption bitlocker windows files folder folders profile profiles mailbox inbox partition disk drive "
    "server servers domain license licence licenses licences subscription subscriptions invoice payment administrator admin script scripts powershell terminal command driver drivers software program "
    "account accounts authenticator teamviewer anydesk firmware recovery documents verification identity router permission permissions billing security certificate macros download downloads"
)
_RISKY = frozenset(form for form in HARM if len(form) > 4) | frozenset(pairs.verb_forms(pairs.INSTALL | pairs.DELETE | pairs.BUY | pairs.CREDENTIAL)) | _PROTECTED
_WORD = re.compile(r"[a-z]{4,20}")


def _slips(word: str) -> Iterator[str]:
    """The word with each letter left out, and as it is: two words one slip apart share one of these."""
    yield word
    for index in range(len(word)):
        yield word[:index] + word[index + 1 :]


def _index(lexicon: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in sorted(lexicon):
        if len(word) > 3:
            for slip in _slips(word):
                found.setdefault(slip, word)
    return found


_KNOWN = _index(_RISKY)
_HARMLESS = _index(frozenset(word for word in EVERYDAY if word.isalpha()))


_PATTERNS = (*(pattern for _, pattern in STRONG), *(pattern for _, pattern, _ in LIMITED), *(pattern for *_, pattern in PHRASES), *(pair.objects for pair in pairs.PAIRS))
NAMED = frozenset(form for pattern in _PATTERNS for word in _WORD.findall(pattern.pattern) for form in (word, word.removesuffix("s"))).union(*(pair.forms for pair in pairs.PAIRS))


def _nearest(word: str, names: frozenset[str]) -> str:
    if word in _RISKY or word in NAMED or is_everyday(word):
        return word
    for lexicon in (_KNOWN,) if word in names else (_KNOWN, _HARMLESS):
        for slip in _slips(word):
            other = lexicon.get(slip)
            if other is not None and other[0] == word[0] and abs(len(other) - len(word)) < 2:
                return other
    return word


def corrected(text: str, names: frozenset[str]) -> str:
    """The flattened English text with its slips mended, as far as one slip a word goes. A name may be no word at all."""
    if not MARKS.isdisjoint(text.replace(",", " ").split()):
        return text
    return _WORD.sub(lambda match: _nearest(match.group(), names), text)

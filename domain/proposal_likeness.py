"""When two proposals say nearly the same, and how to find those that may without comparing all with all.

A tree's words are its *digest*; two digests are compared exactly. Before that, the *bands* tell who is worth comparing:
minhash values (Broder 1997), two to a band. Trees that are alike share at least one band (at a Jaccard similarity of
their words of 0.54 with a probability of 0.9997), trees that have little in common seldom do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final
from uuid import UUID

from domain.flow_align import similarity
from domain.flow_tree import FlowTree

ALIKE: Final = 0.8  # similarity from which two proposals say the same
BANDS: Final = 24
_ROWS: Final = 2  # minhash values to a band
_MAX_WORDS: Final = 400
_PRIME: Final = (1 << 61) - 1
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """``digest``: the words of what is written (stubs left out). ``bands``: signed 32-bit numbers, of one account."""

    digest: str
    bands: tuple[int, ...]


def likeness_of(tree: FlowTree, account_id: UUID) -> Likeness:
    """What a proposal is compared by. Bands of two accounts have nothing in common, whatever the texts."""
    text = " ".join(node.text for node in tree.nodes if not node.needs_review)
    words = [word for found in _WORD.finditer(text.casefold()) if (word := found[0][:40])][:_MAX_WORDS]
    return Likeness(" ".join(words), _bands(frozenset(words), account_id.bytes))


def alike(left: str, right: str) -> float:
    """How alike two digests are, 0 to 1."""
    return similarity(left, right)


def _bands(words: frozenset[str], salt: bytes) -> tuple[int, ...]:
    if not words:
        return ()
    hashes = [int.from_bytes(blake2b(word.encode(), digest_size=7, key=salt).digest()) for word in words]
    lowest = [min((a * one + b) % _PRIME for one in hashes) for a, b in _PERMUTATIONS]
    rows = [(number, *lowest[number * _ROWS : (number + 1) * _ROWS]) for number in range(BANDS)]
    return tuple(sorted({_number(repr(row).encode(), salt) for row in rows}))


def _number(data: bytes, salt: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=4, key=salt).digest(), signed=True)


def _coefficient(number: int, name: bytes) -> int:
    """Constants that are the same in every process and release."""
    drawn = int.from_bytes(blake2b(b"%s %d" % (name, number), digest_size=8).digest())
    return drawn % (_PRIME - 1) + 1


_PERMUTATIONS: Final = tuple((_coefficient(n, b"a"), _coefficient(n, b"b")) for n in range(BANDS * _ROWS))

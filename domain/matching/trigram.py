"""Trigram similarity of two texts through fixed-size signatures, cheap enough to compare every text of an account.

A text's trigrams (those of pg_trgm: each word padded with two blanks before and one after) are hashed into the bits of
a signature; the share of common bits estimates Jaccard's index, a few hundredths too high by collisions. PostgreSQL's
`bit_count` does the same sum at a hundredth of the price of `similarity()`, which takes both texts apart at each call.
"""

from __future__ import annotations

from zlib import crc32

from domain.matching.words import plain

BITS = 1024
MOST_CHARACTERS = 500


def signature(text: str) -> int:
    """The text's trigrams as set bits of a number below 2**BITS; 0 when it has no letter or digit."""
    bits = 0
    for word in plain(text)[:MOST_CHARACTERS].split():
        padded = f"  {word} "
        for start in range(len(padded) - 2):
            bits |= 1 << crc32(padded[start : start + 3].encode()) % BITS
    return bits


def alike(one: int, other: int) -> float:
    """0 nothing in common, 1 the same trigrams; 0 for two empty ones."""
    either = (one | other).bit_count()
    return (one & other).bit_count() / either if either else 0.0


def bits(value: int) -> str:
    """PostgreSQL's text form of a signature."""
    return f"{value:0{BITS}b}"

"""The second reader of the hard floor: how likely it is that a text orders a deed, learnt from labelled texts.

The rules know what they were told; this reader weighs all the words of a text and what their clauses do (forbid,
order, ask, hand over), so that a new wording of an old deed, or of an old warning, is recognised by the company it
keeps. It is a logistic regression over hashed features: its weights are one small file beside this one, made from the
tests' corpus by ``python -m benchmarks.floor_fit``. No arithmetic beyond sums: the same text always reads the same.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from domain.builder import floor_clauses as grammar
from domain.builder.floor_clauses import Clause
from domain.builder.floor_named import strong_things
from domain.builder.floor_negation import is_forbidden
from domain.builder.floor_nouns import LIMITED
from domain.builder.floor_orders import HARM, is_excused

FILE = Path(__file__).with_name("floor_learned.bin")
BITS = 17
FORMAT = 1
_MASK = (1 << BITS) - 1
_TOKEN = re.compile(r"[a-z0-9]+|[?!.,;:\n]")


@dataclass(frozen=True, slots=True)
class Weights:
    """``header`` says what the file was made of; ``steps`` are the weights in units of ``scale``."""

    header: dict[str, object]
    bias: float
    scale: float
    steps: array[int]


def written(header: dict[str, object], bias: float, scale: float, steps: Sequence[int]) -> bytes:
    """The file: one line of JSON, then the weights as signed bytes, compressed."""
    first = {"format": FORMAT, "bits": BITS, **header, "bias": bias, "scale": scale}
    return json.dumps(first, sort_keys=True).encode() + b"\n" + zlib.compress(array("b", steps).tobytes(), 9)


def read(content: bytes) -> Weights:
    """Raises ``ValueError`` for a file that is not of this format."""
    first, _, packed = content.partition(b"\n")
    header = json.loads(first)
    steps = array("b", zlib.decompress(packed))
    if header["format"] != FORMAT or header["bits"] != BITS or len(steps) != _MASK + 1:
        raise ValueError("the learned reader's file is of another version")
    return Weights(header, header["bias"], header["scale"], steps)


@lru_cache(maxsize=1)
def weights() -> Weights:
    return read(FILE.read_bytes())


class Likelihood(NamedTuple):
    """Of an order of a deed, between 0 and 1, each of the sentence where it is highest.

    ``around``: the sentence with its neighbours; ``alone``: by itself; ``together``: both weighing the same, and
    ``worst`` is the sentence where that is highest.
    """

    around: float
    together: float
    alone: float
    worst: str


def likelihood(sentences: Sequence[Sequence[Clause]], known: Weights | None = None) -> Likelihood:
    """Of the clauses of a text in the rules' spelling; by the file's weights when no others are given.

    A sentence is read with its neighbours, which may take it back, and with no more: however much harmless text stands
    before and behind a deed, none of it speaks for the deed.
    """
    known = known or weights()
    said = list(_read_all(sentences))
    if not said:
        return Likelihood(0.0, 0.0, 0.0, "")
    alone = [_total(found, known) for _, found in said]
    near = [frozenset().union(*(found for _, found in said[max(at - 1, 0) : at + 2])) for at in range(len(said))]
    around = [_total(found, known) for found in near]
    together = [(one + other) / 2 for one, other in zip(alone, around, strict=True)]
    at = max(range(len(said)), key=together.__getitem__)
    return Likelihood(_share(max(around)), _share(together[at]), _share(max(alone)), said[at][0])


def _share(total: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _total(found: frozenset[int], known: Weights) -> float:
    return sum(map(known.steps.__getitem__, found)) * known.scale / math.sqrt(len(found) or 1) + known.bias


def features(sentences: Sequence[Sequence[Clause]]) -> frozenset[int]:
    """The numbers of what the text holds; each counts once, and all of them weigh the same together."""
    return frozenset().union(*(found for _, found in _read_all(sentences)))


def _read_all(sentences: Sequence[Sequence[Clause]]) -> Iterator[tuple[str, frozenset[int]]]:
    return (_read_sentence(tuple(sentence)) for sentence in sentences)


@lru_cache(maxsize=128)  # clauses are told apart as objects; this holds those of the text at hand
def _read_sentence(sentence: tuple[Clause, ...]) -> tuple[str, frozenset[int]]:
    said = sentence[0].sentence + (" ?" if sentence[0].is_question else " .")
    tokens = _TOKEN.findall(said)
    names = {*_sequences(tokens), *(name for clause in sentence for name in _doings(clause))}
    return said, frozenset(map(_number, names)).union(*map(_pieces, tokens))


def _number(name: str) -> int:
    return zlib.crc32(name.encode()) & _MASK


def _sequences(tokens: list[str]) -> Iterator[str]:
    """One to three words in a row, stops among them."""
    row = ["^", *tokens, "$"]
    yield from (f"w {one}" for one in row)
    yield from (f"w {one} {two}" for one, two in pairwise(row))
    yield from (f"w {one} {two} {three}" for one, two, three in zip(row, row[1:], row[2:], strict=False))


@lru_cache(maxsize=4_096)
def _pieces(token: str) -> frozenset[int]:
    """Three to five letters of a word: its stem and endings, and what a slip of the finger leaves of it."""
    word = f" {token} "
    return frozenset(_number("c" + word[at : at + size]) for size in (3, 4, 5) for at in range(len(word) - size + 1))


def _doings(clause: Clause) -> Iterator[str]:
    """What the clause does with its words: its verb and mood, and the mood of each word and of each protected thing."""
    head, mood = clause.head, _mood(clause)
    yield f"h {clause.lead}|{head}{'?' if clause.is_question else ''}"
    yield f"hm {mood}"
    yield f"hh {mood} {head}"
    for token in set(clause.tokens):
        yield f"hw {mood} {token}"
        yield f"hp {head} {token}"
        if token in HARM:
            yield f"ha {mood} {HARM[token]}"
    yield from (f"st {mood} {floor_class.value}" for _, floor_class, _ in strong_things(clause))
    yield from (f"li {mood} {floor_class.value}" for floor_class, things, _ in LIMITED if things.search(clause.text))


def _mood(clause: Clause) -> str:
    """n: forbidden, e: excused otherwise; o: in an order's form; ?: a question."""
    last = len(clause.tokens)
    excuse = "n" if is_forbidden(clause, last) else "e" if is_excused(clause, last - 1) else ""
    return excuse + ("o" if grammar.is_order(clause) else "") + ("?" if clause.is_question else "")

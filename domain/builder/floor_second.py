"""What the two readers of the floor say together: the rules, and the one that has learnt.

What the rules find in a plain order (*disable the firewall*) stays found, whatever was learnt. Much of what else they
refuse they refuse from ignorance: an unknown word, a clause that names a protected thing and is neither known as an
order nor as harmless. There the learned reader may speak for the text, when it is sure. And it refuses by itself what
most probably orders a deed in words the rules do not know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.builder import floor_clauses as grammar
from domain.builder import floor_pairs as pairs
from domain.builder.floor_clauses import Clause
from domain.builder.floor_hit import FloorHit
from domain.builder.floor_learned import Likelihood, Weights, likelihood
from domain.builder.floor_orders import HARM

# Chosen with each source of the corpus left out in turn (``benchmarks/floor_fit.py``).
REFUSED_FROM = 0.5
REFUSED_ALONE_FROM = 0.98  # whatever its neighbours say
NAMED_LIFTED_BELOW = 0.2
UNKNOWN_LIFTED_BELOW = 0.3
_LEAST_WORDS = 3  # a button's *Fertig* says too little to be judged by its letters

_BASE = frozenset(
    form for forms in (HARM, *(pair.forms for pair in pairs.PAIRS)) for form, kind in forms.items() if kind == "base"
)
_CERTAIN = frozenset({"kept-off", "told-secret"})  # deeds worded as a prohibition or a question
# Words beside a verb that may make a report, a prohibition or somebody else's task of it.
_TURNING = re.compile(
    r"\b(?:not?|never|nor|none|nobody|nothing|without|cannot|avoid|refrain|refus\w+|declin\w+|den(?:y|ied)|forbid\w*|"
    r"limits|instead|rather|hands|leave|stay|keep|resist|escalate|engineers?|team|desk|was|were|had|has|if|when|out|"
    r"wants?|wanted|kein\w*|nicht|nie|pas|ni|non|nao|niet|geen|inte|ne|n|jamais|nunca|mai)\b"
)


def judged(
    hits: tuple[FloorHit, ...], sentences: Sequence[Sequence[Clause]], known: Weights | None = None
) -> tuple[FloorHit, ...]:
    """The rules' hits without those that are lifted, or the learned reader's own; ``known`` as in ``likelihood``."""
    if hits:
        return lifted(hits, sentences, known)
    if sum(len(clause.tokens) for sentence in sentences for clause in sentence) < _LEAST_WORDS:
        return ()
    found = likelihood(sentences, known)
    if not _reads_as_deed(found):
        return ()
    return (FloorHit(None, f"learned: {found.together:.2f}", found.worst[:200]),)


def lifted(
    hits: tuple[FloorHit, ...], sentences: Sequence[Sequence[Clause]], known: Weights | None = None
) -> tuple[FloorHit, ...]:
    """The hits that stand. All do when one of them is certain."""
    if not hits or any(_is_certain(hit) for hit in hits):
        return hits
    found = likelihood(sentences, known)
    if _reads_as_deed(found):
        return hits
    return tuple(hit for hit in hits if found.around >= _bound(hit))


def _reads_as_deed(found: Likelihood) -> bool:
    return found.together >= REFUSED_FROM or found.alone >= REFUSED_ALONE_FROM


def _bound(hit: FloorHit) -> float:
    return UNKNOWN_LIFTED_BELOW if hit.floor_class is None else NAMED_LIFTED_BELOW


def _is_certain(hit: FloorHit) -> bool:
    """A deed's verb at the head of its clause and nothing that could turn it; or a text that cannot be read at all."""
    if hit.floor_class is None:
        return hit.rule == "unreadable"
    if hit.rule in _CERTAIN:
        return True
    tokens = tuple(hit.excerpt.split())
    return bool(tokens) and tokens[grammar.head_index(tokens)] in _BASE and _TURNING.search(hit.excerpt) is None

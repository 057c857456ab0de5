"""A clause that only says how things are: a state, a message, a list of what is to be noted."""

from __future__ import annotations

import re

from domain.builder import floor_clauses as grammar
from domain.builder import floor_safe as safe
from domain.builder import floor_words as words
from domain.builder.floor_clauses import Clause
from domain.builder.floor_negation import is_forbidden
from domain.builder.floor_orders import HARM

# After a protected thing these say that a sign of it is meant, not the thing.
SIGNS = words.words(
    "message messages warning warnings error errors alert alerts notice notification popup icon symbol screen page prompt name logo status state shown "
    "wanted refused declined unreachable full "
    "appears appeared missing expired needed failed says shows problem question version updates vendor team arranged booked planned scheduled requested reported mentioned maintenance"
)
_FINDS = words.words(
    "is are was were has had did does says show shows showed reports reported mentions mentioned asks asked seems seemed appears appeared looks looked blocks blocked "
    "remains keeps stays came comes belongs failed fails exists requires needs need expired sees saw gets got changed appears handles means prevents protects opens opened started "
    "ist sind war wird wurde hat haben zeigt meldet fragt steht fehlt est sont etait affiche demande indique es esta son fue ha muestra pide indica falta sono mostra chiede manca tem pede zijn werd heeft toont vraagt meldt ontbreekt"
)
# What praises a deed describes nothing.
_PRAISE = words.words(
    "friend friends place way answer fix cure remedy trick tricks shortcut route solution culprit key best better good help helps easiest quickest fastest simplest worth enough where how "
    "suspect waiting ready can could should must might would will shall wants due overdue bet option time turn idea go away gone"
)
# ``Le plus simple est de …``: praise in other languages.
_ADVICE = re.compile(
    r"\b(?:est|c est|serait) d[e ]|\bil faut\b|\b(?:es|e|sera|seria|sarebbe) (?:de |di )?\w+(?:ar|er|ir|are|ere|ire)\b|\bam \w+sten\b|\b(?:empfehle|conseille|recomiendo|recomendo|consiglio|suggerisco|aanraden|beste is)\b|"
    r"\b(?:plus simple|lo mejor|o melhor|la soluzione|la solucion|a solucao|la solution|die losung|de oplossing)\b"
)
# ``the user has to …``: what the reader or the caller is bound to do is an order.
_BOUND = re.compile(r"(?:the |your |this )?(?:user|customer|caller|client|technician|colleague|person) (?:has|needs|is|ought) to\b")
_NEEDS = words.words("needs requires")


def is_described(clause: Clause, at: int, end: int) -> bool:
    """True when the thing at tokens ``at``..``end`` is only reported on."""
    tokens = clause.tokens
    sign = any(token in SIGNS for token in tokens[end : end + 2]) or tokens[end:] in (("on",), ("active",), ("up",))
    if sign and grammar.head_index(tokens) >= at:
        return True
    if _somebody_does(tokens) and "you" not in tokens and _PRAISE.isdisjoint(tokens):
        return True
    if is_advice(clause.text) or _BOUND.match(clause.text):
        return False
    if not any(token in _FINDS or token in words.FINITE for token in tokens) or grammar.is_order(clause) or "you" in tokens:
        return False
    return _is_unpraised(tokens) or not _NEEDS.isdisjoint(tokens)


def _is_unpraised(tokens: tuple[str, ...]) -> bool:
    """A *key* is praise after an article (``is the key``) and a thing after a noun (``a recovery key``)."""
    praised = _PRAISE.intersection(tokens)
    return not praised or (praised == {"key"} and tokens[tokens.index("key") - 1] not in ("the", "a"))


def _somebody_does(tokens: tuple[str, ...]) -> bool:
    """``customer demands …``: a person, and a verb in the third person."""
    return any(
        person in words.PEOPLE and verb.endswith("s") and not verb.endswith("ss") and after not in ("to", "the")
        for person, verb, after in zip(tokens[:2], tokens[1:3], (*tokens[2:4], "", ""), strict=False)
    ) or (len(tokens) > 3 and tokens[:2] in (("user", "wants"), ("customer", "wants")))


def is_advice(text: str) -> bool:
    """True for other languages' ``the simplest thing is to …``."""
    return _ADVICE.search(text) is not None


def is_topic(clause: Clause, sentence: list[Clause]) -> bool:
    """``System32: look, do not touch``: the thing is named, and the sentence forbids to touch it or only looks."""
    index = sentence.index(clause)
    if index and _lists(clause, sentence[:index]):
        return True
    if not is_nominal(clause) or index + 1 == len(sentence):
        return False
    later = sentence[index + 1 :]
    if later[0].lead in ("and", "or") and is_forbidden(later[0], 0):  # ``antivirus and firewall stay on``
        return True
    return _forbids(later[-1]) and all(
        _forbids(other) or other.head in words.OBSERVING_HEADS or is_nominal(other) for other in later
    )


def is_nominal(clause: Clause) -> bool:
    """A thing without a verb, as far as the words known show."""
    return len(clause.tokens) <= 6 and clause.head not in _VERBS


_VERBS = safe.FREE | safe.GUARDED | HARM.keys()


def _forbids(clause: Clause) -> bool:
    at = grammar.head_index(clause.tokens)
    return clause.head in _STOPS or is_forbidden(clause, at) or is_forbidden(clause, len(clause.tokens) - 1)


_STOPS = words.words("leave stop escalate cancel decline refuse ignore close hands keep")


def _lists(clause: Clause, elders: list[Clause]) -> bool:
    """A member of a list that began with looking: ``note the name, the version and the antivirus``."""
    first = elders[0]
    return clause.tokens[0] in words.DETERMINERS and first.head in words.OBSERVING_HEADS and all(
        elder is first or elder.tokens[0] in words.DETERMINERS for elder in elders
    )

"""The second gate: the hard floor's deny rules over a text that would be served (design, section 6).

The burden lies with the text. Some things (the registry, a firewall, a licence …) are never the object of an order: a
clause that names one is refused unless it forbids, asks, reports, leaves the deed to somebody else or takes it back.
Other things (a password, a file, a server …) may have only a few things done to them. And an order is served only when
it is made of the words of harmless steps, so that a new name for an old deed needs no new rule.

A text is read in several spellings (look-alikes folded, slips mended, commands in words), cut into clauses, and every
clause is judged by each kind of rule: ``floor_strong`` (things and phrases), ``floor_deeds`` (verb and object),
``floor_foreign`` (other languages), ``floor_unknown`` (what is not known to be harmless). Then ``floor_second`` asks
the reader that has learnt from labelled texts: it refuses more, and speaks for what was refused from ignorance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.builder import floor_clauses as grammar
from domain.builder import floor_words as words
from domain.builder.categories import FloorClass
from domain.builder.floor_clauses import Clause
from domain.builder.floor_deeds import deed_hits
from domain.builder.floor_embedded import asked_for, embedded_orders
from domain.builder.floor_foreign import foreign_hits
from domain.builder.floor_hit import FloorHit
from domain.builder.floor_named import strong_things
from domain.builder.floor_nouns import LIMITED
from domain.builder.floor_orders import in_order_position, is_excused
from domain.builder.floor_passive import as_order
from domain.builder.floor_reading import is_readable, proper_names, readings
from domain.builder.floor_second import judged, lifted
from domain.builder.floor_strong import phrase_hits, strong_hits
from domain.builder.floor_typos import corrected
from domain.builder.floor_unknown import is_known_language, unknown_order

__all__ = ["FloorHit", "floor_hits", "floor_hits_together", "named_hits", "rule_hits", "sentences_of"]


_MAX_CHARS = 16_000  # longer than any node; what is longer is not read, and not served
_MAX_BREAKS = 150
_MAX_CLAUSE = 60  # words; nobody says so much to a technician without a comma
_UNREADABLE = FloorHit(None, "unreadable", "")
_UNKNOWN_LANGUAGE = FloorHit(None, "unknown language", "")
_BREAKS = re.compile(r"[.,:;!?\n]|\b(?:and|or|then|but|if|so|und|oder|et|ou)\b", re.IGNORECASE)


def floor_hits(text: str) -> tuple[FloorHit, ...]:
    """Every deed of the eleven classes that the text orders; empty when it may be served. Never raises."""
    if not text.strip():
        return ()
    return judged(rule_hits(text), sentences_of(text)) if _is_short(text) else (_UNREADABLE,)


def named_hits(text: str) -> tuple[FloorHit, ...]:
    """Deeds of a known class only: what people are warned of in flows they write themselves."""
    if not text.strip() or not _is_short(text):
        return ()
    named = tuple(hit for hit in rule_hits(text) if hit.floor_class is not None)
    return lifted(named, sentences_of(text)) if named else ()


def sentences_of(text: str) -> list[list[Clause]]:
    """The clauses of each sentence, in the rules' spelling."""
    return _read(text)[0].sentences


def _is_short(text: str) -> bool:
    return len(text) <= _MAX_CHARS and len(_BREAKS.findall(text)) <= _MAX_BREAKS


def rule_hits(text: str) -> tuple[FloorHit, ...]:
    """What the rules say by themselves of a text that is no longer than a node."""
    read = _read(text)
    found = [] if is_readable(text) else [_UNREADABLE]
    if not is_known_language(read[0].text, is_plain=text.isascii()):
        found.append(_UNKNOWN_LANGUAGE)
    for reading in read:
        for sentence in reading.sentences:
            for clause in sentence:
                found.extend(_hits_in(clause, sentence, reading.names))
        found.extend(_pronoun_hits(reading.sentences))
    named = [hit for hit in found if hit.floor_class is not None]
    return tuple(dict.fromkeys(named or found))


def floor_hits_together(texts: Sequence[str]) -> tuple[FloorHit, ...]:
    """Deeds that only texts shown together order: one names the thing, a later one says what to do with *it*."""
    sentences = [sentence for text in texts if text.strip() for sentence in _read(text)[0].sentences]
    return tuple(dict.fromkeys(_pronoun_hits(sentences)))


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a text. ``names`` are its proper names; None where only what is listed is looked for."""

    text: str
    names: frozenset[str] | None
    sentences: list[list[Clause]]


@lru_cache(maxsize=32)
def _read(text: str) -> tuple[_Reading, ...]:
    first, *others = readings(text)
    names = proper_names(text)
    mended = corrected(first, names)
    rest = [reading for reading in (first, *others) if reading != mended]
    return (
        _Reading(mended, names, grammar.clauses(mended)),
        *(_Reading(reading, None, grammar.clauses(reading)) for reading in rest),
    )


def _hits_in(clause: Clause, sentence: list[Clause], names: frozenset[str] | None) -> Iterator[FloorHit]:
    if len(clause.tokens) > _MAX_CLAUSE:
        yield _UNREADABLE
        return
    yield from _clause_hits(clause, sentence, names)
    active = as_order(clause)
    if active is not None and not is_excused(clause, len(clause.tokens) - 1):
        yield from _clause_hits(active, [active], names)
    for inner in embedded_orders(clause):
        yield from unknown_order(inner, names)
    listed = asked_for(clause, sentence)
    if listed is not None:
        yield from deed_hits(listed)


def _clause_hits(clause: Clause, sentence: list[Clause], names: frozenset[str] | None) -> Iterator[FloorHit]:
    yield from phrase_hits(clause)
    if grammar.is_state_question(clause):
        return
    yield from strong_hits(clause, sentence)
    yield from deed_hits(clause)
    yield from foreign_hits(clause)
    yield from unknown_order(clause, names)


_PRONOUN_DEEDS = words.words(
    "disable deactivate delete remove edit change modify uninstall wipe erase format install reinstall download bypass "
    "unlock reset stop kill pause suspend overwrite rename replace run execute turn switch shut buy order cancel renew "
    "assign set import flash clear publish"
)


def _pronoun_hits(sentences: list[list[Clause]]) -> Iterator[FloorHit]:
    """``The antivirus is not needed, so switch it off``: the object was named before, the order says *it*."""
    named: tuple[FloorClass, str] | None = None
    for sentence in sentences:
        for clause in sentence:
            if _is_unchecked(sentences, clause):
                yield FloorHit(FloorClass.SECRETS_IDENTITY, "unchecked (it)", clause.text[:200])
            is_cancelled = clause.head == "cancel" and named is not None and named[0] is not FloorClass.BILLING_LICENCE
            said_again = (_orders_pronoun(clause) and not is_cancelled) or _chooses_deed(clause)
            if named is not None and (said_again or _of_its_class(named[0], clause)):
                yield FloorHit(named[0], f"{named[1]} (it)", clause.text[:200])
            last = _last_named(clause)
            named = last or (None if _names_other(clause) else named)


def _is_unchecked(sentences: list[list[Clause]], clause: Clause) -> bool:
    """``Identity? Skip it, we know her``."""
    if _SKIPS.search(clause.text) is None or is_excused(clause, 0):
        return False
    return any(_CHECK.search(elder.text) for sentence in sentences for elder in sentence if elder is not clause)


_SKIPS = re.compile(
    r"^(?:just |please |simply |you can |you may )?(?:skip|drop|omit|waive|forget|leave out|spare) "
    r"(?:it|that|this|them)\b"
)
_CHECK = re.compile(r"\b(?:identity|id check|call ?back|verification|caller check|security questions?)\b")


def _chooses_deed(clause: Clause) -> bool:
    """``right-click the drive and choose Format``."""
    return _CHOICE.match(clause.text) is not None and not is_excused(clause, 0)


_CHOICE = re.compile(
    r"(?:then |and )?(?:choose|pick|select|click|press|hit|tap) (?:the )?"
    r"(?:delete|remove|erase|format|wipe|uninstall|rename)(?: (?:drive|disk|option|button|entry|volume|partition))?$"
)


def _of_its_class(named: FloorClass, clause: Clause) -> bool:
    """``The print server hangs, so give that machine a restart``; ``there is a spare seat, hand it to her``."""
    pattern = _BY_CLASS.get(named)
    if pattern is None or pattern.search(clause.text) is None:
        return False
    return grammar.is_order(clause) and not is_excused(clause, grammar.head_index(clause.tokens))


_RESTARTS = re.compile(
    r"(?:choose|pick|select|click|press|hit) (?:restart|reboot|stop|shut ?down)(?: |$)|"
    r"(?:restart|reboot|bounce|kick|stop|start|power cycle|reset) (?:it|them|this|that|one)\b|"
    r"(?:give|do|need) (?:it|them|(?:this|that|the) (?:machine|host|box|one|system)) (?:an? )?(?:quick )?"
    r"(?:restart|reboot|kick|bounce)|(?:restart|reboot|bounce|reset) (?:this|that) (?:machine|host|box|one|system)"
)

_BY_CLASS = {
    FloorClass.SERVER_CONFIG: _RESTARTS,
    FloorClass.BILLING_LICENCE: re.compile(
        r"(?:hand|give|lend|pass|take|move|get) (?:it|that|this|one|them) (?:to|from|over)\b"
    ),
}


def _orders_pronoun(clause: Clause) -> bool:
    if grammar.is_state_question(clause) and {"offer", "ask", "want"} & set(clause.tokens):
        return False  # ``does the computer offer to format it?``
    for index, token in enumerate(clause.tokens):
        if token not in _PRONOUN_DEEDS or not in_order_position(clause, index):
            continue
        behind = clause.tokens[index + 1 : index + 3]
        particle_ok = token not in ("turn", "switch", "shut") or "off" in clause.tokens or "down" in clause.tokens
        rest = clause.tokens[index + 1 :]
        back_on = "on" in rest and "off" in rest
        if (
            any(word in words.PRONOUNS | {"one"} for word in behind)
            and particle_ok
            and not back_on
            and not is_excused(clause, index)
        ):
            return True
    return False


_ALSO_NAMED = tuple(
    (floor_class, pattern)
    for floor_class, pattern, _ in LIMITED
    if floor_class in (FloorClass.DATA_DELETION, FloorClass.BILLING_LICENCE, FloorClass.SERVER_CONFIG)
)


def _last_named(clause: Clause) -> tuple[FloorClass, str] | None:
    also = (
        (clause.text[: match.start()].count(" "), floor_class, match.group())
        for floor_class, pattern in _ALSO_NAMED
        for match in pattern.finditer(clause.text)
    )
    last = max((*strong_things(clause), *also), key=lambda thing: thing[0], default=None)
    return None if last is None else (last[1], last[2])


def _names_other(clause: Clause) -> bool:
    """A new thing was named, so *it* means that one."""
    return any(token in words.DETERMINERS for token in clause.tokens) and len(clause.tokens) > 3

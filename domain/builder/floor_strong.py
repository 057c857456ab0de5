"""Hits by phrase, and orders about things that are never the object of an order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from domain.builder import floor_clauses as grammar
from domain.builder import floor_pairs as pairs
from domain.builder import floor_words as words
from domain.builder.categories import FloorClass
from domain.builder.floor_clauses import Clause, words_in
from domain.builder.floor_described import is_described, is_topic
from domain.builder.floor_hit import FloorHit
from domain.builder.floor_named import strong_things
from domain.builder.floor_needles import needles
from domain.builder.floor_negation import is_forbidden
from domain.builder.floor_objects import ALWAYS
from domain.builder.floor_orders import (
    HARM,
    in_order_position,
    is_excused,
    is_progressive,
    is_refused_request,
    is_reported,
    stops_then,
)
from domain.builder.floor_passive import as_order
from domain.builder.floor_phrases import FOREIGN_UPDATE, PHRASES

_ENGLISH = words.words("the your this to of and with is you customer user their own it for on an from by")


_PHRASE_NEEDLES = tuple(needles(pattern) for *_, pattern in PHRASES)


@lru_cache(maxsize=64)
def _possible(whole: str) -> tuple[tuple[FloorClass, str, re.Pattern[str]], ...]:
    """The phrases that the text can hold at all."""
    return tuple(
        phrase
        for phrase, found in zip(PHRASES, _PHRASE_NEEDLES, strict=True)
        if found is None or any(needle in whole for needle in found)
    )


def phrase_hits(clause: Clause) -> Iterator[FloorHit]:
    text = f"which {clause.text}" if clause.lead == "which" else clause.text
    is_english = not _ENGLISH.isdisjoint(clause.tokens)
    for floor_class, name, pattern in _possible(clause.whole):
        if is_english and name == "foreign":
            continue
        for match in pattern.finditer(text):
            at, last = text[: match.start()].count(" "), text[: match.end()].count(" ")
            if not _excused_phrase(clause, name, at, match.group()) and not (
                name == "foreign" and is_forbidden(clause, last)
            ):
                yield FloorHit(floor_class, name, text[:200])
                break


def _excused_phrase(clause: Clause, name: str, at: int, matched: str) -> bool:
    if name in ("skip-identity", "unchecked"):
        before = replace(clause, tokens=clause.tokens[: at + 1])
        is_end = is_refused_request(clause) or not _ENDS.isdisjoint(clause.tokens)  # ``without a call-back the walk ends``
        return is_end or is_forbidden(before, at) or (matched.startswith("ignore") and "error" in matched)
    if name in ("what-is-secret", "told-secret", "kept-off"):  # what is forbidden in the last is the protection itself
        return name != "kept-off" and is_forbidden(clause, at)
    is_admission = name == "let-in" and not _MEETING.isdisjoint(words_in(clause.sentence))
    if name == "foreign" and FOREIGN_UPDATE.search(clause.text) and pairs.OFFERED_BUT_NOT.search(clause.text) is None:
        return True
    if is_admission or name == "deed-noun" and not _PAST.isdisjoint(clause.tokens):
        return True
    if grammar.is_state_question(clause) and name not in _IN_QUESTIONS and not _asks_for_secret(name, matched):
        return True
    return is_excused(clause, at)


_MEETING = words.words("host organiser organizer meeting lobby call")
_ENDS = words.words("ends end stops over")
_PAST = words.words("was were has had did needs need requires since after")
# A question is the deed itself here.
_IN_QUESTIONS = words.words("what-is-secret digits say-it match-number without told-secret")


def _asks_for_secret(name: str, matched: str) -> bool:
    """``Wie lautet Ihr Passwort?`` is a question, and the deed is to ask it."""
    return name == "foreign" and matched.split(maxsplit=1)[0] in ("wie", "quel", "cual", "qual", "wat")


def strong_hits(clause: Clause, sentence: list[Clause]) -> Iterator[FloorHit]:
    done: set[FloorClass] = set()
    for at, floor_class, name in strong_things(clause):
        if floor_class in done or is_excused(clause, at) or not _is_ordered(clause, sentence, at, name):
            continue
        done.add(floor_class)
        yield FloorHit(floor_class, name, clause.text[:200])


def _is_ordered(clause: Clause, sentence: list[Clause], at: int, name: str) -> bool:
    """The burden lies with the text: what is not recognised as a description of the thing is an order about it."""
    end = at + len(name.split())
    if is_topic(clause, sentence):
        return False
    if name in ALWAYS or _passive_order(clause, at) or _is_told(clause, at) or _deed_noun(clause, end):
        return True
    if at and clause.tokens[at - 1] in ("get", "use", "start", "try", "launch") and in_order_position(clause, at - 1):
        return True
    if _harm_before(clause, at):
        return True
    if is_described(clause, at, end) or as_order(clause) is not None:
        return False
    return not grammar.is_order(clause) or _acts(clause, at)


_DEED_NOUNS = words.words(
    "edit edits change changes tweak tweaks fix hack modification modifications removal reset wipe exclusion exception override edition flash"
)


def _deed_noun(clause: Clause, behind: int) -> bool:
    """``a registry tweak``, ``the next step is a firewall exception``; what happened by itself is no deed."""
    return any(token in _DEED_NOUNS for token in clause.tokens[behind : behind + 2]) and not (
        {"did", "was", "were", "has", "had", "after", "since", "recent", "needs", "need", "requires"}
        & set(clause.tokens)
    )


def _acts(clause: Clause, at: int) -> bool:
    """An order whose verb does more than look. Looking *until something is off* is doing, too."""
    if clause.head not in words.OBSERVING_HEADS:
        return True
    return _harm_before(clause, at)


def _is_told(clause: Clause, at: int) -> bool:
    """``tell the firewall to …``: the thing itself is given the order."""
    return (
        at > 0
        and "to" in clause.tokens[at:]
        and clause.tokens[at - 1]
        in ("tell", "ask", "let", "instruct")
        + (("the",) if at > 1 and clause.tokens[at - 2] in ("tell", "instruct") else ())
    )


def _harm_before(clause: Clause, at: int) -> bool:
    """A changing verb in an order's position before the object (``ask the customer to disable the firewall``)."""
    for index, token in enumerate(clause.tokens[:at]):
        form = HARM.get(token)
        if form == "base" and in_order_position(clause, index) and not is_reported(clause, index):
            return True
        if form == "gerund" and not is_progressive(clause, index) and not stops_then(clause):
            return True
    return False


def _passive_order(clause: Clause, at: int) -> bool:
    """``the firewall should be switched off``, ``make sure the firewall is disabled``, ``with the firewall off``."""
    tokens = clause.tokens
    tail = tokens[at:]
    off = [
        index
        for index, token in enumerate(tail)
        if index
        if token in words.OFF_WORDS
        or HARM.get(token) == "participle"
        or (token in ("set", "put", "cut", "run") and tail[index - 1] == "be")
    ]
    gerunds = [index for index, token in enumerate(tail) if HARM.get(token) == "gerund"]
    text = " ".join(tail)
    if gerunds and any(f" {word} " in f" {text} " for word in ("needs", "need", "wants", "requires", "could use")):
        return True
    if not off:
        return False
    if clause.lead in ("once", "after", "as soon as") or tokens[0] == "once":
        return True
    before = " ".join(tokens[:at]) + " " + " ".join(tail[: off[-1]])
    marks = (
        "should",
        "must",
        "has to",
        "have to",
        "had to",
        "needs to",
        "need to",
        "ought to",
        "to be",
        "shall",
        "can be",
        "could be",
        "may be",
        "make sure",
        "ensure",
        "see to it",
        "needs",
        "get",
        "have",
        "with",
        "wants",
        "better",
        "check that",
        "verify that",
        "confirm that",
        "until",
        "is to",
        "are to",
    )
    return any(f" {mark} " in f" {before} " for mark in marks) and "whether" not in before

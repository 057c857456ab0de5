"""Orders nobody has listed as harmless, and languages the rules do not know."""

from __future__ import annotations

from collections.abc import Iterator

from domain.builder import floor_clauses as grammar
from domain.builder import floor_pairs as pairs
from domain.builder import floor_safe as safe
from domain.builder import floor_words as words
from domain.builder.floor_clauses import Clause
from domain.builder.floor_hit import FloorHit
from domain.builder.floor_nouns import LIMITED
from domain.builder.floor_orders import is_excused
from domain.builder.floor_reading import readings


def is_known_language(text: str) -> bool:
    """False for a sentence of which not one word belongs to a language the rules know."""
    tokens = [token for token in readings(text)[0].replace(",", " ").replace(".", " ").split() if token.isalpha()]
    return len(tokens) < 3 or not safe.SUPPORTED_WORDS.isdisjoint(tokens)


def unknown_order(clause: Clause) -> Iterator[FloorHit]:
    """An order with a verb that is not known to be harmless, or that is so only with certain objects."""
    index = grammar.head_index(clause.tokens)
    verb = clause.tokens[index] if clause.tokens else ""
    if verb.startswith("re") and verb not in safe.FREE | safe.GUARDED and verb[2:] in safe.GUARDED:
        verb = verb[2:]
    behind = clause.tokens[index + 1 :]
    if not grammar.is_order(clause) or clause.is_question or clause.lead in ("which", "whether", "because", "since"):
        return
    if is_excused(clause, index) or is_excused(clause, len(clause.tokens)) or verb in words.DESCRIBING_HEADS:
        return
    if verb in _OWN_RESET and pairs.SELF_SERVICE.search(clause.sentence):
        return
    yield from _limited(clause, verb, " ".join(behind[:8]))
    if verb in safe.GUARDED:
        if behind and not _has_desk_object(verb, behind) and behind[0] not in safe.STATES:
            yield FloorHit(None, f"unknown order: {verb}", clause.text[:200])
        return
    if verb in safe.FREE or verb in safe.FREE_FOREIGN or verb in safe.GERUNDS or not verb.isalpha():
        return
    if behind and behind[0] in words.DETERMINERS | _OBJECT_PRONOUNS and len(verb) > 2:
        yield FloorHit(None, f"unknown order: {verb}", clause.text[:200])


def _limited(clause: Clause, verb: str, behind: str) -> Iterator[FloorHit]:
    """An order about a password, an account, a server …, with a verb that is none of the few it may have."""
    if pairs.SELF_SERVICE.search(clause.sentence) or not verb.isalpha() or verb in safe.FREE_FOREIGN:
        return
    if verb not in safe.FREE | safe.GUARDED and behind.split(" ", maxsplit=1)[0] not in words.DETERMINERS:
        return
    for floor_class, pattern, verbs in LIMITED:
        match = pattern.search(behind)
        if match and verb not in verbs and safe.ALLOWED_DELETION.search(behind) is None:
            yield FloorHit(floor_class, f"{verb} {match.group()}", clause.text[:200])


_OBJECT_PRONOUNS = words.words("sie u moi me mi mij mir")


_OWN_RESET = words.words("reset change set unlock create")


def _has_desk_object(verb: str, behind: tuple[str, ...]) -> bool:
    text = " ".join(behind)
    if verb in safe.NOT_WITH_DEVICES and not (verb in ("put", "give", "get", "clear") and behind[0] in words.PRONOUNS):
        text = safe.DEVICES.sub(" ", text)
    return safe.DESK.search(text) is not None

"""Deeds made of a verb and an object in one clause, in the active or the passive."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.builder import floor_pairs as pairs
from domain.builder import floor_safe as safe
from domain.builder import floor_words as words
from domain.builder.categories import FloorClass
from domain.builder.floor_clauses import Clause
from domain.builder.floor_hit import FloorHit
from domain.builder.floor_orders import in_order_position, is_excused, is_progressive, is_reported

_DOING = words.words(
    "do perform run make carry conduct initiate trigger apply execute undertake need needs needed force complete arrange order required"
)


_BROWSER_DATA = words.words("data content contents files")
_SAME_FORM = words.words("reset set put cut shut")


_BY_FORM: dict[str, list[tuple[pairs.Pair, str]]] = {}
for _one in pairs.PAIRS:
    for _form, _kind in _one.forms.items():
        _BY_FORM.setdefault(_form, []).append((_one, _kind))


def deed_hits(clause: Clause) -> Iterator[FloorHit]:
    """One hit for each pair of which a verb stands in the clause as an order, with its object."""
    positions: dict[str, list[tuple[int, str]]] = {}
    found: dict[str, pairs.Pair] = {}
    for index, token in enumerate(clause.tokens):
        for pair, form in _BY_FORM.get(token, ()):
            as_form = _form_here(clause, index, form)
            if as_form is not None:
                found[pair.name] = pair
                positions.setdefault(pair.name, []).append((index, as_form))
    for name, pair in found.items():
        if _is_deed(clause, pair, positions[name]):
            yield FloorHit(pair.floor_class, pair.name, clause.text[:200])


def _form_here(clause: Clause, index: int, form: str) -> str | None:
    """How the verb at ``index`` is used, or None when it orders nothing there."""
    if form == "base":
        done = any(word in _DOING for word in clause.tokens[max(0, index - 5) : index])
        if not done and not in_order_position(clause, index):
            is_had = clause.tokens[index] in _SAME_FORM and index > 1 and clause.tokens[0] in ("have", "get", "with")
            return "participle" if is_had else None
        return None if is_reported(clause, index) else form
    return None if form == "gerund" and is_progressive(clause, index) else form


def _is_deed(clause: Clause, pair: pairs.Pair, positions: list[tuple[int, str]]) -> bool:
    text = clause.sentence if pair.floor_class is FloorClass.CREDENTIALS else clause.text
    if pair.name == "install" and not words.PRONOUNS.isdisjoint(clause.tokens):
        text = clause.whole  # the offered update was named before
    is_secret = pair.floor_class is FloorClass.SECRETS_IDENTITY
    if not is_secret and _is_lifted(pair, text):
        return False
    for index, form in positions:
        if form == "participle" and clause.tokens[index - 1] in words.DETERMINERS | {"other"}:
            continue  # ``an installed browser``
        if form == "participle":
            if _passive_pair(clause, pair, index):
                return True
            continue
        if is_excused(clause, index) or (is_secret and _is_lifted(pair, " ".join(clause.tokens[index:]))):
            continue
        if _has_object(clause, pair, index) and not _warned_on(clause, index):
            return True
    return False


def _is_lifted(pair: pairs.Pair, text: str) -> bool:
    return pair.unless is not None and pair.unless.search(text) is not None and not _unless_is_bait(pair, text)


def _warned_on(clause: Clause, index: int) -> bool:
    """``tell the customer never to give …``: what is told is a prohibition."""
    if clause.tokens[index] not in words.CAUSATIVES | {"tell", "remind", "say", "warn", "want"}:
        return False
    return not {"never", "not", "nobody", "nothing"}.isdisjoint(clause.tokens[index + 1 : index + 9])


def _unless_is_bait(pair: pairs.Pair, text: str) -> bool:
    """A source outside the machine (a link, a vendor's site) makes an ``offered update`` an installation again."""
    if pair.floor_class is FloorClass.SOFTWARE:
        return pairs.OFFERED_BUT_NOT.search(text) is not None
    if pair.floor_class is FloorClass.CREDENTIALS:
        return any(token in words.AGENTS | {"admin", "directory", "console"} for token in text.split())
    return False


def _has_object(clause: Clause, pair: pairs.Pair, index: int) -> bool:
    behind = " ".join(clause.tokens[index + 1 : index + 1 + pair.window])
    if not behind and pair.name == "install" and "update" not in clause.sentence:
        return True
    match = pair.objects.search(behind)
    if match and not (match.group() in _BROWSER_DATA and pairs.BROWSER.search(clause.sentence)):
        return True
    in_front = " ".join(clause.tokens[max(0, index - 4) : index])
    doing = any(word in _DOING for word in clause.tokens[max(0, index - 5) : index])
    return doing and pair.objects.search(in_front) is not None and pair.name not in ("install", "listing", "purchase")


def _has_verb_of_a_person(tokens: tuple[str, ...]) -> bool:
    """``have the caller enter …``: what they have to do is said; a participle behind it only describes."""
    return any(word in words.PEOPLE and verb in safe.FREE | safe.GUARDED for word, verb in pairwise(tokens))


def _passive_pair(clause: Clause, pair: pairs.Pair, index: int) -> bool:
    before = clause.tokens[:index]
    is_named = pair.objects.search(" ".join(before)) is not None and pair.name not in ("listing", "purchase")
    if not is_named and pair.name != "install":
        return False
    if not {"asks", "wants", "offers", "begs", "claims"}.isdisjoint(before):
        return False  # ``the drive asks to be formatted``
    if clause.tokens[0] in ("have", "get") and _has_verb_of_a_person(before):
        return False
    text = f" {' '.join(before)} "
    if not any(
        f" {mark} " in text
        for mark in (
            "should",
            "must",
            "has to",
            "have to",
            "needs to",
            "need to",
            "to be",
            "make sure",
            "ensure",
            "get",
            "have",
            "with",
            "can be",
            "could be",
        )
    ):
        return False
    if (
        clause.is_question
        and clause.tokens[0] in ("has", "have", "had", "did", "does")
        or "has been" in text
        or "have been" in text
    ):
        return False
    return not is_excused(clause, index) and not any(token in ("not", "never", "nothing") for token in before)

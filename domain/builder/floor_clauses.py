"""Sentences cut into clauses, and what a clause does with what it names: order it, forbid it, or look at it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from domain.builder import floor_words as words
from domain.builder.floor_vocabulary import NOUNS, PASTS

_SENTENCE = re.compile(r"([.!?;\n]+)(?=\s|$)")
_CONNECTORS = (
    "and then",
    "and",
    "then",
    "but",
    "or",
    "so that",
    "so(?! (?:much|long|far|many|as)\\b)",
    "if",
    "when",
    "because",
    "until",
    "unless",
    "while",
    "before",
    "after",
    "instead(?! of\\b)",
    "whether",
    "although",
    "though",
    "except",
    "sondern",
    "und",
    "oder",
    "aber(?! (?:nicht|nichts|kein\\w*|nie)\\b)",
    "wenn",
    "falls",
    "ob",
    "weil",
    "bis",
    "et",
    "ou",
    "mais",
    "si",
    "puis",
    "pero",
    "hasta",
    "ma",
    "poi",
    "mas",
    "e(?= \\w+l[oa]s?\\b)",
    "maar",
    "als",
    "totdat",
    "dan",
    "which",
    "since",
    "once",
    "as soon as",
)
_SPLIT = re.compile(r"\s*[,:]\s*(?:(" + "|".join(_CONNECTORS) + r")\s+)?|\s+(" + "|".join(_CONNECTORS) + r")\s+")
_LEAD = re.compile(r"^(" + "|".join(word for word in _CONNECTORS if word not in ("which", "once")) + r")\s+")
CONDITIONS = words.words("if when because until while unless before after wenn falls si se als since once")


@dataclass(frozen=True, eq=False)
class Clause:
    """One clause of a sentence. ``lead`` is the word or comma it is joined with; ``before`` are its elder clauses.

    ``sentence`` and ``whole`` are the texts it stands in. Clauses are the same only when they are one object.
    """

    tokens: tuple[str, ...]
    lead: str
    is_question: bool
    before: tuple[Clause, ...]
    sentence: str
    whole: str = ""
    after: str = ""  # the beginning of what the text says next

    @cached_property
    def text(self) -> str:
        return " ".join(self.tokens)

    @cached_property
    def head(self) -> str:
        return self.tokens[head_index(self.tokens)] if self.tokens else ""


@lru_cache(maxsize=256)
def words_in(text: str) -> frozenset[str]:
    """The words of a sentence or a text, kept while its clauses are judged."""
    return frozenset(_WORD.findall(text))


_WORD = re.compile(r"[a-z0-9]+")


class Surroundings(NamedTuple):
    """Where a clause stands."""

    is_question: bool
    sentence: str
    whole: str
    after: str


_AFTER = 160


def clauses(text: str) -> list[list[Clause]]:
    """The sentences of a flattened text, each as its clauses in order."""
    result: list[list[Clause]] = []
    parts = _SENTENCE.split(text)
    for index in range(0, len(parts), 2):
        mark = parts[index + 1] if index + 1 < len(parts) else ""
        following = "".join(parts[index + 2 : index + 4]).strip()
        found = _cut(parts[index].strip(), "?" in mark, text, following)
        if found:
            result.append(found)
    return result


def _cut(sentence: str, is_question: bool, whole: str, following: str) -> list[Clause]:
    found: list[Clause] = []
    lead_match = _LEAD.match(sentence)
    lead = lead_match.group(1) if lead_match else ""
    rest, position = sentence[lead_match.end() if lead_match else 0 :], 0
    for match in _SPLIT.finditer(rest):
        after = f"{rest[match.start() : match.start() + _AFTER]} . {following}"[:_AFTER]
        _append(found, rest[position : match.start()], lead, Surroundings(is_question, sentence, whole, after))
        lead, position = match.group(1) or match.group(2) or ",", match.end()
    _append(found, rest[position:], lead, Surroundings(is_question, sentence, whole, following[:_AFTER]))
    return found


def _append(found: list[Clause], text: str, lead: str, around: Surroundings) -> None:
    while nested := _LEAD.match(text):  # ``, and if …``
        text, lead = text[nested.end() :], nested.group(1)
    tokens = tuple(text.replace(",", " ").replace(":", " ").split())
    if tokens:
        found.append(
            Clause(tokens, lead, around.is_question, tuple(found), around.sentence, around.whole, around.after)
        )


def head_index(tokens: tuple[str, ...]) -> int:
    """Where the clause's own verb stands when the clause is an order: the first word that is no filler."""
    for index, token in enumerate(tokens):
        if _is_verb_here(tokens, index):
            return index
        if token not in words.FILLERS and not token.isdigit() and not words.is_adverb(token):
            return index
    return max(len(tokens) - 1, 0)


def _is_verb_here(tokens: tuple[str, ...], index: int) -> bool:
    """``get the …``, ``go to the …`` are the order themselves; before a person or a verb they only lead to it."""
    token, following = tokens[index], tokens[index + 1 : index + 4]
    if token in ("go", "proceed", "continue") and len(following) > 1:
        return following[0] in ("to", "into", "in", "through") and following[1] in words.DETERMINERS
    if tokens[index] == "get" and len(following) > 1 and following[0] in words.PRONOUNS and following[1] in words.DETERMINERS:
        return True
    if token not in words.OBJECT_TAKERS or len(following) < 2 or following[0] not in words.DETERMINERS:
        return False
    return not any(word in words.PEOPLE for word in following[1:])


def is_state_question(clause: Clause) -> bool:
    """A question about how things are; ``have you tried …`` and ``can you …`` are orders in a question's form."""
    if not clause.is_question or not clause.sentence:
        return False
    head = clause.sentence.split(maxsplit=12)
    if is_ordering_question(clause):
        return False
    first = next((token for token in head if token not in ("and", "or", "but", "so", "now", "then", ",")), "")
    return first in words.STATE_QUESTION or not _orders_directly(clause)


def is_ordering_question(clause: Clause) -> bool:
    """``could you …``, ``have you tried …``: an order in a question's form."""
    return clause.is_question and _orders_by_asking(clause.sentence)


@lru_cache(maxsize=256)
def _orders_by_asking(sentence: str) -> bool:
    return any(f" {phrase} " in f" {sentence} " for phrase in words.ORDERING_QUESTION)


def _orders_directly(clause: Clause) -> bool:
    index = head_index(clause.tokens)
    following = clause.tokens[index + 1] if index + 1 < len(clause.tokens) else ""
    return clause.head not in words.DESCRIBING_HEADS and following in words.DETERMINERS | words.PRONOUNS | {"sie", "u"}


def is_order(clause: Clause) -> bool:
    """True when the clause starts with a verb in the imperative, as far as word order shows."""
    if not clause.tokens:
        return False
    index = head_index(clause.tokens)
    head = clause.tokens[index]
    if index and clause.tokens[index - 1] in words.DETERMINERS:
        return False
    if _reports(clause.tokens, index) or any(elder.tokens == ("resolved",) for elder in clause.before):
        return False
    if head in words.DESCRIBING_HEADS and not _is_addressed(clause.tokens[:index]):
        return False
    behind = clause.tokens[index + 1 : index + 5]
    if behind and behind[0] in words.DETERMINERS:
        return True
    return head not in NOUNS and words.STATE_VERBS.isdisjoint(behind)


def _reports(tokens: tuple[str, ...], index: int) -> bool:
    """``the user follows …``, ``tried the link``, ``whether …``: what happens or happened, no order."""
    head = tokens[index]
    if head in ("whether", "ob", "resolved", "be") or head in words.FINITE | PASTS or (head.endswith("ed") and head not in words.BASE_ED):
        return True
    is_third = head.endswith("s") and not head.endswith("ss")
    return is_third and index > 0 and tokens[index - 1] in words.PEOPLE | {"it", "he", "she", "somebody", "someone"}


def _is_addressed(lead_in: tuple[str, ...]) -> bool:
    return any(token in words.CAUSATIVES or token in ("you", "please") for token in lead_in)

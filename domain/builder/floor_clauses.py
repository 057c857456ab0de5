"""Sentences cut into clauses, and what a clause does with what it names: order it, forbid it, or look at it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.builder import floor_words as words

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
    "instead",
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
_CONTINUES = frozenset({"or", "nor", "oder", "ou", "o", "of", "and", "et", "und", ","})
CONDITIONS = words.words("if when because until while unless before after wenn falls si se als since once")
_OBSERVED = frozenset({"whether", "ob", "if"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a sentence. ``lead`` is the word or comma it is joined with; ``before`` are its elder clauses."""

    tokens: tuple[str, ...]
    lead: str
    is_question: bool
    before: tuple[Clause, ...]
    sentence: str
    whole: str = ""

    @property
    def text(self) -> str:
        return " ".join(self.tokens)

    @property
    def head(self) -> str:
        return self.tokens[head_index(self.tokens)] if self.tokens else ""


def clauses(text: str) -> list[list[Clause]]:
    """The sentences of a flattened text, each as its clauses in order."""
    result: list[list[Clause]] = []
    parts = _SENTENCE.split(text)
    for index in range(0, len(parts), 2):
        mark = parts[index + 1] if index + 1 < len(parts) else ""
        found = _cut(parts[index].strip(), "?" in mark, text)
        if found:
            result.append(found)
    return result


def _cut(sentence: str, is_question: bool, whole: str) -> list[Clause]:
    found: list[Clause] = []
    lead_match = _LEAD.match(sentence)
    lead = lead_match.group(1) if lead_match else ""
    rest, position = sentence[lead_match.end() if lead_match else 0 :], 0
    for match in _SPLIT.finditer(rest):
        _append(found, rest[position : match.start()], lead, is_question, sentence, whole)
        lead, position = match.group(1) or match.group(2) or ",", match.end()
    _append(found, rest[position:], lead, is_question, sentence, whole)
    return found


def _append(found: list[Clause], text: str, lead: str, is_question: bool, sentence: str, whole: str) -> None:
    while nested := _LEAD.match(text):  # ``, and if …``
        text, lead = text[nested.end() :], nested.group(1)
    tokens = tuple(text.replace(",", " ").replace(":", " ").split())
    if tokens:
        found.append(Clause(tokens, lead, is_question, tuple(found), sentence, whole))


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


def _negation(tokens: tuple[str, ...], limit: int) -> tuple[int, int] | None:
    """Start and end of the last negation that stands before ``limit``; ``why not …`` and ``if not …`` are none."""
    best: tuple[int, int] | None = None
    for parts in _NEGATORS:
        for index in range(limit - len(parts) + 1):
            if tokens[index : index + len(parts)] != parts or (index and tokens[index - 1] == "why"):
                continue
            if parts == ("hands", "off") and index and tokens[index - 1] != "your":
                continue
            if best is None or index + len(parts) > best[1] or (index + len(parts) == best[1] and index < best[0]):
                best = (index, index + len(parts))
    return best


_OF_NOUNS = words.words("no kein keine keinen geen sin sans ohne aucun aucune ningun nessun")
_NEGATORS = tuple(tuple(negator.split()) for negator in words.NEGATORS)


def _is_hollow(clause: Clause, start: int, end: int, at: int) -> bool:
    """The negation is not about the verb at ``at``: ``do not forget to …``, ``if it does not work …``, ``if not …``."""
    between = clause.tokens[end:at]
    if between[:1] == ("stop",) and clause.tokens[end + 1 : end + 2] and clause.tokens[end + 1] in words.DETERMINERS:
        return False
    if any(token in words.FALSE_NEGATED for token in between):
        return True
    is_report = clause.lead in CONDITIONS or (start > 0 and clause.tokens[start - 1] not in words.BEFORE_ORDER)
    return (is_report and any(token in words.OUTCOMES for token in between)) or (clause.lead == "if" and start == 0)


def is_forbidden(clause: Clause, at: int) -> bool:
    """True when the text tells the reader *not* to do what stands at token ``at``."""
    if clause.tokens[0] == "nothing" and at > 0 and clause.lead not in CONDITIONS:
        return True
    found = _negation(clause.tokens, at)
    if found is not None and _is_doubled(clause.tokens, found[0]):
        return False
    if found is not None:
        return at - found[1] <= 10 and not _is_hollow(clause, *found, at)
    tail = clause.text.split()[at:]
    after = " " + " ".join(tail) + " "
    if any(f" {excuse} " in after for excuse in words.EXCUSES_AFTER):
        return True
    if any(token in words.POST_NEGATORS for token in tail) and "nur" not in tail and "alleen" not in tail:
        return True
    return _inherits(clause)


def _is_doubled(tokens: tuple[str, ...], start: int) -> bool:
    """``never close the ticket without installing …``: two negations make an order."""
    return tokens[start] in ("without", "ohne", "sans", "sin", "senza", "sem", "zonder") and (
        _negation(tokens, start) is not None
    )


def _inherits(clause: Clause) -> bool:
    """``Do not delete, rename or move …``: a coordinated verb shares its elder's negation."""
    if clause.lead not in _CONTINUES or not clause.before:
        return False
    elder = clause.before[-1]
    last = len(elder.tokens)
    found = _negation(elder.tokens, last)
    if found is None:
        return len(elder.tokens) == 1 and elder.lead in _CONTINUES and _inherits(elder)
    end = found[1]
    if found[0] > 2 and elder.tokens[0] in words.DETERMINERS:  # ``an engineer is not needed``
        return False
    if _is_hollow(elder, *found, last) or (elder.tokens[end - 1] in _OF_NOUNS and len(clause.tokens) > 3):
        return False
    if elder.lead in CONDITIONS or elder.tokens[end - 1] == "no" and elder.tokens[0] in words.DESCRIBING_HEADS - {"no"}:
        return False
    short = last - end <= (6 if clause.lead not in (",", "and", "und", "et") else 2)
    return short and (clause.lead != "," or len(elder.tokens) - end <= 2)


def is_state_question(clause: Clause) -> bool:
    """A question about how things are; ``have you tried …`` and ``can you …`` are orders in a question's form."""
    head = clause.sentence.split()
    if not clause.is_question or not head:
        return False
    sentence = f" {clause.sentence} "
    if any(f" {phrase} " in sentence for phrase in words.ORDERING_QUESTION):
        return False
    first = next((token for token in head if token not in ("and", "or", "but", "so", "now", "then", ",")), "")
    return first in words.STATE_QUESTION or not _orders_directly(clause)


def _orders_directly(clause: Clause) -> bool:
    index = head_index(clause.tokens)
    following = clause.tokens[index + 1] if index + 1 < len(clause.tokens) else ""
    return clause.head not in words.DESCRIBING_HEADS and following in words.DETERMINERS | words.PRONOUNS | {"sie", "u"}


def is_observed(clause: Clause) -> bool:
    """``check whether …``, ``ask if …``: the clause says what to look at."""
    if clause.lead not in _OBSERVED or not clause.before:
        return False
    return any(token in words.OBSERVING_HEADS for token in clause.before[-1].tokens)


def is_handed_over(clause: Clause) -> bool:
    """``escalate: an engineer has to …``: the deed is named as somebody else's, and the text hands the ticket over."""
    tokens = set(re.findall(r"[a-z0-9]+", clause.sentence))
    if tokens & {"yourself", "meanwhile"} or not tokens & words.HAND_OVER:
        return False
    if tokens & words.AGENTS:
        return True
    return _hands_over(clause) or (any(_hands_over(elder) for elder in clause.before) and not _is_imperative(clause))


def _hands_over(clause: Clause) -> bool:
    """The clause's own verb passes the ticket on, and nothing in it says not to."""
    if clause.head not in words.HAND_OVER or _negation(clause.tokens, len(clause.tokens)) is not None:
        return False
    behind = clause.tokens[head_index(clause.tokens) + 1 :][:3]
    return clause.head.startswith(("escal", "eskal")) or not words.TICKET.isdisjoint(behind)


def _is_imperative(clause: Clause) -> bool:
    following = clause.tokens[head_index(clause.tokens) + 1 :]
    return bool(following) and following[0] in words.DETERMINERS | words.PRONOUNS and clause.head not in words.FINITE


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
    if head in words.FINITE or (head in words.DESCRIBING_HEADS and not _is_addressed(clause.tokens[:index])):
        return False
    following = clause.tokens[index + 1] if index + 1 < len(clause.tokens) else ""
    if following in words.DETERMINERS:
        return True
    return not any(token in words.STATE_VERBS for token in clause.tokens[index + 1 : index + 5])


def _reports(tokens: tuple[str, ...], index: int) -> bool:
    """``the user follows …``, ``tried the link``, ``whether …``: what happens or happened, no order."""
    head = tokens[index]
    if head in ("whether", "ob", "resolved") or (head.endswith("ed") and head not in words.BASE_ED):
        return True
    is_third = head.endswith("s") and not head.endswith("ss")
    return is_third and index > 0 and tokens[index - 1] in words.PEOPLE | {"it", "he", "she", "somebody", "someone"}


def _is_addressed(lead_in: tuple[str, ...]) -> bool:
    return any(token in words.CAUSATIVES or token in ("you", "please") for token in lead_in)

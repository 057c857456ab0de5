"""What a text tells the reader *not* to do."""

from __future__ import annotations

import re
from functools import lru_cache

from domain.builder import floor_words as words
from domain.builder.floor_clauses import CONDITIONS, Clause, words_in
from domain.builder.floor_nouns import LIMITED
from domain.builder.floor_objects import STRONG

_CONTINUES = frozenset({"or", "nor", "oder", "ou", "o", "of", "and", "et", "und", ","})
_JOINED = frozenset({"and", "or", "nor", "und", "oder", "et", "ou", "of"})
_OF_NOUNS = words.words("no kein keine keinen geen sin sans ohne aucun aucune ningun nessun")
_WITHOUT = words.words("without ohne sans sin senza sem zonder")
_INSTEAD = _WITHOUT | words.words("instead rather statt anstatt au en em in al")
_TURNS = words.words("instead just simply rather then only einfach nur plutot seulement")
_ONLY = words.words("just only simply merely")
_PAUSING = words.words("stop skip omit restart reboot close hang")
_REACH = 20

_BY_FIRST: dict[str, list[tuple[str, ...]]] = {}
for _negator in words.NEGATORS:
    _BY_FIRST.setdefault(_negator.split()[0], []).append(tuple(_negator.split()))


@lru_cache(maxsize=4_096)
def _negations(tokens: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Start and end of every negation in order of their ends; ``why not …`` is none."""
    found: dict[int, int] = {}
    for index, token in enumerate(tokens):
        for parts in _BY_FIRST.get(token, ()):
            if tokens[index : index + len(parts)] != parts or "why" in tokens[max(0, index - 2) : index]:
                continue
            if parts == ("hands", "off") and index and tokens[index - 1] != "your":
                continue
            end = index + len(parts)
            found[end] = min(index, found.get(end, index))
    return tuple(sorted(((start, end) for end, start in found.items()), key=lambda pair: pair[1]))


def negation(tokens: tuple[str, ...], limit: int) -> tuple[int, int] | None:
    """The last negation that ends before ``limit``."""
    return next((pair for pair in reversed(_negations(tokens)) if pair[1] <= limit), None)


def _is_hollow(clause: Clause, start: int, end: int, at: int) -> bool:
    """The negation is not about the verb at ``at``: ``do not forget to …``, ``if it does not work …``, ``if not …``."""
    between = clause.tokens[end:at]
    if any(token in words.FALSE_NEGATED and not _is_forbidden_pause(clause, index) for index, token in enumerate(between, end)):
        return True
    if clause.tokens[end - 1] in words.NOUN_NEGATORS and clause.lead not in CONDITIONS:
        return False
    is_report = clause.lead in CONDITIONS or (start > 0 and clause.tokens[start - 1] not in words.BEFORE_ORDER)
    return (is_report and any(token in words.OUTCOMES for token in between)) or (clause.lead == "if" and start == 0)


def _is_forbidden_pause(clause: Clause, index: int) -> bool:
    """``do not restart the database`` forbids; ``do not just restart``, ``do not stop there`` only go on."""
    if clause.tokens[index] not in _PAUSING or clause.tokens[index - 1] in _ONLY:
        return False
    following = clause.tokens[index + 1 : index + 2]
    return bool(following) and following[0] not in words.words("yet until before without at there with now here to and")


def is_forbidden(clause: Clause, at: int) -> bool:
    """True when the text tells the reader *not* to do what stands at token ``at``."""
    if clause.tokens[0] == "nothing" and at > 0 and clause.lead not in CONDITIONS:
        return True
    found = negation(clause.tokens, at)
    if found is not None and _is_doubled(clause.tokens, found[0]):
        return False
    if found is not None:
        return at - found[1] <= _reach(clause.tokens, found, at) and not _is_hollow(clause, *found, at)
    return _last_excuse(clause.tokens) >= at or _is_rejected(clause, at) or _inherits(clause)


_VERDICT = re.compile(
    r" (?:is|are|was|would be|remains?|stays?) (?:\w+ly )?(?:not|never|no|out|outside|forbidden|wrong|dangerous|risky|unsafe|unwise|pointless|useless|beyond|strictly|prohibited|up to|an? (?:bad|poor|terrible|breach|risk|mistake|job|task|matter)|"
    r"off limits|somebody else|for (?:an|the) engineers?|left to)\b| (?:is|are) off(?= the table| limits)"
)


def _is_rejected(clause: Clause, at: int) -> bool:
    """``disabling the antivirus is a bad idea``: the deed is the subject, and the verdict is against it."""
    first = clause.tokens[0]
    if not (first.endswith("ing") or first in words.DETERMINERS or first in ("any", "all")):
        return False
    found = _VERDICT.search(clause.text)
    return found is not None and clause.text[: found.start()].count(" ") >= at


@lru_cache(maxsize=4_096)
def _last_excuse(tokens: tuple[str, ...]) -> int:
    """Where the last phrase stands that forbids what is named before it (``… is not allowed``); -1 for none."""
    text = f" {' '.join(tokens)} "
    starts = [text.rfind(f" {excuse} ") for excuse in words.EXCUSES_AFTER]
    last = text[: max(starts)].count(" ") if max(starts) > 0 else (0 if max(starts) == 0 else -1)
    if "nur" in tokens or "alleen" in tokens:
        return last
    return max([last, *(index for index, token in enumerate(tokens) if token in words.POST_NEGATORS)])


def _reach(tokens: tuple[str, ...], found: tuple[int, int], at: int) -> int:
    """*Not* holds for the rest of its clause, *instead of* only for the thing that follows it."""
    is_doing = tokens[found[1]].endswith("ing") if found[1] < len(tokens) else False
    if tokens[found[0]] not in _INSTEAD - _WITHOUT or is_doing:
        return _REACH
    return 0 if any(token in words.DETERMINERS for token in tokens[found[1] + 1 : at]) else 4


def _is_doubled(tokens: tuple[str, ...], start: int) -> bool:
    """``never close the ticket without installing …``: two negations make an order."""
    return tokens[start] in _WITHOUT and negation(tokens, start) is not None


def _inherits(clause: Clause) -> bool:
    """``Do not delete, rename or move …``: a coordinated verb shares its elder's negation."""
    if clause.lead in _FOLLOWS and clause.before:
        return any(_prohibits(elder) for elder in clause.before[-1:])
    if clause.lead not in _CONTINUES or not clause.before:
        return False
    elder = clause.before[-1]
    last = len(elder.tokens)
    found = negation(elder.tokens, last)
    if found is None:
        return len(elder.tokens) == 1 and elder.lead in _CONTINUES and _inherits(elder)
    if _is_hollow(elder, *found, last) or _ends_there(clause, elder, *found):
        return False
    end = found[1]
    if clause.lead in _JOINED and _prohibits(elder) and _TURNS.isdisjoint(words_in(clause.sentence)):
        return True
    short = last - end <= (6 if clause.lead not in (",", "and", "und", "et") else 2)
    return short and (clause.lead != "," or last - end <= 2)


def _ends_there(clause: Clause, elder: Clause, start: int, end: int) -> bool:
    """The elder's negation is of its own: of a noun, of a report, of what is done *instead*."""
    if elder.tokens[end - 1] == "the" or elder.tokens[start : start + 2] in (("never", "mind"), ("forget", "about")):
        return True
    if start > 2 and elder.tokens[0] in words.DETERMINERS:  # ``an engineer is not needed``
        return True
    if elder.tokens[start] in _INSTEAD and not clause.tokens[0].endswith("ing"):
        return True
    if elder.tokens[end - 1] in _OF_NOUNS and len(clause.tokens) > 3:
        return True
    is_there_no = elder.tokens[end - 1] == "no" and elder.tokens[0] in words.DESCRIBING_HEADS - {"no"}
    return elder.lead in CONDITIONS or is_there_no


# ``… so that it can be used again``: the purpose of what is forbidden.
_FOLLOWS = frozenset({"so that", "so", "because", "since", "until"})


def _prohibits(clause: Clause) -> bool:
    """The clause forbids something that the floor itself forbids; what is joined to it by *and* is meant too."""
    last = len(clause.tokens)
    found = negation(clause.tokens, last)
    if found is None or _is_hollow(clause, *found, last) or _is_doubled(clause.tokens, found[0]):
        return False
    behind = " ".join(clause.tokens[found[1] :])
    return any(pattern.search(behind) for _, pattern in STRONG) or any(pattern.search(behind) for _, pattern, _ in LIMITED)

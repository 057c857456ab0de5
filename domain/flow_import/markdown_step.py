"""What a runbook says in one place: a step, the answers of a question, and words that send a reader elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from domain.flow_import.draft import one_line

MAX_LABEL: Final = 60  # characters; a longer start of an item is a sentence, not an answer
_MAX_CONDITION: Final = 120
_ARROWS: Final = ("->", "→", "=>", ":", "–", "—", " - ")
_YES_NO: Final = {"yes": "Yes", "no": "No", "so": "Yes", "not": "No", "ok": "OK"}
_IF: Final = re.compile(
    r"(?:if|when|in case|whenever)\s+(.{2,200}?)\s*(?:,|:|→|->|=>|–|—| then )\s*(.{1,800})", re.IGNORECASE
)
_OTHERWISE: Final = re.compile(r"(?:otherwise|else|in all other cases)\b[,:]?\s*(.{0,800})", re.IGNORECASE)
_GO_TO: Final = re.compile(
    r"\b(?:go|skip|jump|proceed|continue|move|return|repeat|start over|resume)"
    r"(?:\s(?:back|on|ahead|directly|straight))?"
    r"(?:\s(?:to|with|at|from))?\s(?:the\s)?step\s#?(\d{1,3})\b",
    re.IGNORECASE,
)
_JOINTS: Final = (" and", " then", " please", ",", ";", ".", ":", " and then", "-", "–", "→", "(")
_SOLVED_WORDS: Final = frozenset({"resolved", "solved", "done", "fixed"})
_SOLVED: Final = (
    "close the ticket", "close the case", "close the call", "close the incident", "problem solved", "issue resolved",
    "the problem is solved", "the issue is resolved", "the problem is fixed", "no further action", "nothing more to do",
    "you are done", "you're done",
)
_HANDED: Final = (
    "escalate", "hand over", "hand off", "hand-off", "handover", "transfer to", "call the engineer", "raise to",
    "raise it", "refer to tier", "refer to level", "contact tier", "contact level", "contact the on-call", "page the ",
    "assign to", "assign the ticket", "pass to", "pass it to", "pass the ticket", "forward to", "forward the ticket",
)
_ASKS_YES_NO: Final = frozenset(
    "is are am was were do does did has have had can could will would should may might isn't aren't doesn't".split()
)
_ASKS: Final = frozenset("what which who whom whose when where why how".split())


@dataclass(slots=True)
class Answer:
    """``text`` is what follows ``label`` in the source, ``steps`` what its own list tells to do after that."""

    label: str
    text: str
    detail: str | None = None
    steps: list[StepText] = field(default_factory=list)


@dataclass(slots=True)
class StepText:
    """``text`` is plain, ``detail`` the source's Markdown; ``answers`` make it a question.

    ``number`` in the list ``place`` is how the text calls it ("step 3"). ``skips``: it is a condition for that many
    steps after it. ``is_item``: an item of a list, not a heading. ``is_listed``: of a top-level list or table.
    """

    text: str
    detail: str | None = None
    answers: list[Answer] = field(default_factory=list)
    number: int | None = None
    place: int = 0
    skips: int = 0
    is_item: bool = False
    is_listed: bool = False


def split_answer(text: str) -> tuple[str, str] | None:
    """``Yes: do this`` or ``If the lamp is red, do this`` as (label, what follows); None when it is no answer."""
    line = one_line(text, 1_000)
    otherwise = _OTHERWISE.fullmatch(line)
    if otherwise:
        return "Otherwise", otherwise[1]
    if condition := split_condition(line):
        return condition
    word, _, rest = line.partition(" ")
    plain = word.casefold().strip(",.;:")
    if plain in ("yes", "no") and (word.endswith((",", ".", ";")) or not rest):
        return _YES_NO[plain], rest.strip()
    places = [(place, arrow) for arrow in _ARROWS if 0 < (place := line.find(arrow)) <= MAX_LABEL]
    if not places:
        return None
    place, arrow = min(places)
    label = line[:place].strip(" -*")
    return (label, line[place + len(arrow) :].strip()) if label else None


def split_condition(line: str) -> tuple[str, str] | None:
    """``If X, do Y`` as (X, do Y); "if yes" and "if not" are the answers Yes and No."""
    found = _IF.fullmatch(line)
    if found is None or len(found[1]) > _MAX_CONDITION:
        return None
    condition = found[1].strip()
    rest = found[2].strip().removeprefix("then ").strip()
    label = _YES_NO.get(condition.casefold()) or condition[:1].upper() + condition[1:]
    return label, rest


def go_to(text: str) -> tuple[str, int] | None:
    """(what is to be done before, the step's number) of a text that ends by sending its reader to another step."""
    found = _GO_TO.search(text)
    if found is None or len(text[found.end() :].strip(" .!)")) > 40:
        return None
    before = text[: found.start()].rstrip()
    while before.casefold().endswith(_JOINTS):
        before = before[: -max(len(joint) for joint in _JOINTS if before.casefold().endswith(joint))].rstrip()
    return before, int(found[1])


def is_solved(text: str) -> bool:
    """Whether a text says that the problem is solved and the walk over."""
    plain = text.casefold().strip(" .!*")
    first = plain.partition(" ")[0].strip(",.;:!")
    is_end = plain in ("end", "stop", "stop here", "finished", "finish")
    return is_end or first in _SOLVED_WORDS or plain.startswith(_SOLVED)


def is_handed_over(text: str) -> bool:
    """Whether a text tells to give the case to somebody else."""
    return text.casefold().strip(" *").startswith(_HANDED)


def is_yes_no_question(text: str) -> bool:
    return _is_one_question(text) and _first_word(text) in _ASKS_YES_NO


def is_open_question(text: str) -> bool:
    return _is_one_question(text) and _first_word(text) in _ASKS


def _is_one_question(text: str) -> bool:
    return text.rstrip().endswith("?") and text.count("?") == 1 and len(text) <= 200 and ". " not in text


def _first_word(text: str) -> str:
    return text.strip().partition(" ")[0].casefold().strip(",:")

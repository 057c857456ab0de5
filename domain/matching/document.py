"""The texts a flow is found by, and the lexical document made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.flow_tree import FlowTree, NodeKind
from domain.matching.words import plain, words

MAX_TEXT = 1_000
MAX_KEYWORDS = 100
MAX_QUESTIONS = 100
MAX_PAST_PROBLEMS = 200
MAX_COUNT = 1_000

_ASKING = frozenset({NodeKind.QUESTION, NodeKind.MULTI_CHOICE, NodeKind.DATA_INPUT})


class TextKind(StrEnum):
    TITLE = "title"
    KEYWORD = "keyword"
    CATEGORY = "category"
    QUESTION = "question"
    PAST_PROBLEM = "past_problem"


WEIGHTS = {TextKind.TITLE: 2, TextKind.KEYWORD: 1, TextKind.CATEGORY: 1, TextKind.QUESTION: 1, TextKind.PAST_PROBLEM: 1}
"""How often a word of such a text counts."""


@dataclass(frozen=True, slots=True)
class FlowText:
    """One text of a flow, cut to `MAX_TEXT` characters."""

    kind: TextKind
    content: str


@dataclass(frozen=True, slots=True)
class FlowDocument:
    """All texts of one flow, counted: `counts` by stem, `total` their sum, `texts` how many."""

    counts: dict[str, int]
    total: int
    texts: int


def authored_texts(title: str, keywords: Iterable[str], category: str | None, tree: FlowTree) -> list[FlowText]:
    """What the author wrote that a problem can be compared with; blank and repeated texts are left out."""
    questions = [node.text for node in tree.nodes if node.kind in _ASKING][:MAX_QUESTIONS]
    found = [FlowText(TextKind.TITLE, title)]
    found += [FlowText(TextKind.KEYWORD, keyword) for keyword in list(keywords)[:MAX_KEYWORDS]]
    found += [FlowText(TextKind.CATEGORY, category.replace("_", " "))] if category else []
    found += [FlowText(TextKind.QUESTION, question) for question in questions]
    return distinct(found)


def past_problem(problem: str) -> FlowText | None:
    """A resolved problem as a text of its flow, or None when nothing is left of it. Mask it first."""
    kept = distinct([FlowText(TextKind.PAST_PROBLEM, problem)])
    return kept[0] if kept else None


def distinct(texts: Iterable[FlowText]) -> list[FlowText]:
    """Trimmed texts with at least one word; of equal ones the first."""
    kept: dict[str, FlowText] = {}
    for text in texts:
        content = " ".join(text.content.replace("\x00", " ").split())[:MAX_TEXT]
        if plain(content):
            kept.setdefault(plain(content), FlowText(text.kind, content))
    return list(kept.values())


def build_document(texts: Iterable[FlowText]) -> FlowDocument:
    """Count the words of all texts of one flow."""
    counts: Counter[str] = Counter()
    listed = list(texts)
    for text in listed:
        for stem in words(text.content):
            counts[stem] += WEIGHTS[text.kind]
    capped = {stem: min(count, MAX_COUNT) for stem, count in counts.items()}
    return FlowDocument(capped, sum(capped.values()), len(listed))

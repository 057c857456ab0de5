"""Items of lists: steps, questions with their answers below them, and what is to be done after an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markdown_it.token import Token

from domain.flow_import.draft import one_line
from domain.flow_import.markdown_step import Answer, StepText, split_answer, split_condition
from domain.flow_text import plain_words

_CHECKBOXES: Final = ("[ ]", "[x]", "[X]")
_MAX_WORDS: Final = 2_000  # characters of a paragraph that can become a node's text


@dataclass(frozen=True, slots=True)
class _Nested:
    """A list inside an item: its items, and its first and last line."""

    items: list[list[Token]]
    start: int
    end: int


def items_of(tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each item of a list; ``tokens`` begin with the list's own."""
    level = tokens[0].level + 1
    items: list[list[Token]] = []
    for token in tokens:
        if token.type == "list_item_open" and token.level == level:
            items.append([token])
        elif items and token.level >= level:
            items[-1].append(token)
    return items


def read_item(tokens: list[Token], lines: list[str]) -> StepText:
    """One item: a question when the list below it holds answers, else a step with everything below as its detail."""
    level = tokens[0].level
    inline = next((token for token in tokens if token.type == "inline"), None)
    if inline is None or inline.level != level + 2:
        return StepText("")
    text = _without_checkbox(plain_words(inline.content[:_MAX_WORDS]).strip())
    nested = _nested(tokens)
    answers = _answers(text, nested[0].items, lines) if nested else []
    first = inline.map[1] if inline.map else 0
    last = tokens[0].map[1] if tokens[0].map else first
    source = lines[first:last]
    if answers:
        source = lines[first : nested[0].start] + lines[nested[0].end : last]
    return StepText(one_line(text, 1_000), _dedented(source) or None, answers, is_item=True)


def _nested(tokens: list[Token]) -> list[_Nested]:
    """The lists directly inside an item."""
    level = tokens[0].level + 1
    starts = [at for at, token in enumerate(tokens) if token.level == level and token.type.endswith("_list_open")]
    found = []
    for start in starts:
        end = next(at for at in range(start, len(tokens)) if tokens[at].type.endswith("_list_close")
                   and tokens[at].level == level)
        place = tokens[start].map or [0, 0]
        found.append(_Nested(items_of(tokens[start:end]), place[0], place[1]))
    return found


def _answers(text: str, items: list[list[Token]], lines: list[str]) -> list[Answer]:
    """The answers of a question, or the conditions below a step; none when an item is something else."""
    found = [_answer(item, lines) for item in items]
    answers = [answer for answer in found if answer]
    if len(answers) != len(found):
        return []
    if text.rstrip().endswith("?"):
        return answers if len(answers) > 1 else []
    if not all(_is_condition(item) for item in items):
        return []
    return answers if len(answers) > 1 else [*answers, Answer("Otherwise", "")]


def _is_condition(item: list[Token]) -> bool:
    line = one_line(_words(item), 1_000)
    return split_condition(line) is not None or line.casefold().startswith(("otherwise", "else"))


def _words(item: list[Token]) -> str:
    inline = next((token for token in item if token.type == "inline"), None)
    return _without_checkbox(plain_words(inline.content[:_MAX_WORDS]).strip()) if inline else ""


def _answer(item: list[Token], lines: list[str]) -> Answer | None:
    """An item as an answer; its own list is what to do then."""
    split = split_answer(_words(item))
    if split is None:
        return None
    nested = _nested(item)
    steps = [step for part in nested for inner in part.items if (step := read_item(inner, lines)).text]
    return Answer(split[0], split[1], _own_text(item, nested, lines), steps)


def _own_text(item: list[Token], nested: list[_Nested], lines: list[str]) -> str | None:
    """What an answer says below its first line and above its list."""
    inline = next(token for token in item if token.type == "inline")
    first = inline.map[1] if inline.map else 0
    last = nested[0].start if nested else (item[0].map or [0, first])[1]
    return _dedented(lines[first:last]) or None


def _without_checkbox(text: str) -> str:
    return text[3:].lstrip() if text.startswith(_CHECKBOXES) else text


def _dedented(lines: list[str]) -> str:
    filled = [line for line in lines if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return "\n".join(line[margin:] for line in lines).strip()

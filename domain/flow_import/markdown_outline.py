"""The outline of a Markdown text: title, what is context, what are steps. Parsed once, read by source lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from markdown_it.token import Token

from domain.flow_import.draft import MAX_TITLE, one_line
from domain.flow_import.markdown_heading import (
    CONDITIONS,
    CONTEXT,
    EXAMPLES,
    GENERIC,
    HANDS_OVER,
    LEADS,
    NUMBERED,
    PLACEHOLDERS,
)
from domain.flow_import.markdown_item import items_of, read_item
from domain.flow_import.markdown_step import Answer, StepText, split_answer
from domain.flow_import.markdown_table import rows_of, table_as_list, table_steps
from domain.flow_text import plain_words, table_blocks

_MAX_WORDS: Final = 2_000  # characters of a paragraph that can become a node's text
_LISTS: Final = ("bullet_list_open", "ordered_list_open")


@dataclass(slots=True)
class Section:
    """``level``: of its heading. ``hands_over``: it says where the case goes, not what to try."""

    heading: str
    source: str = ""
    steps: list[StepText] = field(default_factory=list)
    level: int = 0
    hands_over: bool = False


@dataclass(slots=True)
class Outline:
    """``escalation``: the source of what the text says about handing over. ``empty``: headings with a "to do" only."""

    title: str
    context: list[Section]
    sections: list[Section]
    escalation: str = ""
    empty: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """One top-level block: its tokens and its first and last line."""

    kind: str
    tokens: list[Token]
    start: int
    end: int


@dataclass(slots=True)
class _Part:
    heading: str
    level: int
    is_context: bool
    blocks: list[_Block] = field(default_factory=list)


def outline_of(source: str) -> Outline:
    """What a runbook (prepared by ``markdown_source``) tells, in the order it does."""
    blocks = _blocks(table_blocks().parse(source))
    lines = _with_tables_as_lists(source.split("\n"), blocks)
    title, parts = _parts(blocks)
    empty = [part.heading for part in parts if _is_placeholder(part, lines)]
    found = [_section(part, lines) for part in parts if not _is_placeholder(part, lines)]
    context = [it for it in found if not it.steps and not it.hands_over and it.source]
    sections = [it for it in found if it.steps]
    if not sections:  # a text that only explains is read step by step
        sections, context = [replace(it, steps=[StepText(it.heading or title, it.source)]) for it in context], []
    sections = [it for it in sections if it.steps[0].text]
    _put_conditions(sections)
    handed = "\n\n".join(it.source for it in found if it.hands_over)
    return Outline(title, context, sections, handed, [heading or title for heading in empty])


def _is_placeholder(part: _Part, lines: list[str]) -> bool:
    return _source(part.blocks, lines).casefold().strip(" .:*_-#") in PLACEHOLDERS


def _section(part: _Part, lines: list[str]) -> Section:
    section = Section(part.heading, _source(part.blocks, lines), level=part.level)
    section.hands_over = part.heading.casefold().strip(" :#") in HANDS_OVER
    if not part.is_context and not section.hands_over:
        section.steps = _steps(part.heading, part.blocks, lines)
    return section


def _put_conditions(sections: list[Section]) -> None:
    """A heading that names a condition is asked before its steps; "no" leads past all that stands under it."""
    for at, section in enumerate(sections):
        words = section.heading.casefold()
        start = next((len(one) for one in CONDITIONS if words.startswith(one)), 0)
        if not start or section.steps[0].answers:
            continue
        rest = sections[at + 1 :]
        inner = next((number for number, it in enumerate(rest) if it.level <= section.level), len(rest))
        steps = len(section.steps) + sum(len(it.steps) for it in rest[:inner])
        asked = section.heading[start:].strip(" :?.")
        if section.steps[0].text == section.heading:  # what the heading said already
            section.steps[0].text = f"{asked[:1].upper()}{asked[1:]}: see what to do"
        section.steps.insert(0, StepText(f"Does this apply: {asked}?", skips=steps))


def _blocks(tokens: list[Token]) -> list[_Block]:
    blocks: list[_Block] = []
    for token in tokens:
        if token.level == 0 and token.nesting >= 0 and token.map:
            blocks.append(_Block(token.type, [token], token.map[0], token.map[1]))
        elif blocks:
            blocks[-1].tokens.append(token)
    return blocks


def _with_tables_as_lists(lines: list[str], blocks: list[_Block]) -> list[str]:
    """Tables are no CommonMark: each row becomes an item, on the lines the table had."""
    for block in blocks:
        if block.kind == "table_open":
            rows = table_as_list(rows_of(block.tokens))
            empty = [""] * max(0, block.end - block.start - len(rows))
            lines[block.start : block.end] = [*empty, *rows][: block.end - block.start]
    return lines


def _parts(blocks: list[_Block]) -> tuple[str, list[_Part]]:
    """The title and the parts under their headings; a heading of context holds for all that is under it."""
    title, parts, context_level = "", [_Part("", 0, is_context=True)], 0
    title_level = _title_level(blocks)
    for block in blocks:
        if block.kind != "heading_open":
            parts[-1].blocks.append(block)
            continue
        heading, level = _inline_text(block), int(block.tokens[0].tag[1])
        if not title and level == title_level:
            title = one_line(heading, MAX_TITLE)
            parts.append(_Part("", level, is_context=False))
            continue
        if context_level and level <= context_level:
            context_level = 0
        if not context_level and heading.casefold().strip(" :#?") in CONTEXT:
            context_level = level
        parts.append(_Part(one_line(heading, 200), level, context_level > 0))
    if not any(not part.is_context and part.blocks for part in parts):  # a text without headings is a checklist
        parts[0].is_context = False
    return title, _without_lead(parts)


def _title_level(blocks: list[_Block]) -> int:
    """The level of the title: the first, or that of a first heading which no other one is equal to."""
    levels = [int(block.tokens[0].tag[1]) for block in blocks if block.kind == "heading_open"]
    if not levels or blocks[0].kind != "heading_open":
        return 1
    return levels[0] if levels[0] < min(levels[1:], default=9) else 1


def _without_lead(parts: list[_Part]) -> list[_Part]:
    """What stands between the title and the first heading explains, unless it is a list or all there is."""
    has_others = any(it.heading and it.blocks and not it.is_context for it in parts)
    for part in parts:
        if not part.heading and has_others and not any(_tells(block) for block in part.blocks):
            part.is_context = True
    return parts


def _tells(block: _Block) -> bool:
    """Whether a block says what to do in several steps or cases."""
    return block.kind in _LISTS or (block.kind == "table_open" and bool(table_steps(rows_of(block.tokens), "")))


def _inline_text(block: _Block) -> str:
    inline = next((token for token in block.tokens if token.type == "inline"), None)
    return plain_words(inline.content[:_MAX_WORDS]) if inline else ""


def _steps(heading: str, blocks: list[_Block], lines: list[str]) -> list[StepText]:
    """Each item of a top-level list is a step; a part without lists is one step under its heading."""
    numbered = NUMBERED.fullmatch(heading)
    heading = numbered[2] if numbered else heading
    shown = "" if heading.casefold().strip(" :#") in GENERIC else heading
    steps, loose = _in_order(shown, blocks, lines)
    if not any(step.is_listed for step in steps):
        steps, loose = _one_step(heading, blocks, lines), []
    if numbered and steps:
        steps[0].number = steps[0].number or int(numbered[1])
    if not steps or not steps[0].is_listed:
        return steps
    if shown and not steps[0].text.startswith(shown):
        steps[0].detail = _paragraphs(f"**{_escaped(shown)}**", steps[0].detail)
    return steps + _after_lists(steps, loose, lines)


def _in_order(heading: str, blocks: list[_Block], lines: list[str]) -> tuple[list[StepText], list[_Block]]:
    """The steps of the lists, and the blocks that follow the last of them."""
    steps: list[StepText] = []
    loose: list[_Block] = []
    for block in blocks:
        lead = _inline_text(loose[-1]) if loose else ""
        if block.kind == "bullet_list_open" and _goes_on(lead, block):
            steps.append(StepText(one_line(lead, 300), _source([*loose, block], lines)))
            loose = []
            continue
        found = _listed(heading, block, loose, lines)
        if not found:
            loose.append(block)
            continue
        if lead.casefold().strip(" :.") not in LEADS or len(loose) > 1:  # what leads into a list is of its first item
            found[0].detail = _paragraphs(_source(loose, lines), found[0].detail)
        loose = []
        steps += found
    return steps, loose


def _listed(heading: str, block: _Block, loose: list[_Block], lines: list[str]) -> list[StepText]:
    """The steps of a list or a table; none when it only goes on with the sentence before it."""
    if block.kind == "table_open":
        return table_steps(rows_of(block.tokens), heading)
    if block.kind not in _LISTS:
        return []
    items = items_of(block.tokens)
    if heading.endswith("?") and not loose and (answers := _answers(items, lines)):
        return [StepText(heading, None, answers, is_listed=True)]
    first = int(block.tokens[0].attrs.get("start", 1))
    is_numbered = block.kind == "ordered_list_open"
    steps = [read_item(item, lines) for item in items]
    for number, step in enumerate(steps, start=first):
        step.number, step.place = (number, block.start + 1) if is_numbered else (None, 0)
        step.is_listed = True
    return [step for step in steps if step.text]


def _answers(items: list[list[Token]], lines: list[str]) -> list[Answer]:
    """The answers below a heading that asks; none when an item is something else."""
    found = [read_item(item, lines) for item in items]
    pairs = [split_answer(step.text) for step in found]
    if len(pairs) < 2 or not all(pairs):
        return []
    return [Answer(pair[0], pair[1]) for pair in pairs if pair]


def _goes_on(lead: str, block: _Block) -> bool:
    """Whether a list only names what the sentence before it speaks of: causes, examples, parts of a sentence."""
    if not lead.rstrip().endswith(":"):
        return False
    starts = [token.content.lstrip()[:1] for token in block.tokens if token.type == "inline" and token.level == 3]
    return lead.casefold().rstrip().endswith(EXAMPLES) or 2 * sum(start.islower() for start in starts) > len(starts)


def _after_lists(steps: list[StepText], loose: list[_Block], lines: list[str]) -> list[StepText]:
    """What follows the last list: a step of its own, or (code without a word) part of the last item."""
    found = _one_step("", loose, lines)
    if loose and steps and not found:
        steps[-1].detail = _paragraphs(steps[-1].detail, _source(loose, lines))
    return found


def _source(blocks: list[_Block], lines: list[str]) -> str:
    return "\n".join(lines[blocks[0].start : blocks[-1].end]).strip() if blocks else ""


def _paragraphs(*parts: str | None) -> str | None:
    return "\n\n".join(part for part in parts if part) or None


def _escaped(text: str) -> str:
    return "".join("\\" + char if char in "\\`*_[]<>" else char for char in text)


def _one_step(heading: str, blocks: list[_Block], lines: list[str]) -> list[StepText]:
    if not blocks:
        return []
    source = _source(blocks, lines)
    first = next((text for block in blocks if (text := _inline_text(block).strip())), "")
    sentence = one_line(first, 300)
    if heading and not (sentence and heading.casefold() in GENERIC):
        return [StepText(heading, source)]
    text = f"{heading}: {sentence}" if heading else sentence
    return [StepText(text, source if source != sentence else None)] if sentence else []

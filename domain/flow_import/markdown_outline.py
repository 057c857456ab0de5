"""The outline of a Markdown text: title, what is context, what are steps. Parsed once, read by source lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from domain.flow_import.draft import MAX_TITLE, one_line
from domain.flow_text import commonmark_blocks, plain_words

# Headings under which a runbook explains instead of telling what to do.
_CONTEXT = frozenset(
    {
        "meaning",
        "impact",
        "overview",
        "summary",
        "symptoms",
        "symptom",
        "description",
        "background",
        "context",
        "about",
        "introduction",
        "purpose",
        "severity",
        "prerequisites",
        "scope",
        "references",
        "links",
        "notes",
        "audience",
        "contents",
        "owner",
        "owners",
        "history",
        "changelog",
        "glossary",
        "see also",
        "table of contents",
        "when to use",
        "when to use this",
        "additional resources",
        "further reading",
        "machine-readable form",
    }
)
# Headings that say that something is to be done, but not what.
_GENERIC = frozenset(
    {"diagnosis", "mitigation", "resolution", "steps", "actions", "procedure", "solution", "fix", "todo"}
)
_ARROWS = ("->", "→", "=>", ":", "–", "—")
_MAX_LABEL = 60  # characters; a longer start of an item is a sentence, not an answer
_MAX_WORDS = 2_000  # characters of a paragraph that can become a node's text
_CHECKBOXES = ("[ ]", "[x]", "[X]")


@dataclass(slots=True)
class StepText:
    """``text`` is plain, ``detail`` the source's Markdown; ``answers`` (label, what follows) make it a question."""

    text: str
    detail: str | None = None
    answers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    heading: str
    source: str = ""
    steps: list[StepText] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    title: str
    context: list[Section]
    sections: list[Section]


@dataclass(slots=True)
class _Block:
    """One top-level block: its tokens and its first and last line."""

    kind: str
    tokens: list[Token]
    start: int
    end: int


def outline_of(source: str) -> Outline:
    lines = source.split("\n")
    title, parts = _parts(_blocks(commonmark_blocks().parse(source)))
    context: list[Section] = []
    sections: list[Section] = []
    for heading, is_context, blocks in parts:
        text = _source(blocks, lines)
        section = Section(heading, text)
        if not is_context:
            section.steps = _steps(heading, blocks, lines)
        if section.steps:
            sections.append(section)
        elif text:
            context.append(section)
    if not sections:  # a text that only explains is read step by step
        sections, context = [replace(it, steps=[StepText(it.heading or title, it.source)]) for it in context], []
    return Outline(title, context, [it for it in sections if it.steps[0].text])


def _blocks(tokens: list[Token]) -> list[_Block]:
    blocks: list[_Block] = []
    for token in tokens:
        if token.level == 0 and token.nesting >= 0 and token.map:
            blocks.append(_Block(token.type, [token], token.map[0], token.map[1]))
        elif blocks:
            blocks[-1].tokens.append(token)
    return blocks


def _parts(blocks: list[_Block]) -> tuple[str, list[tuple[str, bool, list[_Block]]]]:
    """The title, and (heading, is context, blocks) of each part; context holds for all that is under it."""
    title = ""
    parts: list[tuple[str, bool, list[_Block]]] = [("", True, [])]
    context_level = 0
    for block in blocks:
        if block.kind != "heading_open":
            parts[-1][2].append(block)
            continue
        heading, level = _inline_text(block), int(block.tokens[0].tag[1])
        if not title and level == 1:
            title = one_line(heading, MAX_TITLE)
            parts.append(("", False, []))
            continue
        if context_level and level <= context_level:
            context_level = 0
        if not context_level and heading.casefold().strip(" :#") in _CONTEXT:
            context_level = level
        parts.append((one_line(heading, 200), context_level > 0, []))
    has_steps = any(not context and part for _, context, part in parts)
    first = parts[0]
    if not has_steps:  # a text without headings is a checklist
        parts[0] = (first[0], False, first[2])
    return title, _title_part(parts)


def _title_part(parts: list[tuple[str, bool, list[_Block]]]) -> list[tuple[str, bool, list[_Block]]]:
    """What stands between the title and the first heading explains, unless it is a list or all there is."""
    others = [it for it in parts if it[0] and it[2] and not it[1]]
    result = []
    for heading, is_context, blocks in parts:
        explains = not heading and bool(others) and not any("list_open" in block.kind for block in blocks)
        result.append((heading, is_context or explains, blocks))
    return result


def _inline_text(block: _Block) -> str:
    inline = next((token for token in block.tokens if token.type == "inline"), None)
    return _plain(inline) if inline else ""


def _plain(inline: Token) -> str:
    return plain_words(inline.content[:_MAX_WORDS])


def _steps(heading: str, blocks: list[_Block], lines: list[str]) -> list[StepText]:
    """Each item of a top-level list is a step; a part without lists is one step under its heading."""
    lists = [block for block in blocks if block.kind in ("bullet_list_open", "ordered_list_open")]
    if not lists:
        return _one_step(heading, blocks, lines)
    steps: list[StepText] = []
    loose: list[_Block] = []
    for block in blocks:
        if block not in lists:
            loose.append(block)
            continue
        items = [step for item in _items(block) if (step := _item(item, lines)).text]
        if items:  # what leads into a list belongs to its first item
            items[0].detail = _paragraphs(_source(loose, lines), items[0].detail)
            loose = []
        steps += items
    return steps + _after_lists(steps, loose, lines)


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


def _one_step(heading: str, blocks: list[_Block], lines: list[str]) -> list[StepText]:
    if not blocks:
        return []
    source = _source(blocks, lines)
    first = next((text for block in blocks if (text := _inline_text(block).strip())), "")
    sentence = one_line(first, 300)
    if heading and not (sentence and heading.casefold() in _GENERIC):
        return [StepText(heading, source)]
    text = f"{heading}: {sentence}" if heading else sentence
    return [StepText(text, source if source != sentence else None)] if sentence else []


def _items(block: _Block) -> list[list[Token]]:
    """The tokens of each item of a list block."""
    items: list[list[Token]] = []
    for token in block.tokens:
        if token.type == "list_item_open" and token.level == 1:
            items.append([token])
        elif items:
            items[-1].append(token)
    return items


def _item(tokens: list[Token], lines: list[str]) -> StepText:
    inline = next((token for token in tokens if token.type == "inline"), None)
    if inline is None:
        return StepText("")
    text = _without_checkbox(_plain(inline).strip())
    nested = next((token for token in tokens[1:] if token.type.endswith("_list_open") and token.level == 2), None)
    answers = _answers(tokens) if nested is not None and text.rstrip().endswith("?") else []
    first = inline.map[1] if inline.map else 0
    last = tokens[0].map[1] if tokens[0].map else first
    if answers and nested is not None and nested.map:
        last = nested.map[0]
    return StepText(one_line(text, 1_000), _dedented(lines[first:last]) or None, answers)


def _without_checkbox(text: str) -> str:
    return text[3:].lstrip() if text.startswith(_CHECKBOXES) else text


def _dedented(lines: list[str]) -> str:
    filled = [line for line in lines if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return "\n".join(line[margin:] for line in lines).strip()


def _answers(tokens: list[Token]) -> list[tuple[str, str]]:
    """``Yes: do this`` items of the list inside an item; none when one of them has no such form."""
    inner = [token for token in tokens[1:] if token.type == "inline" and token.level == 5]
    pairs = [_answer(_plain(token)) for token in inner]
    return [pair for pair in pairs if pair] if len(pairs) > 1 and all(pairs) else []


def _answer(text: str) -> tuple[str, str] | None:
    line = one_line(text, 1_000)
    places = [(place, arrow) for arrow in _ARROWS if 0 < (place := line.find(arrow)) <= _MAX_LABEL]
    if not places:
        return (line, "") if line.casefold().strip(" .") in ("yes", "no") else None
    place, arrow = min(places)
    label = line[:place].strip(" -*")
    return (label, line[place + len(arrow) :].strip()) if label else None

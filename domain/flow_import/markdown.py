"""Markdown runbooks and checklists: sections and list items become steps, items with ``Yes:``/``No:`` questions."""

from __future__ import annotations

from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_import.content import check_markdown, front_matter, read_json
from domain.flow_import.draft import MAX_TITLE, UNNAMED, Draft, one_line
from domain.flow_import.handrail_json import read_handrail_data
from domain.flow_import.many import read_each
from domain.flow_import.markdown_building import build
from domain.flow_import.markdown_outline import outline_of
from domain.flow_import.markdown_source import prepared
from domain.flow_import.result import ImportedFlow, ImportRefused, ImportResult
from domain.flow_markdown import embedded_flow, flow_to_markdown


def read_markdown(content: str, title: str | None) -> ImportResult:
    """One text, or a JSON list of them (``[{"path", "markdown"}]``)."""
    if content.lstrip().startswith("[{"):
        return _read_list(content, title)
    exported = _exported(content, title)
    return exported or read_each([(UNNAMED, content)], _reader(named=title is not None), title)


def _read_list(content: str, title: str | None) -> ImportResult:
    entries = [it for it in read_json(content) if isinstance(it, dict) and isinstance(it.get("markdown"), str)]
    if not entries:
        raise ImportRefused(FindingCode.INVALID_CONTENT, "The list holds no Markdown texts.")
    named = ((one_line(it.get("alert") or it.get("title") or it.get("path"), 100) or "Flow", it) for it in entries)
    return read_each(((name, it["markdown"]) for name, it in named), _reader(named=False), title)


def _exported(content: str, title: str | None) -> ImportResult | None:
    """A text that we wrote ourselves, unchanged since: then its tree is known exactly."""
    block = embedded_flow(content)
    if block is None:
        return None
    try:
        data = read_json(block)
        result = read_handrail_data(data, title)
    except ImportRefused:
        return None
    written = _written(data, result)
    return result if written and written.rstrip() == content.replace("\r\n", "\n").rstrip() else None


def _written(data: Any, result: ImportResult) -> str | None:
    """What an export of the block would look like; None when the block is none of ours."""
    if not isinstance(data, dict) or len(result.flows) != 1 or not isinstance(data.get("title"), str):
        return None
    keywords = data.get("keywords", [])
    if not isinstance(keywords, list) or not all(isinstance(word, str) for word in keywords):
        return None
    return flow_to_markdown(result.flows[0].tree, data["title"], data.get("category"), tuple(keywords))


def _reader(*, named: bool) -> Any:
    def read(draft: Draft, title: str, content: str) -> ImportedFlow:
        head, body, problem = front_matter(content.replace("\r\n", "\n"))
        if problem:
            draft.remarks.warn(FindingCode.DROPPED, f"Left out: {problem}.")
        if embedded_flow(content) is not None:
            message = "The text was edited after it was exported, so it was read anew and the block of JSON ignored."
            draft.remarks.warn(
                FindingCode.REWRITTEN, message, None, "Edit and import the JSON export to keep every detail."
            )
        check_markdown(body)
        outline = outline_of(prepared(body))
        own = one_line(head.get("title"), MAX_TITLE) or outline.title
        full = title if named or not own else own if title == UNNAMED else title
        root_id = build(draft, outline)
        category = one_line(head.get("category"), 100) or None
        return draft.finish(full, root_id, category, _keywords(head))

    return read


def _keywords(head: dict[str, Any]) -> tuple[str, ...]:
    value = head.get("keywords") or head.get("tags")
    items = value if isinstance(value, list) else str(value).split(",") if isinstance(value, str) else []
    return tuple(dict.fromkeys(word for item in items[:100] if (word := one_line(item, 100))))

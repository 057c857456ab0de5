"""Task graphs and DAGs in JSON: which of the known shapes it is. A shape under another format's name is read too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_import.content import read_data
from domain.flow_import.draft import MAX_TITLE, UNNAMED, Draft, one_line, words_of
from domain.flow_import.gorules import is_gorules, read_gorules
from domain.flow_import.guideline import read_guideline
from domain.flow_import.handrail_json import read_handrail_data
from domain.flow_import.many import read_each
from domain.flow_import.result import ImportedFlow, ImportRefused, ImportResult
from domain.flow_import.step_graph import read_step_graph
from domain.flow_import.task_graph import read_task_graph

_EXPECTED = (
    "Expected a task graph (replies and graph), guidelines (subflows with actions), "
    "or a graph of nodes with their edges."
)


def read_graph(content: str, title: str | None) -> ImportResult:
    data = read_data(content)
    if isinstance(data, dict) and "nodes" in data and "rootId" in data:
        return read_handrail_data(data, title)
    flows = list(_flows(data, None))
    if not flows:
        raise ImportRefused(FindingCode.INVALID_CONTENT, "The content has none of the known shapes.", _EXPECTED)
    return read_each(flows, _read, title)


def _flows(data: Any, name: str | None, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every flow in ``data`` with its name, however they are grouped (at most three levels)."""
    if depth > 3:
        return
    if isinstance(data, list):
        for number, item in enumerate(data, start=1):
            yield from _flows(item, f"{name or 'Flow'} {number}", depth + 1)
    elif isinstance(data, dict):
        own = one_line(data.get("title") or data.get("task") or data.get("name"), MAX_TITLE)
        if _is_flow(data):
            yield name or words_of(own or UNNAMED), data
            return
        for key, value in _grouped(data):
            yield from _flows(value, _joined(name, key), depth + 1)


def _grouped(data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Members by name. ``subflows`` is a level of its own in the source and none in the names."""
    subflows = data.get("subflows")
    if isinstance(subflows, dict):
        yield from subflows.items()
    elif isinstance(subflows, list):
        for number, item in enumerate(subflows, start=1):
            name = one_line(item.get("name") or item.get("title"), 100) if isinstance(item, dict) else ""
            yield name or str(number), item
    else:
        yield from ((key, value) for key, value in data.items() if isinstance(value, (dict, list)))


def _joined(name: str | None, key: str) -> str:
    shown = words_of(key) if "_" in key else one_line(key, MAX_TITLE)
    return f"{name}: {shown}" if name else shown[:1].upper() + shown[1:]


def _is_flow(data: dict[str, Any]) -> bool:
    return (
        isinstance(data.get("graph"), dict)
        or isinstance(data.get("actions"), list)
        or isinstance(data.get("nodes"), (list, dict))
    )


def _read(draft: Draft, title: str, data: Any) -> ImportedFlow:
    if isinstance(data.get("graph"), dict):
        return read_task_graph(draft, title, data)
    if isinstance(data.get("actions"), list):
        return read_guideline(draft, title, data)
    return read_gorules(draft, title, data) if is_gorules(data) else read_step_graph(draft, title, data)

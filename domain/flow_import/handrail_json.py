"""Our own JSON: an exported flow, a list of them, or a bare tree."""

from __future__ import annotations

from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_import.content import read_data
from domain.flow_import.draft import MAX_FLOWS, MAX_TITLE, Draft, one_line
from domain.flow_import.many import read_each
from domain.flow_import.result import ImportedFlow, ImportRefused, ImportResult
from domain.flow_tree import TreeShapeError, parse_tree

_KNOWN = frozenset({"format", "slug", "title", "category", "keywords", "tree", "$schema", "number", "reviewBy"})
_KIND_SUFFIX = "Node"


def read_handrail(content: str, title: str | None) -> ImportResult:
    return read_handrail_data(read_data(content), title)


def read_handrail_data(data: Any, title: str | None) -> ImportResult:
    entries = data.get("flows") if isinstance(data, dict) and isinstance(data.get("flows"), list) else data
    flows = entries if isinstance(entries, list) else [entries]
    if not flows or len(flows) > MAX_FLOWS:
        raise ImportRefused(FindingCode.INVALID_CONTENT, f"The content must hold 1 to {MAX_FLOWS} flows.")
    return read_each(((_name(flow, number), flow) for number, flow in enumerate(flows, start=1)), _read, title)


def _name(flow: Any, number: int) -> str:
    named = one_line(flow.get("title"), MAX_TITLE) if isinstance(flow, dict) else ""
    return named or f"Imported flow {number}"


def _read(draft: Draft, title: str, flow: Any) -> ImportedFlow:
    if not isinstance(flow, dict):
        raise ImportRefused(FindingCode.INVALID_CONTENT, "A flow must be a JSON object.")
    is_bare = "tree" not in flow and "nodes" in flow
    unknown = [] if is_bare else sorted(str(key)[:60] for key in flow if key not in _KNOWN)
    if unknown:
        draft.remarks.warn(FindingCode.DROPPED, f"Unknown keys were left out: {', '.join(unknown[:10])}.")
    try:
        tree = parse_tree(_from_query(flow if is_bare else flow.get("tree")))
    except TreeShapeError as error:
        raise ImportRefused(FindingCode.INVALID_CONTENT, f"This is not a flow tree: {error}.") from error
    category = flow.get("category")
    keywords = flow.get("keywords")
    return ImportedFlow(
        title,
        tree,
        one_line(category, 100) or None,
        tuple(one_line(word, 100) for word in keywords[:100] if one_line(word, 100))
        if isinstance(keywords, list)
        else (),
    )


def _from_query(tree: Any) -> Any:
    """A tree as a GraphQL client got it: ``__typename`` says the kind (``QuestionNode``)."""
    if not isinstance(tree, dict) or not isinstance(tree.get("nodes"), list):
        return tree
    cleaned = {key: value for key, value in tree.items() if key not in ("__typename", "$schema")}
    return cleaned | {"nodes": [_without_typename(node) for node in tree["nodes"]]}


def _without_typename(node: Any) -> Any:
    if not isinstance(node, dict) or "__typename" not in node:
        return node
    rest = {key: _plain_items(value) for key, value in node.items() if key != "__typename"}
    name = node["__typename"]
    if "kind" in rest or not isinstance(name, str):
        return rest
    words = "".join(f"_{char}" if char.isupper() else char for char in name.removesuffix(_KIND_SUFFIX)[:100])
    return {"kind": words.strip("_").lower(), **rest}


def _plain_items(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [{k: v for k, v in item.items() if k != "__typename"} if isinstance(item, dict) else item for item in value]

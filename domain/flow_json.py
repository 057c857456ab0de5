"""The JSON form of a flow's nodes, read strictly: every field has one type, unknown keys are refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from domain.flow_node import (
    AUTOMATIC_KINDS,
    MAX_EXPRESSION,
    MAX_FACT,
    MAX_LABEL,
    MAX_NODE_BYTES,
    MAX_NODE_ID,
    MAX_NODES,
    MAX_OPTIONS,
    MAX_TREE_BYTES,
    REASON_CATEGORIES,
    Branch,
    FlowNode,
    InputType,
    NodeKind,
    Option,
)


class TreeShapeError(ValueError):
    """The JSON is not a tree. ``path`` says where, ``problem`` what, in words for its author."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


Reader = Callable[[Any, str], Any]
_TYPE_NAMES: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def _expect(value: Any, kind: type, path: str) -> Any:
    if not isinstance(value, kind):
        found = _TYPE_NAMES.get(type(value), "something else")
        raise TreeShapeError(path, f"must be {_TYPE_NAMES[kind]}, not {found}")
    return value


def _text(value: Any, path: str, limit: int = MAX_NODE_BYTES) -> str:
    text: str = _expect(value, str, path)
    if len(text) > limit:
        raise TreeShapeError(path, f"must have at most {limit} characters, has {len(text)}")
    # PostgreSQL stores neither; a lone surrogate has no UTF-8 form at all.
    if "\x00" in text:
        raise TreeShapeError(path, "must not contain the NUL character")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise TreeShapeError(path, "must not contain half of a surrogate pair")
    return text


def _filled(value: Any, path: str, limit: int = MAX_NODE_BYTES) -> str:
    text = _text(value, path, limit)
    if not text.strip():
        raise TreeShapeError(path, "must not be empty")
    return text


def _identifier(value: Any, path: str) -> str:
    text = _filled(value, path, MAX_NODE_ID)
    if not text.isprintable() or text != text.strip():
        raise TreeShapeError(path, "must be printable, without spaces at its ends")
    return text


def _label(value: Any, path: str) -> str:
    return _filled(value, path, MAX_LABEL)


def _fact(value: Any, path: str) -> str:
    text = _text(value, path, MAX_FACT)
    if not (text.isascii() and text.isidentifier()):
        raise TreeShapeError(path, "must be a name of letters, digits and underscores, not starting with a digit")
    return text


def _expression(value: Any, path: str) -> str:
    return _filled(value, path, MAX_EXPRESSION)


def _flag(value: Any, path: str) -> bool:
    return bool(_expect(value, bool, path))


def _choice(value: Any, path: str, known: list[str]) -> str:
    """One of ``known``; upper-case is accepted because the API's enums are written so."""
    text = _text(value, path, MAX_NODE_ID).lower()
    if text not in known:
        raise TreeShapeError(path, f"must be one of {', '.join(known)}")
    return text


def _kind(value: Any, path: str) -> NodeKind:
    return NodeKind(_choice(value, path, [kind.value for kind in NodeKind]))


def _input_type(value: Any, path: str) -> InputType:
    return InputType(_choice(value, path, [kind.value for kind in InputType]))


def _reason(value: Any, path: str) -> str:
    return _choice(value, path, sorted(REASON_CATEGORIES))


def _options(value: Any, path: str) -> tuple[Option, ...]:
    options = tuple(_option(item, f"{path}[{index}]") for index, item in enumerate(_limited(value, path)))
    _distinct([option.value for option in options], path, "value")
    _distinct([option.label.strip().casefold() for option in options], path, "label")
    return options


def _branches(value: Any, path: str) -> tuple[Branch, ...]:
    return tuple(_branch(item, f"{path}[{index}]") for index, item in enumerate(_limited(value, path)))


def _limited(value: Any, path: str) -> list[Any]:
    items: list[Any] = _expect(value, list, path)
    if len(items) > MAX_OPTIONS:
        raise TreeShapeError(path, f"must have at most {MAX_OPTIONS} entries, has {len(items)}")
    return items


def _distinct(keys: list[str], path: str, what: str) -> None:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            raise TreeShapeError(f"{path}[{index}].{what}", "is used twice in this node")
        seen.add(key)


_OPTION: Final[Mapping[str, tuple[str, Reader]]] = {
    "value": ("value", _identifier),
    "label": ("label", _label),
    "nextNodeId": ("next_node_id", _identifier),
}
_BRANCH: Final[Mapping[str, tuple[str, Reader]]] = {
    "when": ("when", _expression),
    "nextNodeId": ("next_node_id", _identifier),
    "label": ("label", _label),
}
_NODE: Final[Mapping[str, tuple[str, Reader]]] = {
    "nodeId": ("node_id", _identifier),
    "kind": ("kind", _kind),
    "text": ("text", _text),
    "detail": ("detail", _text),
    "howTo": ("how_to", _text),
    "options": ("options", _options),
    "nextNodeId": ("next_node_id", _identifier),
    "acknowledgeLabel": ("acknowledge_label", _label),
    "suggestedResolution": ("suggested_resolution", _text),
    "reasonCategory": ("reason_category", _reason),
    "needsReview": ("needs_review", _flag),
    "fact": ("fact", _fact),
    "inputType": ("input_type", _input_type),
    "unit": ("unit", _label),
    "isRequired": ("is_required", _flag),
    "branches": ("branches", _branches),
    "subFlowId": ("sub_flow_id", _identifier),
    "action": ("action", _label),
}


def _fields(value: Any, path: str, table: Mapping[str, tuple[str, Reader]], *required: str) -> dict[str, Any]:
    """The fields of one object by attribute name. Null means "not given"."""
    entry: dict[Any, Any] = _expect(value, dict, path)
    unknown = next((key for key in entry if key not in table), None)
    if unknown is not None:
        raise TreeShapeError(path, f"has the unknown key {str(unknown)[:60]!r}; known are {', '.join(table)}")
    missing = next((key for key in required if entry.get(key) is None), None)
    if missing is not None:
        raise TreeShapeError(f"{path}.{missing}", "is required")
    return {
        attribute: reader(entry[key], f"{path}.{key}")
        for key, (attribute, reader) in table.items()
        if entry.get(key) is not None
    }


def _option(value: Any, path: str) -> Option:
    return Option(**_fields(value, path, _OPTION, "value", "label"))


def _branch(value: Any, path: str) -> Branch:
    return Branch(**_fields(value, path, _BRANCH, "when", "nextNodeId"))


def _node(value: Any, path: str) -> FlowNode:
    node = FlowNode(**_fields(value, path, _NODE, "nodeId", "kind"))
    if node.kind not in AUTOMATIC_KINDS and not node.text.strip():
        raise TreeShapeError(f"{path}.text", "is required")
    return node


def _checked_size(node: FlowNode, path: str) -> int:
    size = len(json.dumps(node_to_json(node), ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_NODE_BYTES:
        raise TreeShapeError(path, f"must have at most {MAX_NODE_BYTES} bytes, has {size}")
    return size


def read_nodes(data: Any) -> tuple[str, tuple[FlowNode, ...]]:
    """The root's id and the nodes of a tree in JSON form; raises ``TreeShapeError`` for anything else."""
    entry = _fields(data, "tree", {"nodes": ("nodes", _nodes), "rootId": ("root_id", _identifier)}, "rootId", "nodes")
    nodes: tuple[FlowNode, ...] = entry["nodes"]
    root_id: str = entry["root_id"]
    if all(node.node_id != root_id for node in nodes):
        raise TreeShapeError("tree.rootId", f"names no node of the tree: {root_id!r}")
    return root_id, nodes


def _nodes(value: Any, path: str) -> tuple[FlowNode, ...]:
    items: list[Any] = _expect(value, list, path)
    if not 1 <= len(items) <= MAX_NODES:
        raise TreeShapeError(path, f"must have 1 to {MAX_NODES} nodes, has {len(items)}")
    nodes: list[FlowNode] = []
    seen: dict[str, int] = {}
    size = 0
    for index, item in enumerate(items):
        node = _node(item, f"{path}[{index}]")
        first = seen.setdefault(node.node_id, index)
        if first != index:
            raise TreeShapeError(f"{path}[{index}].nodeId", f"is the id of nodes[{first}] too: {node.node_id!r}")
        size += _checked_size(node, f"{path}[{index}]")
        if size > MAX_TREE_BYTES:
            raise TreeShapeError(path, f"must have at most {MAX_TREE_BYTES} bytes in all")
        nodes.append(node)
    return tuple(nodes)


def nodes_to_json(nodes: tuple[FlowNode, ...]) -> list[dict[str, Any]]:
    """The JSON form of nodes, in their order."""
    return [node_to_json(node) for node in nodes]


def node_to_json(node: FlowNode) -> dict[str, Any]:
    """One node's JSON form, without the fields that are at their defaults."""
    return _to_json(node, _NODE)


def _to_json(item: FlowNode | Option | Branch, table: Mapping[str, tuple[str, Reader]]) -> dict[str, Any]:
    values = ((key, getattr(item, attribute), attribute) for key, (attribute, _) in table.items())
    return {key: _plain(value) for key, value, attribute in values if not _is_default(attribute, value)}


def _is_default(attribute: str, value: Any) -> bool:
    if attribute in ("needs_review", "is_required"):
        return bool(value) is (attribute == "is_required")
    return value is None or value == () or (attribute == "text" and value == "")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_to_json(item, _OPTION if isinstance(item, Option) else _BRANCH) for item in value]
    return value.value if isinstance(value, StrEnum) else value

"""The info object of every field, and what a field was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import strawberry
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from resolvers.context import Context

Info: TypeAlias = strawberry.Info[Context, None]
Fragments: TypeAlias = Mapping[str, FragmentDefinitionNode]


def wanted(info: Info, *path: str) -> frozenset[str]:
    """Names of the fields selected under this field, or under ``path`` below it (``wanted(info, "nodes")``).

    Those one level further down are there too, as ``flow.title``. Fragments are followed whatever type they are on;
    ``@skip`` and ``@include`` are not judged: a field too many costs a column, a field too few would lose data.
    """
    raw, memo = info._raw_info, info.context.document_memo
    key = ("wanted", path, *(id(node) for node in raw.field_nodes))
    found = None if memo is None else memo.get(key)
    if found is None:
        found = _wanted(raw.field_nodes, raw.fragments, path)
        if memo is not None:
            memo[key] = found
    return frozenset(found)


def _wanted(nodes: Iterable[FieldNode], fragments: Fragments, path: tuple[str, ...]) -> frozenset[str]:
    sets = [node.selection_set for node in nodes if node.selection_set]
    for name in path:
        sets = [
            node.selection_set
            for one in sets
            for node in _fields(one, fragments)
            if node.name.value == name and node.selection_set
        ]
    fields = [node for one in sets for node in _fields(one, fragments)]
    below = (
        f"{node.name.value}.{inner.name.value}"
        for node in fields if node.selection_set
        for inner in _fields(node.selection_set, fragments)
    )
    return frozenset([*(node.name.value for node in fields), *below])


def wanted_any(info: Info, *paths: tuple[str, ...]) -> frozenset[str]:
    """The union over several paths."""
    return frozenset().union(*(wanted(info, *path) for path in paths))


def _fields(selection: SelectionSetNode, fragments: Fragments) -> Iterable[FieldNode]:
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments)
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(fragments[node.name.value].selection_set, fragments)

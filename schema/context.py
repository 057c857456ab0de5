"""The info object of every field, and what a field was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import strawberry
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from resolvers.context import Context

Info: TypeAlias = strawberry.Info[Context, None]


def wanted(info: Info, *path: str) -> frozenset[str]:
    """Names of the fields selected under this field, or under ``path`` below it (``wanted(info, "nodes")``).

    Fragments are followed whatever type they are on; ``@skip`` and ``@include`` are not judged: a field too many
    costs a column, a field too few would lose data.
    """
    raw = info._raw_info
    sets = [node.selection_set for node in raw.field_nodes if node.selection_set]
    for name in path:
        sets = [
            node.selection_set
            for one in sets
            for node in _fields(one, raw.fragments)
            if node.name.value == name and node.selection_set
        ]
    return frozenset(node.name.value for one in sets for node in _fields(one, raw.fragments))


def wanted_any(info: Info, *paths: tuple[str, ...]) -> frozenset[str]:
    """The union over several paths."""
    return frozenset().union(*(wanted(info, *path) for path in paths))


def _fields(selection: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> Iterable[FieldNode]:
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments)
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(fragments[node.name.value].selection_set, fragments)

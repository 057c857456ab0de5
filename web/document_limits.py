"""Limits on a parsed document, checked before graphql-core's own rules, which are quadratic.

Fragments are measured once and then counted wherever they are spread, so that a small document cannot expand into a
large one unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    is_interface_type,
    is_object_type,
)

MAX_TOKENS = 2_000
MAX_DEPTH = 15
MAX_INTROSPECTION_DEPTH = 20
MAX_ALIASES = 30
MAX_ROOT_FIELDS = 20
MAX_DIRECTIVES = 10
MAX_SELECTIONS = 5_000
MAX_NODES = 10_000
DEFAULT_FIRST = 20


class TooComplex(Exception):
    """The document exceeds a limit; the text says which and how to stay below it."""


@dataclass(slots=True)
class Measure:
    """What a selection set comes to once its fragments are spread."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    selections: int = 0


class Measurer:
    """Measures the operations of one document. Raises ``TooComplex``."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[str, Measure] = {}
        self._open: set[str] = set()

    def check(self, operation: OperationDefinitionNode) -> None:
        """Every limit that does not depend on variables."""
        total = self._of(operation.selection_set, is_introspection=False)
        for value, limit, what in (
            (total.depth, MAX_DEPTH, "levels of fields"),
            (total.aliases, MAX_ALIASES, "aliases"),
            (total.fields, MAX_ROOT_FIELDS, "root fields"),
            (total.selections, MAX_SELECTIONS, "selections"),
        ):
            if value > limit:
                message = f"The operation has {value} {what}; at most {limit} are allowed. Split it."
                raise TooComplex(message)

    def _of(self, selection: SelectionSetNode | None, *, is_introspection: bool) -> Measure:
        total = Measure()
        for node in selection.selections if selection else ():
            _check_directives(node)
            one = self._one(node, is_introspection=is_introspection)
            total.depth = max(total.depth, one.depth)
            total.aliases += one.aliases
            total.fields += one.fields
            total.selections += one.selections + 1
            if total.selections > MAX_SELECTIONS or total.aliases > MAX_ALIASES:
                break
        return total

    def _one(self, node: Node, *, is_introspection: bool) -> Measure:
        if isinstance(node, FieldNode):
            return self._field(node, is_introspection=is_introspection)
        if isinstance(node, InlineFragmentNode):
            return self._of(node.selection_set, is_introspection=is_introspection)
        if isinstance(node, FragmentSpreadNode):
            return self._spread(node.name.value, is_introspection=is_introspection)
        return Measure()

    def _field(self, node: FieldNode, *, is_introspection: bool) -> Measure:
        inside = is_introspection or node.name.value in {"__schema", "__type"}
        below = self._of(node.selection_set, is_introspection=inside)
        depth = below.depth + 1
        if inside and not is_introspection:
            if depth > MAX_INTROSPECTION_DEPTH:
                message = f"The introspection is {depth} levels deep; at most {MAX_INTROSPECTION_DEPTH} are allowed."
                raise TooComplex(message)
            depth = 1
        return Measure(depth, below.aliases + (node.alias is not None), 1, below.selections)

    def _spread(self, name: str, *, is_introspection: bool) -> Measure:
        fragment = self.fragments.get(name)
        if fragment is None or name in self._open:  # unknown or in a cycle: the standard rules say so
            return Measure()
        if name not in self._measured:
            self._open.add(name)
            self._measured[name] = self._of(fragment.selection_set, is_introspection=is_introspection)
            self._open.discard(name)
        return self._measured[name]


def _check_directives(node: Node) -> None:
    if len(getattr(node, "directives", None) or ()) >= MAX_DIRECTIVES:
        message = f"A selection has {MAX_DIRECTIVES} directives or more; use fewer."
        raise TooComplex(message)


def paged_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Names of fields that take ``first``: those that give pages."""
    return frozenset(
        name
        for kind in schema.type_map.values()
        if is_object_type(kind) or is_interface_type(kind)
        for name, field in kind.fields.items()
        if "first" in field.args
    )


def check_nodes(
    measurer: Measurer, operation: OperationDefinitionNode, paged: frozenset[str], variables: Mapping[str, Any]
) -> None:
    """The product of nested ``first`` values, summed over the operation. Raises ``TooComplex``."""
    defaults = {
        definition.variable.name.value: _literal(definition.default_value)
        for definition in operation.variable_definitions or ()
    }
    total = _nodes(measurer, operation.selection_set, paged, {**defaults, **variables}, 1, frozenset())
    if total > MAX_NODES:
        message = f"The operation asks for up to {total:,} items; at most {MAX_NODES:,} are allowed. Lower `first`."
        raise TooComplex(message)


def _nodes(
    measurer: Measurer, selection: SelectionSetNode | None, paged: frozenset[str], variables: Mapping[str, Any],
    times: int, opened: frozenset[str],
) -> int:
    total = 0
    for node in selection.selections if selection else ():
        if isinstance(node, FieldNode):
            inside = times * _first(node, variables) if node.name.value in paged else times
            total += inside if node.name.value in paged else 0
            total += _nodes(measurer, node.selection_set, paged, variables, inside, opened)
        elif isinstance(node, InlineFragmentNode):
            total += _nodes(measurer, node.selection_set, paged, variables, times, opened)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in opened:
            fragment = measurer.fragments.get(node.name.value)
            inner = opened | {node.name.value}
            total += _nodes(measurer, fragment.selection_set if fragment else None, paged, variables, times, inner)
        if total > MAX_NODES:
            break
    return total


def _first(node: FieldNode, variables: Mapping[str, Any]) -> int:
    for argument in node.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            given = variables.get(value.name.value) if isinstance(value, VariableNode) else _literal(value)
            return max(given, 0) if isinstance(given, int) else DEFAULT_FIRST
    return DEFAULT_FIRST


def _literal(value: Any) -> int | None:
    return int(value.value) if isinstance(value, IntValueNode) and len(value.value) < 12 else None

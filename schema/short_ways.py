"""Shorter ways to a field's value than the framework's general one, for fields that need nothing of it.

Strawberry wraps every resolver for extensions, permissions, argument conversion and error handlers. Fields without any
of these (the great majority) are answered by the attribute or the method itself. A field that does not fit exactly is
left as it is, so a new kind of field is at worst slow.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.types.field import StrawberryField

from schema.types.lazily import reader_of

DEFINITION = "strawberry-definition"
Resolver = Callable[..., Any]


def shorten(schema: GraphQLSchema) -> None:
    """Replace the resolvers of plain fields. ``schema`` must not serve yet."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and DEFINITION in kind.extensions:
            _shorten_type_test(kind)
            for field in kind.fields.values():
                if (resolver := _short_way(kind, field)) is not None:
                    field.resolve = resolver


def _shorten_type_test(kind: GraphQLObjectType) -> None:
    """An instance of the type's own class is one; of anything else the framework judges."""
    origin, judge = kind.extensions[DEFINITION].origin, kind.is_type_of
    if judge is not None:
        kind.is_type_of = lambda value, info: type(value) is origin or judge(value, info)


def class_of(kind: GraphQLObjectType) -> type | None:
    """The class whose instances are this type's; of a generic type's copy it is that of the generic."""
    definition = kind.extensions.get(DEFINITION)
    while definition is not None and definition.concrete_of is not None:
        definition = definition.concrete_of
    return None if definition is None else definition.origin


def _short_way(kind: GraphQLObjectType, field: GraphQLField) -> Resolver | None:
    definition = field.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryField) or definition.extensions or definition.permission_classes:
        return None
    if definition.is_basic_field:
        name = definition.python_name
        own = class_of(kind)
        return _Plain((reader_of(own, name) if own else None) or attrgetter(name))
    if field.args or definition.base_resolver is None:
        return None
    return _method(definition, definition.base_resolver.wrapped_func)


@dataclass(frozen=True, slots=True)
class Selected:
    """What a field was asked for: the part of the framework's raw info that ``schema.context.wanted`` reads."""

    field_nodes: list[Any]
    fragments: Mapping[str, Any]


class FieldInfo:
    """What a shortened method gets for the framework's info: the context, and what was selected below the field."""

    __slots__ = ("_raw_info", "context")

    def __init__(self, context: Any, selected: Selected) -> None:
        self.context = context
        self._raw_info = selected


def short_getter(field: GraphQLField, selected: Selected) -> tuple[Callable[..., Any], bool] | None:
    """How a shortened field gets its value (or what to await for it), or None when there is more to it.

    It is called with the object, and when the second value is true also with something that has a ``context``.
    """
    if isinstance(field.resolve, _Plain):
        return field.resolve.get, False
    if isinstance(field.resolve, _WithInfo):
        function = field.resolve.function
        return lambda source, scene: function(source, FieldInfo(scene.context, selected)), True
    return None


class _Plain:
    """Resolves a field from its object alone: an attribute, or a method that takes nothing."""

    __slots__ = ("get",)

    def __init__(self, get: Callable[[Any], Any]) -> None:
        self.get = get

    def __call__(self, source: Any, _info: Any) -> Any:
        return self.get(source)


class _WithInfo:
    """Resolves a field by a method that takes the framework's info."""

    __slots__ = ("_definition", "function")

    def __init__(self, definition: StrawberryField, function: Resolver) -> None:
        self._definition = definition
        self.function = function

    def __call__(self, source: Any, info: Any) -> Any:
        return self.function(source, strawberry.Info(info, self._definition))


def _method(definition: StrawberryField, function: Any) -> Resolver | None:
    names = tuple(inspect.signature(function).parameters) if inspect.isfunction(function) else ()
    if names == ("self",):
        return _Plain(function)
    if names == ("self", "info"):
        return _WithInfo(definition, function)
    return None

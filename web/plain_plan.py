"""Plans for selections that need nothing but their object: attributes and pure methods, down to their leaves.

A page of fifty escalations with their paths has some three thousand fields, most of them attributes holding a scalar,
an enum value, or an object of such. graphql-core's general way (resolve info, path, arguments, a question whether the
value must be awaited) is most of such a request's cost. A plan is made once per selection of a document and answers
it with plain loops. What is not exactly plain has no plan, and what fails is met again by the general way, errors
included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)

from schema.short_ways import plain_getter

Getter = Callable[[Any, Any], Any]  # of the object and the stand-in for the framework's info
Completer = Callable[[Any, Any], Any]
Step = tuple[str, Getter, Completer, bool]  # response name, value, how it is completed, whether null is allowed
Plan = tuple[Step, ...]
Collect = Callable[[GraphQLObjectType, Any], Any]  # graphql-core's own collection of a selection's sub-fields


class NotPlain(Exception):
    """A value was not what a plan expects."""


def run(plan: Plan, source: Any, info: Any) -> dict[str, Any]:
    """The selection's answer, in its order. Any exception means: not plain after all."""
    answer: dict[str, Any] = {}
    for name, get, complete, is_nullable in plan:
        value = get(source, info)
        if value is None:
            if not is_nullable:
                raise NotPlain
            answer[name] = None
        else:
            answer[name] = complete(value, info)
    return answer


class ContextOnly:
    """What a plan's methods get for the framework's info; one that asks for more is not plain.

    Plans outlive the request that made them, so whatever belongs to a request reaches them by this and by nothing else.
    """

    __slots__ = ("context", "planner")

    def __init__(self, context: Any, planner: Planner) -> None:
        self.context = context
        self.planner = planner


class Planner:
    """Makes plans, and finds those that were made. ``memo`` lives as long as the document whose selections it knows."""

    def __init__(self, schema: GraphQLSchema, collect: Collect, memo: dict[Any, Any]) -> None:
        self._schema = schema
        self._collect = collect
        self._plans = memo

    def step(self, parent: GraphQLObjectType, name: str, details: Any) -> Step | None:
        """One field of a selection, or None when it is not plain."""
        field_name = details[0].node.name.value
        if field_name == "__typename":
            return name, lambda _source, _info: parent.name, lambda value, _info: value, False
        field = parent.fields.get(field_name)
        get = plain_getter(field) if field is not None and not field.args else None
        if field is None or get is None:
            return None
        complete = self._completer(field, details)
        return None if complete is None else (name, get, complete, not isinstance(field.type, GraphQLNonNull))

    def plan(self, kind: GraphQLObjectType, details: Any) -> Plan | None:
        """The whole selection below a field, or None when any part of it is not plain."""
        key = selection_key(kind, details)
        if key not in self._plans:
            self._plans[key] = self._make(kind, details)
        plan: Plan | None = self._plans[key]
        return plan

    def _make(self, kind: GraphQLObjectType, details: Any) -> Plan | None:
        grouped, deferred, forbidden = self._collect(kind, details)
        if deferred or forbidden:
            return None
        steps = [self.step(kind, name, one) for name, one in grouped.items()]
        return None if None in steps else tuple(steps)  # type: ignore[arg-type]

    def _completer(self, field: GraphQLField, details: Any) -> Completer | None:
        kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        if isinstance(kind, GraphQLList):
            item = kind.of_type
            one = self._one(item.of_type, details) if isinstance(item, GraphQLNonNull) else None
            return None if one is None else _each(one)
        return self._one(kind, details)

    def _one(self, kind: Any, details: Any) -> Completer | None:
        if is_leaf_type(kind):
            return _leaf(kind.coerce_output_value)
        if isinstance(kind, GraphQLObjectType):
            return self._object(kind, details)
        return self._abstract(kind, details) if is_abstract_type(kind) else None

    def _object(self, kind: GraphQLObjectType, details: Any) -> Completer | None:
        plan = self.plan(kind, details)
        if plan is None:
            return None
        return lambda value, info: run(plan, value, info) if _type_name(value) == kind.name else _stop()

    def _abstract(self, kind: Any, details: Any) -> Completer:
        """The plan is that of the value's own type, found when the first value of it is met."""
        possible = {one.name: one for one in self._schema.get_possible_types(kind)}

        def complete(value: Any, info: Any) -> dict[str, Any]:
            plan = info.planner.plan(possible[_type_name(value)], details)
            return run(plan, value, info) if plan is not None else _stop()

        return complete


def selection_key(kind: GraphQLObjectType, details: Any) -> tuple[Any, ...]:
    """What tells one selection below a field from another: its type, and every place the field is written."""
    return ("below", kind.name, *(id(one.node) for one in details))


def _type_name(value: Any) -> str:
    return str(type(value).__strawberry_definition__.name)


def _stop() -> Any:
    raise NotPlain


def _leaf(serialize: Callable[[Any], Any]) -> Completer:
    def complete(value: Any, _info: Any) -> Any:
        serialized = serialize(value)
        if serialized is None or serialized is Undefined:
            raise NotPlain
        return serialized

    return complete


def _each(complete: Completer) -> Completer:
    def every(values: Any, info: Any) -> list[Any]:
        if type(values) not in {list, tuple} or None in values:
            raise NotPlain
        return [complete(value, info) for value in values]

    return every

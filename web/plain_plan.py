"""Plans for selections that need nothing but their objects: attributes and methods, down to their leaves.

A page of fifty escalations with their paths has some three thousand fields, most of them attributes holding a scalar,
an enum value, or an object of such. graphql-core's general way (resolve info, path, arguments, a question whether the
value must be awaited) is most of such a request's cost. A plan is made once per selection of a document and answers
it with plain loops. What is not exactly plain has no plan, and what fails is met again by the general way, errors
included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)

from schema.short_ways import Selected, class_of, short_getter
from web.plain_run import Completer, NotPlain, Plan, Scene, Step, run

Collect = Callable[[GraphQLObjectType, Any], Any]  # graphql-core's own collection of a selection's sub-fields
EXACT = {GraphQLString.name: str, GraphQLID.name: str, GraphQLBoolean.name: bool}


class Planner:
    """Makes plans, and finds those that were made. ``memo`` lives as long as the document whose selections it knows."""

    def __init__(
        self, schema: GraphQLSchema, collect: Collect, fragments: Mapping[str, Any], memo: dict[Any, Any]
    ) -> None:
        self._schema = schema
        self._collect = collect
        self._fragments = fragments
        self._plans = memo

    def step(self, parent: GraphQLObjectType, name: str, details: Any) -> Step | None:
        """One field of a selection, or None when it is not plain."""
        field_name = details[0].node.name.value
        if field_name == "__typename":
            return Step(name, lambda _source: parent.name, False, str, _as_it_is, False)
        field = parent.fields.get(field_name)
        getter = self._getter(field, details) if field is not None and not field.args else None
        if field is None or getter is None:
            return None
        complete = self._completer(field, details)
        if complete is None:
            return None
        kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        exact = EXACT.get(getattr(kind, "name", ""))
        return Step(name, *getter, exact, complete, not isinstance(field.type, GraphQLNonNull))

    def _getter(self, field: GraphQLField, details: Any) -> tuple[Callable[..., Any], bool] | None:
        return short_getter(field, Selected([one.node for one in details], self._fragments))

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
            return self._list(item.of_type, details) if isinstance(item, GraphQLNonNull) else None
        return self._one(kind, details)

    def _list(self, kind: Any, details: Any) -> Completer | None:
        if isinstance(kind, GraphQLObjectType):
            plan, own = self.plan(kind, details), class_of(kind)
            return None if plan is None or own is None else _objects(plan, own)
        one = self._one(kind, details)
        return None if one is None else _each(one)

    def _one(self, kind: Any, details: Any) -> Completer | None:
        if is_leaf_type(kind):
            return leaf(kind)
        if isinstance(kind, GraphQLObjectType):
            return self._object(kind, details)
        return self._abstract(kind, details) if is_abstract_type(kind) else None

    def _object(self, kind: GraphQLObjectType, details: Any) -> Completer | None:
        plan, own = self.plan(kind, details), class_of(kind)
        if plan is None or own is None:
            return None
        return lambda value, scene: run(plan, value, scene) if type(value) is own else _stop()

    def _abstract(self, kind: Any, details: Any) -> Completer:
        """The plan is that of the value's own type, found when the first value of it is met."""
        possible = {class_of(one): one for one in self._schema.get_possible_types(kind)}

        def complete(value: Any, scene: Scene) -> dict[str, Any]:
            plan = scene.planner.plan(possible[type(value)], details)
            return run(plan, value, scene) if plan is not None else _stop()

        return complete


def selection_key(kind: GraphQLObjectType, details: Any) -> tuple[Any, ...]:
    """What tells one selection below a field from another: its type, and every place the field is written."""
    return ("below", kind.name, *(id(one.node) for one in details))


def leaf(kind: Any) -> Completer:
    """How a scalar or an enum is written. The short ways are for values of just the right type."""
    serialize = kind.coerce_output_value

    def complete(value: Any, _scene: Scene) -> Any:
        serialized = serialize(value)
        if serialized is None or serialized is Undefined:
            raise NotPlain
        return serialized

    if isinstance(kind, GraphQLEnumType):
        return _enum(kind, complete)
    if kind.name == "DateTime":
        return lambda value, scene: value.isoformat() if type(value) is datetime else complete(value, scene)
    return complete


def _enum(kind: Any, complete: Completer) -> Completer:
    """Names of an enum's members, each looked up once."""
    own, names = getattr(kind, "wrapped_cls", None), dict[Any, str]()

    def named(value: Any, scene: Scene) -> Any:
        if type(value) is not own:
            return complete(value, scene)
        name = names.get(value)
        if name is None:
            name = names[value] = complete(value, scene)
        return name

    return named


def _as_it_is(value: Any, _scene: Scene) -> Any:
    return value


def _stop() -> Any:
    raise NotPlain


def _objects(plan: Plan, own: type) -> Completer:
    """A list of objects of one type: most of what a long answer is made of."""

    def every(values: Any, scene: Scene) -> list[Any]:
        if type(values) not in {list, tuple} or not all(type(value) is own for value in values):
            raise NotPlain
        return [run(plan, value, scene) for value in values]

    return every


def _each(complete: Completer) -> Completer:
    def every(values: Any, scene: Scene) -> list[Any]:
        if type(values) not in {list, tuple} or None in values:
            raise NotPlain
        return [complete(value, scene) for value in values]

    return every

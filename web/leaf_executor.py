"""graphql-core's executor with one shortcut: leaves that are plain attributes of their object.

A page of fifty escalations has some fifteen hundred fields, most of them attributes holding a scalar or an enum value.
For these the executor's general way (resolve info, path, arguments, a question whether the value must be awaited) is
most of the request's cost. Whatever is not exactly such a leaf, or fails, takes the general way, errors included.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from types import GeneratorType
from typing import Any, TypeGuard
from weakref import WeakKeyDictionary

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, Undefined, is_leaf_type
from graphql.execution.incremental.incremental_executor import IncrementalExecutor
from graphql.pyutils import AwaitableOrValue, Path
from graphql.pyutils import is_awaitable as default_is_awaitable

from schema.short_ways import attribute_of

Leaf = tuple[str, Callable[[Any], Any], bool]  # attribute, serialiser, whether null is allowed
Leaves = dict[str, Leaf]
_known: WeakKeyDictionary[GraphQLSchema, dict[str, Leaves]] = WeakKeyDictionary()


_awaitable: dict[type, bool] = {}


def is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    """graphql-core asks this of every value; the answer is the same for all of a type (but generators)."""
    kind = type(value)
    known = _awaitable.get(kind)
    if known is None:
        known = default_is_awaitable(value)
        if kind is not GeneratorType:
            _awaitable[kind] = known
    return known


class LeafExecutor(IncrementalExecutor):
    """Give it to ``graphql.execute`` as ``executor_class``."""

    @cached_property
    def _leaves(self) -> dict[str, Leaves]:
        return _known.setdefault(self.schema, {})

    def execute_fields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Path | None, grouped_field_set: Any,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Leaves at once, the other fields as ever; the answer keeps the order of the selection."""
        leaves = self._leaves.get(parent_type.name)
        if leaves is None:
            leaves = self._leaves[parent_type.name] = leaves_of(parent_type)
        done, rest = {}, {}
        for response_name, details in grouped_field_set.items():
            leaf = leaves.get(details[0].node.name.value)
            value = Undefined if leaf is None else completed(leaf, source_value)
            if value is Undefined:
                rest[response_name] = details
            else:
                done[response_name] = value
        if not rest:
            return done
        others = super().execute_fields(parent_type, source_value, path, rest, position_context)
        if not done:
            return others
        if isinstance(others, dict):
            return in_order(grouped_field_set, done, others)
        return later(grouped_field_set, done, others)


def leaves_of(parent_type: GraphQLObjectType) -> Leaves:
    """The fields that are attributes holding a scalar, an enum value or a list of such, and take no arguments."""
    found: Leaves = {}
    for name, field in parent_type.fields.items():
        kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        attribute, serialize = attribute_of(field), _serializer(kind)
        if attribute is not None and serialize is not None and not field.args:
            found[name] = (attribute, serialize, kind is field.type)
    return found


def _serializer(kind: Any) -> Callable[[Any], Any] | None:
    if is_leaf_type(kind):
        return kind.coerce_output_value
    item = kind.of_type if isinstance(kind, GraphQLList) else None
    if isinstance(item, GraphQLNonNull) and is_leaf_type(item.of_type):
        return partial(_each, item.of_type.coerce_output_value)
    return None


def _each(serialize: Callable[[Any], Any], values: Any) -> list[Any] | None:
    """None, for the general way, when this is no plain list of values."""
    if type(values) not in {list, tuple} or None in values:
        return None
    done = [serialize(value) for value in values]
    return None if None in done or Undefined in done else done


def completed(leaf: Leaf, source: Any) -> Any:
    """The leaf's value for the answer, or Undefined when the general way must see to it."""
    attribute, serialize, is_nullable = leaf
    try:
        value = getattr(source, attribute)
        if value is None:
            return None if is_nullable else Undefined
        serialized = serialize(value)
    except Exception:  # noqa: BLE001 - the general way meets it again and reports it
        return Undefined
    return Undefined if serialized is None else serialized


def in_order(grouped_field_set: Any, done: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    """Both parts in the order of the selection. A field the general way left out stays out."""
    both = {**done, **others}
    return {name: both[name] for name in grouped_field_set if name in both}


async def later(grouped_field_set: Any, done: dict[str, Any], others: Any) -> dict[str, Any]:
    return in_order(grouped_field_set, done, await others)

"""graphql-core's executor with one shortcut: what a plan can answer is answered by it (see ``plain_plan``)."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import cached_property
from types import GeneratorType
from typing import Any, TypeGuard

from graphql import GraphQLObjectType
from graphql.execution.incremental.incremental_executor import IncrementalExecutor
from graphql.pyutils import AwaitableOrValue, Path
from graphql.pyutils import is_awaitable as default_is_awaitable

from web.plain_plan import ContextOnly, Planner, Step

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


class PlainExecutor(IncrementalExecutor):
    """Give it to ``graphql.execute`` as ``executor_class``."""

    @cached_property
    def _planner(self) -> Planner:
        return Planner(self.schema, self.collect_subfields, self._memo)

    @cached_property
    def _memo(self) -> dict[Any, Any]:
        """What is known of the document's selections: kept with it, for as long as it is kept."""
        memo = getattr(self.context_value, "document_memo", None)
        return {} if memo is None else memo

    @cached_property
    def _info(self) -> ContextOnly:
        return ContextOnly(self.context_value, self._planner)

    def execute_fields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Path | None, grouped_field_set: Any,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Plain fields at once, the others as ever; the answer keeps the order of the selection."""
        plain = self._plain(parent_type, grouped_field_set)
        done: dict[str, Any] = {}
        info = self._info
        for name, (_, get, complete, is_nullable) in list(plain.items()):
            try:
                value = get(source_value, info)
                if value is not None:
                    done[name] = complete(value, info)
                elif is_nullable:
                    done[name] = None
            except Exception:  # noqa: BLE001 - the general way meets it again and reports it
                plain.pop(name, None)  # and keeps it, for this selection's other objects
        rest = {name: details for name, details in grouped_field_set.items() if name not in done}
        if not rest:
            return done
        others = super().execute_fields(parent_type, source_value, path, rest, position_context)
        if not done:
            return others
        if isinstance(others, dict):
            return in_order(grouped_field_set, done, others)
        return later(grouped_field_set, done, others)

    def _plain(self, parent_type: GraphQLObjectType, grouped_field_set: Any) -> dict[str, Step]:
        key = fields_key(parent_type, grouped_field_set)
        kept: dict[str, Step] | None = self._memo.get(key)
        if kept is None:
            steps = {name: self._planner.step(parent_type, name, one) for name, one in grouped_field_set.items()}
            kept = self._memo[key] = {name: step for name, step in steps.items() if step is not None}
        return kept


def fields_key(parent_type: GraphQLObjectType, grouped_field_set: Any) -> tuple[Any, ...]:
    """What tells one set of fields from another: every place each is written, for merged fields have several."""
    places: list[Any] = ["of", parent_type.name]
    for details in grouped_field_set.values():
        places += [*(id(one.node) for one in details), None]
    return tuple(places)


def in_order(grouped_field_set: Any, done: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    """Both parts in the order of the selection. A field the general way left out stays out."""
    both = {**done, **others}
    return {name: both[name] for name in grouped_field_set if name in both}


async def later(grouped_field_set: Any, done: dict[str, Any], others: Any) -> dict[str, Any]:
    return in_order(grouped_field_set, done, await others)

"""graphql-core's executor with one shortcut: what a plan can answer is answered by it (see ``plain_plan``)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import cached_property
from types import GeneratorType
from typing import Any, TypeGuard

from graphql import GraphQLObjectType
from graphql.execution.incremental.incremental_executor import IncrementalExecutor
from graphql.pyutils import AwaitableOrValue, Path
from graphql.pyutils import is_awaitable as default_is_awaitable

from web.plain_plan import Planner
from web.plain_run import NotPlain, Scene, Step, fill, settled

General = Callable[[Iterable[str]], AwaitableOrValue[dict[str, Any]]]

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
        return Planner(self.schema, self.collect_subfields, self.fragment_definitions, self._memo)

    @cached_property
    def _memo(self) -> dict[Any, Any]:
        """What is known of the document's selections: kept with it, for as long as it is kept."""
        memo = getattr(self.context_value, "document_memo", None)
        return {} if memo is None else memo

    def execute_fields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Path | None, grouped_field_set: Any,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Plain fields by their plans, the others as ever; the answer keeps the order of the selection."""
        plain = self._plain(parent_type, grouped_field_set)
        done, waiting = self._run_plain(plain, source_value)

        def general(names: Iterable[str]) -> AwaitableOrValue[dict[str, Any]]:
            fields = {name: grouped_field_set[name] for name in names}
            if not fields:
                return {}
            return IncrementalExecutor.execute_fields(
                self, parent_type, source_value, path, fields, position_context
            )

        try:
            others = general(name for name in grouped_field_set if name not in done)
        except Exception:
            for scene in waiting.values():
                scene.forsake()
            raise
        if isinstance(others, dict) and not waiting:
            return in_order(grouped_field_set, done, others) if others else done
        return _later(grouped_field_set, plain, done, waiting, others, general)

    def _run_plain(self, plain: dict[str, Step], source: Any) -> tuple[dict[str, Any], dict[str, Scene]]:
        """The answers of plain fields, and the scenes of those that wait for something."""
        done: dict[str, Any] = {}
        waiting: dict[str, Scene] = {}
        scene = Scene(self.context_value, self._planner)
        for name, step in list(plain.items()):
            try:
                fill(done, (step,), source, scene)
            except Exception:  # noqa: BLE001 - the general way meets it again and reports it
                scene.forsake()
                plain.pop(name, None)  # and keeps it, for this selection's other objects
            if scene.waiting:
                waiting[name] = scene
                scene = Scene(self.context_value, self._planner)
        return done, waiting

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


async def _later(
    grouped_field_set: Any, plain: dict[str, Step], done: dict[str, Any], waiting: dict[str, Scene], others: Any,
    general: General,
) -> dict[str, Any]:
    """Both parts once they are there. A plan that failed is done again the general way, which reports the error."""
    if not isinstance(others, dict) and not waiting:
        return in_order(grouped_field_set, done, await others)
    general_part: Any
    general_part, *ended = await asyncio.gather(
        _there(others), *(settled(scene) for scene in waiting.values()), return_exceptions=True
    )
    if isinstance(general_part, BaseException):
        raise general_part
    failed = {name: one for name, one in zip(waiting, ended, strict=True) if one is not None}
    for name, error in failed.items():
        if isinstance(error, NotPlain):
            plain.pop(name, None)  # not by chance, nor by the caller's rights: it would be in vain again
    again = await _there(general(failed))
    kept = {name: value for name, value in done.items() if name not in failed}
    return in_order(grouped_field_set, kept, {**general_part, **again})


async def _there(answer: AwaitableOrValue[dict[str, Any]]) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else await answer

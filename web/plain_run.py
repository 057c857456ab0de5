"""Answering a selection by its plan: what needs no waiting at once, the rest in waves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import CoroutineType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from web.plain_plan import Planner

AWAITED = frozenset({CoroutineType, asyncio.Future})
Completer = Callable[[Any, "Scene"], Any]


class NotPlain(Exception):
    """A value was not what a plan expects."""


class Step(NamedTuple):
    """One field of a selection."""

    name: str  # of the response
    get: Callable[..., Any]  # of the object, and of the scene for one that needs it
    needs_scene: bool
    exact: type | None  # values of just this type are answered as they are
    complete: Completer
    is_nullable: bool


Plan = Sequence[Step]


class Waiting(NamedTuple):
    """A value that is not there yet, and where it belongs."""

    answer: dict[str, Any]
    step: Step
    value: Awaitable[Any]


class Scene:
    """One request's run of a plan. Plans outlive requests: what belongs to one reaches them by this alone."""

    __slots__ = ("context", "planner", "waiting")

    def __init__(self, context: Any, planner: Planner) -> None:
        self.context = context
        self.planner = planner
        self.waiting: list[Waiting] = []

    def forsake(self) -> None:
        """Nobody will ask for what was begun."""
        for one in self.waiting:
            if isinstance(one.value, CoroutineType):
                one.value.close()
        self.waiting = []


def run(plan: Plan, source: Any, scene: Scene) -> dict[str, Any]:
    """The selection's answer, in its order. Any exception: not plain after all."""
    answer: dict[str, Any] = {}
    fill(answer, plan, source, scene)
    return answer


def fill(answer: dict[str, Any], plan: Plan, source: Any, scene: Scene) -> None:
    """Fields of the answer; what must be waited for is None yet and stands in ``scene.waiting``."""
    for step in plan:
        name, get, needs_scene, exact, complete, is_nullable = step
        value = get(source, scene) if needs_scene else get(source)
        kind = type(value)
        if kind is exact:
            answer[name] = value
        elif value is None:
            if not is_nullable:
                raise NotPlain
            answer[name] = None
        elif kind in AWAITED:
            answer[name] = None
            scene.waiting.append(Waiting(answer, step, value))
        else:
            answer[name] = complete(value, scene)


async def settled(scene: Scene) -> None:
    """Wait, fill in what came, and so on. A wave's values are asked for together, so that loaders see them all."""
    try:
        while scene.waiting:
            wave, scene.waiting = scene.waiting, []
            for one, value in zip(wave, await _together([one.value for one in wave]), strict=True):
                one.answer[one.step.name] = _completed(one.step, value, scene)
    finally:
        scene.forsake()


def _completed(step: Step, value: Any, scene: Scene) -> Any:
    if value is not None:
        return step.complete(value, scene)
    if not step.is_nullable:
        raise NotPlain
    return None


async def _together(values: Sequence[Awaitable[Any]]) -> Sequence[Any]:
    """All of them, or the first one's exception once every one has ended."""
    if len(values) == 1:
        return [await values[0]]
    found = await asyncio.gather(*values, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return found

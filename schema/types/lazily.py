"""Types whose fields are read from their row when they are asked for: of the many a row has, a client wants a few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")
Reader = Callable[[Any], Any]  # of the object; what it was made of is one of its attributes
READERS = "__handrail_readers__"


def read_lazily(source: str, **own: Reader) -> Callable[[type[T]], type[T]]:
    """Decorate a Strawberry type; its objects are made by ``made`` and by nothing else.

    A field (or a private attribute without default) is read by its own reader; one that has none is the attribute of
    the same name of the object's attribute ``source``.
    """

    def decorate(kind: type[T]) -> type[T]:
        names = {one.name for one in fields(kind) if one.init}  # type: ignore[arg-type]
        if unknown := set(own) - names:
            message = f"{kind.__name__} has no {sorted(unknown)}"
            raise TypeError(message)
        setattr(kind, READERS, {name: own.get(name) or attrgetter(f"{source}.{name}") for name in names - {source}})
        kind.__getattr__ = _read  # type: ignore[attr-defined]
        return kind

    return decorate


def made(kind: type[T], **values: Any) -> T:
    """An object of a type that is read lazily, with what it is read from."""
    one = kind.__new__(kind)
    for name, value in values.items():
        setattr(one, name, value)
    return one


def reader_of(kind: type, name: str) -> Reader | None:
    """How a field of a type gets its value, for those who ask many objects."""
    reader: Reader | None = getattr(kind, READERS, {}).get(name)
    return reader


def _read(one: Any, name: str) -> Any:
    reader = reader_of(type(one), name)
    if reader is None:
        raise AttributeError(name)
    return reader(one)


def member(kind: type[Enum], path: str) -> Reader:
    """The enum's member whose value stands at ``path``; None for none."""
    get, members = attrgetter(path), {one.value: one for one in kind}
    return lambda one: None if (value := get(one)) is None else members[value]


def text_id(path: str) -> Reader:
    """A UUID as the API gives it."""
    get = attrgetter(path)
    return lambda one: str(get(one))

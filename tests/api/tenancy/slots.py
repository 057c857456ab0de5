"""Every place of the schema that takes an id, found in the schema itself, and operations that fill it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLField,
    GraphQLInputType,
    GraphQLOutputType,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
    is_union_type,
)

from tests.support.api import SCHEMA
from tests.support.trees import printer

BATCH = 18  # root fields of one request, below the limit
TEXTS = {"email": "new@x.example", "url": "https://x.example/1", "nodeId": "on", "answer": "yes", "enabled": "printer",
         "addresses": "desk@x.example", "from": "x"}
NUMBERS = {"expectedStep": 0, "toStep": 1, "expectedNotesVersion": 0}
ONE_OF = {"TicketRefInput": {"externalId": "T-9"}}
TOGETHER = {"connectionId": {"externalId": "T-1"}}


@dataclass(frozen=True, slots=True)
class Slot:
    """One id-typed argument or input field: ``path`` begins with the argument."""

    root: str
    field: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.field}.{'.'.join(self.path)}"


def roots() -> dict[str, dict[str, GraphQLField]]:
    schema = SCHEMA._schema
    return {"query": schema.query_type.fields, "mutation": schema.mutation_type.fields}


def slots() -> list[Slot]:
    """Ids anywhere in the arguments of a root field, however deep."""
    return [
        Slot(root, name, path)
        for root, fields in roots().items()
        for name, field in fields.items()
        for argument, given in field.args.items()
        for path in _ids(given.type, (argument,), frozenset())
    ]


def nested_slots() -> list[str]:
    """Ids that fields below the root take; the matrix drives root fields only, so there must be none unseen."""
    return [
        f"{kind.name}.{name}({argument})"
        for kind in SCHEMA._schema.type_map.values()
        if (is_object_type(kind) or is_interface_type(kind)) and not kind.name.startswith("__")
        and kind.name not in {"Query", "Mutation"}
        for name, field in kind.fields.items()
        for argument, given in field.args.items()
        if any(_ids(given.type, (argument,), frozenset()))
    ]


def _ids(kind: GraphQLInputType, path: tuple[str, ...], seen: frozenset[str]) -> Iterator[tuple[str, ...]]:
    named = get_named_type(kind)
    if named.name == "ID":
        yield path
    elif is_input_object_type(named) and named.name not in seen:
        for name, field in named.fields.items():
            yield from _ids(field.type, (*path, name), seen | {named.name})


def arguments(root: str, field: str, own: dict[str, str], path: tuple[str, ...] = (), found: str | None = None) -> dict[str, Any]:
    """What the field requires, filled with plausible values and the caller's ``own`` ids; ``path`` holds ``found``."""
    given = roots()[root][field]
    return {
        name: _value(name, argument.type, own, path[1:] if path[:1] == (name,) else (), found)
        for name, argument in given.args.items()
        if is_required_argument(argument) or path[:1] == (name,)
    }


def _value(name: str, kind: GraphQLInputType, own: dict[str, str], path: tuple[str, ...], found: str | None) -> Any:
    nullable = get_nullable_type(kind)
    if is_list_type(nullable):
        return [_value(name, nullable.of_type, own, path, found)]
    if is_input_object_type(nullable):
        made = {
            inner: _value(inner, field.type, own, path[1:] if path[:1] == (inner,) else (), found if path[:1] == (inner,) else None)
            for inner, field in nullable.fields.items()
            if is_required_input_field(field) or path[:1] == (inner,)
        }
        return {**TOGETHER.get(path[0], {}), **made} if path else {**ONE_OF.get(nullable.name, {}), **made}
    if is_enum_type(nullable):
        return next(iter(nullable.values))
    return _scalar(name, nullable.name, own, found)


def _scalar(name: str, kind: str, own: dict[str, str], found: str | None) -> Any:
    match kind:
        case "ID":
            return found if found is not None else own.get(name, str(UUID(int=1)))
        case "Int":
            return NUMBERS.get(name, 1)
        case "Float" | "Decimal":
            return 1
        case "Boolean":
            return True
        case "DateTime":
            return "2030-01-01T00:00:00Z"
        case "Date":
            return "2030-01-01"
        case "JSON":
            return printer()
        case _:
            return own.get(name, TEXTS.get(name, "some text"))


def request(root: str, field: str, many: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One operation that asks the field once for each set of arguments; aliases ``a0``, ``a1``, …"""
    given = roots()[root][field]
    used = sorted({name for one in many for name in one})
    declared = " ".join(f"$v{number}_{name}: {given.args[name].type}" for number, one in enumerate(many) for name in one)
    chosen = selection(given.type)
    fragment = f" fragment R on {get_named_type(given.type).name} {chosen}" if chosen else ""
    fields = " ".join(
        f"a{number}: {field}({', '.join(f'{name}: $v{number}_{name}' for name in used if name in one)})"
        f"{' { ...R }' if chosen else ''}"
        for number, one in enumerate(many)
    )
    variables = {f"v{number}_{name}": value for number, one in enumerate(many) for name, value in one.items()}
    return {"query": f"{root} M({declared}) {{ {fields} }}{fragment}", "variables": variables}


def selection(kind: GraphQLOutputType, depth: int = 2) -> str:
    """Leaves, two levels down; empty for a leaf."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    if is_union_type(named):
        return "{ __typename }"
    parts = ["__typename"]
    for name, field in named.fields.items():
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            parts.append(name)
        elif depth > 1 and not is_union_type(inner) and "first" not in field.args:
            parts.append(f"{name} {selection(inner, depth - 1)}")
    return "{ " + " ".join(parts) + " }"

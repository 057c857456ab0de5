"""Lists inside lists are counted, whatever they are lists of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLField,
    GraphQLNamedType,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
)

from tests.support.api import SCHEMA, Team
from tests.support.trees import printer

SIMILAR = "similarProposals { score proposal { id %s } }"
GROUP = "group { size proposals { id %s } }"


@pytest.mark.parametrize("part", [SIMILAR, GROUP])
async def test_near_duplicates_of_near_duplicates_are_not_multiplied(team: Team, part: str) -> None:
    first = await team.propose(printer())
    document = part % ""
    for _ in range(5):
        document = part % document
    body = await team.as_("engineer").raw(f'{{ proposal(id: "{first}") {{ {document} }} }}')
    assert [one["extensions"]["code"] for one in body["errors"]] == ["QUERY_TOO_COMPLEX"]
    assert "data" not in body


async def test_each_level_is_as_long_as_asked(team: Team) -> None:
    ids = [await team.propose(printer(), f"Proposal {number}") for number in range(3)]
    await team.rows("UPDATE flow_proposals SET group_id = :id, digest = 'printer on' WHERE account_id = :account", id=ids[0])
    document = """query($id: ID!, $first: Int) { proposal(id: $id) {
      similarProposals(first: $first) { score proposal { id } } group { size proposals(first: $first) { id } } } }"""
    for first, near, all_of_them in ((None, 2, 3), (1, 1, 1), (2, 2, 2), (100, 2, 3)):
        found = (await team.as_("engineer").run(document, id=ids[0], first=first))["proposal"]
        assert (len(found["similarProposals"]), len(found["group"]["proposals"]), found["group"]["size"]) == (near, all_of_them, 3)
    body = await team.as_("engineer").raw(document, id=ids[0], first=101)
    assert {one["extensions"]["code"] for one in body["errors"]} == {"BAD_REQUEST"}


def fields_of(kind: GraphQLNamedType) -> Iterator[tuple[str, GraphQLField, GraphQLNamedType]]:
    """(name, field, its composite type) of a type, or of all that an interface or a union stands for."""
    for one in SCHEMA._schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]:
        for name, field in one.fields.items():
            if is_composite_type(found := get_named_type(field.type)):
                yield name, field, found


def reached_from(kind: GraphQLNamedType) -> set[str]:
    seen: set[str] = set()
    waiting = [kind]
    while waiting:
        for _, _, found in fields_of(waiting.pop()):
            if found.name not in seen:
                seen.add(found.name)
                waiting.append(found)
    return seen | {kind.name}


def test_no_list_without_first_leads_back_to_itself() -> None:
    """It could be asked for inside itself again and again, and the limit on nested pages would not count it."""
    endless = [
        f"{kind.name}.{name}" for kind in SCHEMA._schema.type_map.values()
        if is_composite_type(kind) and not kind.name.startswith("__")
        for name, field, found in fields_of(kind)
        if is_list_type(get_nullable_type(field.type)) and "first" not in field.args and name not in {"edges", "nodes"}
        and kind.name in reached_from(found)
    ]
    assert endless == []

"""Random documents over the whole schema: plans give what graphql-core alone gives, errors and order included."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)
from graphql.execution.incremental.incremental_executor import IncrementalExecutor

from tests.support.api import SCHEMA, Api, Team
from tests.support.trees import printer
from web import graphql_endpoint
from web.documents import MAX_WAYS, Documents

CORE = SCHEMA._schema
ROOTS = ("walkSessions(first: 3)", "escalations(first: 3)", "flows(first: 3)", "members(first: 3)", "proposals(first: 2)",
         "viewer", "account", "auditEvents(first: 2)", "serviceAccounts", "walkSession(id: $id)")
PEOPLE = ("owner", "engineer", "l1", "viewer")
DEPTH = 4


class Writer:
    """Writes one document; ``chance`` decides everything."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.fragments: list[str] = []

    def document(self) -> str:
        """Some root fields with random selections, under two boolean variables."""
        roots = self.chance.sample(ROOTS, self.chance.randint(1, 3))
        fields = " ".join(f"{root} {self.below(self.type_of(root), 1)}" for root in roots)
        fragments = " ".join(self.fragments)
        used = "use: __typename @include(if: $yes) or: __typename @skip(if: $maybe) id: walkSession(id: $id) { id }"
        return f"query($id: ID!, $yes: Boolean!, $maybe: Boolean = false) {{ {fields} {used} }} {fragments}"

    def type_of(self, root: str) -> Any:
        assert CORE.query_type is not None
        return get_named_type(CORE.query_type.fields[root.split("(")[0]].type)

    def below(self, kind: Any, depth: int) -> str:
        """A selection of a type; never empty."""
        if is_abstract_type(kind):
            return self._abstract(kind, depth)
        fields = [(name, one) for name, one in kind.fields.items() if self._fits(one, depth)]
        some = self.chance.sample(fields, self.chance.randint(1, min(6, len(fields)))) if fields else []
        chosen = [self.field(name, one, depth) for name, one in some]
        if chosen and self.chance.random() < 0.2:
            self.fragments.append(f"fragment F{len(self.fragments)} on {kind.name} {{ {' '.join(chosen[:2])} }}")
            chosen[:2] = [f"...F{len(self.fragments) - 1}"]
        return f"{{ {' '.join(chosen) or '__typename'} }}"

    def _abstract(self, kind: Any, depth: int) -> str:
        own = [name for name, one in getattr(kind, "fields", {}).items() if is_leaf_type(get_named_type(one.type))]
        parts = ["__typename", *self.chance.sample(own, min(2, len(own)))]
        for one in self.chance.sample(list(CORE.get_possible_types(kind)), 2):
            parts.append(f"... on {one.name} {self.below(one, depth + 1)}")
        return f"{{ {' '.join(parts)} }}"

    def _fits(self, field: GraphQLField, depth: int) -> bool:
        if any(is_required_argument(one) for one in field.args.values()):
            return False
        return is_leaf_type(get_named_type(field.type)) or depth < DEPTH

    def field(self, name: str, field: GraphQLField, depth: int) -> str:
        kind = get_named_type(field.type)
        arguments = "(first: 2)" if "first" in field.args else ""
        condition = self.chance.choice(["", "", "", " @include(if: $yes)", " @skip(if: $maybe)"])
        if is_leaf_type(kind):
            return f"{name}{arguments}{condition}"
        return f"{name}{arguments}{condition} {self.below(kind, depth + 1)}"


@pytest.fixture(scope="module")
async def filled(api: Api) -> tuple[Team, str]:
    team = await api.new_team("random")
    flow = await team.publish(printer())
    session = ""
    for caller in (team.as_("cover"), team.as_("l1")):
        intake = await caller.do("Intake", problem="It prints nothing", flowId=flow, customerContact="555")
        session = str(intake["outcome"]["session"]["id"])
        await caller.do("Answer", sessionId=session, nodeId="on", answer="yes", expectedStep=0)
        await caller.do("EscalateWithoutWalk", problem="Down", reasonCategory="OUT_OF_SCOPE")
    await team.propose(printer())
    await team.service_account("read")
    return team, session


def compared(body: dict[str, Any]) -> tuple[str, list[str]]:
    """The data as text, so that order counts; errors by place, without what names the request."""
    errors = body.get("errors") or []
    for error in errors:
        error["extensions"].pop("requestId", None)
    return json.dumps(body.get("data")), sorted(json.dumps(error, sort_keys=True) for error in errors)


@pytest.mark.parametrize("seed", range(60))
async def test_a_random_document(
    filled: tuple[Team, str], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    team, session = filled
    query, person = Writer(random.Random(seed)).document(), PEOPLE[seed % len(PEOPLE)]
    variables = {"id": session, "yes": seed % 3 != 0, **({"maybe": True} if seed % 5 == 0 else {})}
    short = [compared(await team.as_(person).raw(query, **variables)) for _ in range(2)]
    monkeypatch.setattr(graphql_endpoint, "PlainExecutor", IncrementalExecutor)
    general = compared(await team.as_(person).raw(query, **variables))
    assert short == [general, general], query
    assert general[0] != "null", general[1]


async def test_conditions_choose_the_plan(team: Team) -> None:
    """A document is planned for each way its variables are set, and never answered by another way's plan."""
    query = "query($a: Boolean!, $b: Boolean = true) { viewer { id @include(if: $a) account { name @skip(if: $b) id } } }"
    for _ in range(2):
        for first in (True, False):
            for second in (True, False, None):
                more = {} if second is None else {"b": second}
                viewer = (await team.as_("l1").run(query, a=first, **more))["viewer"]
                assert ("id" in viewer, "name" in viewer["account"]) == (first, second is False)


def test_only_so_many_ways_are_remembered() -> None:
    names = [f"v{number}" for number in range(8)]
    query = (f"query({' '.join(f'${one}: Boolean!' for one in names)}) {{ "
             + " ".join(f"x{one}: __typename @include(if: ${one})" for one in names) + " }")
    checked = Documents(CORE).check(query)
    ways = [checked.memo_for(None, {one: bool(way >> at & 1) for at, one in enumerate(names)}) for way in range(256)]
    assert len(checked.memo) == MAX_WAYS
    ways[0]["known"] = 1
    assert checked.memo_for(None, dict.fromkeys(names, False)) == {"known": 1}
    assert checked.memo_for(None, dict.fromkeys(names, "text")) == {}
    assert checked.memo_for(None, dict.fromkeys(names, [1])) == {}


def test_every_root_type_is_an_object() -> None:
    assert all(isinstance(Writer(random.Random(0)).type_of(root), GraphQLObjectType) for root in ROOTS)

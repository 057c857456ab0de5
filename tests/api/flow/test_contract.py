"""The documents that authors' and reviewers' clients already send are valid."""

from __future__ import annotations

import pytest
from graphql import parse, validate

from tests.support.api import SCHEMA
from tests.support.documents import contract, contract_operations


@pytest.mark.parametrize("name", contract_operations("flows.graphql", "proposals.graphql"))
def test_what_clients_already_send_is_valid(name: str) -> None:
    assert validate(SCHEMA._schema, parse(contract(name))) == []

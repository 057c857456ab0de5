"""Operations by name: our own in ``documents/*.graphql``, and the contract's where it stands beside the checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    parse,
    print_ast,
    visit,
)
from graphql.language import Visitor

OWN = Path(__file__).resolve().parent / "documents"
CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "contract"
INPUTS = {"inputs.graphql", "inputs-flows.graphql"}


def document(name: str) -> str:
    """One of our own operations, with the fragments it uses."""
    return _operations(OWN)[name]


def contract(name: str) -> str:
    """An operation that clients already send; the test is skipped where the contract is absent."""
    if not CONTRACT.is_dir():
        pytest.skip("the contract is not beside this checkout")
    return _operations(CONTRACT)[name]


def contract_operations(*files: str) -> list[str]:
    """Names of a contract file's operations, for parametrizing; none where the contract is absent."""
    return [
        node.name.value for file in files if (CONTRACT / file).is_file()
        for node in parse((CONTRACT / file).read_text()).definitions
        if isinstance(node, OperationDefinitionNode) and node.name
    ]


@cache
def _operations(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.graphql")):
        if file.name not in INPUTS:
            parsed = parse(file.read_text())
            fragments = {node.name.value: node for node in parsed.definitions if isinstance(node, FragmentDefinitionNode)}
            for node in parsed.definitions:
                if isinstance(node, OperationDefinitionNode) and node.name:
                    found[node.name.value] = print_ast(DocumentNode(definitions=(node, *_used(node, fragments))))
    return found


def _used(node: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> list[FragmentDefinitionNode]:
    names: dict[str, None] = {}
    waiting: list[object] = [node]

    class Spreads(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: object) -> None:
            name = spread.name.value
            if name not in names:
                names[name] = None
                waiting.append(fragments[name])

    while waiting:
        visit(waiting.pop(), Spreads())  # type: ignore[arg-type]
    return [fragments[name] for name in names]

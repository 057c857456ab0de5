"""What the tests of imports share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain.flow_finding import Severity, has_errors
from domain.flow_import import FlowFormat, ImportedFlow, import_flows
from domain.flow_tree import edges_of

SHARED = Path(__file__).parents[4] / "shared" / "data"


def shared(name: str) -> str:
    path = SHARED / name
    if not path.exists():
        pytest.skip("the third parties' files are not here")
    return path.read_text()


def one(flow_format: str, content: Any, title: str | None = None) -> ImportedFlow:
    result = import_flows(FlowFormat(flow_format), content if isinstance(content, str) else json.dumps(content), title)
    assert not has_errors(result.findings), result.findings
    assert len(result.flows) == 1
    return result.flows[0]


def refused(flow_format: str, content: Any) -> tuple[str, str]:
    result = import_flows(FlowFormat(flow_format), content if isinstance(content, str) else json.dumps(content))
    assert result.flows == ()
    errors = [finding for finding in result.findings if finding.severity is Severity.ERROR]
    return errors[0].code.value, errors[0].message


def ways(flow: ImportedFlow, node_id: str) -> dict[str | None, str]:
    return {edge.label: edge.target for edge in edges_of(flow.tree.by_id[node_id])}


def kinds(flow: ImportedFlow) -> dict[str, str]:
    return {node.node_id: node.kind.value for node in flow.tree.nodes}

"""Contents nobody should trust: findings, quickly, and never an exception; and all that others wrote."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.flow_finding import FindingCode, has_errors
from domain.flow_import import FlowFormat, ImportResult, import_flows
from domain.flow_lint import lint_tree
from domain.flow_markdown import flow_to_json, flow_to_markdown
from domain.flow_tree import dump_tree, parse_tree
from tests.domain.flow.importing import one, refused, shared

# hostile content

ENTITIES = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><definitions>&b;</definitions>'
EXTERNAL = '<!DOCTYPE d SYSTEM "file:' '///etc/passwd"><definitions/>'  # in two parts: no file's address stands in the project


@pytest.mark.parametrize(
    ("flow_format", "content", "code"),
    [
        ("dmn", ENTITIES, "invalid_content"),
        ("dmn", EXTERNAL, "invalid_content"),
        ("dmn", "<a>" * 1_000, "too_large"),
        ("dmn", "<definitions>", "invalid_content"),
        ("dmn", "", "invalid_content"),
        ("dmn", "<definitions/>", "unsupported"),
        ("dmn", "<svg/>", "invalid_content"),
        ("handrail_json", "[" * 100_000, "too_large"),
        ("handrail_json", '{"a":' * 65 + "1" + "}" * 65, "too_large"),
        ("handrail_json", "not json", "invalid_content"),
        ("handrail_json", '{"tree": NaN}', "invalid_content"),
        ("handrail_json", '{"tree": 1' + "0" * 5_000 + "}", "invalid_content"),
        ("handrail_json", '{"title": "a", "title": "b"}', "invalid_content"),
        ("handrail_json", "5", "invalid_content"),
        ("handrail_json", "[]", "invalid_content"),
        ("handrail_json", "null", "invalid_content"),
        ("handrail_json", "a: &x [1]\nb: *x", "invalid_content"),
        ("handrail_json", "a: &a ['lol']\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]", "invalid_content"),
        ("handrail_json", "title: !!python/object/apply:os.system ['true']", "invalid_content"),
        ("handrail_json", "tree: !!binary aGVsbG8=", "invalid_content"),
        ("task_graph", "- " * 70 + "a", "too_large"),
        ("task_graph", "a: " + "[" * 100_000, "too_large"),
        ("task_graph", "--- a\n--- b", "invalid_content"),
        ("dag", "%YAML 9.9\n---\na", "invalid_content"),
        ("dag", "a: b: c", "invalid_content"),
        ("handrail_json", "? [1, 2]\n: x", "invalid_content"),
        ("markdown", "", "invalid_content"),
        ("markdown", "a\x00b", "invalid_content"),
        ("markdown", "a\ud800b", "invalid_content"),
        ("markdown", "x" * 1_048_577, "too_large"),
        ("markdown", "é" * 524_289, "too_large"),
        ("handrail_json", " " * 1_048_577, "too_large"),
        ("markdown", "- a\n" * 2_001, "too_large"),
        ("task_graph", "{}", "invalid_content"),
        ("task_graph", '{"graph": {}}', "invalid_content"),
        ("task_graph", '"text"', "invalid_content"),
        ("dag", '{"nodes": []}', "invalid_content"),
        ("dag", '{"nodes": [{"id": "a"}, {"id": "a"}]}', "invalid_content"),
        ("dag", json.dumps({"nodes": [{"id": str(number)} for number in range(2_001)]}), "too_large"),
        ("dag", json.dumps([{"nodes": [{"id": "a"}]}] * 201), "too_large"),
    ],
)
def test_hostile_content_is_a_finding_and_quick(flow_format: str, content: str, code: str) -> None:
    started = time.perf_counter()
    assert refused(flow_format, content)[0] == code
    assert time.perf_counter() - started < 5


NODE = '{"nodeId": "a", "kind": "resolved", "text": "Works."}'


@pytest.mark.parametrize(
    "node",
    [
        '{"nodeId": 1e400, "kind": "resolved", "text": "x"}',
        '{"nodeId": "a", "kind": "resolved", "text": 1e400}',
        '{"nodeId": "a", "kind": "resolved", "text": 123456789012345678901234567890}',
        '{"nodeId": "a", "kind": "resolved", "text": "\\u0000"}',
        '{"nodeId": "a", "kind": "resolved", "text": "\\ud800"}',
        '{"nodeId": "\\u202ea", "kind": "resolved", "text": "x"}',
        '{"nodeId": " a", "kind": "resolved", "text": "x"}',
        '{"nodeId": "a", "kind": "resolved", "text": ["x"]}',
        '{"nodeId": "a", "kind": "wizard", "text": "x"}',
        '{"nodeId": "a", "kind": "resolved", "text": "x", "onclick": "alert(1)"}',
        NODE + ", " + NODE,
        json.dumps({"nodeId": "a", "kind": "question", "text": "q",
                    "options": [{"value": str(n), "label": str(n), "nextNodeId": "a"} for n in range(21)]}),
        json.dumps({"nodeId": "a", "kind": "resolved", "text": "x" * 20_001}),
        json.dumps({"nodeId": "a", "kind": "resolved", "text": "x", "detail": "é" * 10_001}),
    ],
)
def test_a_hostile_node_is_refused(node: str) -> None:
    assert refused("handrail_json", f'{{"title": "T", "tree": {{"rootId": "a", "nodes": [{node}]}}}}')[0] == "invalid_content"


def test_ids_may_be_in_any_script() -> None:
    tree = {"rootId": "打印机 №1", "nodes": [{"nodeId": "打印机 №1", "kind": "resolved", "text": "Готово"}]}
    assert one("handrail_json", {"title": "T", "tree": tree}).tree.root_id == "打印机 №1"


def test_a_tree_has_at_most_two_thousand_nodes() -> None:
    nodes = [{"nodeId": f"n{at}", "kind": "jump", "nextNodeId": "n0"} for at in range(2_001)]
    assert len(one("handrail_json", {"tree": {"rootId": "n0", "nodes": nodes[:2_000]}}).tree.nodes) == 2_000
    assert refused("handrail_json", {"tree": {"rootId": "n0", "nodes": nodes}})[0] == "invalid_content"


@pytest.mark.parametrize("kind", ["step", "expressionNode"])
def test_a_graph_of_very_many_forks_is_read_in_time(kind: str) -> None:
    nodes = [{"id": f"n{at}", "type": kind} for at in range(1_900)]
    edges = [{"sourceId": f"n{at}", "targetId": f"n{at + by}"} for at in range(1_890) for by in range(1, 6)]
    started = time.perf_counter()
    assert len(one("dag", {"nodes": nodes, "edges": edges}).tree.nodes) >= 1_890
    assert time.perf_counter() - started < 5


def test_yaml_is_another_spelling_of_json() -> None:
    content = "title: On\ntree:\n  rootId: q\n  nodes:\n  - {nodeId: q, kind: question, text: Is it on?, fact: yes, needsReview: false,"
    content += " options: [{value: yes, label: Yes, nextNodeId: r}, {value: no, label: No, nextNodeId: r}]}\n  - {nodeId: r, kind: resolved, text: 2026-01-01}\n"
    flow = one("handrail_json", content)
    assert [option.value for option in flow.tree.root.options] == ["yes", "no"]
    assert (flow.title, flow.tree.root.fact, flow.tree.by_id["r"].text) == ("On", "yes", "2026-01-01")
    graph = one("task_graph", "replies:\n  a: On?\n  b: Fine.\n  c: Plug it in.\ngraph:\n  a: {yes: b, no: c}\n  c: a\n")
    assert [option.label for option in graph.tree.root.options] == ["yes", "no"]


def test_the_largest_yaml_is_read_in_time() -> None:
    content = "replies:\n" + "".join(f"  l{n}: text number {n} is as long as this\n" for n in range(12_000)) + "graph:\n"
    content += "".join(f"  l{n}: l{n + 1}\n" for n in range(12_000))
    started = time.perf_counter()
    assert refused("task_graph", content)[0] == "too_large"
    assert len(content) < 1_048_576 and time.perf_counter() - started < 5


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "nodes edges graph replies actions subflows id node type content rules inputs outputs sourceId targetId "
                "source target output_edges input_edges edge condition text tree rootId nodeId kind title name".split()
            ),
            inner | st.sampled_from(["a", "b", "inputNode", "decisionTableNode", "switchNode", "question"]),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["handrail_json", "task_graph", "dag"]), ANYTHING)
def test_any_json_is_read_or_refused(flow_format: str, data: Any) -> None:
    check(import_flows(FlowFormat(flow_format), json.dumps(data)))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["markdown", "dmn"]), st.text(st.sampled_from("ab \n#-*>1.)[]<>/:?`|=\"'~&;{}!é"), max_size=120))
def test_any_text_is_read_or_refused(flow_format: str, text: str) -> None:
    check(import_flows(FlowFormat(flow_format), text))


def check(result: ImportResult) -> None:
    assert result.flows or has_errors(result.findings)
    for flow in result.flows:
        assert parse_tree(dump_tree(flow.tree)) == flow.tree
        assert {finding.code for finding in lint_tree(flow.tree)}.isdisjoint(
            {FindingCode.UNSAFE_MARKUP, FindingCode.EXPRESSION_ERROR}
        )


# the third parties' own files


@pytest.mark.parametrize(
    ("flow_format", "name", "count"),
    [
        ("task_graph", "flows/star-tasks.json", 24),
        ("task_graph", "flows/abcd-guidelines.json", 55),
        ("dag", "flows/stepfly-Distributed_System_Low_Availability_plan_dag.json", 1),
        ("dag", "flows/gorules-customer-service-escalation.json", 1),
        ("dmn", "flows/dmn-0108-first-hitpolicy.dmn", 1),
        ("markdown", "docs/prometheus-runbooks.json", 27),
    ],
)
def test_the_shared_flows_are_read_linted_and_survive_a_round_trip(flow_format: str, name: str, count: int) -> None:
    result = import_flows(FlowFormat(flow_format), shared(name))
    assert len(result.flows) == count
    assert not has_errors(result.findings)
    for flow in result.flows:
        assert not has_errors(lint_tree(flow.tree)), flow.title
        assert one("handrail_json", flow_to_json(flow.tree, flow.title)).tree == flow.tree
        assert one("markdown", flow_to_markdown(flow.tree, flow.title)).tree == flow.tree


def test_the_cyclic_graph_is_refused_with_its_cycle() -> None:
    code, message = refused("dag", shared("flows/gorules-error-cyclic.json"))
    assert code == "cyclic"
    assert "'expressionNode 1' → 'expressionNode 2' → 'expressionNode 1'" in message

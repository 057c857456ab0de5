"""GoRules graphs and DMN tables: asked, decided, and never executed."""

from __future__ import annotations

import json
from typing import Any

from domain.flow_finding import FindingCode, Severity
from domain.flow_import import FlowFormat, import_flows
from domain.flow_lint import lint_tree
from domain.flow_node import InputType, NodeKind
from domain.flow_tree import dump_tree
from tests.domain.flow.importing import kinds, one, refused, ways

# decision tables


def gorules(cells: list[list[str]], **content: Any) -> dict[str, Any]:
    rules = [{"i1": row[0], "i2": row[1], "o1": row[2]} for row in cells]
    table = {
        "hitPolicy": "first",
        "inputs": [
            {"id": "i1", "name": "Tier", "field": "customer.tier"},
            {"id": "i2", "name": "Cost", "field": "cost"},
        ],
        "outputs": [{"id": "o1", "name": "Result", "field": "r"}],
        "rules": rules,
    } | content
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "t", "type": "decisionTableNode", "name": "Route", "content": table},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    return {"nodes": nodes, "edges": [{"sourceId": "in", "targetId": "t"}, {"sourceId": "t", "targetId": "out"}]}


def test_a_rule_table_asks_decides_and_ends() -> None:
    flow = one(
        "dag", gorules([["'gold', 'silver'", "> 5", "'Call'"], ["", "[1..5]", "'Wait'"], ["", "", "'Escalate'"]])
    )
    assert kinds(flow) == {
        "ask-customer-tier": "data_input",
        "ask-cost": "data_input",
        "Route": "decision",
        "outcome": "resolved",
        "outcome-2": "resolved",
        "outcome-3": "escalate",
    }
    asked = flow.tree.by_id["ask-customer-tier"]
    assert (asked.input_type, [option.value for option in asked.options]) == (
        InputType.SELECT,
        ["gold", "silver", "other-value"],
    )
    assert flow.tree.by_id["ask-cost"].input_type is InputType.NUMBER
    assert [branch.when for branch in flow.tree.by_id["Route"].branches] == [
        '(customer_tier == "gold" or customer_tier == "silver") and cost > 5',
        "(cost >= 1 and cost <= 5)",
        "true",
    ]
    assert [finding for finding in lint_tree(flow.tree) if finding.severity is Severity.ERROR] == []


def test_functions_are_findings_and_never_run() -> None:
    content = gorules([["startsWith($, 'g')", "> 5", "'Call'"], ["", "", "'Wait'"]])
    content["nodes"].insert(1, {"id": "f", "type": "functionNode", "name": "Script", "content": "process.exit(1)"})
    content["edges"] = [{"sourceId": "in", "targetId": "f"}, {"sourceId": "f", "targetId": "t"}]
    result = import_flows(FlowFormat.DAG, json.dumps(content))
    found = {finding.code for finding in result.findings}
    assert found == {FindingCode.FUNCTION_NOT_EXECUTED}
    tree = result.flows[0].tree
    assert tree.by_id["Script"].needs_review
    assert tree.by_id["Route"].kind is NodeKind.QUESTION
    assert "process.exit" not in json.dumps(dump_tree(tree))


def test_more_rules_than_a_decision_holds_are_chained() -> None:
    flow = one("dag", gorules([[f"'v{number}'", "", "'x'"] for number in range(45)]))
    decisions = [node for node in flow.tree.nodes if node.kind is NodeKind.DECISION]
    assert sorted(len(node.branches) for node in decisions) == [5, 20, 20]


DMN = """<?xml version="1.0"?><definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m">
<decision name="Approval"><decisionTable hitPolicy="{policy}">
<input><inputExpression typeRef="number"><text>Age</text></inputExpression></input>
<input><inputExpression typeRef="boolean"><text>isMember</text></inputExpression></input>
<output name="Status"/>
<rule><inputEntry><text>{cell}</text></inputEntry><inputEntry><text>true</text></inputEntry>
<outputEntry><text>"Yes"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_a_dmn_table_maps() -> None:
    flow = one("dmn", DMN.format(policy="FIRST", cell="&gt;=18"))
    assert flow.title == "Approval"
    assert flow.tree.by_id["Approval"].branches[0].when == 'age >= 18 and is_member == "true"'
    assert [option.label for option in flow.tree.by_id["ask-is-member"].options] == ["Yes", "No"]
    assert ways(flow, "Approval")["otherwise"] == "no-rule"


def test_feel_beyond_unary_tests_is_a_finding() -> None:
    result = import_flows(FlowFormat.DMN, DMN.format(policy="COLLECT", cell="count(x) &gt; 3"))
    assert [it.code for it in result.findings] == [FindingCode.UNSUPPORTED, FindingCode.FUNCTION_NOT_EXECUTED]
    assert result.flows[0].tree.by_id["Approval"].kind is NodeKind.QUESTION


def test_dmn_logic_that_is_no_table_is_refused() -> None:
    model = '<definitions><decision name="D"><literalExpression><text>1 + 1</text></literalExpression></decision></definitions>'
    assert refused("dmn", model)[0] == "function_not_executed"

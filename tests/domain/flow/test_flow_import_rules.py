"""GoRules graphs and DMN tables: asked, decided, and never executed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

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


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER", "OUTPUT ORDER"])
def test_a_table_that_collects_shows_every_outcome_that_holds(policy: str) -> None:
    content = DMN.format(policy=policy, cell="&gt;=18").replace("</decisionTable>", """<rule><inputEntry><text>-</text></inputEntry>
<inputEntry><text>-</text></inputEntry><outputEntry><text>"Also"</text></outputEntry></rule></decisionTable>""")
    flow = one("dmn", content)
    first = flow.tree.by_id[ways(flow, "ask-is-member")[None]]
    assert (first.kind, first.branches[0].when) == (NodeKind.DECISION, 'age >= 18 and is_member == "true"')
    shown = flow.tree.by_id[first.branches[0].next_node_id]
    assert (shown.text, shown.next_node_id) == ("Status: Yes", first.next_node_id)
    second = flow.tree.by_id[first.next_node_id]
    assert flow.tree.by_id[second.branches[0].next_node_id].text == "Status: Also"
    assert flow.tree.by_id[second.next_node_id].kind is NodeKind.RESOLVED


@pytest.mark.parametrize(("cell", "when"), [
    ('&lt; date("2000-01-31")', 'age < "2000-01-31"'), ('@"2000-01-31"', 'age == "2000-01-31"'),
    ('[date("2000-01-01")..date("2001-01-01"))', '(age >= "2000-01-01" and age < "2001-01-01")'), ("null", "not known(age)"),
    ("-5", "age == -5"), ("1, 2, 3", "(age == 1 or age == 2 or age == 3)"), ("not(1, 2)", "not ((age == 1 or age == 2))"),
    ("]1..5[", "(age > 1 and age < 5)"), ("(1..5]", "(age > 1 and age <= 5)"), ('"a, b"', 'age == "a, b"'),
])
def test_cells_as_conditions(cell: str, when: str) -> None:
    flow = one("dmn", DMN.format(policy="F", cell=cell))
    assert flow.tree.by_id["Approval"].branches[0].when == f'{when} and is_member == "true"'
    assert not [finding for finding in lint_tree(flow.tree) if finding.severity is Severity.ERROR]
    assert flow.tree.by_id["ask-age"].is_required is (cell != "null")


@pytest.mark.parametrize("year", ["20151101", "20180521", "20191111", "20211108", "20230324"])
@pytest.mark.parametrize("prefix", ["", "dmn:", "semantic:"])
def test_every_edition_and_prefix_is_read(year: str, prefix: str) -> None:
    content = DMN.format(policy="UNIQUE", cell="5").replace("20230324", year)
    if prefix:
        content = content.replace("xmlns=", f"xmlns:{prefix[:-1]}=").replace("</", f"</{prefix}")
        content = re.sub(r"<(?=[a-zA-Z])", f"<{prefix}", content)
    assert one("dmn", content).tree.by_id["Approval"].branches[0].when == 'age == 5 and is_member == "true"'


def test_expressions_that_can_be_read_are_done_by_hand() -> None:
    content = gorules([["'a'", "", "'x'"]])
    content["nodes"].insert(1, {"id": "e", "type": "expressionNode", "name": "Total",
                                "content": {"expressions": [{"key": "total", "value": "price * 1.2"}]}})
    content["edges"] = [{"sourceId": "in", "targetId": "e"}, {"sourceId": "e", "targetId": "t"}]
    result = import_flows(FlowFormat.DAG, json.dumps(content))
    assert [it.code for it in result.findings] == [FindingCode.FUNCTION_NOT_EXECUTED]
    node = result.flows[0].tree.by_id["Total"]
    assert (node.kind, node.needs_review, "price \\* 1.2" in (node.detail or "") or "price * 1.2" in (node.detail or "")) == (
        NodeKind.INSTRUCTION, False, True)


def test_dmn_logic_that_is_no_table_is_refused() -> None:
    model = '<definitions><decision name="D"><literalExpression><text>1 + 1</text></literalExpression></decision></definitions>'
    assert refused("dmn", model)[0] == "function_not_executed"


def switch(*conditions: str, hit: str = "first") -> dict[str, Any]:
    """A switch with a way for each condition and one more, each to an output of its own."""
    statements = [{"id": f"s{at}", "condition": text} for at, text in enumerate([*conditions, ""])]
    nodes = [{"id": "in", "type": "inputNode", "name": "in"},
             {"id": "sw", "type": "switchNode", "name": "Which", "content": {"hitPolicy": hit, "statements": statements}},
             *({"id": f"e{at}", "type": "expressionNode", "name": f"Way {at}", "content": {"expressions": [{"key": "k", "value": "1"}]}}
               for at in range(len(statements)))]
    edges = [{"sourceId": "in", "targetId": "sw"},
             *({"sourceId": "sw", "sourceHandle": f"s{at}", "targetId": f"e{at}"} for at in range(len(statements)))]
    return {"nodes": nodes, "edges": edges}


@pytest.mark.parametrize(("condition", "when"), [
    ("customer.country == 'US'", 'customer_country == "US"'),
    ("customer.country in ['DE', 'FR']", '(customer_country == "DE" or customer_country == "FR")'),
    ("tier not in ['gold']", 'not (tier == "gold")'),
    ("total > 100 and total <= 200 or isMember", 'total > 100 and total <= 200 or is_member == "true"'),
    ("not isMember and name == 'a and b'", 'not (is_member == "true") and name == "a and b"'),
    ("age in [18..65)", "(age >= 18 and age < 65)"),
])
def test_a_switch_of_comparisons_decides(condition: str, when: str) -> None:
    flow = one("dag", switch(condition))
    decision = flow.tree.by_id["Which"]
    assert (decision.kind, [branch.when for branch in decision.branches]) == (NodeKind.DECISION, [when])
    assert decision.next_node_id == "Way 1"
    assert not [finding for finding in lint_tree(flow.tree) if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("condition", [
    "len(name) > 3", "a + b > 3", "startsWith(x, 'y')", "a == b", "(a == 1 or b == 2) and c == 3", "some(items, # > 3)", "a ==", "'x'",
    "__import__('os')", "a in b", "x " * 600,
])
def test_a_switch_of_more_than_comparisons_is_chosen(condition: str) -> None:
    result = import_flows(FlowFormat.DAG, json.dumps(switch(condition)))
    flow = result.flows[0]
    assert flow.tree.by_id["Which"].kind is NodeKind.QUESTION
    assert FindingCode.FUNCTION_NOT_EXECUTED in {finding.code for finding in result.findings}
    assert one("dag", switch("a == 1", hit="collect")).tree.by_id["Which"].kind is NodeKind.QUESTION


def test_what_was_asked_on_every_way_is_not_asked_again() -> None:
    def table(name: str, field: str) -> dict[str, Any]:
        content = {"hitPolicy": "first", "inputs": [{"id": "i", "name": field, "field": field}],
                   "outputs": [{"id": "o", "name": "R", "field": "r"}], "rules": [{"i": "> 3", "o": "'x'"}]}
        return {"id": name, "type": "decisionTableNode", "name": name, "content": content}

    content = switch("x == 1")
    content["nodes"] += [table("left", "x"), table("right", "y"), table("both", "y"), {"id": "out", "type": "outputNode", "name": "out"}]
    content["edges"] += [{"sourceId": a, "targetId": b} for a, b in [("e0", "left"), ("e1", "right"), ("left", "both"), ("right", "both"), ("both", "out")]]
    flow = one("dag", content)
    asked = [node.fact for node in flow.tree.nodes if node.kind is NodeKind.DATA_INPUT]
    assert sorted(filter(None, asked)) == ["x", "y", "y"]  # x once, before the switch; y on the right and, for the left, before the last
    assert not [finding for finding in lint_tree(flow.tree) if finding.severity is Severity.ERROR]


def test_what_runs_side_by_side_is_walked_in_a_row() -> None:
    content = switch("x == 1")
    content["nodes"] = [content["nodes"][0], *({"id": name, "type": "expressionNode", "name": name} for name in ("one", "two", "three"))]
    content["edges"] = [{"sourceId": "in", "targetId": name} for name in ("one", "two", "three")]
    flow = one("dag", content)
    assert (flow.tree.root_id, ways(flow, "one"), ways(flow, "two")) == ("one", {None: "two"}, {None: "three"})
    assert flow.tree.by_id[ways(flow, "three")[None]].kind is NodeKind.RESOLVED

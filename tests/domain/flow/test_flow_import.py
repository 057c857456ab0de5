"""Import: shapes that are read exactly, hostile content that becomes a finding, and the third parties' own files."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.flow_finding import FindingCode, Severity, has_errors
from domain.flow_import import FlowFormat, ImportedFlow, ImportResult, import_flows
from domain.flow_lint import lint_tree
from domain.flow_markdown import flow_to_json, flow_to_markdown
from domain.flow_node import FlowNode, InputType, NodeKind
from domain.flow_tree import FlowTree, dump_tree, edges_of, parse_tree
from tests.domain.flow.generate_trees import TEXTS, trees

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


# our own JSON, and Markdown written by us


@settings(max_examples=60)
@given(trees(), TEXTS)
def test_json_export_and_import_give_the_same_flow(tree: FlowTree, title: str) -> None:
    text = json.dumps(flow_to_json(tree, title, "printer", ("a", "b")))
    flow = one("handrail_json", text)
    assert flow.tree == tree
    assert (flow.category, flow.keywords) == ("printer", ("a", "b"))


@settings(max_examples=60)
@given(trees(), TEXTS)
def test_markdown_export_and_import_give_the_same_tree(tree: FlowTree, title: str) -> None:
    assert one("markdown", flow_to_markdown(tree, title)).tree == tree


def test_an_edited_export_is_read_anew_with_a_finding() -> None:
    tree = FlowTree("a", (FlowNode("a", NodeKind.RESOLVED, "Works."),))
    edited = flow_to_markdown(tree, "Printer").replace("## Machine", "## Now\n\n- Switch it off\n\n## Machine")
    result = import_flows(FlowFormat.MARKDOWN, edited)
    assert [node.text for node in result.flows[0].tree.nodes if node.kind is NodeKind.INSTRUCTION][
        -1
    ] == "Switch it off"
    assert FindingCode.REWRITTEN in {finding.code for finding in result.findings}


def test_a_bare_tree_a_list_and_a_query_result_are_read() -> None:
    tree = {"rootId": "a", "nodes": [{"nodeId": "a", "kind": "resolved", "text": "Works."}]}
    assert one("handrail_json", tree, "Mine").title == "Mine"
    result = import_flows(FlowFormat.HANDRAIL_JSON, json.dumps([{"title": "One", "tree": tree}, {"tree": tree}]), "All")
    assert [flow.title for flow in result.flows] == ["All: One", "All: Imported flow 2"]
    queried = {
        "__typename": "FlowTree",
        "rootId": "a",
        "nodes": [{"__typename": "ResolvedNode", "nodeId": "a", "text": "Works."}],
    }
    assert one("handrail_json", queried).tree.root.kind is NodeKind.RESOLVED
    assert one("task_graph", tree).tree.root_id == "a"


def test_one_bad_flow_does_not_spoil_the_others() -> None:
    tree = {"rootId": "a", "nodes": [{"nodeId": "a", "kind": "resolved", "text": "Works."}]}
    content = [{"title": "Good", "tree": tree}, {"title": "Bad", "tree": {"rootId": "b", "nodes": tree["nodes"]}}]
    result = import_flows(FlowFormat.HANDRAIL_JSON, json.dumps(content))
    assert [flow.title for flow in result.flows] == ["Good"]
    assert [(it.code, it.severity) for it in result.findings] == [(FindingCode.INVALID_CONTENT, Severity.ERROR)]
    assert result.findings[0].message.startswith("Bad: ")


# Markdown

RUNBOOK = """---
title: Printer is offline
keywords: [printer, offline]
category: printer
---
# Printer

## Symptoms

The printer shows *offline*.

## Steps

1. [ ] Switch the printer **off** and on.

   It takes a minute.
2. Is the lamp green?
   - Yes: continue
   - No: Escalate, the hardware is broken
   - Blinking -> Open the cover
3. Print a test page with `lp`.

## Resolution

Tell the customer.
"""


def test_a_runbook_becomes_steps_and_questions() -> None:
    flow = one("markdown", RUNBOOK)
    assert (flow.title, flow.category, flow.keywords) == ("Printer is offline", "printer", ("printer", "offline"))
    assert [(node.node_id, node.kind.value, node.text) for node in flow.tree.nodes] == [
        ("step-1", "instruction", "Switch the printer off and on."),
        ("step-2", "question", "Is the lamp green?"),
        ("step-3", "instruction", "Print a test page with lp."),
        ("step-4", "instruction", "Resolution: Tell the customer."),
        ("solved", "question", "Is the problem solved?"),
        ("resolved", "resolved", "The problem is solved."),
        ("escalate", "escalate", "The steps did not help. Hand over to an engineer."),
        ("step-2-No", "escalate", "Escalate, the hardware is broken"),
        ("step-2-Blinking", "instruction", "Open the cover"),
    ]
    assert ways(flow, "step-2") == {"Yes": "step-3", "No": "step-2-No", "Blinking": "step-2-Blinking"}
    assert ways(flow, "step-2-Blinking") == {None: "step-3"}
    assert flow.tree.by_id["step-2-No"].reason_category == "hardware_or_onsite"
    assert flow.tree.root.detail == "It takes a minute."
    assert flow.tree.root.how_to == "**Symptoms**\n\nThe printer shows *offline*."
    assert lint_tree(flow.tree) == ()


def test_a_plain_checklist_needs_no_headings() -> None:
    flow = one("markdown", "- [ ] First\n- [x] Second\n", "List")
    assert [node.text for node in flow.tree.nodes][:2] == ["First", "Second"]
    assert flow.title == "List"


def test_html_images_and_links_do_not_get_in() -> None:
    flow = one(
        "markdown",
        "# T\n\n- Do <b>it</b> ![x](http://e.example/x.png)\n\n  See [here](javascript:x) <script>y</script>\n",
    )
    assert flow.tree.root.text == "Do <b>it</b> x".replace("<b>", "").replace("</b>", "")
    assert lint_tree(flow.tree) == ()
    assert "[here]" not in (flow.tree.root.detail or "")


def test_yaml_with_aliases_or_objects_is_left_out_and_said() -> None:
    bomb = "---\na: &a [x]\nb: [*a, *a]\ntitle: T\n---\n- Step\n"
    code = "---\ntitle: !!python/object/apply:os.system ['true']\n---\n- Step\n"
    for content in (bomb, code):
        result = import_flows(FlowFormat.MARKDOWN, content)
        assert result.findings[0].code is FindingCode.DROPPED
        assert result.flows[0].tree.root.text == "Step"


# task graphs


def test_star_answers_are_hung_under_the_place_that_waits() -> None:
    star = {
        "replies": {"hello": "Hello", "ask_name": "Your name?", "query": "Query", "ok": "Done.", "bad": "Sorry, no."}
        | {"query_ok": "Found", "query_no": "Not there", "left": "Never"},
        "graph": {"hello": "ask_name", "ask_name": "query", "query_ok": "ok", "query_no": "bad"},
    }
    result = import_flows(FlowFormat.TASK_GRAPH, json.dumps(star), "Lookup")
    flow = result.flows[0]
    assert kinds(flow) == {
        "hello": "instruction",
        "ask_name": "data_input",
        "query": "question",
        "ok": "resolved",
        "bad": "escalate",
    }
    assert ways(flow, "query") == {"Found": "ok", "Not there": "bad"}
    assert flow.tree.by_id["ask_name"].fact == "name"
    assert FindingCode.ASSUMED in {finding.code for finding in result.findings}


def test_graphs_may_name_answers_and_loop() -> None:
    flow = one(
        "dag",
        {"replies": {"a": "On?", "b": "Works.", "c": "Plug it in."}, "graph": {"a": {"Yes": "b", "No": "c"}, "c": "a"}},
    )
    assert ways(flow, "a") == {"Yes": "b", "No": "c"}
    assert ways(flow, "c") == {None: "a"}


def test_guidelines_become_one_flow_each() -> None:
    action = {"type": "interaction", "button": "Pull up Account", "text": "Ask for the name.", "subtext": ["Full name"]}
    content = {
        "Access": {
            "description": "d",
            "subflows": {"Reset": {"actions": [action], "instructions": ["Be kind"]}, "Empty": {"actions": []}},
        }
    }
    result = import_flows(FlowFormat.TASK_GRAPH, json.dumps(content))
    assert [flow.title for flow in result.flows] == ["Access: Reset"]
    root = result.flows[0].tree.root
    assert (root.text, root.detail, root.how_to, root.acknowledge_label) == (
        "Ask for the name.",
        "- Full name",
        "Be kind",
        "Pull up Account",
    )
    assert [it.message for it in result.findings if it.severity is Severity.ERROR] == [
        "Access: Empty: 'Access: Empty' has no actions."
    ]


# graphs of steps


def step(name: str, *edges: tuple[str, str]) -> dict[str, Any]:
    outgoing = [{"edge": f"edge_{name}_{to}", "condition": condition} for to, condition in edges]
    return {"node": name, "description": f"Do {name}", "input_edges": [], "output_edges": outgoing}


def test_parallel_steps_are_put_into_a_row() -> None:
    content = {
        "nodes": [
            step("start", ("a", "none"), ("b", "none"), ("c", "none")),
            step("a", ("end", "if found"), ("join", "if not found")),
            step("b", ("join", "none")),
            step("c", ("join", "none")),
            step("join", ("end", "none")),
            step("end"),
        ]
    }
    flow = one("dag", content)
    assert ways(flow, "start") == {None: "a"}
    assert ways(flow, "a") == {"Found": "end", "Not found": "b"}
    assert ways(flow, "b") == {None: "c"}
    assert ways(flow, "c") == {None: "join"}
    assert kinds(flow)["end"] == "resolved"


def test_parallel_steps_that_do_not_meet_are_chosen() -> None:
    flow = one("dag", {"nodes": [step("s", ("a", "none"), ("b", "none")), step("a"), step("b")]})
    assert ways(flow, "s") == {"a": "a", "b": "b"}


@pytest.mark.parametrize(
    "edges",
    [
        [{"source": "x", "target": "y", "label": "yes"}, {"source": "x", "target": "z", "label": "no"}],
        [{"from": "x", "to": "y", "condition": "yes"}, {"from": "x", "to": "z", "condition": "no"}],
    ],
)
def test_other_spellings_of_edges(edges: list[dict[str, str]]) -> None:
    content = {
        "nodes": [{"id": "x", "label": "On?"}, {"id": "y", "text": "Fine"}, {"id": "z", "text": "Escalate"}],
        "edges": edges,
    }
    flow = one("task_graph", content)
    assert ways(flow, "x") == {"Yes": "y", "No": "z"}
    assert kinds(flow) == {"x": "question", "y": "resolved", "z": "escalate"}


def test_a_cycle_is_refused_and_named() -> None:
    code, message = refused(
        "dag", {"nodes": [step("s", ("a", "none")), step("a", ("b", "none")), step("b", ("a", "none"))]}
    )
    assert code == "cyclic"
    assert message == "The graph leads in a circle: 'Do a' → 'Do b' → 'Do a'."


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


# hostile content

ENTITIES = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><definitions>&b;</definitions>'
EXTERNAL = '<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions/>'


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
        ("markdown", "", "invalid_content"),
        ("markdown", "a\x00b", "invalid_content"),
        ("markdown", "a\ud800b", "invalid_content"),
        ("markdown", "x" * 1_000_001, "too_large"),
        ("markdown", "é" * 500_001, "too_large"),
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

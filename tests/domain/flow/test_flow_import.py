"""Import: shapes that are read exactly, hostile content that becomes a finding, and the third parties' own files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from domain.flow_finding import FindingCode, Severity
from domain.flow_import import FlowFormat, import_flows
from domain.flow_lint import lint_tree
from domain.flow_markdown import flow_to_json, flow_to_markdown
from domain.flow_node import FlowNode, NodeKind
from domain.flow_tree import FlowTree
from tests.domain.flow.generate_trees import TEXTS, trees
from tests.domain.flow.importing import kinds, one, refused, ways


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


def test_each_query_gets_the_answers_that_belong_together() -> None:
    star = {
        "replies": {"hello": "Hello", "ask_day": "Please say the day.", "query_check": "Query Check", "offer": "Shall I book {day:s} at {place:s}?"}
        | {"query_book": "Query Book", "sold_out": "Sorry, sold out.", "booked": "Booked.", "failed": "Unfortunately not.", "anything_else": "Anything else?"}
        | {"available": "Available", "unavailable": "Unavailable", "query_success": "Succeeded", "query_failure": "Failed", "no": "No", "yes": "Yes"},
        "graph": {"hello": "ask_day", "ask_day": "query_check", "no": "ask_day", "yes": "query_book", "booked": "anything_else"}
        | {"available": "offer", "unavailable": "sold_out", "query_success": "booked", "query_failure": "failed"},
    }
    flow = import_flows(FlowFormat.TASK_GRAPH, json.dumps(star)).flows[0]
    assert ways(flow, "query_check") == {"Available": "offer", "Unavailable": "sold_out"}
    assert ways(flow, "offer") == {"No": "ask_day", "Yes": "query_book"}
    assert ways(flow, "query_book") == {"Succeeded": "booked", "Failed": "failed"}
    assert (kinds(flow)["ask_day"], flow.tree.by_id["ask_day"].fact) == ("data_input", "day")
    assert flow.tree.by_id["offer"].text == "Shall I book {{day}} at [place]?"


def test_a_single_answer_gets_the_other_one() -> None:
    star = {"replies": {"hello": "Hello.", "ask_x": "X?", "anything_else": "Is there anything else?", "no": "No", "bye": "Bye."},
            "graph": {"hello": "ask_x", "ask_x": "anything_else", "no": "bye"}}
    flow = import_flows(FlowFormat.TASK_GRAPH, json.dumps(star)).flows[0]
    assert ways(flow, "anything_else") == {"No": "bye", "Yes": "hello"}


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

"""Pictures: every node and way is there, the walked path is marked, and no text becomes markup."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given, settings

from domain.flow_markdown import flow_to_json
from domain.flow_node import Branch, FlowNode, NodeKind, Option
from domain.flow_render import render_mermaid, render_svg
from domain.flow_render.walked import walked_parts
from domain.flow_schema import flow_schema
from domain.flow_tree import FlowTree, edges_of
from tests.domain.flow.generate_trees import trees

ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"
TREE = FlowTree(
    "q",
    (
        FlowNode("q", NodeKind.QUESTION, "On?", options=(Option("y", "Yes", "d"), Option("n", "No", "i"))),
        FlowNode("i", NodeKind.INSTRUCTION, "Plug it in.", next_node_id="q"),
        FlowNode("d", NodeKind.DECISION, branches=(Branch("a == 1", "up"),), next_node_id="ok"),
        FlowNode("ok", NodeKind.RESOLVED, "Works."),
        FlowNode("up", NodeKind.ESCALATE, "Hand over."),
    ),
)


def test_mermaid_of_a_small_tree() -> None:
    assert render_mermaid(TREE).splitlines()[:11] == [
        "flowchart TD",
        '  n0{{"On?"}}',
        '  n1["Plug it in#46;"]',
        '  n2{"d"}',
        '  n3(["Works#46;"])',
        '  n4[\\"Hand over#46;"\\]',
        '  n0 -->|"Yes"| n2',
        '  n0 -->|"No"| n1',
        "  n1 --> n0",
        '  n2 -->|"a #61;#61; 1"| n4',
        '  n2 -->|"otherwise"| n3',
    ]


def test_the_walked_path_runs_through_decisions() -> None:
    steps = [("q", "n"), ("i", "done"), ("q", "y"), ("ok", None)]
    path = walked_parts(TREE, steps)
    assert path.nodes == {"q", "i", "d", "ok"}
    assert path.ways == {("q", 1), ("i", 0), ("q", 0), ("d", 1)}
    assert path.last == "ok"
    mermaid = render_mermaid(TREE, steps)
    assert "  linkStyle 0,1,2,4 stroke:#b45309,stroke-width:4px" in mermaid
    assert "  class n0,n1,n2,n3 walked" in mermaid
    assert render_svg(TREE, steps).count('stroke="#b45309"') == 4 + 4
    assert 'stroke="#b45309"' not in render_svg(TREE)


def test_steps_of_other_flows_are_left_out() -> None:
    assert walked_parts(TREE, [("elsewhere", "x")]).nodes == frozenset()


NODE_LINE = re.compile(
    r'  [nx]\d+(?:\{\{|\[|\[/|\(\[|\[\\|\{|\[\[|\()"(?P<label>[^"]*)"(?:\}\}|\]|/\]|\]\)|\\\]|\}|\]\]|\))'
)
EDGE_LINE = re.compile(r'  [nx]\d+ -->(?:\|"(?P<label>[^"]*)"\|)? [nx]\d+')


@settings(max_examples=60, deadline=None)
@given(trees())
def test_mermaid_is_made_of_our_ids_and_harmless_labels(tree: FlowTree) -> None:
    lines = render_mermaid(tree).splitlines()
    body = [line for line in lines[1:] if not line.startswith(("  class", "  linkStyle"))]
    for line in body:
        match = NODE_LINE.fullmatch(line) or EDGE_LINE.fullmatch(line)
        assert match, line
        label = re.sub(r"#\d+;", "", match["label"] or "")
        assert not set(label) & set("\"'`<>[](){}|;#&*_-:\\/%@=~$^.") - {"'"}
    assert len(body) == len(tree.nodes) + sum(len(edges_of(node)) for node in tree.nodes)


@settings(max_examples=60, deadline=None)
@given(trees())
def test_svg_is_xml_of_shapes_and_text(tree: FlowTree) -> None:
    root = ET.fromstring(render_svg(tree, [(tree.root_id, None)], "A <b> & c"))
    allowed = {SVG + name for name in ("svg", "g", "title", "rect", "path", "polygon", "text", "tspan")}
    for element in root.iter():
        assert element.tag in allowed
        assert not {
            name for name in element.attrib if name.startswith("on") or name in ("style", "href", "class", "id")
        }
    shown = "".join(root.itertext())
    assert "A <b> & c" in shown
    assert len(root.findall(f".//{SVG}path")) == sum(len(edges_of(node)) for node in tree.nodes)


@pytest.mark.parametrize("shape", ["chain", "tangle", "far"])
def test_two_thousand_nodes_are_drawn_in_seconds(shape: str) -> None:
    size = 2_000
    lead = {
        "chain": lambda i, k: min(i + k, size - 1),
        "tangle": lambda i, k: (i * 7 + k * 13) % size,
        "far": lambda i, k: size - k,
    }
    nodes = tuple(
        FlowNode(
            f"n{i}",
            NodeKind.QUESTION,
            f"Q{i}",
            options=tuple(Option(str(k), str(k), f"n{lead[shape](i, k)}") for k in (1, 2)),
        )
        for i in range(size)
    )
    started = time.perf_counter()
    assert render_svg(FlowTree("n0", nodes)).endswith("</svg>\n")
    render_mermaid(FlowTree("n0", nodes))
    assert time.perf_counter() - started < 5


def test_the_documented_schema_is_the_one_in_the_code() -> None:
    assert json.loads((ROOT / "docs" / "flow.schema.json").read_text()) == flow_schema()


@settings(max_examples=60, deadline=None)
@given(trees())
def test_exports_pass_the_schema(tree: FlowTree) -> None:
    jsonschema.validate(flow_to_json(tree, "T", "printer", ("a",), "t"), flow_schema())


@pytest.mark.parametrize("path", sorted((ROOT / "db" / "seed_flows").glob("*.json")), ids=lambda path: path.stem)
def test_our_own_flows_pass_the_schema_and_are_drawn(path: Path) -> None:
    jsonschema.validate(json.loads(path.read_text()), flow_schema())


def test_the_label_of_a_way_back_is_not_hidden_by_its_neighbours() -> None:
    ask = FlowNode("ask", NodeKind.QUESTION, "Again?", options=(Option("a", "Once more, from the top", "top"), Option("b", "Stop", "end")))
    top = FlowNode("top", NodeKind.QUESTION, "Which?", options=(Option("l", "Left", "ask"), Option("r", "Right", "beside")))
    tree = FlowTree("top", (top, ask, FlowNode("beside", NodeKind.RESOLVED, "Beside"), FlowNode("end", NodeKind.RESOLVED, "End")))
    root = ET.fromstring(render_svg(tree))
    space = "{http://www.w3.org/2000/svg}"
    texts = {"".join(text.itertext()): float(text.get("x", 0)) for text in root.iter(f"{space}text") if text.get("text-anchor") == "middle"}
    right = max(float(box.get("x", 0)) + float(box.get("width", 0)) for box in root.iter(f"{space}rect") if box.get("width") == "232")
    half = (8 + 5.9 * len("Once more, from the top")) / 2
    assert right < texts["Once more, from the top"] - half < texts["Once more, from the top"] + half < float(root.get("width", 0)) - 28

"""The JSON form of a tree: exact round trips, strict types, limits, and nothing but TreeShapeError."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.flow_tree import (
    Edge,
    FlowNode,
    FlowTree,
    InputType,
    NodeKind,
    Option,
    TreeShapeError,
    dump_tree,
    edges_of,
    parse_tree,
)
from tests.domain.flow.generate_trees import trees


def done(node_id: str = "done", **fields: Any) -> dict[str, Any]:
    return {"nodeId": node_id, "kind": "resolved", "text": "It works again."} | fields


def question(*options: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"nodeId": "q", "kind": "question", "text": "Is it on?", "options": list(options)} | fields


def tree(*nodes: Any, root: Any = None) -> dict[str, Any]:
    return {"rootId": nodes[0]["nodeId"] if root is None else root, "nodes": list(nodes)}


def refused(data: Any) -> tuple[str, str]:
    with pytest.raises(TreeShapeError) as caught:
        parse_tree(data)
    return caught.value.path, caught.value.problem


def test_a_tree_is_read_and_written_exactly() -> None:
    data = tree(
        question({"value": "yes", "label": "Yes", "nextNodeId": "done"}, {"value": "no", "label": "No"}, fact="is_on"),
        done(suggestedResolution="Switched it on."),
        {"nodeId": "n", "kind": "data_input", "inputType": "number", "text": "How many?", "isRequired": False},
    )
    parsed = parse_tree(data)
    assert parsed == FlowTree(
        "q",
        (
            FlowNode(
                "q",
                NodeKind.QUESTION,
                "Is it on?",
                options=(Option("yes", "Yes", "done"), Option("no", "No")),
                fact="is_on",
            ),
            FlowNode("done", NodeKind.RESOLVED, "It works again.", suggested_resolution="Switched it on."),
            FlowNode("n", NodeKind.DATA_INPUT, "How many?", input_type=InputType.NUMBER, is_required=False),
        ),
    )
    assert dump_tree(parsed) == data
    assert parsed.root.node_id == "q"
    assert parsed.node("nowhere") is None and parsed.node(None) is None


@given(trees())
def test_any_tree_survives_json(generated: FlowTree) -> None:
    text = json.dumps(dump_tree(generated))
    assert parse_tree(json.loads(text)) == generated
    assert json.dumps(dump_tree(parse_tree(json.loads(text)))) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["rootId", "nodes", "nodeId", "kind", "text", "options"]), inner, max_size=4)
    ),
)


@given(JSON)
def test_nothing_but_a_shape_error_comes_out(data: Any) -> None:
    try:
        parse_tree(data)
    except TreeShapeError as error:
        assert error.path and error.problem


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (None, "tree"),
        ([], "tree"),
        ({"rootId": "a"}, "tree.nodes"),
        ({"rootId": "a", "nodes": []}, "tree.nodes"),
        ({"rootId": 1, "nodes": [done()]}, "tree.rootId"),
        (tree(done(), root="other"), "tree.rootId"),
        (tree(done()) | {"extra": 1}, "tree"),
        (tree(done(), "x"), "tree.nodes[1]"),
        (tree(done(colour="red")), "tree.nodes[0]"),
        (tree(done(), done()), "tree.nodes[1].nodeId"),
        (tree(done("x" * 101)), "tree.nodes[0].nodeId"),
        (tree(done(" x")), "tree.nodes[0].nodeId"),
        (tree(done("a\nb")), "tree.nodes[0].nodeId"),
        (tree(done(kind="poem")), "tree.nodes[0].kind"),
        (tree(done(text="  ")), "tree.nodes[0].text"),
        (tree(done(text=None)), "tree.nodes[0].text"),
        (tree(done(text=7)), "tree.nodes[0].text"),
        (tree(done(text="a\x00b")), "tree.nodes[0].text"),
        (tree(done(detail="a\ud800b")), "tree.nodes[0].detail"),
        (tree(done(text="x" * 20_001)), "tree.nodes[0].text"),
        (tree(done(text="é" * 10_001)), "tree.nodes[0]"),
        (tree(done(needsReview="yes")), "tree.nodes[0].needsReview"),
        (tree(done(reasonCategory="boredom")), "tree.nodes[0].reasonCategory"),
        (tree(done(fact="two words")), "tree.nodes[0].fact"),
        (tree(question({"value": "a"})), "tree.nodes[0].options[0].label"),
        (tree(question({"value": "a", "label": ""})), "tree.nodes[0].options[0].label"),
        (tree(question({"value": "v" * 101, "label": "A"})), "tree.nodes[0].options[0].value"),
        (
            tree(question({"value": "a", "label": "A"}, {"value": "a", "label": "B"})),
            "tree.nodes[0].options[1].value",
        ),
        (
            tree(question({"value": "a", "label": "Yes"}, {"value": "b", "label": " YES"})),
            "tree.nodes[0].options[1].label",
        ),
        (
            tree(question(*({"value": str(i), "label": str(i)} for i in range(21)))),
            "tree.nodes[0].options",
        ),
        (tree(*(done(str(index)) for index in range(2_001))), "tree.nodes"),
        (tree(*(done(str(index), text="x" * 15_000) for index in range(70))), "tree.nodes"),
    ],
)
def test_what_is_no_tree_is_refused_where_it_is_wrong(data: Any, path: str) -> None:
    assert refused(data)[0] == path


def test_limits_are_inclusive() -> None:
    assert len(parse_tree(tree(*(done(str(index)) for index in range(2_000)))).nodes) == 2_000
    options = [{"value": str(i), "label": str(i)} for i in range(20)]
    assert len(parse_tree(tree(question(*options))).root.options) == 20
    assert parse_tree(tree(done("x" * 100))).root_id == "x" * 100


def test_deep_junk_is_refused_without_recursion() -> None:
    junk: list[Any] = []
    for _ in range(100_000):
        junk = [junk]
    assert refused(tree(done(text=junk))) == ("tree.nodes[0].text", "must be a text, not a list")


def test_the_api_spelling_of_enums_is_understood_and_written_back_small() -> None:
    data = tree({"nodeId": "e", "kind": "ESCALATE", "text": "Hand over.", "reasonCategory": "OUT_OF_SCOPE"})
    assert dump_tree(parse_tree(data))["nodes"] == [
        {"nodeId": "e", "kind": "escalate", "text": "Hand over.", "reasonCategory": "out_of_scope"}
    ]


def test_edges_follow_the_kind_not_the_leftovers() -> None:
    nodes = parse_tree(
        tree(
            question({"value": "a", "label": "A", "nextNodeId": "x"}, {"value": "b", "label": "B"}, nextNodeId="y"),
            {
                "nodeId": "d",
                "kind": "decision",
                "branches": [{"when": "n > 1", "nextNodeId": "x"}],
                "nextNodeId": "y",
            },
            {"nodeId": "i", "kind": "instruction", "text": "Do it.", "nextNodeId": "x"},
            done(nextNodeId="x"),
        )
    ).nodes
    assert [edges_of(node) for node in nodes] == [
        (Edge("x", "a", "A"),),
        (Edge("x", None, "n > 1"), Edge("y", None, "otherwise")),
        (Edge("x"),),
        (),
    ]

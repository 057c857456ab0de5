"""Lint: one tree per rule with the exact finding, no finding on good trees, and linear time."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from domain.flow_finding import FindingCode, Severity, has_errors
from domain.flow_lint import lint_tree
from domain.flow_node import Branch, FlowNode, InputType, NodeKind, Option
from domain.flow_tree import FlowTree, parse_tree
from tests.domain.flow.generate_trees import trees

SEEDS = sorted((Path(__file__).parents[3] / "db" / "seed_flows").glob("*.json"))


def ask(node_id: str, *targets: str | None, **fields: Any) -> FlowNode:
    options = tuple(Option(str(number), f"Answer {number}", target) for number, target in enumerate(targets))
    return FlowNode(node_id, NodeKind.QUESTION, fields.pop("text", f"Question {node_id}?"), options=options, **fields)


def do(node_id: str, target: str | None, **fields: Any) -> FlowNode:
    return FlowNode(node_id, NodeKind.INSTRUCTION, f"Do {node_id}.", next_node_id=target, **fields)


def jump(node_id: str, target: str | None) -> FlowNode:
    return FlowNode(node_id, NodeKind.JUMP, next_node_id=target)


DONE = FlowNode("done", NodeKind.RESOLVED, "Works.")
UP = FlowNode("up", NodeKind.ESCALATE, "Hand over.", reason_category="other")


def tree(*nodes: FlowNode) -> FlowTree:
    return FlowTree(nodes[0].node_id, nodes)


def found(*nodes: FlowNode, **arguments: Any) -> list[tuple[str, str, str | None]]:
    return [(it.code.value, it.severity.value, it.node_id) for it in lint_tree(tree(*nodes), **arguments)]


def test_a_good_tree_has_no_findings() -> None:
    assert found(ask("q", "i", "up"), do("i", "r"), ask("r", "done", "up"), DONE, UP) == []


def test_a_loop_with_a_way_out_is_allowed() -> None:
    assert found(ask("q", "i", "done", "up"), do("i", "q"), DONE, UP) == []


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([ask("q", "done", "up"), DONE, UP, do("x", "up")], [("unreachable", "warning", "x")]),
        ([ask("q", "i", "up"), do("i", None), UP], [("dead_end", "error", "i")]),
        ([ask("q", None, "up"), UP], [("dead_end", "error", "q")]),
        ([ask("q", "up"), UP], [("one_answer", "error", "q")]),
        (
            [ask("q"), UP],
            [("one_answer", "error", "q"), ("no_escalation", "warning", None), ("unreachable", "warning", "up")],
        ),
        ([ask("q", "nowhere", "up"), UP], [("unknown_target", "error", "q")]),
        ([ask("q", "a", "up"), do("a", "b"), do("b", "a"), UP], [("cycle_without_exit", "error", "a")]),
        ([ask("q", "a", "up"), do("a", "a"), UP], [("cycle_without_exit", "error", "a")]),
        (
            [ask("q", "j", "up"), jump("j", "k"), jump("k", "j"), UP],
            [("cycle_without_exit", "error", "j"), ("automatic_cycle", "error", "j")],
        ),
        (
            [ask("q", "r", "up", text="Is it on?"), ask("r", "done", "up", text=" is it  ON?"), DONE, UP],
            [("duplicate_question", "warning", "r")],
        ),
        ([ask("q", "done", "i"), do("i", "done"), DONE], [("no_escalation", "warning", None)]),
        (
            [ask("q", "done", "e"), DONE, FlowNode("e", NodeKind.ESCALATE, "Up.")],
            [("no_reason_category", "warning", "e")],
        ),
        (
            [ask("q", "done", "up", detail="For {{site}}."), DONE, UP],
            [("unknown_fact", "warning", "q")],
        ),
        (
            [
                FlowNode("d", NodeKind.DECISION, branches=(Branch("site == 1", "done"),), next_node_id="up"),
                DONE,
                UP,
            ],
            [("unknown_fact", "error", "d")],
        ),
        (
            [
                FlowNode("d", NodeKind.DECISION, branches=(Branch("1 ==", "done"),), next_node_id="up"),
                DONE,
                UP,
            ],
            [("expression_error", "error", "d")],
        ),
        (
            [FlowNode("d", NodeKind.DECISION, branches=(Branch("1 == 1", "up"),)), UP],
            [("dead_end", "error", "d")],
        ),
        ([FlowNode("s", NodeKind.SUB_FLOW, next_node_id="up"), UP], [("undefined_sub_flow", "error", "s")]),
        (
            [FlowNode("n", NodeKind.DATA_INPUT, "How many?", input_type=InputType.NUMBER, next_node_id="up"), UP],
            [("no_fact", "warning", "n")],
        ),
        (
            [
                FlowNode("n", NodeKind.DATA_INPUT, "Which?", input_type=InputType.SELECT, fact="x", next_node_id="up"),
                UP,
            ],
            [("one_answer", "error", "n")],
        ),
        ([ask("q", "done", "s"), DONE, do("s", None, needs_review=True)], [("needs_review", "error", "s")]),
        ([ask("q", "done", "up", detail="<b>x</b>"), DONE, UP], [("unsafe_markup", "error", "q")]),
        ([ask("q", "done", "up", how_to="[x](http://x.example)"), DONE, UP], [("unsafe_markup", "error", "q")]),
        ([ask("q", "done", "up", text="a\u202eb"), DONE, UP], [("unsafe_markup", "warning", "q")]),
    ],
)
def test_each_rule_finds_what_it_is_for(nodes: list[FlowNode], expected: list[tuple[str, str, str | None]]) -> None:
    assert found(*nodes) == expected


def test_the_same_question_on_two_separate_ways_is_no_duplicate() -> None:
    left, right = ask("l", "done", "up", text="Better?"), ask("r", "done", "up", text="Better?")
    assert found(ask("q", "l", "r"), left, right, DONE, UP) == []


def test_a_question_is_a_duplicate_of_another_in_its_own_loop_but_not_of_itself() -> None:
    alone = found(ask("q", "i", "up", text="Better?"), do("i", "q"), UP)
    both = found(ask("q", "r", "up", text="Better?"), ask("r", "q", "up", text="Better?"), UP)
    assert alone == []
    assert both == [("duplicate_question", "warning", "q"), ("duplicate_question", "warning", "r")]


def test_facts_are_known_only_after_they_were_asked() -> None:
    asks = FlowNode("n", NodeKind.DATA_INPUT, "Age?", input_type=InputType.NUMBER, fact="age", next_node_id="d")
    decides = FlowNode("d", NodeKind.DECISION, branches=(Branch("age > 5", "up"),), next_node_id="done")
    assert found(asks, decides, DONE, UP) == []
    early = FlowNode("d", NodeKind.DECISION, branches=(Branch("age > 5", "up"),), next_node_id="n")
    late = FlowNode("n", NodeKind.DATA_INPUT, "Age?", input_type=InputType.NUMBER, fact="age", next_node_id="up")
    assert found(early, late, UP) == [("fact_not_yet_known", "warning", "d")]
    assert found(early, late, UP, known_facts=["age"]) == []


def test_types_of_facts_are_checked() -> None:
    asks = FlowNode("n", NodeKind.DATA_INPUT, "Age?", input_type=InputType.NUMBER, fact="age", next_node_id="d")
    decides = FlowNode("d", NodeKind.DECISION, branches=(Branch('age == "old"', "up"),), next_node_id="up")
    assert found(asks, decides, UP) == [("expression_error", "error", "d")]
    again = FlowNode("m", NodeKind.DATA_INPUT, "Age again?", fact="age", next_node_id="n")
    plain = FlowNode("d", NodeKind.INSTRUCTION, "Note it.", next_node_id="up")
    assert found(again, asks, plain, UP) == [("fact_type_conflict", "warning", "n")]


def test_sub_flows_are_checked_against_the_flows_of_the_account() -> None:
    nodes = (FlowNode("s", NodeKind.SUB_FLOW, sub_flow_id="f1", next_node_id="up"), UP)
    assert found(*nodes) == []
    assert found(*nodes, known_flows={"f1"}) == []
    assert found(*nodes, known_flows={"f2"}) == [("undefined_sub_flow", "error", "s")]


def test_a_floor_hit_is_a_warning_that_names_the_class() -> None:
    findings = lint_tree(
        tree(ask("q", "done", "up", detail="Open regedit."), DONE, UP),
        floor=lambda text: ["registry"] if "regedit" in text else [],
    )
    assert [(it.code, it.severity, it.node_id) for it in findings] == [(FindingCode.FLOOR_HIT, Severity.WARNING, "q")]
    assert "registry" in findings[0].message


def test_depth_is_counted_in_nodes_on_the_longest_way() -> None:
    chain = [ask(f"q{number}", f"q{number + 1}" if number < 48 else "up", "done") for number in range(49)]
    assert found(*chain, DONE, UP) == []
    assert found(do("first", "q0"), *chain, DONE, UP) == [("too_deep", "warning", None)]


@settings(max_examples=150)
@given(trees())
def test_lint_never_fails_and_names_nodes_of_the_tree(generated: FlowTree) -> None:
    for finding in lint_tree(generated, known_flows=(), floor=lambda text: ["x"] if "*" in text else []):
        assert finding.node_id is None or finding.node_id in generated.by_id
        assert finding.message and finding.fix


@pytest.mark.parametrize("shape", ["chain", "tangle", "loops"])
def test_a_thousand_nodes_are_linted_in_milliseconds(shape: str) -> None:
    """50 ms on a quiet machine; the best of five runs here, with room for a busy one."""
    large = generated_tree(1_000, shape)
    best = min(_timed(large) for _ in range(5))
    assert best < 0.1


def test_time_grows_with_size_and_not_with_its_square() -> None:
    small = min(_timed(generated_tree(250, "tangle")) for _ in range(5))
    large = min(_timed(generated_tree(2_000, "tangle")) for _ in range(3))
    assert large < small * 8 * 4


def generated_tree(size: int, shape: str) -> FlowTree:
    """Every node asks, states and reads a fact, has a link to check, and shares its question with another."""
    lead = {"chain": lambda i, k: i + k, "tangle": lambda i, k: i * 7 + k * 13, "loops": lambda i, k: i + k - 2}[shape]

    def node(index: int) -> FlowNode:
        targets = [f"n{max(0, lead(index, way)) % size}" for way in (1, 2, 3)]
        text = f"Question {index // 2} about {{{{fact{index // 3}}}}}?"
        return ask(f"n{index}", *targets, text=text, detail="See [this](https://a.example).", fact=f"fact{index}")

    return tree(*(node(index) for index in range(size - 1)), UP.__class__(f"n{size - 1}", NodeKind.ESCALATE, "Up."))


def _timed(subject: FlowTree) -> float:
    """Seconds of this process's own time: other processes on the machine do not count."""
    started = time.process_time()
    lint_tree(subject)
    return time.process_time() - started


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_our_own_flows_are_without_findings(path: Path) -> None:
    data = json.loads(path.read_text())
    assert data["slug"] == path.stem
    assert len(data["keywords"]) >= 8
    findings = lint_tree(parse_tree(data["tree"]))
    assert findings == ()
    assert not has_errors(findings)


def test_there_is_a_flow_for_each_default_category() -> None:
    categories = {json.loads(path.read_text())["category"] for path in SEEDS}
    assert categories == {
        "password_reset",
        "account_lockout",
        "printer",
        "outlook_client",
        "wifi_network_basics",
        "vpn_connect",
        "teams_zoom_av",
        "browser_cache_cookies",
        "peripheral_reconnect",
        "os_restart_update",
    }

"""Lint rules that need one node only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from domain.flow_finding import Finding, FindingCode, Severity
from domain.flow_text import markdown_problem, plain_problem
from domain.flow_tree import TERMINAL_KINDS, FlowNode, FlowTree, InputType, NodeKind, edges_of

Floor = Callable[[str], Iterable[str]]


def node_findings(
    node: FlowNode, tree: FlowTree, known_flows: Collection[str] | None, floor: Floor | None
) -> Iterator[Finding]:
    """Findings about ``node`` itself; see ``lint_tree`` for the arguments."""
    yield from _review(node)
    yield from _ways_out(node, tree)
    yield from _answers(node)
    yield from _kind_fields(node)
    yield from _call(node, known_flows)
    yield from _texts(node)
    if floor is not None:
        yield from _floor(node, floor)


def _error(code: FindingCode, node: FlowNode, message: str, fix: str) -> Finding:
    return Finding(code, Severity.ERROR, f"'{node.node_id}' {message}", node.node_id, fix)


def _warning(code: FindingCode, node: FlowNode, message: str, fix: str) -> Finding:
    return Finding(code, Severity.WARNING, f"'{node.node_id}' {message}", node.node_id, fix)


def _review(node: FlowNode) -> Iterator[Finding]:
    if node.needs_review:
        yield _error(
            FindingCode.NEEDS_REVIEW, node, "is a stub that nobody has written yet.", "Write it, or remove it."
        )


def _ways_out(node: FlowNode, tree: FlowTree) -> Iterator[Finding]:
    for target in dict.fromkeys(edge.target for edge in edges_of(node)):
        if target not in tree.by_id:
            message = f"leads to '{target}', which is not in the flow."
            yield _error(FindingCode.UNKNOWN_TARGET, node, message, "Choose a node of this flow, or add that one.")
    if node.needs_review:
        return
    open_answers = [option.label for option in node.options if not option.next_node_id]
    if node.kind is NodeKind.QUESTION and open_answers:
        message = f"does not say how to go on after {', '.join(map(repr, open_answers[:3]))}."
        yield _error(FindingCode.DEAD_END, node, message, "Lead every answer to a node.")
    elif node.kind not in (NodeKind.QUESTION, NodeKind.SUB_FLOW) and not _goes_on(node):
        yield _error(FindingCode.DEAD_END, node, "does not say how to go on.", "Lead it to a node.")


def _goes_on(node: FlowNode) -> bool:
    """A decision needs its "otherwise": branches need not cover every value a fact can have."""
    return node.kind in TERMINAL_KINDS or node.next_node_id is not None


def _answers(node: FlowNode) -> Iterator[Finding]:
    chooses = node.kind in (NodeKind.QUESTION, NodeKind.MULTI_CHOICE) or node.input_type is InputType.SELECT
    if chooses and node.kind not in TERMINAL_KINDS and len(node.options) < 2 and not node.needs_review:
        message = f"has {len(node.options)} answer{'s' * (len(node.options) != 1)} to choose from."
        yield _error(FindingCode.ONE_ANSWER, node, message, "Give at least two, or make it an instruction.")


def _kind_fields(node: FlowNode) -> Iterator[Finding]:
    if node.kind is NodeKind.ESCALATE and node.reason_category is None:
        message = "does not say why it escalates."
        yield _warning(FindingCode.NO_REASON_CATEGORY, node, message, "Choose a reason category.")
    if node.kind is NodeKind.DATA_INPUT and node.fact is None:
        message = "does not name the fact its answer is stored under."
        yield _warning(FindingCode.NO_FACT, node, message, "Name a fact, so that texts and decisions can use it.")


def _call(node: FlowNode, known_flows: Collection[str] | None) -> Iterator[Finding]:
    if node.kind is not NodeKind.SUB_FLOW or node.needs_review:
        return
    if node.sub_flow_id is None:
        yield _error(FindingCode.UNDEFINED_SUB_FLOW, node, "calls no flow.", "Choose the flow to call.")
    elif known_flows is not None and node.sub_flow_id not in known_flows:
        message = f"calls the flow '{node.sub_flow_id}', which is not published in this account."
        yield _error(FindingCode.UNDEFINED_SUB_FLOW, node, message, "Publish that flow first, or choose another.")


def _texts(node: FlowNode) -> Iterator[Finding]:
    for text in plain_texts(node):
        if problem := plain_problem(text):
            yield _warning(FindingCode.UNSAFE_MARKUP, node, f"{problem} in its text.", "Type the text anew.")
            break
    for field, markdown in (("detail", node.detail), ("howTo", node.how_to)):
        if markdown and (problem := markdown_problem(markdown)):
            fix = "Use CommonMark without HTML and images, and link to https addresses only."
            yield _error(FindingCode.UNSAFE_MARKUP, node, f"{problem} in its {field}.", fix)


def plain_texts(node: FlowNode) -> Iterator[str]:
    """The node's texts that are shown as they are."""
    yield node.text
    yield from (option.label for option in node.options)
    yield from (branch.label for branch in node.branches if branch.label)
    yield from filter(None, (node.acknowledge_label, node.suggested_resolution, node.unit))


def _floor(node: FlowNode, floor: Floor) -> Iterator[Finding]:
    texts = (*plain_texts(node), *filter(None, (node.detail, node.how_to)))
    hits = list(dict.fromkeys(hit for text in texts for hit in floor(text)))
    if hits:
        message = f"asks for what L1 may usually not do ({', '.join(hits)})."
        fix = "Check that a technician may do this, or escalate here."
        yield _warning(FindingCode.FLOOR_HIT, node, message, fix)

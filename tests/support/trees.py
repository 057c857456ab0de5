"""Small decision trees for tests, in the JSON form of flows."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]


def question(node_id: str, text: str, **options: str) -> dict[str, Any]:
    """``question("q", "Is it on?", yes="next", no="other")``: the label is the value with a capital."""
    return {
        "nodeId": node_id, "kind": "question", "text": text,
        "options": [
            {"value": value, "label": value.capitalize(), "nextNodeId": target} for value, target in options.items()
        ],
    }


def instruction(node_id: str, text: str, then: str, **more: Any) -> dict[str, Any]:
    return {"nodeId": node_id, "kind": "instruction", "text": text, "nextNodeId": then, **more}


def resolved(node_id: str = "solved", text: str = "It works again.", **more: Any) -> dict[str, Any]:
    return {"nodeId": node_id, "kind": "resolved", "text": text, **more}


def escalate(node_id: str = "engineer", text: str = "Hand it to an engineer.", **more: Any) -> dict[str, Any]:
    return {"nodeId": node_id, "kind": "escalate", "text": text, **more}


def tree(*nodes: dict[str, Any]) -> Tree:
    """The first node is the root."""
    return {"rootId": nodes[0]["nodeId"], "nodes": list(nodes)}


def printer() -> Tree:
    """on? yes → reprint (done) → printed? yes → solved, no → engineer; on? no → power (done) → on? again (a loop)."""
    return tree(
        question("on", "Is the printer switched on?", yes="reprint", no="power"),
        instruction("power", "Switch the printer on.", "on", acknowledgeLabel="It is on"),
        instruction("reprint", "Send the page again.", "printed", acknowledgeLabel="Sent", detail="From the same program."),
        question("printed", "Did the page come out?", yes="solved", no="engineer"),
        resolved(suggestedResolution="Printed after a second try."),
        escalate(reasonCategory="exhausted_safe_steps"),
    )


def colour() -> Tree:
    """A question between two alternatives, whose labels are the alternatives."""
    first = question("kind", "Is it the colour or the black-and-white printer?")
    first["options"] = [
        {"value": "a", "label": "The colour printer", "nextNodeId": "solved"},
        {"value": "b", "label": "The black-and-white printer", "nextNodeId": "engineer"},
    ]
    return tree(first, resolved(), escalate())

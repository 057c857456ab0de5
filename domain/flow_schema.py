"""The JSON Schema of an exported flow: the text of ``docs/flow.schema.json``, made of the limits the parser holds."""

from __future__ import annotations

from typing import Any

from domain.flow_markdown import FORMAT
from domain.flow_node import (
    MAX_EXPRESSION,
    MAX_FACT,
    MAX_LABEL,
    MAX_NODE_BYTES,
    MAX_NODE_ID,
    MAX_NODES,
    MAX_OPTIONS,
    REASON_CATEGORIES,
    InputType,
    NodeKind,
)

_NODE_REF = {"$ref": "#/$defs/identifier"}
_PLAIN = {"type": "string", "maxLength": MAX_NODE_BYTES}
_LABEL = {"type": "string", "minLength": 1, "maxLength": MAX_LABEL}


def flow_schema() -> dict[str, Any]:
    """Draft 2020-12. Trees that pass may still break a rule a schema cannot say (a root that is no node, for one)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Handrail flow",
        "description": "A decision flow as `exportFlow` writes and `importFlow` (HANDRAIL_JSON) reads it.",
        "type": "object",
        "required": ["title", "tree"],
        "properties": {
            "$schema": {"type": "string"},
            "format": {"const": FORMAT},
            "slug": {"type": "string", "maxLength": 100},
            "title": {"type": "string", "minLength": 1},
            "category": {"type": "string", "maxLength": 100},
            "keywords": {"type": "array", "items": {"type": "string", "maxLength": 100}, "maxItems": 100},
            "tree": {"$ref": "#/$defs/tree"},
        },
        "$defs": {
            "identifier": {"type": "string", "minLength": 1, "maxLength": MAX_NODE_ID},
            "tree": _tree(),
            "node": _node(),
            "option": _object(
                {"value": _NODE_REF, "label": _LABEL, "nextNodeId": _NODE_REF},
                "One answer: `value` is sent back, `label` is read.",
                "value",
                "label",
            ),
            "branch": _object(
                {
                    "when": {"type": "string", "minLength": 1, "maxLength": MAX_EXPRESSION},
                    "nextNodeId": _NODE_REF,
                    "label": _LABEL,
                },
                'One arm of a decision; `when` compares facts, such as `site == "hq" and printer_age > 5`.',
                "when",
                "nextNodeId",
            ),
        },
    }


def _object(properties: dict[str, Any], description: str, *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def _tree() -> dict[str, Any]:
    nodes = {"type": "array", "minItems": 1, "maxItems": MAX_NODES, "items": {"$ref": "#/$defs/node"}}
    return _object({"rootId": _NODE_REF, "nodes": nodes}, "Nodes in the author's order.", "rootId", "nodes")


def _node() -> dict[str, Any]:
    markdown = {**_PLAIN, "description": "CommonMark without HTML and images, links to https only."}
    properties = {
        "nodeId": _NODE_REF,
        "kind": {"enum": [kind.value for kind in NodeKind]},
        "text": {**_PLAIN, "description": "Plain text; `{{fact}}` is replaced by what was entered."},
        "detail": markdown,
        "howTo": markdown,
        "options": {"type": "array", "maxItems": MAX_OPTIONS, "items": {"$ref": "#/$defs/option"}},
        "nextNodeId": {**_NODE_REF, "description": "Where every kind but question, resolved and escalate goes on."},
        "acknowledgeLabel": {**_LABEL, "description": "instruction: the button's label."},
        "suggestedResolution": {**_PLAIN, "description": "resolved: proposed resolution notes."},
        "reasonCategory": {"enum": sorted(REASON_CATEGORIES), "description": "escalate: why."},
        "needsReview": {"type": "boolean", "default": False, "description": "A stub nobody has written yet."},
        "fact": {
            "type": "string",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
            "maxLength": MAX_FACT,
            "description": "The name the answer is stored under.",
        },
        "inputType": {"enum": [kind.value for kind in InputType], "description": "data_input: what is entered."},
        "unit": {**_LABEL, "description": "data_input of type number: its unit."},
        "isRequired": {"type": "boolean", "default": True, "description": "data_input, multi_choice."},
        "branches": {"type": "array", "maxItems": MAX_OPTIONS, "items": {"$ref": "#/$defs/branch"}},
        "subFlowId": {**_NODE_REF, "description": "sub_flow: the flow that is called."},
        "action": {**_LABEL, "description": "AI-built nodes: the action the model named."},
    }
    return _object(properties, "One place in the tree.", "nodeId", "kind")

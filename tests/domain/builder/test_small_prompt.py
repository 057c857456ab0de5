"""What a very small model is asked: little, masked, and with a schema whose every answer has the shape of a node."""

from __future__ import annotations

import json
import re

import pytest

from domain.builder import small_prompt
from domain.builder.ai_node import parse_node
from domain.builder.prompt import PathStep, node_request
from domain.flow_tree import FlowNode, NodeKind

STEP = PathStep("Is the light on?", "No")


def texts(schema: dict, text: str) -> bool:
    """Whether the schema, or one of its alternatives, allows the text."""
    return any(re.search(one["properties"]["text"]["pattern"], text) for one in schema.get("anyOf", [schema]))


@pytest.mark.parametrize(("answered", "kind"), [(0, "question"), (1, "question"), (2, "instruction"), (3, "question"),
                                                (5, "instruction")])
def test_two_questions_then_something_is_done(answered: int, kind: str) -> None:
    schema = small_prompt.node_schema(node_request("p", "printer", [STEP] * answered))
    for one in schema.get("anyOf", [schema]):
        assert one["properties"]["kind"] == {"const": kind}
        assert set(one["required"]) == set(one["properties"])
        assert one["additionalProperties"] is False


def test_an_answer_of_the_schema_is_a_node() -> None:
    question = {"kind": "question", "action": "ASK", "text": "Is the printer on?",
                "options": small_prompt.QUESTION_SCHEMA["properties"]["options"]["const"]}
    node = parse_node(json.dumps(question), "id")
    assert isinstance(node, FlowNode)
    assert [option.label for option in node.options] == ["Yes", "No"]
    for one in small_prompt.INSTRUCTION_SCHEMA["anyOf"]:
        action = one["properties"]["action"]["const"]
        text = {"RESTART": "Restart the printer.", "RECONNECT": "Reconnect the cable of the printer.",
                "OBSERVE": "Look at the light of the printer."}[action]
        assert re.search(one["properties"]["text"]["pattern"], text)
        node = parse_node(json.dumps({"kind": "instruction", "action": action, "text": text}), "id")
        assert isinstance(node, FlowNode)
        assert (node.kind, node.action) == (NodeKind.INSTRUCTION, action.lower())


@pytest.mark.parametrize("text", [
    "Is the " + "very " * 40 + "long?", "Is the printer on", "The printer is on?", "Is the 1234567890 on?",
    "Is the printer on? Visit evil.example?", "Is the\nprinter on?", "Delete the folder of Windows?", "Is the ?",
])
def test_a_text_ends_and_begins_like_a_question(text: str) -> None:
    assert not texts(small_prompt.QUESTION_SCHEMA, text)


@pytest.mark.parametrize("text", ["Delete the file.", "Disable the antivirus.", "Run the command.", "Open the registry."])
def test_an_instruction_begins_with_something_harmless(text: str) -> None:
    assert not texts(small_prompt.INSTRUCTION_SCHEMA, text)


def test_only_what_is_masked_is_sent_and_the_beginning_stays_the_same() -> None:
    request = node_request("Jane Doe wrote to a@b.example: no print", "printer", [STEP], redact=["Jane Doe"])
    first, again = small_prompt.node_messages(request), small_prompt.node_messages(request, ("finding",))  # type: ignore[arg-type]
    sent = json.dumps([first, again])
    assert "Jane" not in sent
    assert "a@b" not in sent
    assert "Is the light on? No." in first[1]["content"]
    assert first[0] == again[0] == small_prompt.node_messages(node_request("q", "printer"))[0]
    assert len(sent) < 1_200

"""What a very small model is asked: few words, and a schema that leaves it little to get wrong.

Such a model cannot follow the real prompt: it repeats the ticket, and its lists do not end. Here the server says
whether a question or an instruction comes next, the buttons of a question are given, and a text begins like a question
or a safe instruction, and ends. What it says in between is its own, and passes the same gates as every other model's
answer. The beginning of the messages never changes, so that a server can keep it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.builder.finding import Finding
from domain.builder.prompt import Message, NodeRequest

MAX_TOKENS = 140
SAMPLING = {"temperature": 0.3, "top_p": 0.9, "frequency_penalty": 0.2}
SAMPLING_AGAIN = {**SAMPLING, "temperature": 0.8}  # the same words again would be refused again
_REMEMBERED = 3  # of the last steps
_EVERY_THIRD = 3

_SYSTEM = "You are a help desk technician who finds the cause of a computer problem on the phone, in plain English."
_WORDS = "[A-Za-z][A-Za-z' ]{3,60}"
_QUESTIONS = "Is the|Is there|Is it|Does the|Does it|Did you|Did the|Has the|Can you|Are there|Do you|Are you"
_INSTRUCTIONS = {
    "RESTART": "Restart the|Close the",
    "RECONNECT": "Reconnect the|Unplug the",
    "OBSERVE": "Check the|Check if the|Look at the",
}


def _text(beginnings: str, end: str) -> dict[str, str]:
    return {"type": "string", "pattern": f"^({beginnings}) {_WORDS}\\{end}$"}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "additionalProperties": False, "required": list(properties), "properties": properties,
    }


QUESTION_SCHEMA = _object(
    kind={"const": "question"}, action={"const": "ASK"}, text=_text(_QUESTIONS, "?"),
    options={"const": [{"label": "Yes"}, {"label": "No"}]},
)
INSTRUCTION_SCHEMA = {
    "anyOf": [
        _object(kind={"const": "instruction"}, action={"const": action}, text=_text(beginnings, "."))
        for action, beginnings in _INSTRUCTIONS.items()
    ]
}


def is_instruction(request: NodeRequest) -> bool:
    """After two questions something is done."""
    return (len(request.path) + 1) % _EVERY_THIRD == 0


def node_schema(request: NodeRequest) -> dict[str, Any]:
    """The JSON schema of the next node's answer."""
    return INSTRUCTION_SCHEMA if is_instruction(request) else QUESTION_SCHEMA


def node_messages(request: NodeRequest, findings: Sequence[Finding] = ()) -> list[Message]:
    """System and user message; ``request`` is masked already. Findings would only confuse it: it is asked again."""
    done = " ".join(f"{step.text} {step.answer_label}." for step in request.path[-_REMEMBERED:])
    wanted = "Give one short instruction." if is_instruction(request) else "Ask one short question about it."
    again = " Use other words." if findings else ""
    lines = [done, f"My problem: {request.problem}", wanted + again]
    return [
        {"role": "system", "content": _SYSTEM},
        {"role": "user", "content": "\n".join(line for line in lines if line)},
    ]

"""What an answer means at a node: its canonical value, its label, the fact it states and where it leads.

How clients send an answer (always a string), by the kind of node:

- question: the ``value`` of one option
- instruction: ``done``
- multi_choice: a JSON list of option values (``["a","b"]``), or the values joined by commas
- data_input: the text; a number as ``12`` or ``-3.5``; a date as ``2026-01-31``; for select an option's ``value``.
  An empty answer leaves out an input that is not required.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.clean_text import unstorable
from domain.flow_tree import TERMINAL_KINDS, FlowNode, InputType, NodeKind, Option
from domain.refusal import Code, Refusal

DONE: Final = "done"
MAX_ANSWER = 2_000  # characters of a text fact
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A valid answer. ``fact_value`` None means that nothing is known (an optional input left empty)."""

    answer: str
    label: str
    next_node_id: str | None
    fact_value: Any = None


def read_answer(node: FlowNode, answer: str) -> Meaning | Refusal:
    """What ``answer`` means at ``node``; INVALID_ANSWER with the remedy when it means nothing there."""
    problem = unstorable(answer)
    if problem is not None:
        return _invalid(f"The answer {problem}.")
    if node.kind in TERMINAL_KINDS:
        return _invalid("This node ends the walk and takes no answer: resolve or escalate.")
    reader = _READERS.get(node.kind)
    return reader(node, answer) if reader else _invalid("This node takes no answer.")


def _question(node: FlowNode, answer: str) -> Meaning | Refusal:
    option = _option(node, answer)
    if option is None:
        return _not_offered(node)
    return Meaning(option.value, option.label, option.next_node_id, option.value)


def _instruction(node: FlowNode, answer: str) -> Meaning | Refusal:
    if answer != DONE:
        return _invalid(f'An instruction is acknowledged with "{DONE}".')
    return Meaning(DONE, node.acknowledge_label or "Done", node.next_node_id, DONE)


def _multi_choice(node: FlowNode, answer: str) -> Meaning | Refusal:
    values = _values(node, answer)
    known = {option.value for option in node.options}
    if values is None or not set(values) <= known:
        return _not_offered(node)
    if not values and node.is_required:
        return _invalid("Choose at least one of the options.")
    chosen = [option for option in node.options if option.value in values]
    canonical = json.dumps([option.value for option in chosen], ensure_ascii=False)
    label = ", ".join(option.label for option in chosen) or "None"
    return Meaning(canonical, label, node.next_node_id, [option.value for option in chosen])


def _values(node: FlowNode, answer: str) -> list[str] | None:
    if _option(node, answer) is not None:  # a value may itself hold a comma or a bracket
        return [answer]
    text = answer.strip()
    if not text.startswith("["):
        return [part.strip() for part in text.split(",")] if text else []
    return _json_list(text)


def _json_list(text: str) -> list[str] | None:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_list = isinstance(parsed, list) and all(isinstance(item, str) for item in parsed)
    return parsed if is_list else None


def chosen_values(answer: str) -> tuple[str, ...]:
    """The option values in the recorded answer to a multi-choice."""
    return tuple(_json_list(answer) or ())


def _data_input(node: FlowNode, answer: str) -> Meaning | Refusal:
    text = answer.strip()
    if not text:
        if node.is_required:
            return _invalid("This input is required.")
        return Meaning("", "Not given", node.next_node_id)
    return _INPUTS[node.input_type or InputType.TEXT](node, text)


def _text(node: FlowNode, text: str) -> Meaning | Refusal:
    if len(text) > MAX_ANSWER:
        return _invalid(f"The answer must have at most {MAX_ANSWER:,} characters; put the rest in a note.")
    return Meaning(text, text, node.next_node_id, text)


def _number(node: FlowNode, text: str) -> Meaning | Refusal:
    if not _NUMBER.fullmatch(text):
        return _invalid("The answer must be a number such as 12 or -3.5.")
    value = float(text) if "." in text else int(text)
    label = f"{text} {node.unit}" if node.unit else text
    return Meaning(text, label, node.next_node_id, value)


def _date(node: FlowNode, text: str) -> Meaning | Refusal:
    try:
        is_date = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_date = False
    if not is_date:
        return _invalid("The answer must be a date such as 2026-01-31.")
    return Meaning(text, text, node.next_node_id, text)


def _select(node: FlowNode, text: str) -> Meaning | Refusal:
    option = _option(node, text)
    if option is None:
        return _not_offered(node)
    return Meaning(option.value, option.label, node.next_node_id, option.value)


def _option(node: FlowNode, value: str) -> Option | None:
    return next((option for option in node.options if option.value == value), None)


def _not_offered(node: FlowNode) -> Refusal:
    offered = ", ".join(option.value for option in node.options)
    return _invalid(f"The answer must be one of the node's option values: {offered}.")


def _invalid(message: str) -> Refusal:
    return Refusal(Code.INVALID_ANSWER, message, ("answer",))


_Reader = Callable[[FlowNode, str], Meaning | Refusal]
_READERS: Final[Mapping[NodeKind, _Reader]] = {
    NodeKind.QUESTION: _question,
    NodeKind.INSTRUCTION: _instruction,
    NodeKind.MULTI_CHOICE: _multi_choice,
    NodeKind.DATA_INPUT: _data_input,
}
_INPUTS: Final[Mapping[InputType, _Reader]] = {
    InputType.TEXT: _text,
    InputType.NUMBER: _number,
    InputType.DATE: _date,
    InputType.SELECT: _select,
}

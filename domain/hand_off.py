"""What an engineer is handed when a walk is escalated: a typed, versioned document built from the record.

The document is stored with the escalation as it was at that moment. It holds no customer's name or contact: those
stay in the session alone, where they can be erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.api_names import camel
from domain.flow_tree import FlowNode, NodeKind
from domain.walk_session.answer_value import chosen_values
from domain.walk_session.notes import Note
from domain.walk_session.position import current_node
from domain.walk_session.state import WalkState
from domain.walk_session.step import Step

PACKAGE_VERSION = 1
_CHOICES = frozenset({NodeKind.QUESTION, NodeKind.MULTI_CHOICE, NodeKind.DATA_INPUT})
# Answers that say nothing: they rule nothing out, and their question stays open.
_UNSURE = frozenset({"not sure", "unsure", "unknown", "don't know", "i don't know", "do not know", "can't tell",
                     "cannot tell", "maybe", "other", "something else", "none of these", "not applicable", "n/a"})


@dataclass(frozen=True, slots=True)
class HandOffSource:
    """Everything a hand-off is made from. ``earlier_path``: the steps of the walks that this one continues."""

    problem: str
    state: WalkState
    reason_category: str
    escalated_at: datetime
    started_at: datetime
    notes: tuple[Note, ...] = ()
    earlier_path: tuple[Step, ...] = ()
    reason: str | None = None
    company_name: str | None = None
    category: str | None = None
    priority: str | None = None
    is_customer_waiting: bool = False
    flow_title: str | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class HandOffStep:
    """One answered node. ``is_earlier``: of a walk this one continues; step numbers start again after those."""

    step: int
    question: str
    answer_label: str
    answered_at: datetime
    note: str | None = None
    kind: str = NodeKind.QUESTION.value
    node_id: str = ""
    is_superseded: bool = False
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class HandOffFact:
    """Something that is known. ``question`` is what it answered."""

    name: str
    value: str
    question: str | None = None


@dataclass(frozen=True, slots=True)
class HandOffNote:
    text: str
    is_step: bool
    visibility: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HandOff:
    """The package. ``steps`` are those that stand; ``taken_back`` those the technician went back over.

    ``tried``: instructions that were done (taken back or not: a deed is not undone by going back) and step notes.
    ``ruled_out``: options that the answers which stand exclude. ``open_questions``: what nobody could answer yet.
    ``digest``: the whole in at most 4,000 characters of plain text, for a PSA's internal note.
    """

    symptom: str
    reason_category: str
    escalated_at: datetime
    started_at: datetime
    version: int = PACKAGE_VERSION
    reason: str | None = None
    company_name: str | None = None
    category: str | None = None
    priority: str | None = None
    is_customer_waiting: bool = False
    flow_title: str | None = None
    ticket: str | None = None
    facts: tuple[HandOffFact, ...] = ()
    steps: tuple[HandOffStep, ...] = ()
    taken_back: tuple[HandOffStep, ...] = ()
    tried: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()
    notes: tuple[HandOffNote, ...] = ()
    digest: str = ""


def build_hand_off(source: HandOffSource) -> HandOff:
    """The package for ``source``, whose state may be the one before or after the end; its digest is still empty.

    ``domain.hand_off_digest.hand_off`` adds that.
    """
    path = source.earlier_path + source.state.path
    standing = tuple(step for step in path if not step.is_superseded)
    return HandOff(
        symptom=source.problem,
        reason_category=source.reason_category,
        escalated_at=source.escalated_at,
        started_at=source.started_at,
        reason=source.reason,
        company_name=source.company_name,
        category=source.category,
        priority=source.priority,
        is_customer_waiting=source.is_customer_waiting,
        flow_title=source.flow_title,
        ticket=source.ticket,
        facts=_facts(source.state, standing),
        steps=_steps(source, is_superseded=False),
        taken_back=_steps(source, is_superseded=True),
        tried=_tried(path, source.notes),
        ruled_out=_ruled_out(standing),
        open_questions=_open_questions(source.state, path, standing),
        notes=tuple(HandOffNote(it.text, it.is_step, it.visibility.value, it.created_at) for it in source.notes),
    )


def _steps(source: HandOffSource, *, is_superseded: bool) -> tuple[HandOffStep, ...]:
    marked = [(it, True) for it in source.earlier_path] + [(it, False) for it in source.state.path]
    return tuple(_step(it, is_earlier) for it, is_earlier in marked if it.is_superseded is is_superseded)


def _step(step: Step, is_earlier: bool) -> HandOffStep:
    return HandOffStep(
        step.step,
        step.question,
        step.answer_label,
        step.answered_at,
        step.note,
        step.kind.value,
        step.node_id,
        step.is_superseded,
        is_earlier,
    )


def _facts(state: WalkState, standing: tuple[Step, ...]) -> tuple[HandOffFact, ...]:
    """What is known, as it was answered: labels and units rather than stored values."""
    stated = {name: step for step in standing for name in step.facts}
    return tuple(_fact(name, value, stated.get(name)) for name, value in state.facts.items())


def _fact(name: str, value: Any, step: Step | None) -> HandOffFact:
    return HandOffFact(name, step.answer_label if step else _shown(value), step.question if step else None)


def _shown(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)


def _tried(path: tuple[Step, ...], notes: tuple[Note, ...]) -> tuple[str, ...]:
    done = [_with_note(step) for step in path if step.kind is NodeKind.INSTRUCTION]
    marked = sorted((note for note in notes if note.is_step), key=lambda note: note.step or 0)
    return _distinct([*done, *(note.text for note in marked)])


def _with_note(step: Step) -> str:
    return f"{step.question} ({step.note})" if step.note else step.question


def _ruled_out(standing: tuple[Step, ...]) -> tuple[str, ...]:
    """The options that were not chosen, of each question's last answer, as ``question - not "label"``."""
    last = {step.node_id: step for step in standing if step.kind in _CHOICES and not _is_open(step)}
    return _distinct(line for step in last.values() for line in _excluded(step))


def _excluded(step: Step) -> list[str]:
    chosen = _chosen_labels(step)
    excluded = [it.label for it in step.options if it.label not in chosen and not _is_unsure(it.label)]
    return [f'{step.question} - not "{label}" (answer: {step.answer_label})' for label in excluded]


def _chosen_labels(step: Step) -> frozenset[str]:
    if step.kind is not NodeKind.MULTI_CHOICE:
        return frozenset({step.answer_label})
    values = chosen_values(step.answer)
    return frozenset(option.label for option in step.options if option.value in values)


def _open_questions(state: WalkState, path: tuple[Step, ...], standing: tuple[Step, ...]) -> tuple[str, ...]:
    answered = {step.node_id for step in standing if not _is_open(step)}
    unsure = [f"{step.question} (answer: {step.answer_label})" for step in standing if _is_open(step)]
    taken_back = [
        f'{step.question} (the answer "{step.answer_label}" was taken back)'
        for step in path
        if step.is_superseded and step.kind in _CHOICES and step.node_id not in answered
    ]
    return _distinct([*_served(state), *unsure, *taken_back])


def _served(state: WalkState) -> list[str]:
    """What the node that was served and not answered leaves open."""
    node = current_node(state) or state.recorded_ai_node
    return [_left_open(node)] if node else []


def _left_open(node: FlowNode) -> str:
    if node.kind is NodeKind.INSTRUCTION:
        return f"Not done yet: {node.text}"
    if node.kind is NodeKind.RESOLVED:
        return f"The flow ended as resolved, and it was not: {node.suggested_resolution or node.text}"
    return f"The walk ended at: {node.text}" if node.kind is NodeKind.ESCALATE else node.text


def _is_open(step: Step) -> bool:
    """Whether a question was answered with nothing: unsure, or an optional input left empty."""
    return step.kind in _CHOICES and (step.answer in ("", "[]") or _is_unsure(step.answer_label))


def _is_unsure(label: str) -> bool:
    return label.replace("\u2019", "'").strip(" .!?").casefold() in _UNSURE


def _distinct(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))


def hand_off_to_json(package: HandOff) -> dict[str, Any]:
    """The JSON form that is stored, camelCase as in the API."""
    return {camel(name): _to_json(getattr(package, name)) for name in HandOff.__dataclass_fields__}


def _to_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_to_json(item) for item in value]
    if isinstance(value, (HandOffStep, HandOffFact, HandOffNote)):
        return {camel(name): _to_json(getattr(value, name)) for name in value.__dataclass_fields__}
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def hand_off_from_json(data: Mapping[str, Any]) -> HandOff:
    """The package of ``hand_off_to_json``, of this version or one that knew fewer fields."""
    parts: dict[str, type[Any]] = {"facts": HandOffFact, "steps": HandOffStep, "taken_back": HandOffStep,
                                   "notes": HandOffNote}
    known = _read(HandOff, data)
    for name, kind in parts.items():
        known[name] = tuple(kind(**_read(kind, item)) for item in known.get(name, ()))
    return HandOff(**known)


def _read(kind: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: data[camel(name)] for name in kind.__dataclass_fields__ if camel(name) in data}
    return {name: _value(name, value) for name, value in named.items()}


def _value(name: str, value: Any) -> Any:
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value

"""The record of one answered node, and its JSON form in ``walked_path``.

Only this module writes that JSON. It reads records of every earlier version: a key that is missing has the value it
would have had then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.flow_tree import FlowNode, FlowTree, NodeKind, Option, TreeShapeError, dump_tree, parse_tree
from domain.principal import ActorKind

Facts = Mapping[str, Any]  # values are str, int, float or list[str]; None only in Step.facts, for "taken away"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it; the name is looked up when it is shown."""

    kind: ActorKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Frame:
    """One sub-flow call under way: ``node_id`` is the calling node, in the tree that called."""

    sub_flow_id: str
    node_id: str


@dataclass(frozen=True, slots=True)
class Step:
    """One answered node as the technician saw it, and what it takes to undo, replay and explain the answer."""

    step: int
    node_id: str
    kind: NodeKind
    question: str
    answer: str
    answer_label: str
    answered_at: datetime
    answered_by: Actor | None
    detail: str | None = None
    options: tuple[Option, ...] = ()  # value and label only
    note: str | None = None
    acting_as: str | None = None
    superseded_at: datetime | None = None
    superseded_by: Actor | None = None
    fact: str | None = None
    facts: Facts = field(default_factory=dict)  # written by this answer
    facts_before: Facts = field(default_factory=dict)  # what they replaced; a new fact is missing here
    call_stack: tuple[Frame, ...] = ()  # when the node was served
    flow_version_id: str | None = None  # version the node belongs to; of the sub-flow inside one
    next_node_id: str | None = None  # node served next, when the tree decided it
    node: FlowNode | None = None  # AI-built: the node as it was served
    successor: FlowNode | None = None  # AI-built: the node that was generated for this answer

    @property
    def is_superseded(self) -> bool:
        return self.superseded_at is not None


def node_to_json(node: FlowNode) -> dict[str, Any]:
    """A single node (``pending_node``, ``first_node``) in the JSON form of trees."""
    nodes: list[dict[str, Any]] = dump_tree(FlowTree(node.node_id, (node,)))["nodes"]
    return nodes[0]


def node_from_json(data: Any) -> FlowNode | None:
    """The node of ``node_to_json``; None for no node and for what cannot be read."""
    if not isinstance(data, Mapping):
        return None
    try:
        return parse_tree({"rootId": data.get("nodeId"), "nodes": [dict(data)]}).root
    except TreeShapeError:
        return None


def stack_to_json(stack: tuple[Frame, ...]) -> list[dict[str, str]]:
    """Outermost call first."""
    return [{"subFlowId": frame.sub_flow_id, "nodeId": frame.node_id} for frame in stack]


def stack_from_json(data: Any) -> tuple[Frame, ...]:
    return tuple(Frame(item["subFlowId"], item["nodeId"]) for item in data or ())


def step_to_json(step: Step) -> dict[str, Any]:
    """One element of ``walked_path``. The API's own fields are always there, the others when they say something."""
    return {
        "step": step.step,
        "nodeId": step.node_id,
        "kind": step.kind.value,
        "question": step.question,
        "options": [{"value": option.value, "label": option.label} for option in step.options],
        "answer": step.answer,
        "answerLabel": step.answer_label,
        "note": step.note,
        "answeredAt": _moment_to_json(step.answered_at),
        "answeredBy": _actor_to_json(step.answered_by),
        "actingAs": step.acting_as,
        "supersededAt": _moment_to_json(step.superseded_at),
        **{key: value for key, value in _extras(step).items() if value},
    }


def _extras(step: Step) -> dict[str, Any]:
    return {
        "detail": step.detail,
        "supersededBy": _actor_to_json(step.superseded_by),
        "fact": step.fact,
        "facts": dict(step.facts),
        "factsBefore": dict(step.facts_before),
        "callStack": stack_to_json(step.call_stack),
        "flowVersionId": step.flow_version_id,
        "nextNodeId": step.next_node_id,
        "node": node_to_json(step.node) if step.node else None,
        "successor": node_to_json(step.successor) if step.successor else None,
    }


def step_from_json(data: Mapping[str, Any]) -> Step:
    """Read one element of ``walked_path``, of this version or an earlier one."""
    options = tuple(Option(item["value"], item["label"]) for item in data.get("options") or ())
    answer = data.get("answer") or ""
    return Step(
        step=data["step"],
        node_id=data["nodeId"],
        kind=_kind(data.get("kind"), bool(options)),
        question=data.get("question") or "",
        answer=answer,
        answer_label=data.get("answerLabel") or next((it.label for it in options if it.value == answer), answer),
        answered_at=_moment(data.get("answeredAt")) or datetime.fromtimestamp(0, UTC),
        answered_by=_actor(data.get("answeredBy")),
        options=options,
        note=data.get("note"),
        acting_as=data.get("actingAs"),
        superseded_at=_moment(data.get("supersededAt")),
        **_read_extras(data),
    )


def _read_extras(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "detail": data.get("detail"),
        "superseded_by": _actor(data.get("supersededBy")),
        "fact": data.get("fact"),
        "facts": data.get("facts") or {},
        "facts_before": data.get("factsBefore") or {},
        "call_stack": stack_from_json(data.get("callStack")),
        "flow_version_id": data.get("flowVersionId"),
        "next_node_id": data.get("nextNodeId"),
        "node": node_from_json(data.get("node")),
        "successor": node_from_json(data.get("successor")),
    }


def path_to_json(path: tuple[Step, ...]) -> list[dict[str, Any]]:
    return [step_to_json(step) for step in path]


def path_from_json(data: Any) -> tuple[Step, ...]:
    """The walked path in the order of its steps: sequence numbers decide, never a clock."""
    return tuple(sorted((step_from_json(item) for item in data or ()), key=lambda step: step.step))


def _kind(value: Any, has_options: bool) -> NodeKind:
    known = {kind.value: kind for kind in NodeKind}
    return known.get(value) or (NodeKind.QUESTION if has_options else NodeKind.INSTRUCTION)


def _moment_to_json(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _actor_to_json(actor: Actor | None) -> dict[str, str] | None:
    return {"kind": actor.kind.value, "id": str(actor.id)} if actor else None


def _actor(value: Any) -> Actor | None:
    return Actor(ActorKind(value["kind"]), UUID(value["id"])) if value else None

"""Guidelines as ABCD has them: a named list of actions with hints, walked one after another."""

from __future__ import annotations

from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_import.draft import Draft, bullet_list, markdown, one_line, plain
from domain.flow_import.result import ImportedFlow, ImportRefused
from domain.flow_node import NodeKind


def read_guideline(draft: Draft, title: str, data: dict[str, Any]) -> ImportedFlow:
    """Each action an instruction; its hints are its detail. The guideline's own remarks open and close the flow."""
    actions = [action for action in data["actions"] if _text(action)]
    if not actions:
        raise ImportRefused(FindingCode.INVALID_CONTENT, f"'{title}' has no actions.")
    remarks = [plain(item) for item in _texts(data.get("instructions") or data.get("description"))]
    following = draft.ending(question="Is the customer's request settled?")
    draft.remarks.warn(
        FindingCode.ASSUMED, "The source has no end; a question whether it is settled was added.", following
    )
    for number in range(len(actions), 0, -1):
        how_to = markdown(*remarks[:1]) if number == 1 else markdown(*remarks[1:]) if number == len(actions) else None
        following = _instruction(draft, actions[number - 1], number, following, how_to)
    return draft.finish(title, following)


def _instruction(draft: Draft, action: Any, number: int, following: str, how_to: str | None) -> str:
    button = one_line(action.get("button"), 100) if isinstance(action, dict) else ""
    hints = _texts(action.get("subtext")) if isinstance(action, dict) else []
    return draft.add(
        f"{number:02d} {button}".strip(),
        NodeKind.INSTRUCTION,
        _text(action),
        detail=markdown(bullet_list(hints)) if hints else None,
        how_to=how_to,
        acknowledge_label=button or None,
        next_node_id=following,
    )


def _text(action: Any) -> str:
    if isinstance(action, dict):
        found = (plain(action.get(key)) for key in ("text", "description", "instruction", "button", "name"))
        return next((text for text in found if text), "")
    return plain(action)


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for item in items if (text := plain(item))]

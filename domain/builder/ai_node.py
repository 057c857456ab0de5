"""One model answer → a node that may be served, or the findings against it (design, section 6).

The model proposes kind, texts, labels and an action. Ids, option values, next nodes and status are never its to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from domain.builder.action import ACTION_NAMES, parse_action
from domain.builder.ai_json import object_of
from domain.builder.finding import Finding, FindingCode
from domain.builder.floor import FloorHit, floor_hits, floor_hits_together
from domain.builder.floor_reading import plain_reading
from domain.builder.floor_words import words
from domain.builder.injection import is_echo, talks_about_prompt
from domain.builder.plain_text import MAX_LABEL, clean, refusal
from domain.builder.ticket_orders import is_about_ticket
from domain.flow_tree import FlowNode, NodeKind, Option

AI_KINDS = (NodeKind.QUESTION, NodeKind.INSTRUCTION, NodeKind.RESOLVED, NodeKind.ESCALATE)
REASON_CATEGORIES = (
    "exhausted_safe_steps",
    "needs_elevated_access",
    "out_of_scope",
    "safety_risk",
    "security_incident",
    "identity_not_verified",
    "hardware_or_onsite",
    "third_party_outage",
    "flow_gap",
    "customer_request",
    "other",
)
_YES_NO = words("yes no y n ja nein oui non si sim nao nee true false")
_ALTERNATIVES = re.compile(
    r"\b(?:or|oder|ou|of)\b(?! (?:not|later|newer|older|above|more|less|so|two|any|anything|something|anyone|nicht|pas|"
    r"nao)\b)"
)
_DEFAULT_ACKNOWLEDGE = "Done"


def parse_node(
    raw: str | None, node_id: str, *, finish_reason: str | None = None, sources: Sequence[str] = ()
) -> FlowNode | tuple[Finding, ...]:
    """The node under the caller's id, or at least one finding. ``sources`` are the texts people wrote. Never raises."""
    data = object_of(raw, finish_reason)
    if isinstance(data, Finding):
        return (data,)
    node = _node(data, node_id)
    if not isinstance(node, FlowNode):
        return node
    findings = tuple(dict.fromkeys((*_action_findings(data, node), *node_findings(node, sources))))
    return findings or node


def node_findings(node: FlowNode, sources: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What speaks against serving the node's texts: hygiene, the floor over every string, and over all together."""
    texts = tuple(served_texts(node))
    findings = [finding for name, text in texts for finding in _text_findings(name, text, sources)]
    if node.kind is not NodeKind.RESOLVED:
        findings.extend(_ticket_findings(texts))
    if not findings:
        hits = (hit for together in _read_together(node) for hit in floor_hits_together(together))
        findings.extend(_findings("node", hits))
    return tuple(dict.fromkeys(findings))


def _read_together(node: FlowNode) -> Iterator[list[str]]:
    """What one reader reads in a row: the whole node; of a question all but the buttons, and each button by itself."""
    texts = [text for name, text in served_texts(node) if not name.startswith("options.")]
    yield from ([*texts, option.label] for option in node.options)
    if not node.options and len(texts) > 1:
        yield texts


def served_texts(node: FlowNode) -> Iterator[tuple[str, str]]:
    """Every string of the node that a client shows, with its field's name."""
    named = (
        ("text", node.text),
        ("detail", node.detail),
        ("acknowledgeLabel", node.acknowledge_label),
        ("suggestedResolution", node.suggested_resolution),
        ("howTo", node.how_to),
    )
    yield from ((name, text) for name, text in named if text)
    yield from ((f"options.{index}.label", option.label) for index, option in enumerate(node.options))


def _text_findings(name: str, text: str, sources: Sequence[str]) -> Iterator[Finding]:
    unsafe = refusal(text)
    if unsafe is not None:
        yield Finding(FindingCode.UNSAFE_TEXT, f"Plain text only: the field held {unsafe}.", name)
        return
    if talks_about_prompt(text) or is_echo(text, sources):
        yield Finding(
            FindingCode.ECHOED_INPUT, "Use your own words about the problem; ticket data is not to be repeated.", name
        )
    yield from _findings(name, floor_hits(text))


def _ticket_findings(texts: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    hint = "Give a step of the diagnosis; never say what becomes of the ticket, nor that it must not be escalated."
    return (Finding(FindingCode.UNSAFE_TEXT, hint, name) for name, text in texts if is_about_ticket(text))


def _findings(name: str, hits: Iterable[FloorHit]) -> Iterator[Finding]:
    for hit in hits:
        what = hit.floor_class.value.replace("_", " ") if hit.floor_class else "a text that cannot be checked"
        hint = f"Never allowed at first line: {what}. Choose another safe step or escalate."
        yield Finding(FindingCode.HARD_FLOOR, hint, name, hit.floor_class)


def _action_findings(data: dict[str, Any], node: FlowNode) -> Iterator[Finding]:
    """An instruction must name an allowed action; elsewhere a name is optional, but a refused one is refused."""
    named = _first(data, "action")
    is_named = named is not None and (not isinstance(named, str) or named.strip().upper() not in ("", "NONE", "NULL"))
    if parse_action(named) is None and (is_named or node.kind is NodeKind.INSTRUCTION):
        yield Finding(
            FindingCode.ACTION_REFUSED,
            f"action must be one of {', '.join(ACTION_NAMES)}; otherwise escalate.",
            "action",
        )


def _node(data: dict[str, Any], node_id: str) -> FlowNode | tuple[Finding, ...]:
    kind = _kind(data)
    if kind is None:
        return (
            Finding(FindingCode.WRONG_SHAPE, "kind must be one of question, instruction, resolved, escalate.", "kind"),
        )
    text = _string(data, "text", kind.value, "question", "instruction", "message")
    if not text:
        return (Finding(FindingCode.WRONG_SHAPE, "text must be a non-empty string.", "text"),)
    labels = _labels(data) if kind is NodeKind.QUESTION else []
    if kind is NodeKind.QUESTION and (problem := _label_problem(labels, text)):
        return (Finding(FindingCode.WRONG_LABELS, problem, "options"),)
    action = parse_action(_first(data, "action"))
    return FlowNode(
        node_id=node_id,
        kind=kind,
        text=text,
        detail=_string(data, "detail", "details") or None,
        options=tuple(_options(labels)),
        action=action.value if action else None,
        acknowledge_label=_acknowledge(data) if kind is NodeKind.INSTRUCTION else None,
        suggested_resolution=_string(data, "suggestedResolution", "resolution") or None
        if kind is NodeKind.RESOLVED
        else None,
        reason_category=_reason(data) if kind is NodeKind.ESCALATE else None,
    )


def _kind(data: dict[str, Any]) -> NodeKind | None:
    name = str(_first(data, "kind", "type", "nodeType") or "").strip().lower()
    return next((kind for kind in AI_KINDS if kind.value == name), None)


def _first(data: dict[str, Any], *names: str) -> Any:
    """The first given of the names, in camelCase or snake_case."""
    for name in names:
        for spelling in (name, re.sub(r"([A-Z])", lambda match: "_" + match.group().lower(), name)):
            if data.get(spelling) is not None:
                return data[spelling]
    return None


def _string(data: dict[str, Any], *names: str) -> str:
    value = _first(data, *names)
    return clean(value) if isinstance(value, str) else ""


def _acknowledge(data: dict[str, Any]) -> str:
    label = _string(data, "acknowledgeLabel", "buttonLabel")
    return label if 0 < len(label) <= MAX_LABEL else _DEFAULT_ACKNOWLEDGE


def _reason(data: dict[str, Any]) -> str:
    name = _string(data, "reasonCategory", "reason").lower().replace(" ", "_").replace("-", "_")
    return name if name in REASON_CATEGORIES else "other"


def _labels(data: dict[str, Any]) -> list[str]:
    given = _first(data, "options", "labels", "buttons", "answers", "choices")
    if isinstance(given, dict):
        given = list(given.values())
    if given is None:
        given = [_first(data, "yesLabel"), _first(data, "noLabel")]
    if not isinstance(given, list):
        return []
    return [_label(item) for item in given[:20]]


def _label(item: Any) -> str:
    if isinstance(item, dict):
        item = _first(item, "label", "text", "title", "value")
    if isinstance(item, int) and not isinstance(item, bool):  # a count, sent as the number it is
        return str(item) if abs(item) < 10**9 else ""
    return clean(item) if isinstance(item, str) else ""


def _label_problem(labels: Sequence[str], text: str) -> str | None:
    if len(labels) != 2 or not all(labels) or len({_folded(label) for label in labels}) != 2:
        return "A question needs exactly two distinct, non-empty button labels."
    if any(len(label) > MAX_LABEL for label in labels):
        return f"A button label has at most {MAX_LABEL} characters."
    if all(_folded(label) in _YES_NO for label in labels) and _ALTERNATIVES.search(_last_question(text)):
        return "A question between two alternatives carries the alternatives as its button labels, not yes and no."
    return None


def _last_question(text: str) -> str:
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", _folded_text(text)) if "?" in part]
    return sentences[-1] if sentences else ""


def _folded_text(text: str) -> str:
    return plain_reading(text)


def _folded(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", _folded_text(label)).strip() or label.strip()


def _options(labels: Iterable[str]) -> Iterator[Option]:
    used: set[str] = set()
    for index, label in enumerate(labels, start=1):
        slug = re.sub(r"[^a-z0-9]+", "_", _folded_text(label)).strip("_")[:40]
        value = slug if slug and slug not in used else f"option_{index}"
        used.add(value)
        yield Option(value=value, label=label)

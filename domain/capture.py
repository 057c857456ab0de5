"""What a resolved walk teaches: a proposal for a flow, captured from the record.

An AI-built walk becomes the tree of its path, with the branches that were explored and gone back over, and a stub
(``needs_review``) for every answer nobody has given yet. An ad-hoc walk becomes one instruction for each note that is
marked as a step. Ids and labels are those of the walk. Texts that people wrote are masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from domain.flow_tree import TERMINAL_KINDS, FlowNode, FlowTree, NodeKind, Option, edges_of
from domain.vocabulary import ResolutionOutcome
from domain.walk_session.ai_walk import is_outage, recorded_node
from domain.walk_session.answer_value import DONE
from domain.walk_session.notes import Note
from domain.walk_session.status import SessionKind
from domain.walk_session.step import Step

Mask = Callable[[str], str]  # takes e-mail addresses, telephone numbers and secrets out of a text
MAX_TITLE = 100  # characters
MAX_KEYWORDS = 10
MAX_STEP_TEXT = 2_000  # characters of an instruction made from a note
_MAX_RESOLUTION = 2_000
_END_ID: Final = "resolved"
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_WORD = re.compile(r"[^\W\d_][\w'-]{2,30}")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]{1,40}\]|<[^<>\n]{1,40}>")
_COMMON: Final = (
    "the and for not but are was were has had have her his him she you your our out with from this that they them"
    " their there then than when what which who why how any all can cannot can't could does doesn't did didn't don't"
    " isn't won't wasn't will would should its it's i'm i've just into onto over under after before again still also"
    " very some only here get gets got says said say user customer client caller please help problem issue since"
    " every each being been because about anymore today yesterday morning now"
)
_STOP_WORDS: Final = frozenset(_COMMON.split())


class NoCapture(StrEnum):
    """Why a resolved walk taught nothing that could be captured."""

    NOT_HELPFUL = "not_helpful"
    NOT_FIXED = "not_fixed"
    NOT_CAPTURED_KIND = "not_captured_kind"
    EMPTY_PATH = "empty_path"


@dataclass(frozen=True, slots=True)
class CaptureSource:
    """A walk that was just resolved. ``path``: all its steps, after those of the walks that it continues."""

    kind: SessionKind
    problem: str
    path: tuple[Step, ...] = ()
    notes: tuple[Note, ...] = ()
    resolution_notes: str | None = None
    helpful: bool = True
    outcome: ResolutionOutcome = ResolutionOutcome.FIXED


@dataclass(frozen=True, slots=True)
class Captured:
    """The content of a proposal."""

    title: str
    keywords: tuple[str, ...]
    tree: FlowTree


def capture(source: CaptureSource, mask: Mask) -> Captured | NoCapture:
    """The proposal that ``source`` teaches, or why there is none. Only helpful walks that fixed it teach."""
    if not source.helpful:
        return NoCapture.NOT_HELPFUL
    if source.outcome is not ResolutionOutcome.FIXED:
        return NoCapture.NOT_FIXED
    if source.kind not in (SessionKind.AI_BUILD, SessionKind.ADHOC):
        return NoCapture.NOT_CAPTURED_KIND
    tree = _ai_tree(source, mask) if source.kind is SessionKind.AI_BUILD else _note_tree(source, mask)
    if tree is None:
        return NoCapture.EMPTY_PATH
    return Captured(title_of(source.problem, mask), keywords_of(source.problem, mask), tree)


def title_of(problem: str, mask: Mask) -> str:
    """The first sentence of the problem, masked, at most ``MAX_TITLE`` characters."""
    masked = _plain(mask(problem))
    first = _SENTENCE.split(masked, 1)[0].rstrip(".! ")
    return _cut(first, MAX_TITLE) or "Captured walk"


def keywords_of(problem: str, mask: Mask) -> tuple[str, ...]:
    """The telling words of the problem in their order, lower-case, at most ``MAX_KEYWORDS``; no masked parts."""
    text = _PLACEHOLDER.sub(" ", _plain(mask(problem)))
    words = (word.casefold().strip("'-").removesuffix("'s") for word in _WORD.findall(text))
    telling = dict.fromkeys(word for word in words if len(word) > 2 and word not in _STOP_WORDS)
    return tuple(telling)[:MAX_KEYWORDS]


def _note_tree(source: CaptureSource, mask: Mask) -> FlowTree | None:
    steps = sorted((note for note in source.notes if note.is_step), key=lambda note: note.step or 0)
    if not steps:
        return None
    ids = [str(note.id) for note in steps] + [_END_ID]
    nodes = [
        FlowNode(ids[at], NodeKind.INSTRUCTION, _cut(mask(note.text).strip(), MAX_STEP_TEXT), next_node_id=ids[at + 1])
        for at, note in enumerate(steps)
    ]
    return FlowTree(ids[0], (*nodes, _end(source, mask)))


def _ai_tree(source: CaptureSource, mask: Mask) -> FlowTree | None:
    standing = [step for step in source.path if not step.is_superseded]
    if not standing:
        return None
    last = standing[-1].successor
    end = last if last and last.kind is NodeKind.RESOLVED else _end(source, mask)
    nodes = {step.node_id: recorded_node(step) for step in source.path}
    nodes |= {end.node_id: end, **_leaves(source.path, nodes)}
    links = _links(source.path, standing, end.node_id)
    return _rooted(standing[0].node_id, _stubbed(nodes, links))


def _leaves(path: Iterable[Step], answered: dict[str, FlowNode]) -> dict[str, FlowNode]:
    """Nodes that were served and left unanswered. One that only says that no model could help teaches nothing."""
    served = (step.successor for step in path)
    return {it.node_id: it for it in served if it and it.node_id not in answered and not _is_failure(it)}


def _is_failure(node: FlowNode) -> bool:
    return is_outage(node)


def _links(path: tuple[Step, ...], standing: list[Step], end_id: str) -> dict[tuple[str, str], str]:
    """(node, answer) -> the node it led to. The path that stands has the last word."""
    explored = {(it.node_id, it.answer): it.successor.node_id for it in path if it.successor}
    following = [*(step.node_id for step in standing[1:]), end_id]
    return explored | {(it.node_id, it.answer): target for it, target in zip(standing, following, strict=True)}


def _stubbed(nodes: dict[str, FlowNode], links: dict[tuple[str, str], str]) -> dict[str, FlowNode]:
    """``nodes`` wired by ``links``, and a stub for each answer that leads nowhere yet."""
    wired: dict[str, FlowNode] = {}
    for node in nodes.values():
        targets = {value: links.get((node.node_id, value)) for value in _answers(node)}
        for number, (value, target) in enumerate(targets.items(), 1):
            if target not in nodes:
                stub = _stub(f"{node.node_id[:80]}-stub-{number}", node, value)
                targets[value], wired[stub.node_id] = stub.node_id, stub
        wired[node.node_id] = _wired(node, targets)
    return wired


def _answers(node: FlowNode) -> list[str]:
    if node.kind in TERMINAL_KINDS:
        return []
    return [option.value for option in node.options] or [DONE]


def _wired(node: FlowNode, targets: dict[str, str | None]) -> FlowNode:
    options = tuple(Option(it.value, it.label, targets[it.value]) for it in node.options if it.value in targets)
    return replace(node, options=options, next_node_id=None if options else targets.get(DONE))


def _stub(stub_id: str, node: FlowNode, value: str) -> FlowNode:
    label = next((option.label for option in node.options if option.value == value), "Done")
    text = f"Not explored yet: {_cut(node.text, 500)} ({label})"
    return FlowNode(stub_id, NodeKind.ESCALATE, text, reason_category="flow_gap", needs_review=True)


def _rooted(root_id: str, nodes: dict[str, FlowNode]) -> FlowTree:
    """The tree of what can be reached from the root, in the order of a walk through it."""
    order, waiting = dict[str, FlowNode](), [root_id]
    while waiting:
        node = nodes[waiting.pop()]
        if node.node_id not in order:
            order[node.node_id] = node
            waiting.extend(edge.target for edge in reversed(edges_of(node)))
    return FlowTree(root_id, tuple(order.values()))


def _end(source: CaptureSource, mask: Mask) -> FlowNode:
    notes = _cut(mask(source.resolution_notes or "").strip(), _MAX_RESOLUTION)
    return FlowNode(_END_ID, NodeKind.RESOLVED, "The problem is solved.", suggested_resolution=notes or None)


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _cut(text: str, limit: int) -> str:
    """``text`` cut at a word where that costs little."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at_word = head.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit * 2 // 3 else head).rstrip() + "\u2026"

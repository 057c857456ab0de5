"""A tree in the making: ids that are free, texts that are allowed, and one check at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_import.result import ImportedFlow, ImportRefused, Remarks
from domain.flow_merge import free_id
from domain.flow_node import MAX_LABEL, MAX_NODE_ID, MAX_NODES, MAX_OPTIONS, FlowNode, NodeKind, Option
from domain.flow_text import clean_markdown, clean_plain
from domain.flow_tree import FlowTree, TreeShapeError, dump_tree, parse_tree, reached_nodes

MAX_TEXT = 2_000  # characters of a node's text; the rest goes to its detail
MAX_DETAIL = 8_000  # characters; with the text well under the 20 KB of a node even in four-byte characters
MAX_TITLE = 200
MAX_FLOWS = 200  # in one content
UNNAMED = "Imported flow"  # the title of a flow whose source names none


def one_line(value: object, limit: int = MAX_LABEL) -> str:
    """Any scalar as one plain line, cut at ``limit`` characters."""
    text = " ".join(clean_plain(str(value)).split()) if isinstance(value, (str, int, float)) else ""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def plain(value: object) -> str:
    """Any scalar as plain text of at most ``MAX_TEXT`` characters."""
    text = clean_plain(str(value)).strip() if isinstance(value, (str, int, float)) else ""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def markdown(*parts: str | None) -> str | None:
    """Paragraphs of allowed CommonMark, None when there is nothing to say."""
    text = "\n\n".join(part.strip() for part in parts if part and part.strip())
    if len(text) > MAX_DETAIL:
        text = text[: MAX_DETAIL - 1] + "…"
    return clean_markdown(text) or None


def bullet_list(items: list[str]) -> str:
    return "\n".join(f"- {one_line(item, 1_000)}" for item in items)


def _spaced(label: str) -> str:
    """Words of ``snake_case``, ``kebab-case``, ``dotted.names`` and ``camelCase``, divided by spaces."""
    chars = [
        f" {char}" if char.isupper() and before.islower() else " " if char in "_-." else char
        for before, char in zip(" " + label, label, strict=False)
    ]
    return " ".join("".join(chars).split())


def words_of(label: str) -> str:
    """``bank_ask_pin`` or ``checkVPN`` as words; a sentence stays as it is."""
    return one_line(label if " " in label.strip() else _spaced(label)) or "Step"


def fact_name(label: str) -> str:
    """A fact's name made of any label: ``customer.tier`` → ``customer_tier``."""
    name = "".join(char if char.isascii() and char.isalnum() else "_" for char in _spaced(label))
    name = "_".join(part for part in name.split("_") if part)[:60].lower() or "value"
    return name if name.isidentifier() else f"f_{name}"


class Draft:
    """Nodes by id, in the order they were added."""

    def __init__(self) -> None:
        self.nodes: dict[str, FlowNode] = {}
        self._taken: set[str] = set()
        self.remarks = Remarks()

    def new_id(self, wanted: str) -> str:
        """A free id like ``wanted``, reserved from now on."""
        base = one_line("".join(char if char.isprintable() else " " for char in wanted), MAX_NODE_ID - 6) or "node"
        found = free_id(base, self._taken)
        self._taken.add(found)
        return found

    def put(self, node_id: str, kind: NodeKind, text: str, **fields: Any) -> str:
        """Add a node under an id from ``new_id``; returns the id."""
        if len(self.nodes) >= MAX_NODES:
            raise ImportRefused(FindingCode.TOO_LARGE, f"The flow would have more than {MAX_NODES:,} nodes.")
        self.nodes[node_id] = FlowNode(node_id, kind, plain(text) or words_of(node_id), **fields)
        return node_id

    def add(self, wanted: str, kind: NodeKind, text: str, **fields: Any) -> str:
        return self.put(self.new_id(wanted), kind, text, **fields)

    def change(self, node_id: str, **fields: Any) -> None:
        self.nodes[node_id] = replace(self.nodes[node_id], **fields)

    def ending(self, *, question: str = "Is the problem solved?", detail: str | None = None) -> str:
        """The usual end of a list of steps: solved or handed over (``detail`` says how). Its first node's id."""
        solved = self.add("resolved", NodeKind.RESOLVED, "The problem is solved.")
        handed = self.escalation(
            "escalate", "The steps did not help. Hand over to an engineer.", "exhausted_safe_steps", detail
        )
        options = (Option("yes", "Yes", solved), Option("no", "No", handed))
        return self.add("solved", NodeKind.QUESTION, question, options=options)

    def escalation(self, wanted: str, text: str, reason: str, detail: str | None = None) -> str:
        return self.add(wanted, NodeKind.ESCALATE, text, reason_category=reason, detail=detail)

    def options(self, answers: list[tuple[str, str]], node_id: str) -> tuple[Option, ...]:
        """Options by label and target, with distinct labels; more than a node can have are left out, and said."""
        if len(answers) > MAX_OPTIONS:
            message = f"'{node_id}' had {len(answers)} answers; the first {MAX_OPTIONS} were kept."
            self.remarks.warn(FindingCode.DROPPED, message, node_id, "Split the question.")
        taken: set[str] = set()
        found: list[Option] = []
        for number, (label, target) in enumerate(answers[:MAX_OPTIONS], start=1):
            free = free_id(one_line(label, MAX_LABEL - 10) or f"Answer {number}", taken)
            while free.casefold() in taken:
                free += "'"
            taken.add(free.casefold())
            found.append(Option(f"a{number}", free, target))
        return tuple(found)

    def finish(
        self, title: str, root_id: str, category: str | None = None, keywords: tuple[str, ...] = ()
    ) -> ImportedFlow:
        """The flow, checked like any other tree; raises ``ImportRefused`` when a limit is broken."""
        try:
            # What nothing leads to are ends that a reader made and did not need.
            ordered = reached_nodes(FlowTree(root_id, tuple(self.nodes.values())))
            tree = parse_tree(dump_tree(FlowTree(root_id, ordered)))
        except TreeShapeError as error:
            raise ImportRefused(FindingCode.TOO_LARGE, f"'{title}' is beyond a limit: {error}") from error
        self.remarks.forget_assumed(set(self.nodes) - set(tree.by_id))
        return ImportedFlow(one_line(title, MAX_TITLE) or UNNAMED, tree, category, keywords)

"""What is left of a record when a person's data are erased: structure and times without anybody's words.

Words are what people typed, and what a model made of them: the nodes of AI-built walks and of captured proposals. The
texts of authored flows stay, but for the facts that were filled into them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from domain.flow_template import fill, fill_markdown
from domain.flow_tree import FlowNode, FlowTree, NodeKind, Option
from domain.walk_session.answer_value import DONE
from domain.walk_session.step import Facts, Step

ERASED: Final = "[erased]"


def erased_path(path: tuple[Step, ...], facts: Facts, *, is_generated: bool) -> tuple[Step, ...]:
    """The steps with their ids, kinds, times and chosen options.

    ``facts``: the session's, of which some may come from a walk that it continues. ``is_generated``: a model wrote the
    nodes.
    """
    shown = {text for value in _typed(path, facts) for text in _as_filled_in(value)}
    typed = sorted(shown, key=len, reverse=True)
    return tuple(_erased_step(step, typed, is_generated=is_generated) for step in path)


def _typed(path: tuple[Step, ...], facts: Facts) -> list[Any]:
    """Values that people entered; what was chosen of a node's options is the author's text."""
    chosen = {step.fact for step in path if step.kind is not NodeKind.DATA_INPUT}
    written = [values for step in path for values in (step.facts, step.facts_before)]
    return [value for values in (*written, facts) for name, value in values.items() if name not in chosen]


def _as_filled_in(value: Any) -> set[str]:
    """A value as it reads in a plain text, in a CommonMark one, and in code there."""
    if value in (None, "", [], ()):
        return set()
    facts = {"value": value}
    return {fill("{{value}}", facts), fill_markdown("{{value}}", facts), fill_markdown("`{{value}}`", facts)[1:-1]}


def _erased_step(step: Step, typed: list[str], *, is_generated: bool) -> Step:
    step = replace(step, note=None, facts={}, facts_before={})
    if is_generated:
        return _erased_generated(step)
    step = replace(
        step, question=_without(step.question, typed), detail=_without(step.detail, typed) if step.detail else None,
        options=tuple(replace(option, label=_without(option.label, typed)) for option in step.options),
        answer_label=_without(step.answer_label, typed),
    )
    is_typed = step.kind is NodeKind.DATA_INPUT
    return replace(step, answer=ERASED, answer_label=ERASED) if is_typed else step


def _without(text: str, typed: list[str]) -> str:
    for value in typed:
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", ERASED, text)
    return text


def _erased_generated(step: Step) -> Step:
    """Which option was chosen is kept by its place."""
    place = next((at for at, option in enumerate(step.options) if option.value == step.answer), None)
    options = _erased_options(step.options)
    chosen = options[place] if place is not None else Option(step.answer if step.answer == DONE else ERASED, ERASED)
    return replace(
        step, question=ERASED, detail=None, options=options, answer=chosen.value, answer_label=chosen.label,
        node=erased_node(step.node) if step.node else None,
        successor=erased_node(step.successor) if step.successor else None,
    )


def erased_node(node: FlowNode) -> FlowNode:
    """The same place in the tree, saying nothing."""
    return replace(
        node, text=ERASED, detail=None, how_to=None, options=_erased_options(node.options), acknowledge_label=None,
        suggested_resolution=None, unit=None,
        branches=tuple(replace(branch, label=None) for branch in node.branches),
    )


def _erased_options(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Values of generated options are made of their labels, so they go too; a node's labels must differ."""
    return tuple(
        Option(f"option_{at}", f"{ERASED} {at}", option.next_node_id) for at, option in enumerate(options, start=1)
    )


def erased_tree(tree: FlowTree) -> FlowTree:
    """The shape of a tree."""
    return replace(tree, nodes=tuple(erased_node(node) for node in tree.nodes))

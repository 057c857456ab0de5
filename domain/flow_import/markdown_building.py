"""An outline as nodes: steps in a row, questions, ends, and the ways that a text names by a step's number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.flow_finding import FindingCode
from domain.flow_import.draft import MAX_DETAIL, Draft, fact_name, markdown, one_line
from domain.flow_import.markdown_outline import Outline, Section
from domain.flow_import.markdown_step import (
    Answer,
    StepText,
    go_to,
    is_handed_over,
    is_open_question,
    is_solved,
    is_yes_no_question,
    split_condition,
)
from domain.flow_import.result import ImportRefused
from domain.flow_node import InputType, NodeKind, Option

_REASONS: Final = (
    ("security", "security_incident"),
    ("on site", "hardware_or_onsite"),
    ("hardware", "hardware_or_onsite"),
    ("outage", "third_party_outage"),
    ("admin", "needs_elevated_access"),
)
_GOES_ON: Final = frozenset(
    {"", "continue", "go on", "next", "next step", "continue below", "proceed", "continue to the next step"}
    | {"go to the next step", "continue with the next step", "proceed to the next step", "go on to the next step"}
)


def build(draft: Draft, outline: Outline) -> str:
    """All nodes of the flow; the first one's id."""
    steps = [step for section in outline.sections for step in section.steps]
    if not steps:
        message = "No steps were found."
        raise ImportRefused(FindingCode.INVALID_CONTENT, message, "Write the steps as a list, or under a heading.")
    end = draft.ending(detail=markdown(outline.escalation))
    draft.remarks.warn(FindingCode.ASSUMED, "The text has no end; a question whether it is solved was added.", end)
    ids = [draft.new_id(f"step-{number}") for number in range(1, len(steps) + 1)]
    builder = _Builder(draft, steps, [*ids, end])
    for at in reversed(range(len(steps))):
        builder.put(at)
    _put_context(draft, ids[0], outline.context)
    if outline.empty:
        message = f"Nothing is written yet under {', '.join(map(repr, outline.empty[:10]))}; left out."
        draft.remarks.warn(FindingCode.DROPPED, message, None, "Write what the technician should do there.")
    return ids[0]


def _put_context(draft: Draft, root_id: str, context: list[Section]) -> None:
    """What the runbook says before its steps is help for the first of them."""
    parts = [f"**{section.heading}**\n\n{section.source}" if section.heading else section.source for section in context]
    how_to = markdown(*parts)
    if how_to:
        draft.change(root_id, how_to=how_to)


@dataclass(slots=True)
class _Builder:
    """``ids``: of the steps in their order, and of the end."""

    draft: Draft
    steps: list[StepText]
    ids: list[str]

    def put(self, at: int) -> None:
        step, following = self.steps[at], self.ids[at + 1]
        if step.skips:
            past = self.ids[min(at + 1 + step.skips, len(self.ids) - 1)]
            self._ask(self.ids[at], step, [("Yes", following), ("No", past)])
        else:
            self._step(self.ids[at], step, at, following)

    def _step(self, node_id: str, step: StepText, at: int, following: str) -> None:
        if step.answers:
            answers = [(it.label, self._answer(it, f"{node_id}-{one_line(it.label, 30)}", at, following))
                       for it in step.answers]
            self._ask(node_id, step, answers)
        elif step.is_item and is_yes_no_question(step.text):
            message = "The text does not say what follows which answer; both go on."
            self.draft.remarks.warn(FindingCode.ASSUMED, message, node_id, "Lead the answers to where they belong.")
            self._ask(node_id, step, [("Yes", following), ("No", following)])
        elif step.is_item and is_open_question(step.text):
            self._put(node_id, NodeKind.DATA_INPUT, step, input_type=InputType.TEXT, is_required=False,
                      fact=fact_name(step.text), next_node_id=following)
        else:
            self._deed(node_id, step, at, following)

    def _deed(self, node_id: str, step: StepText, at: int, following: str) -> None:
        """An instruction, unless its words end the walk or lead elsewhere under a condition."""
        condition = split_condition(step.text) if step.is_item else None
        if condition and self._leaves(condition[1], at):
            asked = StepText(f"Does this apply: {condition[0][:1].lower()}{condition[0][1:]}?", step.detail)
            then = self._answer(Answer("Yes", condition[1]), f"{node_id}-yes", at, following)
            self._ask(node_id, asked, [("Yes", then), ("No", following)])
            return
        target = self._target(step.text, at) if step.is_item else None
        if target is not None and self.ids.index(target) <= at:  # a way back that nothing else leaves is no way
            self._ask(node_id, step, [("Do it again", target), ("Go on", following)])
            return
        self._put(node_id, NodeKind.INSTRUCTION, step, next_node_id=target or following)

    def _leaves(self, text: str, at: int) -> bool:
        return is_handed_over(text) or is_solved(text) or self._target(text, at) is not None

    def _target(self, text: str, at: int) -> str | None:
        """The step that a text sends its reader to, by the number it has in the same list, or in the whole text."""
        found = go_to(text)
        if found is None:
            return None
        place = self.steps[at].place
        same = [index for index, step in enumerate(self.steps) if step.number == found[1] and step.place == place]
        others = [index for index, step in enumerate(self.steps) if step.number == found[1]]
        if not (same or others):
            message = f"'{one_line(text, 60)}' names a step that is not there; the walk goes on instead."
            self.draft.remarks.warn(FindingCode.ASSUMED, message, self.ids[at], "Lead it to the right step.")
            return None
        return self.ids[(same or others)[0]]

    def _answer(self, answer: Answer, wanted: str, at: int, following: str) -> str:
        """What follows an answer: an end, another step, or what is to be done and then the next step."""
        after = following
        for number in reversed(range(len(answer.steps))):
            node_id = self.draft.new_id(f"{wanted}-{number + 1}")
            self._step(node_id, answer.steps[number], at, after)
            after = node_id
        target = self._target(answer.text, at)
        text = (go_to(answer.text) or ("", 0))[0] if target else answer.text
        after = target or after
        if text.casefold().strip(" .!") in _GOES_ON and not answer.detail:
            return after
        said = text or answer.label
        return self._end_or_deed(wanted, said[:1].upper() + said[1:], answer.detail, after,
                                 is_last=not (answer.steps or target))

    def _end_or_deed(self, wanted: str, text: str, detail: str | None, after: str, *, is_last: bool) -> str:
        if is_last and is_solved(text):
            return self.draft.add(wanted, NodeKind.RESOLVED, text, detail=markdown(detail))
        if is_last and is_handed_over(text):
            lowered = text.casefold()
            reason = next((reason for word, reason in _REASONS if word in lowered), "exhausted_safe_steps")
            return self.draft.add(wanted, NodeKind.ESCALATE, text, detail=markdown(detail), reason_category=reason)
        return self.draft.add(wanted, NodeKind.INSTRUCTION, text, detail=markdown(detail), next_node_id=after)

    def _ask(self, node_id: str, step: StepText, answers: list[tuple[str, str]]) -> None:
        options: tuple[Option, ...] = self.draft.options(answers, node_id)
        self._put(node_id, NodeKind.QUESTION, step, options=options)

    def _put(self, node_id: str, kind: NodeKind, step: StepText, **fields: object) -> None:
        if step.detail and len(step.detail) > MAX_DETAIL:
            message = f"The text of '{one_line(step.text, 60)}' was cut at {MAX_DETAIL:,} characters."
            self.draft.remarks.warn(FindingCode.DROPPED, message, node_id, "Split the step.")
        self.draft.put(node_id, kind, step.text, detail=markdown(step.detail), **fields)

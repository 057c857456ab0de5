"""The hand-off as plain text: what fits into a PSA's internal note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from domain.hand_off import HandOff, HandOffNote, HandOffSource, HandOffStep, build_hand_off

MAX_DIGEST: Final = 4_000  # characters
_MAX_LINE: Final = 300
# Characters each part may take, title included. With the line breaks between them they stay under MAX_DIGEST.
_HEAD, _STEPS, _TRIED, _RULED_OUT, _OPEN, _FACTS, _NOTES = 1_300, 800, 500, 350, 350, 250, 350


def hand_off(source: HandOffSource) -> HandOff:
    """The whole package for a walk that is being escalated, its digest included."""
    package = build_hand_off(source)
    return replace(package, digest=digest_of(package))


def digest_of(package: HandOff) -> str:
    """At most ``MAX_DIGEST`` characters; what does not fit is counted, the latest is kept."""
    sections = [
        "\n".join(_head(package))[:_HEAD],
        _section("Steps", [_step_line(step) for step in package.steps], _STEPS),
        _section("Tried", package.tried, _TRIED),
        _section("Ruled out", package.ruled_out, _RULED_OUT),
        _section("Open", package.open_questions, _OPEN),
        _section("Facts", [f"{fact.name}: {fact.value}" for fact in package.facts], _FACTS),
        _section("Notes (internal unless marked)", [_note_line(note) for note in package.notes], _NOTES),
    ]
    return "\n\n".join(section for section in sections if section)


def _head(package: HandOff) -> list[str]:
    waiting = ", customer is waiting" if package.is_customer_waiting else ""
    pairs = [
        ("Escalated", f"{_time(package.escalated_at)}, {package.reason_category.replace('_', ' ')}{waiting}"),
        ("Problem", _line(package.symptom, 500)),
        ("Reason", _line(package.reason or "")),
        ("Company", _line(package.company_name or "", 100)),
        ("Ticket", _line(package.ticket or "", 100)),
        ("Flow", _line(package.flow_title or "", 100)),
        ("Priority", package.priority),
    ]
    return [f"{name}: {value}" for name, value in pairs if value]


def _section(title: str, lines: Sequence[str], budget: int) -> str:
    """``title`` and the last lines that fit into ``budget`` characters."""
    room = budget - len(title) - len("\n(and 99,999 earlier, see the hand-off)") - 1
    kept: list[str] = []
    for line in reversed([f"- {_line(line)}" for line in lines]):
        if len(line) + 1 > room and kept:
            break
        kept.insert(0, line[:room])
        room -= len(line) + 1
    missing = len(lines) - len(kept)
    more = [f"(and {missing:,} earlier, see the hand-off)"] if missing else []
    return "\n".join([f"{title}:", *more, *kept]) if lines else ""


def _step_line(step: HandOffStep) -> str:
    note = f" [{step.note}]" if step.note else ""
    return f"{_time(step.answered_at)} {_line(step.question, 160)} -> {_line(step.answer_label, 80)}{note}"


def _note_line(note: HandOffNote) -> str:
    return f"(for the customer) {note.text}" if note.visibility == "customer" else note.text


def _line(text: str, limit: int = _MAX_LINE) -> str:
    """One line without control characters, cut at ``limit``."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * limit]).split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "\u2026"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")

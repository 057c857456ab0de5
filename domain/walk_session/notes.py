"""A walk's notes: autosaved remarks, of which some are steps that were done.

A save names the version it was based on and touches only the caller's own notes: what it does not mention is kept.
Another person's note may be sent back as it was read, never changed. After the end a save may only add. An own
note saved with blank text is taken away (while the walk is active). Sizes are UTF-8 bytes of all texts together.

A note marked as a step has ``step``: its place among the step notes, 1 for the first marked, never given twice while
the note with the highest one stays. It is independent of the walk's own step numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.clean_text import unstorable, utf8_bytes
from domain.principal import ActorKind
from domain.refusal import Code, Refusal
from domain.walk_session.status import WalkEvent, WalkStatus, refusal_of
from domain.walk_session.step import Actor

MAX_NOTES_BYTES = 256 * 1024
MAX_NOTES = 1_000


class NoteVisibility(StrEnum):
    INTERNAL = "internal"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Note:
    """One remark. ``step`` is set for the notes that are steps."""

    id: UUID
    text: str
    author: Actor
    created_at: datetime
    is_step: bool = False
    step: int | None = None
    visibility: NoteVisibility = NoteVisibility.INTERNAL
    acting_as: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note as a client sends it: no ``id`` for a new one, None for what stays as it is."""

    text: str
    id: UUID | None = None
    is_step: bool | None = None
    visibility: NoteVisibility | None = None


@dataclass(frozen=True, slots=True)
class SaveNotes:
    """One save. ``new_ids`` holds a fresh id for each draft, used when the draft is a new note."""

    drafts: tuple[NoteDraft, ...]
    expected_version: int
    who: Actor
    now: datetime
    new_ids: tuple[UUID, ...]
    acting_as: str | None = None


@dataclass(frozen=True, slots=True)
class SavedNotes:
    """All notes after a save, and their version: one more than before when anything changed."""

    notes: tuple[Note, ...]
    version: int


def save_notes(
    status: WalkStatus, notes: tuple[Note, ...], version: int, command: SaveNotes
) -> SavedNotes | Refusal:
    """Apply one save to a session's ``notes``; a refused one changes nothing.

    Codes: STALE_NOTES, INVALID_INPUT, NOT_FOUND (unknown note), FORBIDDEN (another's), NOT_ACTIVE, TOO_LARGE.
    """
    if command.expected_version != version:
        message = f"The notes are at version {version}: read them, then save again."
        return Refusal(Code.STALE_NOTES, message, ("expectedNotesVersion",))
    if len(command.drafts) > MAX_NOTES:
        return _too_many()
    after = {note.id: note for note in notes}
    for index, (draft, new_id) in enumerate(zip(command.drafts, command.new_ids, strict=True)):
        refused = _apply(status, after, draft, command, new_id)
        if refused is not None:
            return replace(refused, field=("notes", str(index), *refused.field))
    saved = tuple(after.values())
    return _too_large(saved) or SavedNotes(saved, version + (saved != notes))


def _apply(
    status: WalkStatus, after: dict[UUID, Note], draft: NoteDraft, command: SaveNotes, new_id: UUID
) -> Refusal | None:
    """Put one draft into ``after``, which belongs to this save alone."""
    problem = unstorable(draft.text)
    if problem is not None:
        return Refusal(Code.INVALID_INPUT, f"The note {problem}.", ("text",))
    if draft.id is None:
        return _add(status, after, draft, command, new_id)
    note = after.get(draft.id)
    if note is None:
        return Refusal(Code.NOT_FOUND, "This walk has no such note; leave out id to add one.", ("id",))
    return _edit(status, after, note, draft, command)


def _add(
    status: WalkStatus, after: dict[UUID, Note], draft: NoteDraft, command: SaveNotes, new_id: UUID
) -> Refusal | None:
    if not draft.text.strip():
        return Refusal(Code.INVALID_INPUT, "A note must not be empty.", ("text",))
    blank = Note(new_id, "", command.who, command.now, acting_as=command.acting_as)
    after[new_id] = _changed(after, blank, draft)
    return refusal_of(status, WalkEvent.ADD_NOTE)


def _edit(
    status: WalkStatus, after: dict[UUID, Note], note: Note, draft: NoteDraft, command: SaveNotes
) -> Refusal | None:
    changed = _changed(after, note, draft)
    if changed == note:
        return None
    if note.author != command.who:
        return Refusal(Code.FORBIDDEN, "Only its author changes a note; add one of your own.", ("id",))
    if draft.text.strip():
        after[note.id] = replace(changed, updated_at=command.now)
    else:
        del after[note.id]
    return refusal_of(status, WalkEvent.EDIT_NOTE)


def _changed(after: Mapping[UUID, Note], note: Note, draft: NoteDraft) -> Note:
    is_step = note.is_step if draft.is_step is None else draft.is_step
    return replace(
        note,
        text=draft.text,
        is_step=is_step,
        step=(note.step or _next_step(after)) if is_step else None,
        visibility=draft.visibility or note.visibility,
    )


def _next_step(notes: Mapping[UUID, Note]) -> int:
    return max((note.step or 0 for note in notes.values()), default=0) + 1


def _too_large(notes: tuple[Note, ...]) -> Refusal | None:
    size = sum(utf8_bytes(note.text) for note in notes)
    if size > MAX_NOTES_BYTES:
        message = f"A walk's notes have room for {MAX_NOTES_BYTES:,} bytes; these have {size:,}. Nothing was saved."
        return Refusal(Code.TOO_LARGE, message, ("notes",))
    if len(notes) > MAX_NOTES:
        return _too_many()
    return None


def _too_many() -> Refusal:
    return Refusal(Code.TOO_LARGE, f"A walk has at most {MAX_NOTES:,} notes. Nothing was saved.", ("notes",))


def notes_to_json(notes: tuple[Note, ...]) -> list[dict[str, Any]]:
    """The JSON form kept in ``walk_notes``."""
    return [_note_to_json(note) for note in notes]


def _note_to_json(note: Note) -> dict[str, Any]:
    return {
        "id": str(note.id),
        "text": note.text,
        "isStep": note.is_step,
        "step": note.step,
        "visibility": note.visibility.value,
        "createdAt": note.created_at.astimezone(UTC).isoformat(),
        "updatedAt": note.updated_at.astimezone(UTC).isoformat() if note.updated_at else None,
        "author": {"kind": note.author.kind.value, "id": str(note.author.id)},
        "actingAs": note.acting_as,
    }


def notes_from_json(data: Any) -> tuple[Note, ...]:
    return tuple(_note_from_json(item) for item in data or ())


def _note_from_json(data: Mapping[str, Any]) -> Note:
    updated_at = data.get("updatedAt")
    return Note(
        id=UUID(data["id"]),
        text=data["text"],
        author=Actor(ActorKind(data["author"]["kind"]), UUID(data["author"]["id"])),
        created_at=datetime.fromisoformat(data["createdAt"]),
        is_step=bool(data.get("isStep")),
        step=data.get("step"),
        visibility=NoteVisibility(data.get("visibility") or NoteVisibility.INTERNAL),
        acting_as=data.get("actingAs"),
        updated_at=datetime.fromisoformat(updated_at) if updated_at else None,
    )

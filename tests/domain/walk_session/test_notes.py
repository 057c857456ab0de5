"""Saving notes: versions, one's own notes only, sizes in bytes, what may happen after the end."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from domain.refusal import Code, Refusal
from domain.walk_session import (
    Actor,
    Note,
    NoteDraft,
    NoteVisibility,
    SavedNotes,
    SaveNotes,
    WalkStatus,
    notes_from_json,
    notes_to_json,
    save_notes,
)
from domain.walk_session.notes import MAX_NOTES, MAX_NOTES_BYTES
from tests.domain.walk_session.walking import ANN, BOB, NOON, refused

MINE, THEIRS, UNKNOWN = UUID(int=11), UUID(int=12), UUID(int=13)
NOTES = (
    Note(MINE, "called back", ANN, NOON, is_step=True, step=1),
    Note(THEIRS, "router is old", BOB, NOON, visibility=NoteVisibility.CUSTOMER),
)
ENDED = (WalkStatus.RESOLVED, WalkStatus.ESCALATED, WalkStatus.ABANDONED)


def try_save(
    *drafts: NoteDraft,
    notes: tuple[Note, ...] = NOTES,
    status: WalkStatus = WalkStatus.ACTIVE,
    expected: int = 5,
    who: Actor = ANN,
) -> SavedNotes | Refusal:
    ids = tuple(UUID(int=100 + number) for number in range(len(drafts)))
    now = NOON + timedelta(minutes=5)
    return save_notes(status, notes, 5, SaveNotes(drafts, expected, who, now, ids, "l1_coverage"))


def save(
    *drafts: NoteDraft, notes: tuple[Note, ...] = NOTES, status: WalkStatus = WalkStatus.ACTIVE
) -> SavedNotes:
    outcome = try_save(*drafts, notes=notes, status=status)
    assert isinstance(outcome, SavedNotes), outcome
    return outcome


def test_a_new_note_is_added_and_the_others_are_kept() -> None:
    saved = save(NoteDraft(" as typed \n"))
    assert saved.version == 6
    assert saved.notes[:2] == NOTES
    added = saved.notes[2]
    assert (added.id, added.text, added.author) == (UUID(int=100), " as typed \n", ANN)
    assert (added.is_step, added.step, added.visibility, added.acting_as) == (
        False, None, NoteVisibility.INTERNAL, "l1_coverage")
    assert (added.created_at, added.updated_at) == (NOON + timedelta(minutes=5), None)


def test_ones_own_note_is_edited_where_it_stands() -> None:
    saved = save(NoteDraft("called twice", MINE, visibility=NoteVisibility.CUSTOMER))
    edited, other = saved.notes
    assert (edited.text, edited.is_step, edited.step) == ("called twice", True, 1)
    assert (edited.visibility, edited.created_at) == (NoteVisibility.CUSTOMER, NOON)
    assert (edited.updated_at, other) == (NOON + timedelta(minutes=5), NOTES[1])


def test_a_save_that_changes_nothing_keeps_the_version() -> None:
    same = save(NoteDraft("called back", MINE), NoteDraft("router is old", THEIRS, False, NoteVisibility.CUSTOMER))
    assert (same.notes, same.version) == (NOTES, 5)
    assert save().version == 5


def test_step_notes_are_numbered_in_the_order_of_marking() -> None:
    saved = save(NoteDraft("second", is_step=True), NoteDraft("plain"), NoteDraft("third", is_step=True))
    assert [note.step for note in saved.notes] == [1, None, 2, None, 3]
    unmarked = save(NoteDraft("called back", MINE, is_step=False), notes=saved.notes)
    assert [note.step for note in unmarked.notes] == [None, None, 2, None, 3]


def test_ones_own_note_is_taken_away_by_blank_text() -> None:
    assert save(NoteDraft(" \n", MINE)).notes == NOTES[1:]


@pytest.mark.parametrize(("draft", "code", "field"), [
    (NoteDraft("changed", THEIRS), Code.FORBIDDEN, ("notes", "0", "id")),
    (NoteDraft("router is old", THEIRS, is_step=True), Code.FORBIDDEN, ("notes", "0", "id")),
    (NoteDraft("router is old", THEIRS, visibility=NoteVisibility.INTERNAL), Code.FORBIDDEN, ("notes", "0", "id")),
    (NoteDraft("", THEIRS), Code.FORBIDDEN, ("notes", "0", "id")),
    (NoteDraft("x", UNKNOWN), Code.NOT_FOUND, ("notes", "0", "id")),
    (NoteDraft(" \t"), Code.INVALID_INPUT, ("notes", "0", "text")),
    (NoteDraft("a\x00"), Code.INVALID_INPUT, ("notes", "0", "text")),
    (NoteDraft("\ud83d", MINE), Code.INVALID_INPUT, ("notes", "0", "text")),
])
def test_refusals(draft: NoteDraft, code: Code, field: tuple[str, ...]) -> None:
    outcome = try_save(draft)
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.field) == (code, field)


def test_one_bad_note_refuses_the_whole_save_and_is_named() -> None:
    outcome = try_save(NoteDraft("fine"), NoteDraft(""))
    assert isinstance(outcome, Refusal)
    assert outcome.field == ("notes", "1", "text")


@pytest.mark.parametrize("expected", [4, 6, 0, -1])
def test_another_version_is_stale_whatever_was_sent(expected: int) -> None:
    assert refused(try_save(NoteDraft(""), expected=expected)) is Code.STALE_NOTES


def test_the_limit_is_in_bytes_of_all_notes() -> None:
    room = MAX_NOTES_BYTES - sum(len(note.text) for note in NOTES)
    assert save(NoteDraft("x" * room)).version == 6
    assert refused(try_save(NoteDraft("x" * (room + 1)))) is Code.TOO_LARGE
    assert refused(try_save(NoteDraft("ü" * (room // 2 + 1)))) is Code.TOO_LARGE
    assert save(NoteDraft("x" * (room + len("called back"))), NoteDraft("", MINE)).version == 6


def test_the_number_of_notes_is_bounded() -> None:
    assert len(save(*[NoteDraft("x")] * (MAX_NOTES - 2)).notes) == MAX_NOTES
    assert refused(try_save(*[NoteDraft("x")] * (MAX_NOTES - 1))) is Code.TOO_LARGE
    assert refused(try_save(*[NoteDraft("x", MINE)] * (MAX_NOTES + 1))) is Code.TOO_LARGE


@pytest.mark.parametrize("status", ENDED)
def test_after_the_end_notes_are_only_added(status: WalkStatus) -> None:
    saved = save(NoteDraft("called back", MINE), NoteDraft("customer rang"), status=status)
    assert saved.notes[:2] == NOTES
    assert saved.notes[2].text == "customer rang"
    assert refused(try_save(NoteDraft("changed", MINE), status=status)) is Code.NOT_ACTIVE
    assert refused(try_save(NoteDraft("", MINE), status=status)) is Code.NOT_ACTIVE


def test_the_json_form() -> None:
    saved = save(NoteDraft("more", MINE), NoteDraft("new"))
    assert notes_from_json(notes_to_json(saved.notes)) == saved.notes
    assert notes_from_json(None) == ()
    assert notes_to_json(NOTES)[1] == {
        "id": str(THEIRS),
        "text": "router is old",
        "isStep": False,
        "step": None,
        "visibility": "customer",
        "createdAt": "2026-03-02T12:00:00+00:00",
        "updatedAt": None,
        "author": {"kind": "service_account", "id": str(UUID(int=2))},
        "actingAs": None,
    }

"""Autosaved notes: versions, one's own only, bytes, and what is still possible after the end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Caller, Team
from tests.support.walks import Session, begin, begin_printer, seen, walk

LIMIT = 256 * 1024


def texts(session: Session) -> list[str]:
    return [note["text"] for note in session["notes"]]


async def save(caller: Caller, session: Session, *notes: dict[str, Any] | str, version: int | None = None) -> Session:
    drafts = [{"text": note} if isinstance(note, str) else note for note in notes]
    expected = session["notesVersion"] if version is None else version
    return (await caller.do("Notes", sessionId=session["id"], notes=drafts, expectedNotesVersion=expected))["session"]


async def refusal(caller: Caller, session: Session, *notes: dict[str, Any], version: int) -> tuple[str, list[str] | None]:
    payload = await caller.send("Notes", sessionId=session["id"], notes=list(notes), expectedNotesVersion=version)
    assert payload["session"] is None
    [error] = payload["errors"]
    return error["code"], error["field"]


async def test_notes_are_kept_with_author_step_and_visibility(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin(l1, adhoc=True)
    assert (session["notesVersion"], session["notes"]) == (0, [])
    session = await save(l1, session, "It beeps", {"text": "Wiped the window", "isStep": True},
                         {"text": "We will call back", "visibility": "CUSTOMER"})
    assert session["notesVersion"] == 1
    assert [(one["text"], one["isStep"], one["step"], one["visibility"], one["author"]["id"], one["actingAs"])
            for one in session["notes"]] == [
        ("It beeps", False, None, "INTERNAL", l1.id, None), ("Wiped the window", True, 1, "INTERNAL", l1.id, None),
        ("We will call back", False, None, "CUSTOMER", l1.id, None)]
    assert await seen(l1, session) | {"x": 0} == {
        **session, "x": 0, "viewerCanAnswer": False, "viewerCanResolve": True, "viewerCanEscalate": True}


async def test_a_save_changes_what_it_names_and_keeps_the_rest(team: Team) -> None:
    l1 = team.as_("l1")
    session = await save(l1, await begin(l1, adhoc=True), "one", "two", "three")
    second = session["notes"][1]["id"]
    session = await save(l1, session, {"id": second, "text": "two, corrected"})
    assert (texts(session), session["notesVersion"]) == (["one", "two, corrected", "three"], 2)
    session = await save(l1, session, {"id": second, "text": " "})
    assert (texts(session), session["notesVersion"]) == (["one", "three"], 3)


async def test_the_same_save_again_is_no_new_version(team: Team) -> None:
    l1 = team.as_("l1")
    session = await save(l1, await begin(l1, adhoc=True), "one")
    same = {"id": session["notes"][0]["id"], "text": "one"}
    assert (await save(l1, session, same))["notesVersion"] == 1
    assert (await save(l1, session))["notesVersion"] == 1


async def test_the_second_tab_is_told_that_its_notes_are_stale(team: Team) -> None:
    l1 = team.as_("l1")
    session = await begin(l1, adhoc=True)
    await save(l1, session, "from tab one")
    assert await refusal(l1, session, {"text": "from tab two"}, version=0) == ("STALE_NOTES", ["expectedNotesVersion"])
    assert await refusal(l1, session, {"text": "from tab two"}, version=2) == ("STALE_NOTES", ["expectedNotesVersion"])
    assert texts(await seen(l1, session)) == ["from tab one"]


async def test_a_colleagues_note_is_not_touched(team: Team) -> None:
    l1, cover = team.as_("l1"), team.as_("cover")
    session = await save(l1, await begin(l1, adhoc=True), "mine")
    session = await save(cover, session, "hers")
    mine = {"id": session["notes"][0]["id"], "text": "mine"}
    assert [(one["author"]["id"], one["actingAs"]) for one in session["notes"]] == [(l1.id, None), (cover.id, "l1_coverage")]
    for change in ({"text": "not mine"}, {"text": " "}, {"text": "mine", "isStep": True}, {"text": "mine", "visibility": "CUSTOMER"}):
        assert await refusal(cover, session, {**mine, **change}, version=2) == ("FORBIDDEN", ["notes", "0", "id"])
    session = await save(cover, session, mine, {"text": "more of hers"})  # sent back as it was read
    assert texts(session) == ["mine", "hers", "more of hers"]


async def test_the_limit_is_in_bytes_and_nothing_is_lost(team: Team) -> None:
    """Regression 17: notes over the cap (bytes, not characters)."""
    l1 = team.as_("l1")
    session = await save(l1, await begin(l1, adhoc=True), "é" * (LIMIT // 2 - 5))
    assert await refusal(l1, session, {"text": "é" * 6}, version=1) == ("TOO_LARGE", ["notes"])
    assert (await seen(l1, session))["notesVersion"] == 1
    session = await save(l1, session, "é" * 5)  # exactly full
    assert sum(len(text.encode()) for text in texts(session)) == LIMIT
    assert await refusal(l1, session, {"text": "x"}, version=2) == ("TOO_LARGE", ["notes"])
    assert (await seen(l1, session))["notes"] == session["notes"]


@pytest.mark.parametrize(("draft", "code", "field"), [
    ({"text": " \n"}, "INVALID_INPUT", ["notes", "1", "text"]),
    ({"text": "x", "id": "00000000-0000-4000-8000-000000000000"}, "NOT_FOUND", ["notes", "1", "id"]),
    ({"text": "x", "id": "no-uuid"}, "NOT_FOUND", ["notes", "1", "id"]),
])
async def test_one_bad_note_refuses_the_whole_save(team: Team, draft: dict[str, str], code: str, field: list[str]) -> None:
    l1 = team.as_("l1")
    session = await begin(l1, adhoc=True)
    assert await refusal(l1, session, {"text": "good"}, draft, version=0) == (code, field)
    assert (await seen(l1, session))["notes"] == []


async def test_after_the_end_notes_can_only_be_added(team: Team) -> None:
    l1 = team.as_("l1")
    session = await save(l1, await begin_printer(team), "before")
    await l1.do("Resolve", sessionId=session["id"], resolutionNotes="Works", helpful=True)
    session = await save(l1, session, "after")
    assert (texts(session), session["status"]) == (["before", "after"], "RESOLVED")
    first = session["notes"][0]["id"]
    for text in ("changed", " "):
        code, _ = await refusal(l1, session, {"id": first, "text": text}, version=2)
        assert code == "NOT_ACTIVE"
    assert texts(await seen(l1, session)) == ["before", "after"]


async def test_notes_may_be_added_to_any_walk_and_count_as_activity(team: Team) -> None:
    l1 = team.as_("l1")
    session = await walk(l1, await begin_printer(team), "yes")
    await team.rows("UPDATE l1_walk_sessions SET last_activity_at = now() - interval '1 day', last_step_at = now()"
                    " - interval '2 days' WHERE id = :id", id=session["id"])
    saved = await save(l1, session, "a remark")
    [row] = await team.rows("SELECT last_activity_at > now() - interval '1 minute' AS active, last_step_at < now()"
                            " - interval '1 day' AS unanswered FROM l1_walk_sessions WHERE account_id = :account")
    assert row == {"active": True, "unanswered": True}
    assert saved["walkedPath"] == session["walkedPath"]


@pytest.mark.parametrize("person", ["engineer", "viewer"])
async def test_who_does_not_work_the_l1_surface_writes_no_notes(team: Team, person: str) -> None:
    session = await begin_printer(team)
    code = await team.as_(person).refused("Notes", sessionId=session["id"], notes=[{"text": "x"}], expectedNotesVersion=0)
    assert code == "FORBIDDEN"
    assert (await seen(team.as_("l1"), session))["notes"] == []

"""Autosaved notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from domain.permission import Action
from domain.refusal import Refusal
from domain.walk_session import NoteDraft, SaveNotes, WalkStatus, notes_from_json, notes_to_json, save_notes
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import Refused, checked
from resolvers.walk_session.answering import actor
from resolvers.walk_session.state_rows import authorise, lock_session, write_session


@dataclass(frozen=True, slots=True)
class Save:
    """Input of ``saveNotes``."""

    session_id: UUID
    drafts: tuple[NoteDraft, ...]
    expected_version: int


@guarded
async def save(context: Context, given: Save) -> UUID:
    """Add and change one's own notes; nothing is saved when any of them is refused."""
    acting_as = await authorise(context, Action.NOTE, given.session_id)
    now = context.now()
    async with context.db.write(context.account_id) as connection:
        row = await lock_session(connection, context, Action.NOTE, given.session_id)
        command = SaveNotes(
            given.drafts, given.expected_version, actor(context), now,
            new_ids=tuple(uuid4() for _ in given.drafts), acting_as=acting_as,
        )
        saved = save_notes(WalkStatus(row.status), notes_from_json(row.walk_notes), row.notes_version, command)
        if isinstance(saved, Refusal):
            raise Refused(saved, session_id=given.session_id)
        await write_session(
            connection, context, given.session_id,
            walk_notes=notes_to_json(saved.notes), notes_version=saved.version, last_activity_at=now,
        )
    return given.session_id


def appended(
    context: Context, row: Any, text: str | None, acting_as: str | None, now: datetime
) -> dict[str, Any]:
    """Columns that add one internal note of the caller to a locked session; none without a text."""
    if text is None:
        return {}
    command = SaveNotes((NoteDraft(text),), row.notes_version, actor(context), now, (uuid4(),), acting_as)
    saved = checked(save_notes(WalkStatus(row.status), notes_from_json(row.walk_notes), row.notes_version, command))
    return {"walk_notes": notes_to_json(saved.notes), "notes_version": saved.version}

"""The next node of an AI-built walk: replayed when it is there, generated once when it is not."""

from __future__ import annotations

from uuid import UUID

from domain.permission import Action
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.walk_session.state_rows import authorise


async def ensure_node(context: Context, session_id: UUID) -> None:
    """Make sure the session has a pending node, or that one is being made."""


@guarded
async def next_node(context: Context, session_id: UUID) -> UUID:
    """The session with its current node: there already, or made now."""
    await authorise(context, Action.ANSWER, session_id)
    await ensure_node(context, session_id)
    return session_id

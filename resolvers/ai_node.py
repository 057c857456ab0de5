"""The next node of an AI-built walk: replayed when it is there, generated once when it is not."""

from __future__ import annotations

from uuid import UUID

from resolvers.context import Context


async def ensure_node(context: Context, session_id: UUID) -> None:
    """Make sure the session has a pending node, or that one is being made."""

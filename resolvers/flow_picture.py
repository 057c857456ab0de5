"""Pictures of flows and walks as SVG."""

from __future__ import annotations

from uuid import UUID

from domain.flow_render import render_svg
from domain.permission import Action, has_right
from domain.walk_picture import pictured
from resolvers import flow_sources
from resolvers.context import Context
from resolvers.flow_judging import beside
from resolvers.flow_trees import version_ids
from resolvers.public_error import forbidden
from resolvers.walk_session.state_rows import state_of


async def flow_svg(context: Context, wanted: UUID) -> str | None:
    """Of a flow's published version, a version, a draft or a proposal; None when the caller sees no such thing."""
    found = await flow_sources.find(context, wanted)
    return await beside(render_svg, found.tree, (), found.title) if found else None


async def walk_svg(context: Context, wanted: UUID) -> str | None:
    """Of a walk, the path it went highlighted; None for ad-hoc walks and those the caller does not see."""
    if not has_right(context.principal, Action.SEE_SESSIONS):
        raise forbidden("walk sessions")
    row = await context.loaders.sessions.load(wanted)
    if row is None:
        return None
    trees = {one: tree for one in version_ids(row) if (tree := await context.loaders.trees.load(one))}
    found = pictured(state_of(row, trees))
    return await beside(render_svg, *found, f"Walk {row.number}") if found else None

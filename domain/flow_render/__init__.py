"""A flow as a picture: Mermaid text and SVG, the walked path highlighted. What an author wrote is never markup."""

from domain.flow_render.mermaid import render_mermaid
from domain.flow_render.svg import render_svg
from domain.flow_render.walked import WalkedStep

__all__ = ["WalkedStep", "render_mermaid", "render_svg"]

"""One finding of the floor."""

from __future__ import annotations

from dataclasses import dataclass

from domain.builder.categories import FloorClass


@dataclass(frozen=True, slots=True)
class FloorHit:
    """``floor_class`` is None for a text the rules cannot read. ``excerpt`` is the clause as the rules saw it."""

    floor_class: FloorClass | None
    rule: str
    excerpt: str

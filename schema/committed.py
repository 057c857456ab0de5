"""The committed schema and the code's: whether they are the same, and what a difference would break."""

from __future__ import annotations

from pathlib import Path

from graphql import build_schema as parse_sdl
from graphql.utilities import find_breaking_changes

from schema.schema import printed

FILE = Path(__file__).resolve().parent / "schema.graphql"


def export() -> None:
    """Write the file from the code."""
    FILE.write_text(printed())


def differs() -> tuple[bool, list[str]]:
    """(whether the file is not what the code says, what clients would lose by the code's)."""
    old, new = FILE.read_text() if FILE.exists() else "", printed()
    breaking = find_breaking_changes(parse_sdl(old), parse_sdl(new)) if old else []
    return new != old, [change.description for change in breaking]

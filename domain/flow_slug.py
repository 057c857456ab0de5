"""The handle of a flow that people can say and scripts can keep."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

MAX_SLUG = 100  # characters
_OTHER = re.compile(r"[^a-z0-9]+")


def slug_of(title: str) -> str:
    """Lower-case ASCII letters, digits and dashes; ``flow`` when nothing of the title is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain).strip("-")[:MAX_SLUG].rstrip("-") or "flow"


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """``wanted``, or the first of ``wanted-2``, ``wanted-3`` … that is not taken."""
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    return free

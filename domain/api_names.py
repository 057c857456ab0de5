"""How a field is called outside."""

from __future__ import annotations


def camel(name: str) -> str:
    """``customer_name`` as the API and stored JSON write it: ``customerName``."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)

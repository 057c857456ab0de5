"""Interfaces of everything with an id, and of everybody who acts."""

from __future__ import annotations

import strawberry


@strawberry.interface(description="Anything with an id that is unique over all types; `node(id:)` finds it.")
class Node:
    id: strawberry.ID = strawberry.field(description="A UUID.")


@strawberry.interface(description="Somebody or something that acts: a person or a service account.")
class Actor:
    id: strawberry.ID = strawberry.field(description="A UUID.")
    name: str = strawberry.field(description="Name to show.")

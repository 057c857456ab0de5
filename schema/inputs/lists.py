"""Filters and orders of the session and flow lists."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.enums import Direction, Kind, Status
from schema.order_fields import WalkSessionOrderField


@strawberry.input(description="All conditions hold together.")
class WalkSessionFilter:
    status: list[Status] | None = strawberry.field(default=None, description="Any of these.")
    kind: list[Kind] | None = strawberry.field(default=None, description="Any of these.")
    assigned_to_id: strawberry.ID | None = strawberry.field(default=None, description="Assigned to this member.")
    flow_id: strawberry.ID | None = strawberry.field(default=None, description="Walks of this flow.")
    company_name: str | None = strawberry.field(default=None, description="The customer's company, case ignored.")
    idle_since: datetime | None = strawberry.field(default=None, description="Nothing has happened since this time.")
    search: str | None = strawberry.field(default=None, description="Part of the problem, the company or the ticket; or a session's number.")


@strawberry.input(description="Order of the sessions.")
class WalkSessionOrder:
    field: WalkSessionOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which end comes first.")


@strawberry.input(description="All conditions hold together.")
class FlowFilter:
    category: str | None = strawberry.field(default=None, description="Category key.")
    is_archived: bool | None = strawberry.field(default=None, description="Default false.")
    search: str | None = strawberry.field(default=None, description="Part of the title, the slug or a keyword.")

"""Inputs of the review of proposals."""

from __future__ import annotations

import strawberry

from schema.enums import ProposalStatus
from schema.inputs.flow import FlowTreeInput


@strawberry.input(description="All conditions hold together.")
class ProposalFilter:
    status: list[ProposalStatus] | None = strawberry.field(default=None, description="Any of these; default PENDING.")
    is_validated_by_outcome: bool | None = strawberry.field(default=None, description="Whether a walk has shown that it helps.")
    search: str | None = strawberry.field(default=None, description="Part of the title or of a keyword.")
    group_id: strawberry.ID | None = strawberry.field(default=None, description="Only this group: a `ProposalGroup.groupId`.")
    one_of_each_group: bool | None = strawberry.field(
        default=None, description="True: of proposals that say nearly the same only the first one; its `group.size` says how many there are."
    )


@strawberry.input(description="A pending proposal to publish: as a flow of its own, or as a branch of an existing one.")
class ApproveProposalInput:
    proposal_id: strawberry.ID = strawberry.field(description="The proposal.")
    flow_title: str | None = strawberry.field(default=None, description="Title of the new flow, or label of the branch; default the proposal's title.")
    attach_to_flow_id: strawberry.ID | None = strawberry.field(default=None, description="The published flow that gets a branch.")
    attach_at_node_id: str | None = strawberry.field(default=None, description="The flow's node to attach at; default where the walk left the flow.")


@strawberry.input(description="A pending proposal to publish with a person's changes.")
class ModifyProposalInput:
    proposal_id: strawberry.ID = strawberry.field(description="The proposal.")
    tree: FlowTreeInput = strawberry.field(description="The whole tree as it shall be.")
    title: str | None = strawberry.field(default=None, description="Unchanged when left out.")
    keywords: list[str] | None = strawberry.field(default=None, description="Exactly these; unchanged when left out.")
    publish: bool | None = strawberry.field(
        default=None, description="Default true. False only keeps the changes: it stays PENDING and can be approved later."
    )


@strawberry.input(description="A pending proposal that is wrong.")
class RejectProposalInput:
    proposal_id: strawberry.ID = strawberry.field(description="The proposal.")
    reason: str = strawberry.field(description="Why, at most 2,000 characters.")


@strawberry.input(description="A pending proposal that is not needed.")
class DismissProposalInput:
    proposal_id: strawberry.ID = strawberry.field(description="The proposal.")
    reason: str | None = strawberry.field(default=None, description="Why, at most 2,000 characters.")


@strawberry.input(description="A proposal whose near-duplicates are not needed.")
class DismissDuplicatesInput:
    proposal_id: strawberry.ID = strawberry.field(description="The one that stays as it is: pending, or just approved.")
    reason: str | None = strawberry.field(default=None, description="Why, at most 2,000 characters; default: that they say the same as this one.")


@strawberry.input(description="A flow that a person proposes.")
class CreateProposalInput:
    title: str = strawberry.field(description="What problem it solves, at most 300 characters.")
    category: str | None = strawberry.field(default=None, description="Category key.")
    keywords: list[str] | None = strawberry.field(default=None, description="Words customers use for this problem.")
    tree: FlowTreeInput = strawberry.field(description="The whole tree.")

"""Review of what walks taught."""

from __future__ import annotations

from typing import Any

import strawberry

from domain.refusal import Code
from resolvers import proposal as proposals
from resolvers import proposal_duplicates as duplicates
from resolvers import proposal_reviewing as reviewing
from resolvers import proposal_writing as writing
from resolvers.outcome import Outcome
from schema.context import Info
from schema.errors import ErrorType, UserError, errors_field, payload_object
from schema.ids import input_id
from schema.inputs.proposal import (
    ApproveProposalInput,
    CreateProposalInput,
    DismissDuplicatesInput,
    DismissProposalInput,
    ModifyProposalInput,
    RejectProposalInput,
)
from schema.mutations.flow import changed_flow, findings_in
from schema.payload import refusing
from schema.types.flow import Flow
from schema.types.flow_finding import FlowFinding, findings_of
from schema.types.proposal import Proposal

BASIC = (Code.NOT_FOUND, Code.FORBIDDEN, Code.INVALID_INPUT, Code.TOO_LARGE)
JUDGED = (Code.NOT_PENDING, Code.STALE_DRAFT, Code.LINT_ERRORS, Code.NEEDS_REVIEW)
APPROVE_ERRORS = ErrorType("ApproveProposal", (*BASIC, *JUDGED))
MODIFY_ERRORS = ErrorType("ModifyProposal", (*BASIC, *JUDGED))
REJECT_ERRORS = ErrorType("RejectProposal", (*BASIC, Code.NOT_PENDING))
DISMISS_ERRORS = ErrorType("DismissProposal", (*BASIC, Code.NOT_PENDING))
DUPLICATES_ERRORS = ErrorType("DismissDuplicates", BASIC)
CREATE_ERRORS = ErrorType("CreateProposal", BASIC)
REMARKS = "What lint remarks about what was (or would have been) published; given with errors too."


@strawberry.type(description="Result of `approveProposal`.")
class ApproveProposalPayload:
    proposal: Proposal | None = payload_object("The proposal.")
    flow: Flow | None = payload_object("The flow it was published as, or in.")
    findings: list[FlowFinding] = strawberry.field(default_factory=list, description=REMARKS)
    errors: list[UserError] = errors_field(APPROVE_ERRORS)


@strawberry.type(description="Result of `modifyProposal`.")
class ModifyProposalPayload:
    proposal: Proposal | None = payload_object("The proposal.")
    flow: Flow | None = payload_object("The flow it was published as; null when it was only kept.")
    findings: list[FlowFinding] = strawberry.field(default_factory=list, description=REMARKS)
    errors: list[UserError] = errors_field(MODIFY_ERRORS)


@strawberry.type(description="Result of `rejectProposal`.")
class RejectProposalPayload:
    proposal: Proposal | None = payload_object("The proposal.")
    errors: list[UserError] = errors_field(REJECT_ERRORS)


@strawberry.type(description="Result of `dismissProposal`.")
class DismissProposalPayload:
    proposal: Proposal | None = payload_object("The proposal.")
    errors: list[UserError] = errors_field(DISMISS_ERRORS)


@strawberry.type(description="Result of `dismissDuplicates`.")
class DismissDuplicatesPayload:
    proposal: Proposal | None = payload_object("The proposal that stays as it is.")
    dismissed: list[Proposal] = strawberry.field(default_factory=list, description="The others of its group, dismissed now.")
    errors: list[UserError] = errors_field(DUPLICATES_ERRORS)


@strawberry.type(description="Result of `createProposal`.")
class CreateProposalPayload:
    proposal: Proposal | None = payload_object("The new proposal.")
    errors: list[UserError] = errors_field(CREATE_ERRORS)


async def _payload(info: Info, kind: Any, errors: ErrorType, outcome: Outcome[reviewing.Reviewed]) -> Any:
    """The payload of a review that publishes nothing."""
    if outcome.value is None:
        return kind(errors=errors.of(outcome.refusals))
    return kind(proposal=Proposal.from_row(await proposals.changed(info.context, outcome.value.proposal_id)))


async def _published(info: Info, kind: Any, errors: ErrorType, outcome: Outcome[reviewing.Reviewed]) -> Any:
    if outcome.value is None:
        return kind(findings=findings_in(outcome), errors=errors.of(outcome.refusals))
    done = outcome.value
    return kind(
        proposal=Proposal.from_row(await proposals.changed(info.context, done.proposal_id)),
        flow=await changed_flow(info, done.flow_id), findings=findings_of(done.findings),
    )


@strawberry.type
class ProposalMutation:
    @strawberry.mutation(description="Publish a pending proposal as it is. Lint errors, stubs and, where a model wrote it, floor hits in unedited nodes block it. For engineers and above, or scope FLOWS.")
    @refusing(ApproveProposalPayload, APPROVE_ERRORS)
    async def approve_proposal(self, info: Info, input: ApproveProposalInput) -> ApproveProposalPayload:  # noqa: A002
        given = reviewing.Approve(
            input_id(input.proposal_id, "proposal", "proposalId"), input.flow_title,
            input_id(input.attach_to_flow_id, "flow", "attachToFlowId"), input.attach_at_node_id,
        )
        outcome = await reviewing.approve(info.context, given)
        return await _published(info, ApproveProposalPayload, APPROVE_ERRORS, outcome)

    @strawberry.mutation(description="Publish a pending proposal with a person's changes. What blocks approving blocks this too, judged after the changes. For engineers and above, or scope FLOWS.")
    @refusing(ModifyProposalPayload, MODIFY_ERRORS)
    async def modify_proposal(self, info: Info, input: ModifyProposalInput) -> ModifyProposalPayload:  # noqa: A002
        given = reviewing.Modify(
            input_id(input.proposal_id, "proposal", "proposalId"), input.tree.to_json(), input.title,
            tuple(input.keywords) if input.keywords is not None else None, input.publish is not False,
        )
        outcome = await reviewing.modify(info.context, given)
        return await _published(info, ModifyProposalPayload, MODIFY_ERRORS, outcome)

    @strawberry.mutation(description="Judge a pending proposal wrong. For engineers and above, or scope FLOWS.")
    @refusing(RejectProposalPayload, REJECT_ERRORS)
    async def reject_proposal(self, info: Info, input: RejectProposalInput) -> RejectProposalPayload:  # noqa: A002
        outcome = await reviewing.reject(
            info.context, input_id(input.proposal_id, "proposal", "proposalId"), input.reason
        )
        return await _payload(info, RejectProposalPayload, REJECT_ERRORS, outcome)

    @strawberry.mutation(description="Say that a pending proposal is not needed. For engineers and above, or scope FLOWS.")
    @refusing(DismissProposalPayload, DISMISS_ERRORS)
    async def dismiss_proposal(self, info: Info, input: DismissProposalInput) -> DismissProposalPayload:  # noqa: A002
        outcome = await reviewing.dismiss(
            info.context, input_id(input.proposal_id, "proposal", "proposalId"), input.reason
        )
        return await _payload(info, DismissProposalPayload, DISMISS_ERRORS, outcome)

    @strawberry.mutation(description="Dismiss the other pending proposals of a proposal's group, which say nearly the same. For engineers and above, or scope FLOWS.")
    @refusing(DismissDuplicatesPayload, DUPLICATES_ERRORS)
    async def dismiss_duplicates(self, info: Info, input: DismissDuplicatesInput) -> DismissDuplicatesPayload:  # noqa: A002
        kept_id = input_id(input.proposal_id, "proposal", "proposalId")
        outcome = await duplicates.dismiss_duplicates(info.context, kept_id, input.reason)
        if outcome.value is None:
            return DismissDuplicatesPayload(errors=DUPLICATES_ERRORS.of(outcome.refusals))
        rows = await info.context.loaders.proposals.load_many(outcome.value.dismissed_ids)
        return DismissDuplicatesPayload(
            proposal=Proposal.from_row(await proposals.changed(info.context, kept_id)),
            dismissed=[Proposal.from_row(row) for row in rows if row],
        )

    @strawberry.mutation(description="Propose a flow that somebody else shall review. For engineers and above.")
    @refusing(CreateProposalPayload, CREATE_ERRORS)
    async def create_proposal(self, info: Info, input: CreateProposalInput) -> CreateProposalPayload:  # noqa: A002
        given = writing.Create(
            input.title, input.category, tuple(input.keywords) if input.keywords is not None else None,
            input.tree.to_json(),
        )
        return await _payload(info, CreateProposalPayload, CREATE_ERRORS, await writing.create(info.context, given))

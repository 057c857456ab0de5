"""Authoring: drafts, publishing, versions, archive, import."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import strawberry

from domain.flow_import.result import ContentEncoding
from domain.flow_import.result import ImportedFlow as Read
from domain.refusal import Code
from resolvers import flow as flows
from resolvers import flow_drafting, flow_importing, flow_publishing
from resolvers.outcome import Outcome
from schema.context import Info
from schema.errors import ErrorType, UserError, errors_field, payload_object
from schema.ids import input_id
from schema.inputs.flow import (
    ArchiveFlowInput,
    DiscardFlowDraftInput,
    ImportFlowInput,
    PublishFlowInput,
    RollbackFlowInput,
    SaveFlowDraftInput,
    UnarchiveFlowInput,
    UpdateFlowInput,
)
from schema.payload import refusing
from schema.types.flow import Flow, flow_of
from schema.types.flow_finding import FlowFinding, findings_of
from schema.types.flow_tree import FlowTree

BASIC = (Code.NOT_FOUND, Code.FORBIDDEN, Code.INVALID_INPUT)
SAVE_ERRORS = ErrorType("SaveFlowDraft", (*BASIC, Code.TOO_LARGE, Code.STALE_DRAFT))
DISCARD_ERRORS = ErrorType("DiscardFlowDraft", (*BASIC, Code.STALE_DRAFT))
UPDATE_ERRORS = ErrorType("UpdateFlow", (*BASIC, Code.TOO_LARGE))
PUBLISH_ERRORS = ErrorType(
    "PublishFlow", (*BASIC, Code.TOO_LARGE, Code.STALE_DRAFT, Code.LINT_ERRORS, Code.NEEDS_REVIEW)
)
ROLLBACK_ERRORS = ErrorType("RollbackFlow", (*BASIC, Code.TOO_LARGE))
ARCHIVE_ERRORS = ErrorType("ArchiveFlow", BASIC)
UNARCHIVE_ERRORS = ErrorType("UnarchiveFlow", BASIC)
IMPORT_ERRORS = ErrorType("ImportFlow", (*BASIC, Code.TOO_LARGE))


@strawberry.type(description="Result of `saveFlowDraft`.")
class SaveFlowDraftPayload:
    flow: Flow | None = payload_object("The flow with its draft.")
    errors: list[UserError] = errors_field(SAVE_ERRORS)


@strawberry.type(description="Result of `discardFlowDraft`.")
class DiscardFlowDraftPayload:
    flow: Flow | None = payload_object("The flow, without a draft.")
    errors: list[UserError] = errors_field(DISCARD_ERRORS)


@strawberry.type(description="Result of `updateFlow`.")
class UpdateFlowPayload:
    flow: Flow | None = payload_object("The flow.")
    errors: list[UserError] = errors_field(UPDATE_ERRORS)


@strawberry.type(description="Result of `publishFlow`.")
class PublishFlowPayload:
    flow: Flow | None = payload_object("The flow with its new version.")
    findings: list[FlowFinding] = strawberry.field(default_factory=list, description="What lint remarks; given with errors too.")
    errors: list[UserError] = errors_field(PUBLISH_ERRORS)


@strawberry.type(description="Result of `rollbackFlow`.")
class RollbackFlowPayload:
    flow: Flow | None = payload_object("The flow with its new version.")
    errors: list[UserError] = errors_field(ROLLBACK_ERRORS)


@strawberry.type(description="Result of `archiveFlow`.")
class ArchiveFlowPayload:
    flow: Flow | None = payload_object("The flow.")
    errors: list[UserError] = errors_field(ARCHIVE_ERRORS)


@strawberry.type(description="Result of `unarchiveFlow`.")
class UnarchiveFlowPayload:
    flow: Flow | None = payload_object("The flow.")
    errors: list[UserError] = errors_field(UNARCHIVE_ERRORS)


@strawberry.type(description="A flow as an import understood it.")
class ImportedFlow:
    title: str = strawberry.field(description="Its title.")
    category: str | None = strawberry.field(description="Category key, when the content names one.")
    keywords: list[str] = strawberry.field(description="Keywords, when the content names some.")
    tree: FlowTree = strawberry.field(description="Its tree.")

    @classmethod
    def of(cls, flow: Read) -> ImportedFlow:
        return cls(title=flow.title, category=flow.category, keywords=list(flow.keywords), tree=FlowTree.of(flow.tree))


@strawberry.type(description="Result of `importFlow`.")
class ImportFlowPayload:
    flow: Flow | None = payload_object("The first new flow; null after a dry run.")
    flows: list[Flow] = strawberry.field(default_factory=list, description="All new flows; none after a dry run.")
    imported: list[ImportedFlow] = strawberry.field(default_factory=list, description="What was understood, dry run or not.")
    findings: list[FlowFinding] = strawberry.field(
        default_factory=list, description="What was lost, guessed or refused, and what lint remarks; given with errors too."
    )
    is_dry_run: bool = strawberry.field(default=False, description="Whether nothing was written.")
    errors: list[UserError] = errors_field(IMPORT_ERRORS)


async def changed_flow(info: Info, flow_id: UUID | None) -> Flow | None:
    """The flow as it is after the command."""
    row = await flows.by_id(info.context, flow_id) if flow_id else None
    return flow_of(row) if row else None


async def _payload(info: Info, kind: Any, errors: ErrorType, outcome: Outcome[UUID]) -> Any:
    if outcome.refusals:
        return kind(errors=errors.of(outcome.refusals))
    return kind(flow=await changed_flow(info, outcome.value))


def findings_in(outcome: Any) -> list[FlowFinding]:
    """Findings that a refusal came with."""
    return findings_of(getattr(outcome, "findings", ()))


@strawberry.type
class FlowMutation:
    @strawberry.mutation(description="Save the draft of a flow, or of a new one. For engineers and above, or scope FLOWS.")
    @refusing(SaveFlowDraftPayload, SAVE_ERRORS)
    async def save_flow_draft(self, info: Info, input: SaveFlowDraftInput) -> SaveFlowDraftPayload:  # noqa: A002
        given = flow_drafting.SaveDraft(
            input_id(input.flow_id, "flow", "flowId"), input.title, input.category,
            tuple(input.keywords) if input.keywords is not None else None, input.tree.to_json(),
            input_id(input.expected_draft_id, "draft", "expectedDraftId"),
        )
        return await _payload(info, SaveFlowDraftPayload, SAVE_ERRORS, await flow_drafting.save(info.context, given))

    @strawberry.mutation(description="Throw the draft of a flow away. For engineers and above, or scope FLOWS.")
    @refusing(DiscardFlowDraftPayload, DISCARD_ERRORS)
    async def discard_flow_draft(self, info: Info, input: DiscardFlowDraftInput) -> DiscardFlowDraftPayload:  # noqa: A002
        outcome = await flow_drafting.discard(
            info.context, input_id(input.flow_id, "flow", "flowId"),
            input_id(input.expected_draft_id, "draft", "expectedDraftId"),
        )
        return await _payload(info, DiscardFlowDraftPayload, DISCARD_ERRORS, outcome)

    @strawberry.mutation(description="Change a flow's owner, review date, category or keywords. For engineers and above, or scope FLOWS.")
    @refusing(UpdateFlowPayload, UPDATE_ERRORS)
    async def update_flow(self, info: Info, input: UpdateFlowInput) -> UpdateFlowPayload:  # noqa: A002
        owner = input.owner_id.value if input.owner_id else None
        nulls = {"ownerId": input.owner_id, "reviewBy": input.review_by}
        given = flow_drafting.FlowChange(
            input_id(input.flow_id, "flow", "flowId"), input.category.value if input.category else None,
            tuple(input.keywords.value) if input.keywords else None, input_id(owner, "member", "ownerId"),
            input.review_by.value if input.review_by else None,
            frozenset(name for name, maybe in nulls.items() if maybe and maybe.value is None),
        )
        return await _payload(info, UpdateFlowPayload, UPDATE_ERRORS, await flow_drafting.change(info.context, given))

    @strawberry.mutation(description="Make the draft the flow's next version, which new walks walk. Lint errors and stubs block it. For engineers and above, or scope FLOWS.")
    @refusing(PublishFlowPayload, PUBLISH_ERRORS)
    async def publish_flow(self, info: Info, input: PublishFlowInput) -> PublishFlowPayload:  # noqa: A002
        outcome = await flow_publishing.publish(
            info.context, input_id(input.flow_id, "flow", "flowId"),
            input_id(input.expected_draft_id, "draft", "expectedDraftId"), input.note,
        )
        if outcome.value is None:
            return PublishFlowPayload(findings=findings_in(outcome), errors=PUBLISH_ERRORS.of(outcome.refusals))
        done = outcome.value
        return PublishFlowPayload(flow=await changed_flow(info, done.flow_id), findings=findings_of(done.findings))

    @strawberry.mutation(description="Publish the content of an old version as a new one; a draft stays. For engineers and above, or scope FLOWS.")
    @refusing(RollbackFlowPayload, ROLLBACK_ERRORS)
    async def rollback_flow(self, info: Info, input: RollbackFlowInput) -> RollbackFlowPayload:  # noqa: A002
        outcome = await flow_publishing.rollback(
            info.context, input_id(input.flow_id, "flow", "flowId"),
            input_id(input.to_version_id, "version of this flow", "toVersionId"), input.note,
        )
        return await _payload(info, RollbackFlowPayload, ROLLBACK_ERRORS, outcome)

    @strawberry.mutation(description="Start no new walks of a flow; those that have begun go on. For engineers and above, or scope FLOWS.")
    @refusing(ArchiveFlowPayload, ARCHIVE_ERRORS)
    async def archive_flow(self, info: Info, input: ArchiveFlowInput) -> ArchiveFlowPayload:  # noqa: A002
        outcome = await flow_publishing.archive(info.context, input_id(input.flow_id, "flow", "flowId"))
        return await _payload(info, ArchiveFlowPayload, ARCHIVE_ERRORS, outcome)

    @strawberry.mutation(description="Take a flow back from the archive. For engineers and above, or scope FLOWS.")
    @refusing(UnarchiveFlowPayload, UNARCHIVE_ERRORS)
    async def unarchive_flow(self, info: Info, input: UnarchiveFlowInput) -> UnarchiveFlowPayload:  # noqa: A002
        outcome = await flow_publishing.unarchive(info.context, input_id(input.flow_id, "flow", "flowId"))
        return await _payload(info, UnarchiveFlowPayload, UNARCHIVE_ERRORS, outcome)

    @strawberry.mutation(description="Read flows from another format into drafts, or only say what would be found. For engineers and above, or scope FLOWS.")
    @refusing(ImportFlowPayload, IMPORT_ERRORS)
    async def import_flow(self, info: Info, input: ImportFlowInput) -> ImportFlowPayload:  # noqa: A002
        given = flow_importing.ImportFlow(
            input.format, input.content, input.title, input.category, bool(input.dry_run),
            is_packed=input.encoding is ContentEncoding.GZIP_BASE64,
        )
        outcome = await flow_importing.import_content(info.context, given)
        dry = given.is_dry_run
        if outcome.value is None:
            return ImportFlowPayload(findings=findings_in(outcome), is_dry_run=dry, errors=IMPORT_ERRORS.of(outcome.refusals))
        done = outcome.value
        made = [flow_of(row) for row in await flows.by_ids(info.context, done.flow_ids)]
        return ImportFlowPayload(
            flow=made[0] if made else None, flows=made, imported=[ImportedFlow.of(one) for one in done.read],
            findings=findings_of(done.findings), is_dry_run=dry,
        )

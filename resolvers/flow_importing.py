"""Import: other formats become drafts of new flows, with findings that say what was lost, guessed or refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from domain.flow_finding import Finding, FindingCode, Severity
from domain.flow_import import import_flows
from domain.flow_import.result import FlowFormat, ImportedFlow, ImportResult
from domain.refusal import Code, Refusal
from resolvers.audit import record
from resolvers.context import Context
from resolvers.flow_drafting import write_draft
from resolvers.flow_judging import LintRefused, beside, lint
from resolvers.flow_rows import Heading, authorise, clean_heading, insert_flow
from resolvers.guard import guarded


@dataclass(frozen=True, slots=True)
class ImportFlow:
    """Input of ``importFlow``."""

    flow_format: FlowFormat
    content: str
    title: str | None = None
    category: str | None = None
    is_dry_run: bool = False
    is_packed: bool = False  # base64 of gzip


@dataclass(frozen=True, slots=True)
class Imported:
    """``flow_ids`` are the new flows in the content's order; none after a dry run. ``read`` is what was understood."""

    flow_ids: tuple[UUID, ...]
    read: tuple[ImportedFlow, ...]
    findings: tuple[Finding, ...]


@guarded
async def import_content(context: Context, given: ImportFlow) -> Imported:
    """One draft of a new flow for each flow in the content; a flow that was refused is a finding and makes none."""
    await authorise(context)
    title = clean_heading(given.title, None, None).title if given.title is not None else None
    result = await beside(import_flows, given.flow_format, given.content, title, is_packed=given.is_packed)
    if not result.flows:
        raise LintRefused(_refusal(result), result.findings)
    headings = [_heading(one, given.category) for one in result.flows]
    findings = (*result.findings, *await _lint_all(context, result.flows))
    if given.is_dry_run:
        return Imported((), result.flows, findings)
    return Imported(await _write(context, given, headings, result.flows), result.flows, findings)


def _heading(flow: ImportedFlow, category: str | None) -> Heading:
    return clean_heading(flow.title, category or flow.category, flow.keywords)


def _refusal(result: ImportResult) -> Refusal:
    first = next((one for one in result.findings if one.severity is Severity.ERROR), None)
    code = Code.TOO_LARGE if first and first.code is FindingCode.TOO_LARGE else Code.INVALID_INPUT
    return Refusal(code, first.message if first else "The content holds no flow.", ("content",))


async def _lint_all(context: Context, flows: tuple[ImportedFlow, ...]) -> list[Finding]:
    """What would have to be done before publishing; with several flows each remark names its flow."""
    found: list[Finding] = []
    for flow in flows:
        findings = await lint(context, flow.tree)
        prefix = f"{flow.title[:100]}: " if len(flows) > 1 else ""
        found += [replace(one, message=prefix + one.message) for one in findings]
    return found


async def _write(
    context: Context, given: ImportFlow, headings: list[Heading], flows: tuple[ImportedFlow, ...]
) -> tuple[UUID, ...]:
    made: list[UUID] = []
    async with context.db.write(context.account_id) as connection:
        for heading, flow in zip(headings, flows, strict=True):
            flow_id = await insert_flow(connection, context, heading)
            await write_draft(connection, context, flow_id, heading, flow.tree)
            await record(connection, context.principal, "flow.imported", ("flow", flow_id),
                         format=given.flow_format.value)
            made.append(flow_id)
    return tuple(made)

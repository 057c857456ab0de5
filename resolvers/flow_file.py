"""Bringing flows from a file into an account: the operator's way to ``importFlow`` and ``publishFlow``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db.engine import Database
from db.models import Flow
from domain.flow_finding import Finding, Severity
from domain.flow_import import FlowFormat
from domain.flow_import.draft import UNNAMED, words_of
from resolvers import flow_importing, flow_publishing, sign_in
from resolvers.access import in_account
from resolvers.context import Context, Services
from resolvers.flow_importing import ImportFlow
from resolvers.flow_judging import Judged
from resolvers.outcome import Outcome

SUFFIXES = {".md": FlowFormat.MARKDOWN, ".markdown": FlowFormat.MARKDOWN, ".dmn": FlowFormat.DMN,
            ".xml": FlowFormat.DMN, ".yaml": FlowFormat.TASK_GRAPH, ".yml": FlowFormat.TASK_GRAPH}
NOTE = "Imported from a file."


@dataclass(frozen=True, slots=True)
class FileImport:
    """What to do with a file. Its ending says the format when nobody else does; JSON is our own then."""

    path: Path
    flow_format: FlowFormat | None = None
    title: str | None = None
    is_dry_run: bool = False
    is_published: bool = False


@dataclass(frozen=True, slots=True)
class FileImported:
    """``flows``: (slug, title) of what was made; no slugs after a dry run. ``remarks``: a line for each finding."""

    flows: tuple[tuple[str | None, str], ...] = ()
    remarks: tuple[str, ...] = ()
    problem: str | None = None


async def import_file(db: Database, account_id: UUID, given: FileImport) -> FileImported:
    """Import and, when told so, publish. All or nothing: a flow that could not be published is not drafted either.

    Never raises for content; raises OSError or UnicodeDecodeError when the file cannot be read.
    """
    operator = await sign_in.as_operator(db, account_id)
    context = Context(Services(db), operator.principal, operator.account, "operator")
    wanted = _wanted(given, given.path.read_text(encoding="utf-8"))
    dry = await flow_importing.import_content(context, wanted)
    if dry.value is None:
        return FileImported((), _remarks(_findings_of(dry)), f"Nothing was imported: {_first(dry)}")
    remarks = _remarks(dry.value.findings)
    titles = tuple(_title(one.title, given) for one in dry.value.read)
    if given.is_published and any(one.severity is Severity.ERROR for one in dry.value.findings):
        problem = "Nothing was imported: a flow with errors is not published. Import it as a draft instead."
        return FileImported((), remarks, problem)
    if given.is_dry_run:
        return FileImported(tuple((None, title) for title in titles), remarks)
    return await _write(context, given, wanted, titles, remarks)


def _wanted(given: FileImport, content: str) -> ImportFlow:
    ending = SUFFIXES.get(given.path.suffix.lower(), FlowFormat.HANDRAIL_JSON)
    return ImportFlow(given.flow_format or ending, content, given.title, is_dry_run=True)


def _title(found: str, given: FileImport) -> str:
    """A flow without a name is called like its file."""
    stem = words_of(given.path.stem)
    return stem[:1].upper() + stem[1:] if found.startswith(UNNAMED) else found


async def _write(
    context: Context, given: FileImport, wanted: ImportFlow, titles: tuple[str, ...], remarks: tuple[str, ...]
) -> FileImported:
    title = titles[0] if len(titles) == 1 else wanted.title
    done = await flow_importing.import_content(context, ImportFlow(wanted.flow_format, wanted.content, title))
    if done.value is None:
        return FileImported((), remarks, f"Nothing was imported: {_first(done)}")
    problem = await _publish(context, done.value.flow_ids) if given.is_published else None
    statement = select(Flow.id, Flow.slug, Flow.title).where(
        in_account(Flow, context.account_id), Flow.id.in_(done.value.flow_ids)
    )
    async with context.db.read(context.account_id) as connection:
        rows = {row.id: row for row in await connection.execute(statement)}
    return FileImported(tuple((rows[one].slug, rows[one].title) for one in done.value.flow_ids), remarks, problem)


async def _publish(context: Context, flow_ids: tuple[UUID, ...]) -> str | None:
    for flow_id in flow_ids:
        done = await flow_publishing.publish(context, flow_id, None, NOTE)
        if done.value is None:
            return f"Imported as drafts, but not published: {_first(done)}"
    return None


def _first(refused: Outcome[Any]) -> str:
    return refused.refusals[0].message


def _findings_of(refused: Outcome[Any]) -> tuple[Finding, ...]:
    return refused.findings if isinstance(refused, Judged) else ()


def _remarks(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(map(_described, findings))


def _described(finding: Finding) -> str:
    where = f" [{finding.node_id}]" if finding.node_id else ""
    fix = f" {finding.fix}" if finding.fix else ""
    return f"{finding.severity.value} {finding.code.value}: {finding.message}{where}{fix}"

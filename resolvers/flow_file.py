"""Bringing flows from a file into an account: an operator's act, run as the database's owner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Flow, FlowDraft, FlowVersion
from db.queries.flow_search import index_flow
from domain.flow_finding import Finding, Severity
from domain.flow_import import FlowFormat, ImportedFlow, import_flows
from domain.flow_lint import lint_tree
from domain.flow_tree import dump_tree
from domain.matching.document import authored_texts
from resolvers.access import in_account
from resolvers.audit import record_by_system

UNKNOWN_CATEGORY = "other"
SUFFIXES = {".md": FlowFormat.MARKDOWN, ".markdown": FlowFormat.MARKDOWN, ".dmn": FlowFormat.DMN,
            ".xml": FlowFormat.DMN, ".yaml": FlowFormat.TASK_GRAPH, ".yml": FlowFormat.TASK_GRAPH}


@dataclass(frozen=True, slots=True)
class Read:
    """One flow of a file with everything that is to be said about it."""

    flow: ImportedFlow
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def read_file(path: Path, format_name: str | None, title: str | None) -> tuple[list[Read], list[str]]:
    """(flows with their lint, everything that is to be said about them, a line each).

    Never raises for content; raises OSError or UnicodeDecodeError when the file cannot be read. Without a name the
    format is the one of the file's ending; JSON is Handrail's own unless said otherwise.
    """
    ending = SUFFIXES.get(path.suffix.lower(), FlowFormat.HANDRAIL_JSON)
    result = import_flows(FlowFormat(format_name) if format_name else ending, path.read_text(), title)
    flows = [Read(flow, tuple(lint_tree(flow.tree))) for flow in result.flows]
    findings = (*result.findings, *(one for read in flows for one in read.findings))
    return flows, [_described(finding) for finding in findings]


def _described(finding: Finding) -> str:
    where = f" [{finding.node_id}]" if finding.node_id else ""
    fix = f" {finding.fix}" if finding.fix else ""
    return f"{finding.severity.value} {finding.code.value}: {finding.message}{where}{fix}"


async def store(connection: AsyncConnection, account_id: UUID, read: Read, *, publish: bool) -> str:
    """A new flow with a draft, or published at once; its slug. The caller has seen to errors."""
    flow, flow_id = read.flow, uuid4()
    slug = await _free_slug(connection, account_id, flow.title)
    category = flow.category or UNKNOWN_CATEGORY
    await connection.execute(insert(Flow).values(
        account_id=account_id, id=flow_id, slug=slug, title=flow.title, category=category, keywords=list(flow.keywords),
    ))
    if publish:
        await _publish(connection, account_id, flow_id, read)
    else:
        await connection.execute(insert(FlowDraft).values(
            account_id=account_id, id=uuid4(), flow_id=flow_id, title=flow.title, category=category,
            keywords=list(flow.keywords), tree=dump_tree(flow.tree),
        ))
    await record_by_system(connection, account_id, "flow.imported", ("flow", flow_id), is_published=publish)
    return slug


async def _publish(connection: AsyncConnection, account_id: UUID, flow_id: UUID, read: Read) -> None:
    flow, version_id = read.flow, uuid4()
    await connection.execute(insert(FlowVersion).values(
        account_id=account_id, id=version_id, flow_id=flow_id, number=1, title=flow.title, tree=dump_tree(flow.tree),
        note="Imported from a file.",
    ))
    await connection.execute(
        update(Flow).where(in_account(Flow, account_id), Flow.id == flow_id).values(published_version_id=version_id)
    )
    category = flow.category or UNKNOWN_CATEGORY
    await index_flow(connection, account_id, flow_id,
                     authored_texts(flow.title, flow.keywords, category, flow.tree))


async def _free_slug(connection: AsyncConnection, account_id: UUID, title: str) -> str:
    """The title in small letters and dashes; a number when it is taken."""
    base = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:100] or "flow"
    taken = set((await connection.execute(
        select(Flow.slug).where(in_account(Flow, account_id), Flow.slug.startswith(base, autoescape=True))
    )).scalars())
    candidates = (base if at == 1 else f"{base}-{at}" for at in range(1, len(taken) + 2))
    return next(one for one in candidates if one not in taken)

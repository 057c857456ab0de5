"""What an import gives back, whatever it was fed: trees and findings, never an exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.flow_finding import Finding, FindingCode, Severity
from domain.flow_tree import FlowTree


class FlowFormat(StrEnum):
    HANDRAIL_JSON = "handrail_json"
    MARKDOWN = "markdown"
    TASK_GRAPH = "task_graph"
    DAG = "dag"
    DMN = "dmn"


class ContentEncoding(StrEnum):
    """How a client packed the content for its way."""

    TEXT = "text"
    GZIP_BASE64 = "gzip_base64"


@dataclass(frozen=True, slots=True)
class ImportedFlow:
    """One flow read. ``category`` and ``keywords`` are there only when the source names them."""

    title: str
    tree: FlowTree
    category: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An error among ``findings`` means that a flow was refused; what was read with a loss or a guess is a warning.

    ``flows`` is empty when nothing usable was found; then there is at least one error that says why.
    """

    flows: tuple[ImportedFlow, ...] = ()
    findings: tuple[Finding, ...] = ()


class ImportRefused(Exception):
    """The content cannot be imported at all. Raised inside this package only."""

    def __init__(self, code: FindingCode, message: str, fix: str | None = None) -> None:
        super().__init__(message)
        self.finding = Finding(code, Severity.ERROR, message, None, fix)


@dataclass(slots=True)
class Remarks:
    """Findings collected while one flow is read."""

    found: list[Finding] = field(default_factory=list)

    def warn(self, code: FindingCode, message: str, node_id: str | None = None, fix: str | None = None) -> None:
        self.found.append(Finding(code, Severity.WARNING, message, node_id, fix))

    def forget_assumed(self, node_ids: set[str]) -> None:
        """What was assumed about nodes that did not come into the flow is of no interest."""
        self.found = [it for it in self.found if it.code is not FindingCode.ASSUMED or it.node_id not in node_ids]

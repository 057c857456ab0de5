"""Contents that hold several flows: each read for itself, one bad flow does not spoil the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from domain.flow_finding import Finding, FindingCode, Severity
from domain.flow_import.draft import MAX_FLOWS, Draft
from domain.flow_import.result import ImportedFlow, ImportRefused, ImportResult

One = Callable[[Draft, str, Any], ImportedFlow]


def read_each(named: Iterable[tuple[str, Any]], read: One, title: str | None) -> ImportResult:
    """Every (name, data) through ``read``. Findings name their flow when there is more than one."""
    items = list(named)
    if len(items) > MAX_FLOWS:
        message = f"The content holds {len(items)} flows; at most {MAX_FLOWS} are read at once."
        return ImportResult((), (Finding(FindingCode.TOO_LARGE, Severity.ERROR, message, None, "Import it in parts."),))
    flows: list[ImportedFlow] = []
    findings: list[Finding] = []
    for name, data in items:
        draft = Draft()
        full = name if title is None else title if len(items) == 1 else f"{title}: {name}"
        try:
            flows.append(read(draft, full, data))
        except ImportRefused as refused:
            draft.remarks.found.append(refused.finding)
        findings += (_named(found, name) if len(items) > 1 else found for found in draft.remarks.found)
    return ImportResult(tuple(flows), tuple(findings))


def _named(finding: Finding, name: str) -> Finding:
    return replace(finding, message=f"{name[:100]}: {finding.message}")

"""What may be published and what may be walked, judged by a tree's findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from domain.flow_diff import diff_trees
from domain.flow_finding import Finding, FindingCode, Severity
from domain.flow_tree import FlowTree
from domain.refusal import Code, Refusal

_UNSEEN = frozenset({"action"})  # written by models for the gate; people neither see nor send it


def edited_nodes(before: FlowTree, after: FlowTree) -> frozenset[str]:
    """Ids of ``after``'s nodes that are new or say something else than in ``before``. Other wiring is no edit."""
    diff = diff_trees(before, after)
    changed = {change.node_id for change in diff.changed if not _UNSEEN.issuperset(change.fields)}
    return frozenset({node.node_id for node in diff.added} | changed)


def publishing_refusal(
    findings: Iterable[Finding], *, is_ai_authored: bool = False, edited: Collection[str] = ()
) -> Refusal | None:
    """Why the tree cannot be published, or None.

    LINT_ERRORS for errors, NEEDS_REVIEW for stubs, and for floor hits in nodes that a model wrote and nobody edited.
    """
    found = tuple(findings)
    errors = _blocking(found)
    if errors:
        return Refusal(Code.LINT_ERRORS, _sentence("must be corrected first", errors))
    stubs = [one for one in found if one.code is FindingCode.NEEDS_REVIEW]
    if stubs:
        return Refusal(Code.NEEDS_REVIEW, _sentence("must be written first", stubs))
    hits = [one for one in found if one.code is FindingCode.FLOOR_HIT and one.node_id not in edited]
    if is_ai_authored and hits:
        return Refusal(Code.NEEDS_REVIEW, _sentence("must be edited by a person first", hits))
    return None


def walking_refusal(findings: Iterable[Finding]) -> Refusal | None:
    """Why a proposal cannot be walked, or None. Stubs can be met: they become escalate nodes."""
    errors = _blocking(tuple(findings))
    if not errors:
        return None
    return Refusal(Code.INVALID_INPUT, _sentence("must be corrected before it is walked", errors), ("proposalId",))


def _blocking(findings: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in findings if one.severity is Severity.ERROR and one.code is not FindingCode.NEEDS_REVIEW]


def _sentence(what: str, findings: list[Finding]) -> str:
    places = "One place" if len(findings) == 1 else f"{len(findings)} places"
    return f"{places} {what}: {findings[0].message}"

"""What lint and import say about a flow."""

from __future__ import annotations

import strawberry

from domain.flow_finding import Finding
from schema.enums import LintSeverity
from schema.flow_enums import FlowFindingCode


@strawberry.type(description="One remark of lint or import.")
class FlowFinding:
    code: FlowFindingCode = strawberry.field(description="What it is; stable.")
    severity: LintSeverity = strawberry.field(description="Whether it blocks publishing.")
    message: str = strawberry.field(description="What is wrong, in English. The text may change.")
    node_id: str | None = strawberry.field(description="The node it is about; null when about the whole flow.")
    fix: str | None = strawberry.field(description="What to do about it.")

    @classmethod
    def of(cls, finding: Finding) -> FlowFinding:
        return cls(
            code=finding.code, severity=LintSeverity(finding.severity.value), message=finding.message,
            node_id=finding.node_id, fix=finding.fix,
        )


def findings_of(findings: tuple[Finding, ...]) -> list[FlowFinding]:
    return [FlowFinding.of(one) for one in findings]

"""The contract's documents about the account, sent by tests."""

from __future__ import annotations

from typing import Any

from tests.support.api import Caller, Team
from tests.support.documents import contract

START = """mutation($input: IntakeInput!) { intake(input: $input) {
    outcome { ... on WalkStarted { session { id ticket { id } } } } errors { code } } }"""
HAND_OVER = """mutation($input: EscalateInput!) { escalate(input: $input) { escalation { id } errors { code } } }"""


async def do(caller: Caller, operation: str, **given: Any) -> dict[str, Any]:
    return await caller.do(contract(operation), **given)


async def refused(caller: Caller, operation: str, **given: Any) -> str:
    return await caller.refused(contract(operation), **given)


async def log(team: Team, **given: Any) -> list[dict[str, Any]]:
    """The account's audit log, newest first."""
    data = await team.as_("owner").run(contract("AuditLog"), first=100, filter=given or None)
    return data["auditEvents"]["nodes"]

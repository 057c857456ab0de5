"""docs/flows.md does what it says: its commands are run, and its picture is the one the server draws."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

from domain.flow_finding import FindingCode
from domain.flow_tree import NodeKind
from tests.support.api import Api, Team

PAGE = Path(__file__).resolve().parents[3] / "docs/flows.md"


def commands() -> str:
    """Every shell block of the page, as one script that stops at the first failure."""
    return "set -euo pipefail\n" + "\n".join(re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL))


async def test_the_commands_of_the_page(api: Api, team: Team, tmp_path: Path) -> None:
    async with api.listening() as base:
        told = {"HANDRAIL_URL": base, "HANDRAIL_TOKEN": team.as_("engineer").token, "PATH": os.environ["PATH"]}
        shell = await asyncio.create_subprocess_exec(
            "bash", "-c", commands(), cwd=tmp_path, env=told, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        output, _ = await asyncio.wait_for(shell.communicate(), 60)
    assert shell.returncode == 0, output.decode()
    versions = await team.rows("SELECT number, note FROM flow_versions WHERE account_id = :account ORDER BY number")
    assert [(row["number"], row["note"]) for row in versions] == [(1, "From the runbook"), (2, None), (3, "Back to version 1.")]
    assert (tmp_path / "blank-pages.svg").read_text() == (PAGE.parent / "flows.svg").read_text()
    assert await team.counts("flows", "flow_drafts") == (1, 0)


def test_the_page_names_every_finding_and_kind() -> None:
    text = PAGE.read_text()
    assert [code.name for code in FindingCode if f"`{code.name}`" not in text] == []
    assert [kind.name for kind in NodeKind if f"`{kind.name}`" not in text] == []

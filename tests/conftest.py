"""What every test stands on: a clean environment, no network but this machine, and a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

import integrations.one_thread  # noqa: F401 - before numpy
from settings import Settings
from tests.support.database import TestServer, shared_server
from tests.support.network import stay_on_this_machine

SHARED_MATERIAL = Path(__file__).resolve().parents[2] / "shared"

for name in [*Settings.model_fields, "http_proxy", "https_proxy", "all_proxy"]:
    os.environ.pop(name.upper(), None)
    os.environ.pop(name, None)
stay_on_this_machine()

# A database that another process keeps busy must not fail a property; the same examples each time.
settings.register_profile("handrail", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("handrail")


@pytest.fixture(scope="session")
def shared_material() -> Path:
    """The folder with the contract and third parties' data; tests of it are skipped where it is absent."""
    if not SHARED_MATERIAL.is_dir():
        pytest.skip("the shared material is not beside this checkout")
    return SHARED_MATERIAL


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """The run's PostgreSQL server with its migrated template."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with shared_server(folder / "postgres") as server:
        yield server


@pytest.fixture(scope="session")
def _worker_database(postgres: TestServer) -> str:
    name = f"worker_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    postgres.clone(name)
    return name


@pytest.fixture
def database_url(postgres: TestServer, _worker_database: str) -> str:
    """The owner's URL of this worker's migrated database, emptied before the test."""
    postgres.clean(_worker_database)
    return postgres.url(_worker_database)


@pytest.fixture(scope="module")
def module_database_url(postgres: TestServer) -> Iterator[str]:
    """A migrated database that the tests of one module share, filled once and not emptied between them."""
    name = f"module_{uuid4().hex[:12]}"
    yield postgres.clone(name)
    postgres.drop(name)


@pytest.fixture
def fresh_database(postgres: TestServer) -> Iterator[str]:
    """The owner's URL of a migrated database nobody has connected to yet: races are met on cold pools."""
    name = f"fresh_{uuid4().hex[:12]}"
    yield postgres.clone(name)
    postgres.drop(name)


@pytest.fixture
def empty_database(postgres: TestServer) -> Iterator[str]:
    """The owner's URL of a database without tables, for tests of the migrations."""
    name = f"empty_{uuid4().hex[:12]}"
    yield postgres.empty(name)
    postgres.drop(name)

"""A real server on a data folder of its own, and a real browser that may talk to nobody else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.browser.slow_model import SlowModel, slow_model
from tests.browser.support import CHROMIUM_FLAGS, Api, Person, Visit
from tests.support.served import served

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def model() -> Iterator[SlowModel]:
    """The model that the server builds walks with."""
    with slow_model() as one:
        yield one


@pytest.fixture(scope="session")
def origin(tmp_path_factory, model) -> Iterator[str]:
    """`server.py` as a person starts it, with the demo accounts in it; its address."""
    for built in ("graphiql", "app"):
        if not (ROOT / "web/static" / built / "index.html").exists():
            pytest.skip(f"web/static/{built} is not built: run `make web`")
    settings = {"EMBEDDINGS": "off", "LLM_MODEL": "openai/slow", "LLM_API_BASE": model.base_url, "LLM_API_KEY": "none"}
    with served(tmp_path_factory.mktemp("server"), **settings) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    """Chromium with a profile of its own."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make test-browser")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, origin) -> Iterator[Callable[..., Visit]]:
    """Opens a page for a person; afterwards no page may have reached for another origin or broken a script."""
    visits: list[Visit] = []

    def open_page(path: str, person: Person | None = None, **options) -> Visit:
        one = Visit(browser, origin, person, **options)
        visits.append(one)
        one.goto(path)
        return one

    yield open_page
    for one in visits:
        one.context.close()
    assert [refused for one in visits for refused in one.refused] == []
    assert [problem for one in visits for problem in one.problems] == []


@pytest.fixture
def api(origin) -> Iterator[Callable[[Person], Api]]:
    """The API as a program of that person sees it: to prepare, and to look at what really happened."""
    clients: list[Api] = []

    def sign_in(person: Person) -> Api:
        clients.append(Api(origin, person))
        return clients[-1]

    yield sign_in
    for one in clients:
        one.client.close()


@pytest.fixture
def problem() -> str:
    """A caller's words that no other test uses, so lists can be searched for them."""
    return f"Outlook does not send or receive, call {uuid4().hex[:8]}"

"""A real server on a data folder of its own, and a real browser that may talk to nobody else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.browser.support import CHROMIUM_FLAGS, Api, Person, Visit

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
READY_SECONDS = 60


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _wait_until_ready(process: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        try:
            if httpx.get(f"{url}/session/options", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    pytest.fail(f"the server was not ready within {READY_SECONDS} s:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def origin(tmp_path_factory) -> Iterator[str]:
    """`server.py` as a person starts it, with the demo accounts in it; its address.

    ``BROWSER_TEST_ORIGIN`` names one that runs already (with demo people), for a shorter wait while writing tests.
    """
    if running := os.environ.get("BROWSER_TEST_ORIGIN"):
        yield running
        return
    for built in ("graphiql", "app"):
        if not (ROOT / "web/static" / built / "index.html").exists():
            pytest.skip(f"web/static/{built} is not built: run `make web`")
    folder = tmp_path_factory.mktemp("server")
    port = _free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        "PORT": str(port), "HANDRAIL_DATA_DIR": str(folder / "data"), "EMBEDDINGS": "off",
    }  # fmt: skip
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "server.py"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, url, log)
        if not httpx.get(f"{url}/session/options").json()["demoPeople"]:
            subprocess.run([sys.executable, "-m", "cli", "seed", "--demo"], cwd=ROOT, env=environment, check=True)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


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

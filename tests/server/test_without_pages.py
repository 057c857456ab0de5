"""Where npm's registry cannot be reached at set-up the API runs, and the pages say what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.served import ROOT, served

pytestmark = pytest.mark.slow  # sets up a copy of the project

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".data", ".setup", ".*_cache", "__pycache__", "node_modules", "static", "dist", "tests", "benchmarks"
)
CUT_OFF = {
    "npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retry_mintimeout": "10", "npm_config_fetch_retries": "0",
    "HTTP_PROXY": "", "HTTPS_PROXY": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy without anything built, after a set-up that could not reach the registry."""
    if shutil.which("npm") is None:
        pytest.skip("no npm here: set-up would take Node from the package index, which this test does not do")
    root = tmp_path_factory.mktemp("fresh") / "handrail"
    shutil.copytree(ROOT, root, ignore=LEFT_OUT)
    env = {**os.environ, **CUT_OFF, "npm_config_cache": str(root.parent / "npm")}
    done = subprocess.run(["sh", "scripts/build_web.sh"], cwd=root, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert [one for one in ("web/graphiql", "examples/spa") if f"Notice: {one} could not be built" in done.stderr] == ["web/graphiql", "examples/spa"]
    again = subprocess.run(["sh", "scripts/build_web.sh"], cwd=root, env=env, capture_output=True, text=True, timeout=10)
    assert "an earlier try failed; `make web` tries again" in again.stderr
    return root


@pytest.fixture(scope="module")
def base(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("data"), root=checkout, EMBEDDINGS="off") as url:
        yield url


def test_the_api_runs(base: str) -> None:
    token = httpx.post(f"{base}/session/demo", json={"email": "l1@acme.example"}).json()["token"]
    answer = httpx.post(f"{base}/graphql", json={"query": "{ viewer { role } }"}, headers={"authorization": f"Bearer {token}"})
    assert answer.json() == {"data": {"viewer": {"role": "L1_TECH"}}}


@pytest.mark.parametrize(("path", "what"), [("/graphql", "GraphiQL"), ("/app", "The example app")])
def test_the_page_says_what_is_missing_and_the_remedy(base: str, path: str, what: str) -> None:
    page = httpx.get(base + path, headers={"accept": "text/html"})
    assert page.status_code == 503
    assert f"<h1>{what} is not built</h1>" in page.text
    assert "<code>make web</code>" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_the_start_page_offers_nothing_that_is_not_there(base: str) -> None:
    page = httpx.get(f"{base}/").text
    assert 'href="/app"' not in page
    assert 'href="/schema.graphql"' in page

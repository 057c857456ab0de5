"""What README and the recipes tell people to type does what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.docs.recipes import ROOT, assert_like, blocks, run

FOLDERS = ("schema", "resolvers", "domain", "db", "web", "integrations", "jobs")
PAGES = ["README.md", *sorted(str(one.relative_to(ROOT)) for one in (ROOT / "docs").glob("**/*.md"))]
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", ["README.md", "docs/psa.md"])
def test_the_shell_blocks_run(page: str, server: str, tmp_path: Path) -> None:
    outputs = run(page, tmp_path, HANDRAIL_URL=server)
    assert len(outputs) >= 4


def test_readme_names_both_commands() -> None:
    console = "".join(block.text for block in blocks("README.md", "console"))
    assert {"$ make run", "$ make test"} <= {line.partition("#")[0].strip() for line in console.splitlines()}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    gone = [one for one in LINK.findall((ROOT / page).read_text()) if not (folder / one).exists()]
    assert gone == []


@pytest.mark.parametrize(
    ("actual", "expected", "like"),
    [
        ({"id": "5f", "n": 1}, {"id": "…", "n": 1}, True),
        ({"id": "5f", "n": 1}, {"id": "…"}, False),
        ([1, 2, 3], [1, "…"], True),
        ([1, 2, 3], [1, 2], False),
        ("step 1 of 2", "step …", True),
        (None, "…", True),
        (1, 2, False),
    ],
)
def test_comparing(actual: object, expected: object, like: bool) -> None:
    if like:
        assert_like(actual, expected, "here")
    else:
        with pytest.raises(AssertionError):
            assert_like(actual, expected, "here")


def test_the_python_script_runs(server: str, tmp_path: Path) -> None:
    token = httpx.post(f"{server}/session/demo", json={"email": "l1@acme.example"}).json()["token"]
    program = tmp_path / "report.py"
    program.write_text(blocks("docs/script.md", "python")[0].text)
    environment = {**os.environ, "HANDRAIL_URL": server, "HANDRAIL_TOKEN": token}
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    counts = dict(line.split() for line in lines[1:])
    assert lines[0].startswith("walk ")
    assert int(counts["ACTIVE"]) >= 1
    assert sum(map(int, counts.values())) > 2  # more than one page of two


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_folder_says_what_belongs_there(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text()
    assert len(text.splitlines()) <= 25
    assert all(part in text for part in ("**Belongs here**", "**Never**", "**To add"))
    named = re.findall(r"`((?:\w+/)*\w+\.(?:py|md|graphql))`", text)
    gone = [one for one in named if not any((base / one).exists() for base in (ROOT, ROOT / folder)) and "<" not in one]
    assert gone == []


def test_the_server_gives_out_the_recipes_it_links(server: str) -> None:
    linked = set(re.findall(r'href="/docs/(\w+)"', httpx.get(f"{server}/").text))
    assert {"spa", "psa", "operator"} <= linked
    for name in linked | {"script"}:
        assert httpx.get(f"{server}/docs/{name}").text == (ROOT / "docs" / f"{name}.md").read_text()

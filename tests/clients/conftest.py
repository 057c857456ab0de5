"""The tools, each from its lock, and one folder in which they find the schema and the operations."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from graphql import build_schema, parse, validate

from tests.support.documents import CONTRACT
from tests.support.served import served

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONTRACTS = ("walk", "escalations", "account", "flows", "proposals")
LATER = ("analytics", "live", "psa")
TOOL_FILES = ("package.json", "codegen.ts", "tsconfig.json", "eslint.config.js", "relay.config.json", "ariadne.toml")


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


def call(*command: str, cwd: Path, **environment: str) -> str:
    """What the command printed; its failure fails the test with all of it."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def _installed(stamp: Path, lock: Path, *commands: list[str], cwd: Path, path: str | None = None) -> None:
    """Run the commands unless they ran with this lock; where no index can be reached, skip."""
    key = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == key:
        return
    for command in commands:
        done = subprocess.run(command, cwd=cwd, env={**os.environ, "PATH": path or os.environ["PATH"]}, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            pytest.skip(f"{command[0]} could not install {lock.name} here: {done.stderr.strip().splitlines()[-1:]}")
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The JavaScript tools."""
    path = f"{os.environ['PATH']}:{ROOT / '.venv' / 'bin'}"
    npm = shutil.which("npm", path=path)
    if npm is None:
        pytest.skip("no npm here: the clients in TypeScript are not tried")
    modules = HERE / "node_modules"
    _installed(modules / ".installed", HERE / "package-lock.json", [npm, "ci", "--no-audit", "--no-fund"], cwd=HERE, path=path)
    return modules


@pytest.fixture(scope="session")
def ariadne_python() -> Path:
    """The interpreter of an environment with ariadne-codegen, which does not fit into ours (graphql-core 3.2)."""
    uv = shutil.which("uv", path=f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}")
    if uv is None:
        pytest.skip("no uv here: make setup")
    folder, lock = ROOT / ".setup" / "clients", ROOT / "requirements" / "clients.txt"
    python = folder / "bin" / "python"
    _installed(
        folder / ".installed", lock,
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(python), "--require-hashes", "-r", str(lock)],
        cwd=ROOT,
    )  # fmt: skip
    return python


@pytest.fixture(scope="session")
def contracts() -> dict[str, str]:
    """What clients already send, file by file; none where the contract does not stand beside the checkout.

    What is for later is among them from the day on which the schema offers it.
    """
    if not CONTRACT.is_dir():
        return {}
    schema = build_schema((ROOT / "schema" / "schema.graphql").read_text())
    texts = {name: (CONTRACT / f"{name}.graphql").read_text() for name in (*CONTRACTS, *LATER)}
    return {name: text for name, text in texts.items() if name in CONTRACTS or not validate(schema, parse(text))}


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory, contracts: dict[str, str]) -> Path:
    """A folder with ``schema.graphql``, ``documents/`` and the tools' settings."""
    folder = tmp_path_factory.mktemp("clients")
    for name in ("documents", "src", "relay"):
        (folder / name).mkdir()
    for name in TOOL_FILES:
        shutil.copy(HERE / name, folder)
    shutil.copy(ROOT / "schema" / "schema.graphql", folder)
    shutil.copy(HERE / "walk.graphql", folder / "documents" / "own.graphql")
    shutil.copy(HERE / "walk.ts", folder / "src")
    for name, text in contracts.items():
        (folder / "documents" / f"{name}.graphql").write_text(text)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Address and token of a technician, as the environment of a client."""
    with served(tmp_path_factory.mktemp("server")) as url:
        token = httpx.post(f"{url}/session/demo", json={"email": "l1@acme.example"}).json()["token"]
        yield {"HANDRAIL_URL": url, "HANDRAIL_TOKEN": token}

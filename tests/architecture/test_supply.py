"""What is installed is what was locked, by hash, and never what is known to be bad."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.architecture.checkout import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+?)(?: ; .*)?(?: \\)?$")


def _pins(lock: str) -> dict[str, set[Version]]:
    found: dict[str, set[Version]] = {}
    for line in (ROOT / "requirements" / f"{lock}.txt").read_text().splitlines():
        if match := PIN.match(line):
            found.setdefault(match[1], set()).add(Version(match[2]))
    return found


def _requirement(name: str) -> Requirement:
    return next(one for one in map(Requirement, PROJECT["dependencies"]) if one.name == name)


@pytest.mark.parametrize("version", ["1.82.7", "1.82.8"])
def test_malicious_litellm_is_impossible(version: str) -> None:
    specifier = _requirement("litellm").specifier
    assert not specifier.contains(version)
    assert f"!={version}" in str(specifier)  # said by name, whatever the lower bound becomes
    assert Version(version) not in _pins("run")["litellm"]


@pytest.mark.parametrize(
    ("name", "floor"), [("strawberry-graphql", "0.327.2"), ("graphql-core", "3.3.2"), ("starlette", "1.10")]
)
def test_versions_with_known_holes_are_out(name: str, floor: str) -> None:
    assert min(_pins("run")[name]) >= Version(floor)
    assert not _requirement(name).specifier.contains(str(Version(floor).release[0] - 1))


@pytest.mark.parametrize("lock", [one.stem for one in LOCKS])
def test_every_pin_has_a_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements" / f"{lock}.txt").read_text().strip())
    assert blocks
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert all(PIN.match(block.splitlines()[0]) for block in blocks)


@pytest.mark.parametrize(("lock", "extra"), [("run", None), ("run", "semantic"), ("dev", "dev"), ("browser", "browser")])
def test_locks_fit_the_declared_ranges(lock: str, extra: str | None) -> None:
    wanted = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    pins = _pins(lock)
    for requirement in map(Requirement, wanted):
        versions = pins[requirement.name.lower()]
        assert all(requirement.specifier.contains(str(version)) for version in versions), requirement


def test_no_package_is_declared() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert setuptools == {"packages": [], "py-modules": []}

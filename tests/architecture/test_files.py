"""Names, sizes and contents of the files in the repository."""

from __future__ import annotations

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT, product_files, python_files, tracked_files

LONGEST_PRODUCT_FILE = 300
LONGEST_TEST_FILE = 400
LARGEST_FILE = 300_000
FORBIDDEN = re.compile(
    rb"https?://[a-z0-9.-]*(?:pypi|pythonhosted|npmjs|npm|debian)[a-z0-9.-]*"  # hosts of package indexes
    rb'|"resolved":\s*"http|--(?:extra-)?index-url|file:/{3}'  # download addresses in locks
    rb"|(?<![A-Za-z0-9_.])/(?:work|farm|home|root|Users)/[a-z.]"  # paths of one machine
    rb"|BEGIN [A-Z ]*PRIVATE KEY"
)
BINARY = {".png", ".ico", ".woff2", ".jpg"}


def _top_level_names() -> set[str]:
    modules = {one.stem for one in tracked_files() if len(one.parts) == 1 and one.suffix == ".py"}
    folders = {one.parts[0] for one in tracked_files() if len(one.parts) > 1 and not one.parts[0].startswith(".")}
    return modules | folders


def test_top_level_names_are_free() -> None:
    taken = _top_level_names() & (set(sys.stdlib_module_names) | set(packages_distributions()))
    assert taken == {"alembic"}  # the one exception: Alembic's own customary folder, never a package


def test_alembic_folder_is_no_package() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()
    import alembic

    assert ROOT not in Path(alembic.__file__).resolve().parent.parents or ".venv" in alembic.__file__


def test_fixed_folders_are_there() -> None:
    for name in ("schema", "resolvers", "db", "alembic", "tests"):
        assert (ROOT / name).is_dir()
    for name in ("server.py", "pyproject.toml"):
        assert (ROOT / name).is_file()


def test_files_stay_readable() -> None:
    limits = dict.fromkeys(product_files(), LONGEST_PRODUCT_FILE)
    limits |= dict.fromkeys(python_files("tests", "benchmarks", "scripts"), LONGEST_TEST_FILE)
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in limits}
    assert {str(path): length for path, length in lengths.items() if length > limits[path]} == {}


def test_nothing_large_is_committed() -> None:
    large = [str(one) for one in tracked_files() if (ROOT / one).stat().st_size > LARGEST_FILE]
    assert large == []


def test_no_index_no_machine_no_key() -> None:
    found = [
        f"{path}: {match[0].decode(errors='replace')}"
        for path in tracked_files()
        if path.suffix not in BINARY and (match := FORBIDDEN.search((ROOT / path).read_bytes()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        (b"see https:" + b"//pypi.org/simple", True),
        (b"registry https:" + b"//registry.npm" + b"js.org/react", True),
        (b"--index" + b"-url x", True),
        (b"cd /ro" + b"ot/project", True),
        (b"-----BEGIN RSA PRIV" + b"ATE KEY-----", True),
        (b"https://github.com/strawberry-graphql", False),
        (b"docs/work/notes", False),
    ],
)
def test_what_is_forbidden(text: bytes, forbidden: bool) -> None:
    assert bool(FORBIDDEN.search(text)) is forbidden

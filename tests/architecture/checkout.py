"""What this checkout consists of."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUR_PACKAGES = ("domain", "db", "integrations", "resolvers", "schema", "jobs", "web")
OUR_MODULES = ("server", "cli", "composition", "settings")


@cache
def tracked_files() -> list[Path]:
    """Every file that git knows or would take, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return sorted({Path(name) for name in names if name and (ROOT / name).is_file()})


def python_files(*tops: str) -> list[Path]:
    """Tracked Python files below these folders (or root modules of these names)."""
    return [one for one in tracked_files() if one.suffix == ".py" and (one.parts[0] in tops or one.stem in tops)]


def product_files() -> list[Path]:
    """The Python files that make the product."""
    return python_files(*OUR_PACKAGES, *OUR_MODULES)


def imported_names(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every absolute import in a file."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module

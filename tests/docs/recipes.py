"""Pages whose code blocks are run as they stand.

In a page, blocks of ``sh`` are run in their order by one POSIX shell; blocks of ``console`` are for reading. A block of
``json`` right after one of ``sh`` is what that must print, where the text ``…`` stands for anything.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = "=== end of block ==="
ANYTHING = "…"


@dataclass(frozen=True)
class Block:
    """One fenced block; ``expected`` is the JSON that follows a shell block, if one does."""

    language: str
    text: str
    line: int


def blocks(page: str, *languages: str) -> list[Block]:
    """The page's fenced blocks of these languages (of all, when none is named)."""
    text = (ROOT / page).read_text()
    found = [Block(one[1], one[2], text.count("\n", 0, one.start()) + 1) for one in BLOCK.finditer(text)]
    return [one for one in found if not languages or one.language in languages]


def steps(page: str) -> list[tuple[Block, Any]]:
    """(shell block, JSON it must print or None) in order."""
    found: list[tuple[Block, Any]] = []
    every = blocks(page)
    for before, block in zip([None, *every], every, strict=False):
        if block.language == "sh":
            found.append((block, None))
        elif block.language == "json" and before is not None and before.language == "sh":
            found[-1] = (found[-1][0], json.loads(block.text))
    return found


def run(page: str, folder: Path, **environment: str) -> list[str]:
    """Run the page's shell blocks and compare what they print; gives each block's output."""
    wanted = steps(page)
    script = "set -eu\n" + f"\nprintf '\\n%s\\n' '{MARK}'\n".join(block.text for block, _ in wanted)
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )
    printed = done.stdout.split(MARK)
    assert done.returncode == 0, f"{page}, block at line {wanted[len(printed) - 1][0].line}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    for (block, expected), output in zip(wanted, printed, strict=True):
        if expected is not None:
            assert_like(json.loads(output), expected, f"{page}, line {block.line}")
    return printed


def assert_like(actual: Any, expected: Any, place: str) -> None:
    """Equal but for ``…`` in ``expected``; as the last element of a list it stands for any more."""
    if expected == ANYTHING:
        return
    if isinstance(expected, dict):
        assert isinstance(actual, dict) and actual.keys() == expected.keys(), f"{place}: {actual} instead of {expected}"
        for name, value in expected.items():
            assert_like(actual[name], value, f"{place}, {name}")
    elif isinstance(expected, list) and expected and expected[-1] == ANYTHING:
        assert isinstance(actual, list) and len(actual) >= len(expected) - 1, f"{place}: {actual}"
        for one, value in zip(actual, expected[:-1], strict=False):
            assert_like(one, value, place)
    elif isinstance(expected, list):
        assert isinstance(actual, list) and len(actual) == len(expected), f"{place}: {actual} instead of {expected}"
        for one, value in zip(actual, expected, strict=True):
            assert_like(one, value, place)
    elif isinstance(expected, str) and ANYTHING in expected:
        pattern = ".*".join(map(re.escape, expected.split(ANYTHING)))
        assert re.fullmatch(pattern, str(actual), re.DOTALL), f"{place}: {actual} instead of {expected}"
    else:
        assert actual == expected, f"{place}: {actual!r} instead of {expected!r}"

"""Locks every dependency with its hashes, for all platforms and Python 3.11 or later: ``python scripts/lock.py``.

``run.txt`` is what the server needs; each other file holds what one extra adds to it, at versions that fit it.
No address of a package index gets into a lock: each machine uses the index it is set up with.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
UV = [
    str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header",
]  # fmt: skip
EXTRAS_BESIDE_RUN = ("dev", "browser", "local-llm", "semantic-large", "node")
APART = ("bootstrap", "clients")  # what is never in one environment with the server


def lock(name: str, wanted: list[str], *options: str) -> None:
    """Write ``requirements/<name>.txt``; versions of the present lock stay unless ``--upgrade`` is given."""
    command = [*UV, *sys.argv[1:], "-", "-o", f"requirements/{name}.txt", *options]
    subprocess.run(command, input="\n".join(wanted), text=True, cwd=ROOT, check=True)
    print(f"requirements/{name}.txt")


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    lock("run", project["dependencies"] + extras["semantic"])
    for name in EXTRAS_BESIDE_RUN:
        lock(name, extras[name], "--constraint", "requirements/run.txt")
    for name in APART:
        lock(name, (LOCKS / f"{name}.in").read_text().split())


if __name__ == "__main__":
    main()

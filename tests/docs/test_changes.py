"""What clients notice is written down: a changed schema has its fragment, and fragments follow their rule."""

from __future__ import annotations

import re
import subprocess

from tests.docs.recipes import ROOT

NAME = re.compile(r"\d+\.(api|feature|fix|operator)\.md")


def fragments() -> list[str]:
    return sorted(one.name for one in (ROOT / "changes").iterdir() if one.name != "README.md")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def test_fragments_follow_the_rule() -> None:
    assert [name for name in fragments() if not NAME.fullmatch(name)] == []
    for name in fragments():
        lines = (ROOT / "changes" / name).read_text().strip().splitlines()
        assert 1 <= len(lines) <= 5, name


def test_a_changed_schema_is_announced() -> None:
    tag = git("describe", "--tags", "--abbrev=0")
    if tag and not git("diff", "--name-only", tag, "--", "schema/schema.graphql"):
        return
    assert [name for name in fragments() if name.endswith(".api.md")] != []


def test_every_decision_has_its_four_parts() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(one.name[:4]) for one in decisions] == list(range(1, len(decisions) + 1))
    for one in decisions:
        headings = [line[3:] for line in one.read_text().splitlines() if line.startswith("## ")]
        assert [one for one in headings if one != "Held by"] == ["Context", "Decision", "Consequences", "Alternatives"], one.name
        assert len(one.read_text().splitlines()) <= 45, one.name

"""What blocks publishing and walking, which nodes count as edited, and the handles of flows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.flow_finding import Finding, FindingCode, Severity
from domain.flow_gate import edited_nodes, publishing_refusal, walking_refusal
from domain.flow_slug import MAX_SLUG, free_slug, slug_of
from domain.flow_tree import parse_tree
from tests.support.trees import escalate, instruction, resolved, tree

BROKEN = Finding(FindingCode.DEAD_END, Severity.ERROR, "'a' ends.", "a")
STUB = Finding(FindingCode.NEEDS_REVIEW, Severity.ERROR, "'b' is a stub.", "b")
HIT = Finding(FindingCode.FLOOR_HIT, Severity.WARNING, "'c' asks.", "c")


@pytest.mark.parametrize(("findings", "by_model", "edited", "code"), [
    ((), False, (), None), ((), True, (), None),
    ((BROKEN, STUB, HIT), True, (), "LINT_ERRORS"), ((STUB, HIT), False, ("b",), "NEEDS_REVIEW"),
    ((HIT,), False, (), None), ((HIT,), True, (), "NEEDS_REVIEW"), ((HIT,), True, ("a",), "NEEDS_REVIEW"), ((HIT,), True, ("c",), None),
])
def test_publishing(findings: tuple[Finding, ...], by_model: bool, edited: tuple[str, ...], code: str | None) -> None:
    refusal = publishing_refusal(findings, is_ai_authored=by_model, edited=edited)
    assert (refusal and refusal.code.value) == code
    if code == "LINT_ERRORS":
        assert refusal is not None and refusal.message == "One place must be corrected first: 'a' ends."


def test_stubs_and_floor_hits_can_be_walked_errors_cannot() -> None:
    assert walking_refusal((STUB, HIT)) is None
    refusal = walking_refusal((STUB, BROKEN))
    assert refusal is not None and (refusal.code.value, refusal.field) == ("INVALID_INPUT", ("proposalId",))


def test_edited_is_what_says_something_else() -> None:
    before = parse_tree(tree(instruction("a", "Do this.", "b"), instruction("b", "And this.", "end", action="RESTART"), resolved("end")))
    after = parse_tree(tree(instruction("a", "Do this.", "new"), instruction("b", "And this.", "end"), resolved("end", "Done."), escalate("new")))
    assert edited_nodes(before, after) == {"end", "new"}  # other wiring and a lost action are no edits
    assert edited_nodes(before, before) == frozenset()


@pytest.mark.parametrize(("title", "slug"), [
    ("Printer does not print!", "printer-does-not-print"), ("  Drücker --- läuft ", "drucker-lauft"), ("打印机", "flow"), ("?", "flow")])
def test_slugs(title: str, slug: str) -> None:
    assert slug_of(title) == slug
    assert free_slug(slug, {slug, f"{slug}-2"}) == f"{slug}-3"


@given(st.text(max_size=400))
def test_any_title_has_a_slug(title: str) -> None:
    slug = slug_of(title)
    assert 1 <= len(slug) <= MAX_SLUG
    assert all(char.isascii() and (char.islower() or char.isdigit() or char == "-") for char in slug)

"""The decision language: what it says, what it refuses, that it is bounded and never raises in a walk."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.flow_expression import ExpressionError, FactType, evaluate, facts_of, walk_expression
from domain.flow_expression_check import type_problems
from domain.flow_expression_parser import parse_expression
from domain.walk_session.expressions import holds

FACTS: dict[str, Any] = {"site": "HQ ", "age": 7, "price": 2.5, "tags": ["VIP", "late"], "day": "2026-03-01", "no": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('site == "hq"', True),
        ('site != "hq"', False),
        ('site == "lab" or age > 5', True),
        ('site == "lab" and age > 5', False),
        ('not site == "lab"', True),
        ("age >= 7 and age <= 7 and not (age < 7)", True),
        ("price == 2.5", True),
        ("price < -1", False),
        ("age in [5, 7.0]", True),
        ('site in ["hq", "lab"]', True),
        ('site not in ["hq", "lab"]', False),
        ('"vip" in tags', True),
        ('"q" in site', True),
        ('day < "2026-04-01"', True),
        ("known(site)", True),
        ("known(missing)", False),
        ("known(no)", False),
        ("missing > 3", False),
        ("missing < 3", False),
        ('missing != "x"', False),
        ("not (missing > 3)", True),
        ('age > "5"', False),
        ("age == true", False),
        ("true", True),
        ("age", False),
        ("(((age > 1)))", True),
        ('site == "say \\"hq\\""', False),
        ('site == "unclosed', False),
        ("", False),
    ],
)
def test_conditions(text: str, expected: bool) -> None:
    assert holds(text, FACTS) is expected


def test_and_binds_tighter_than_or() -> None:
    assert holds('age == 7 or age == 8 and site == "lab"', FACTS)
    assert not holds('(age == 7 or age == 8) and site == "lab"', FACTS)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("age >", 5),
        ("age = 5", 4),
        ("age == 5 5", 9),
        ("(age == 5", 9),
        ("age.real == 5", 3),
        ("__import__('os')", 11),
        ("len(age) > 3", 3),
        ('"open', 0),
        ("age == 1.2.3", 7),
        ("age == 1234567890123456", 7),
        ("[age] == 1", 4),
        ("known(5)", 6),
        ("age not 5", 4),
        ("age == 5;", 8),
        ("x" * 65, 0),
        ("1" + " " * 2_000, 2_000),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert caught.value.position == position


def test_size_and_nesting_are_bounded() -> None:
    assert len(list(walk_expression(parse_expression(" or ".join(["a"] * 255))))) == 256
    for hostile in (" or ".join(["a"] * 256), "(" * 33 + "a" + ")" * 33, "not " * 33 + "a", "[" * 1_900, "(" * 1_900):
        with pytest.raises(ExpressionError):
            parse_expression(hostile)
    assert evaluate(parse_expression("(" * 32 + "true" + ")" * 32), {})


def test_the_largest_condition_is_read_and_decided_in_no_time() -> None:
    started = time.perf_counter()
    holds(" and ".join(['"a" in x'] * 60), {"x": ["a"] * 1_000})
    assert time.perf_counter() - started < 0.1


@given(st.text(st.sampled_from('ab1.9"\\()[],<>=!- \tandornotinknowtrue\u00e9'), max_size=60), st.integers())
def test_any_text_is_a_condition_or_refused(text: str, value: int) -> None:
    facts = {"a": value, "b": "x"}
    try:
        expression = parse_expression(text)
    except ExpressionError:
        assert holds(text, facts) is False
    else:
        assert evaluate(expression, facts) is holds(text, facts)
        type_problems(expression, {"a": FactType.NUMBER})


def test_facts_are_named() -> None:
    assert facts_of(parse_expression('a == 1 and known(b) or "x" in c')) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("n > 3", 0),
        ('day >= "2026-01-01"', 0),
        ('"a" in list', 0),
        ('text in ["a"]', 0),
        ("unknown == 3", 0),
        ('n == "three"', 1),
        ('text > "a"', 1),
        ("n in text", 1),
        ("list == 3", 1),
        ("n", 1),
        ("n and n > 3", 1),
        ("n + 3", -1),
    ],
)
def test_types(text: str, count: int) -> None:
    types = {"n": FactType.NUMBER, "day": FactType.DATE, "list": FactType.LIST, "text": FactType.TEXT}
    if count < 0:
        with pytest.raises(ExpressionError):
            parse_expression(text)
    else:
        assert len(type_problems(parse_expression(text), types)) == count

"""How a walk decides by facts."""

from __future__ import annotations

from functools import lru_cache

from domain.flow_expression import Expression, ExpressionError, evaluate
from domain.flow_expression_parser import parse_expression
from domain.walk_session.step import Facts


def holds(expression: str, facts: Facts) -> bool:
    """Whether ``expression`` is true of ``facts``. One that cannot be read never is: lint tells its author."""
    parsed = _parsed(expression)
    return parsed is not None and evaluate(parsed, facts)


@lru_cache(maxsize=1_024)
def _parsed(expression: str) -> Expression | None:
    try:
        return parse_expression(expression)
    except ExpressionError:
        return None

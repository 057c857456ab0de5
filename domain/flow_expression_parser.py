"""Text to expression: a recursive descent bounded in length, nodes and nesting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.flow_expression import (
    MAX_EXPRESSION_NODES,
    MAX_NESTING,
    Compare,
    Expression,
    ExpressionError,
    Fact,
    Known,
    ListOf,
    Literal,
    Logic,
    Not,
)
from domain.flow_node import MAX_EXPRESSION, MAX_FACT

_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_SYMBOLS = (*_COMPARISONS, "(", ")", "[", "]", ",", "-")
_WORDS = frozenset({"and", "or", "not", "in", "true", "false", "known"})
_MAX_DIGITS = 15  # what a float holds exactly


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # symbol, word, name, number, text, end
    text: str
    position: int


def parse_expression(text: str) -> Expression:
    """Read a decision's condition; raises ``ExpressionError`` and nothing else."""
    if len(text) > MAX_EXPRESSION:
        raise ExpressionError(MAX_EXPRESSION, f"an expression has at most {MAX_EXPRESSION} characters")
    return _Parser(_tokens(text)).parse()


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token, position = _token(text, position)
        tokens.append(token)
    return [*tokens, Token("end", "", len(text))]


def _token(text: str, start: int) -> tuple[Token, int]:
    char = text[start]
    if char == '"':
        return _quoted(text, start)
    if char.isascii() and char.isdigit():
        return _number(text, start)
    if char.isascii() and (char.isalpha() or char == "_"):
        return _name(text, start)
    symbol = next((symbol for symbol in _SYMBOLS if text.startswith(symbol, start)), None)
    if symbol is None:
        raise ExpressionError(start, f"{char!r} is not part of the language")
    return Token("symbol", symbol, start), start + len(symbol)


def _quoted(text: str, start: int) -> tuple[Token, int]:
    chars: list[str] = []
    position = start + 1
    while position < len(text) and text[position] != '"':
        position += text[position] == "\\" and text[position + 1 : position + 2] in ('"', "\\")
        chars.append(text[position])
        position += 1
    if position >= len(text):
        raise ExpressionError(start, "this text is not closed by a double quote")
    return Token("text", "".join(chars), start), position + 1


def _span(text: str, start: int, belongs: Callable[[str], bool]) -> int:
    end = start
    while end < len(text) and text[end].isascii() and belongs(text[end]):
        end += 1
    return end


def _number(text: str, start: int) -> tuple[Token, int]:
    end = _span(text, start, lambda char: char.isdigit() or char == ".")
    digits = text[start:end]
    if digits.count(".") > 1 or digits.endswith(".") or len(digits.replace(".", "")) > _MAX_DIGITS:
        raise ExpressionError(start, f"a number has at most {_MAX_DIGITS} digits and one point between them")
    return Token("number", digits, start), end


def _name(text: str, start: int) -> tuple[Token, int]:
    end = _span(text, start, lambda char: char.isalnum() or char == "_")
    name = text[start:end]
    if len(name) > MAX_FACT:
        raise ExpressionError(start, f"a fact's name has at most {MAX_FACT} characters")
    return Token("word" if name in _WORDS else "name", name, start), end


class _Parser:
    """One pass over the tokens. ``_nodes`` and ``_depth`` are what keeps a hostile text cheap."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._nodes = 0
        self._depth = 0

    def parse(self) -> Expression:
        expression = self._any_of()
        if self._peek().kind != "end":
            raise ExpressionError(self._peek().position, f"{self._peek().text!r} is not expected here")
        return expression

    def _peek(self) -> Token:
        return self._tokens[self._index]

    def _take(self) -> Token:
        token = self._peek()
        self._index += token.kind != "end"
        return token

    def _takes(self, *texts: str) -> Token | None:
        token = self._peek()
        return self._take() if token.kind in ("symbol", "word") and token.text in texts else None

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise ExpressionError(self._peek().position, f"{text!r} is expected here")

    def _count(self, expression: Expression) -> Expression:
        self._nodes += 1
        if self._nodes > MAX_EXPRESSION_NODES:
            raise ExpressionError(self._peek().position, f"an expression has at most {MAX_EXPRESSION_NODES} parts")
        return expression

    def _any_of(self) -> Expression:
        return self._logic("or", self._all_of)

    def _all_of(self) -> Expression:
        return self._logic("and", self._negation)

    def _logic(self, operator: str, operand: Callable[[], Expression]) -> Expression:
        operands = [operand()]
        while self._takes(operator):
            operands.append(operand())
        return operands[0] if len(operands) == 1 else self._count(Logic(operator, tuple(operands)))

    def _negation(self) -> Expression:
        if not self._takes("not"):
            return self._comparison()
        return self._nested(lambda: self._count(Not(self._negation())))

    def _nested(self, inner: Callable[[], Expression]) -> Expression:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise ExpressionError(self._peek().position, f"an expression nests at most {MAX_NESTING} deep")
        expression = inner()
        self._depth -= 1
        return expression

    def _comparison(self) -> Expression:
        left = self._operand()
        if operator := self._takes(*_COMPARISONS, "in"):
            return self._count(Compare(operator.text, left, self._operand()))
        if negated := self._takes("not"):
            self._expect_after_not(negated)
            return self._count(Not(self._count(Compare("in", left, self._operand()))))
        return left

    def _expect_after_not(self, negated: Token) -> None:
        if not self._takes("in"):
            raise ExpressionError(negated.position, "'not' between two values must be followed by 'in'")

    def _operand(self) -> Expression:
        token = self._take()
        if token.kind == "name":
            return self._count(Fact(token.text))
        if token.kind == "text":
            return self._count(Literal(token.text))
        if token.kind == "number":
            return self._count(Literal(_number_value(token.text)))
        return self._special(token)

    def _special(self, token: Token) -> Expression:
        if token.text in ("true", "false"):
            return self._count(Literal(token.text == "true"))
        if token.text == "-" and self._peek().kind == "number":
            return self._count(Literal(-_number_value(self._take().text)))
        if token.text == "known":
            return self._known()
        if token.text == "(":
            inner = self._nested(self._any_of)
            self._expect(")")
            return inner
        if token.text == "[":
            return self._nested(lambda: self._count(ListOf(tuple(self._items()))))
        found = "the expression ends" if token.kind == "end" else f"{token.text!r} stands"
        raise ExpressionError(token.position, f"a fact or a value is expected where {found}")

    def _known(self) -> Expression:
        self._expect("(")
        name = self._take()
        if name.kind != "name":
            raise ExpressionError(name.position, "the name of a fact is expected here")
        self._expect(")")
        return self._count(Known(Fact(name.text)))

    def _items(self) -> list[Expression]:
        items: list[Expression] = []
        while not self._takes("]"):
            if items:
                self._expect(",")
            items.append(self._item())
        return items

    def _item(self) -> Expression:
        item = self._operand()
        if not isinstance(item, Literal):
            raise ExpressionError(self._peek().position, "a list holds numbers and texts only")
        return item


def _number_value(digits: str) -> int | float:
    return float(digits) if "." in digits else int(digits)

"""Where a verb stands: in an order's place, in a report, in a condition."""

from __future__ import annotations

from domain.builder import floor_clauses as grammar
from domain.builder import floor_pairs as pairs
from domain.builder import floor_words as words
from domain.builder.floor_clauses import Clause
from domain.builder.floor_objects import STRONG


def is_excused(clause: Clause, at: int) -> bool:
    return grammar.is_forbidden(clause, at) or grammar.is_observed(clause) or grammar.is_handed_over(clause)


def stops_then(clause: Clause) -> bool:
    """``if that would mean editing …, escalate``: the deed is the reason to stop."""
    return is_condition(clause) and not {"escalate", "stop", "cancel", "close"}.isdisjoint(
        clause.sentence.replace(",", " ").split()
    )


HARM = pairs.verb_forms(
    pairs.CHANGE
    | pairs.DELETE
    | pairs.SUPPRESS
    | pairs.INSTALL
    | pairs.BUY
    | words.words(
        "open run launch start use execute turn switch type enter edit press format log sign go visit access load boot flash deactivate "
        "lower allow accept trust give grant put bring work tinker mess fiddle play try apply take let modify tick untick uncheck"
    )
)


def in_order_position(clause: Clause, index: int) -> bool:
    if index == 0:
        return True
    before = clause.tokens[index - 1]
    if clause.tokens[0] == "let" and index <= 4 and "update" not in clause.tokens:
        return True
    if is_condition(clause):
        return _runs_on(clause, index)
    return before in words.BEFORE_ORDER or before.isdigit() or words.is_adverb(before)


def is_condition(clause: Clause) -> bool:
    """``if a page asks to install …`` says when; with *you* it says what the reader is to do."""
    return (
        clause.lead in grammar.CONDITIONS and clause.tokens[0] in words.DESCRIBING_HEADS and "you" not in clause.tokens
    )


def _runs_on(clause: Clause, index: int) -> bool:
    """``if it does not load disable the firewall``: the order follows without a comma."""
    following = clause.tokens[index + 1] if index + 1 < len(clause.tokens) else ""
    before = clause.tokens[index - 1]
    return (
        index > 2
        and before not in words.words("to they we users can could will would may might not the a customer user it")
        and (following in words.DETERMINERS or any(pattern.match(following) for _, pattern in STRONG))
    )


def is_reported(clause: Clause, index: int) -> bool:
    """``did you change …``, ``the user did change …``: history, no order."""
    if is_condition(clause):
        return False
    return any(token in ("did", "does", "had", "has") for token in clause.tokens[:index]) and "try" not in clause.tokens


def is_progressive(clause: Clause, index: int) -> bool:
    return index > 0 and clause.tokens[index - 1] in words.words(
        "is are was were been be stopped finished keeps kept when while of during"
    )

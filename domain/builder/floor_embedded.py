"""Orders inside other words: ``the best fix is to …``, and lists of what to ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from domain.builder import floor_words as words
from domain.builder.floor_clauses import Clause
from domain.builder.floor_negation import is_forbidden
from domain.builder.floor_orders import is_condition, is_excused

_LEADS_TO = words.words(
    "is help helps best way option step idea trick mind hesitate free worth have has need needs us fix answer remedy plan advice easiest quickest simplest better fastest sense recommend suggest propose remember "
    "sure possible enough remains only choice thing cure solution suggestion due welcome allowed safe ok okay fine good able ready going supposed meant expected"
)
_ASKING = words.words("ask get note collect request write record take tell read find obtain need want copy")


def embedded_orders(clause: Clause) -> Iterator[Clause]:
    """The tails of a clause that start with a verb after *to*, or after *is* in ``what you can do is …``."""
    if is_condition(clause):
        return
    tokens = clause.tokens
    for index in range(2, len(tokens)):
        leads = tokens[index - 2] in _LEADS_TO or tokens[index - 2].endswith(("est", "ier"))
        after_to = tokens[index - 1] == "to" and leads
        after_is = tokens[index - 1] == "is" and tokens[0] in ("what", "all", "everything") and "do" in tokens[:index]
        if (after_to or after_is) and not is_excused(clause, index):
            yield replace(clause, tokens=tokens[index:], lead="", before=())


def asked_for(clause: Clause, sentence: list[Clause]) -> Clause | None:
    """``ask for the name, the number and the PIN``: a member of the list, asked for on its own."""
    first = sentence[0]
    if clause.lead not in (",", "and", "or", "then", "and then"):
        return None
    if clause is first or clause.tokens[0] not in words.DETERMINERS or _ASKING.isdisjoint(first.tokens[:3]):
        return None
    if is_forbidden(first, len(first.tokens)) or is_forbidden(clause, len(clause.tokens)):
        return None
    return replace(clause, tokens=("ask", "for", *clause.tokens), lead="", before=())

"""What the fields of a customer and a company give to mask: the values, and the parts people call them by."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MIN_PART = 3  # characters
_FORMS = frozenset(
    "ltd limited inc llc llp plc gmbh co corp corporation company group holding holdings services service solutions"
    " the and und sons partners associates international global systems consulting office bank school clinic university"
    " printer printers print network networks computer computers software mail outlook teams zoom phone monitor"
    " mr mrs ms miss dr prof herr frau von van der de".split()
)


def known_values(
    customer_name: str | None, customer_contact: str | None, company_name: str | None,
    company_external_id: str | None = None, *, texts: Iterable[str] = (),
) -> tuple[str, ...]:
    """Values to take out wherever they occur, longest first.

    A customer is called by a first or a last name and a company by its first word: such a part counts when one of
    ``texts`` writes it with the same capitals, and not when it is an ordinary word of company names or of our subject.
    """
    whole = [value for value in (customer_name, customer_contact, company_name) if value]
    if company_external_id and len(company_external_id) >= _MIN_PART:
        whole.append(company_external_id)
    parts = [*_words(customer_name), *_words(company_name)[:1]]
    written = {word for text in texts for word in _words(text)}
    found = [part for part in parts if part in written and part[0].isupper() and part.casefold() not in _FORMS]
    return tuple(sorted(dict.fromkeys([*whole, *found]), key=len, reverse=True))


def _words(text: str | None) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", text or "") if len(word) >= _MIN_PART]

"""What the fields of a customer and a company give to mask: the values, and the parts people call them by."""

from __future__ import annotations

import re
from collections.abc import Iterable

from domain.builder.floor_words import words

_MIN_PART = 3  # characters
_LONG_PART = 5  # of a company's name beyond its first word
_FORMS = words(
    "ltd limited inc llc llp plc gmbh co corp corporation company group holding holdings services service solutions"
    " the and und sons partners associates international global systems consulting office bank school clinic university"
    " printer printers print network networks computer computers software mail outlook teams zoom phone monitor"
    " mr mrs ms miss dr prof herr frau von van der de technology technologies digital data cloud internet online media"
    " security support desk server windows microsoft google apple cisco lenovo logistics trading industries medical"
    " dental legal design studio studios engineering construction energy insurance financial finance hotel hospital"
    " institute foundation ministry department council city north south east west central national first united"
)
# Names that are also everyday words: only with a name's capital are they taken for the name.
_ORDINARY = words(
    "mark green bill will may june april august art grant rich frank jack rob sue pat dean chase drew gene grace hope"
    " faith joy rose lily ivy violet amber ruby pearl crystal dawn eve page brown black white gray grey blue young"
    " long short king cook baker smith carpenter mason hunter fisher wood woods stone field fields hill rivers lake"
    " bush park parks bell ball bird fox wolf lamb love price wise day days summers winter rain snow storm cross"
    " church bishop pope knight noble power powers light bright strong sharp swift hardy small little best good new"
    " newman old case key keys cable port screen sound word link rack van lane street bridge wells waters pool house"
    " hall gates paul rock sand marsh moss reed wren hawk drake major marshall sergeant judge carter cooper turner"
    " porter taylor walker miller butler parker archer sawyer skipper trip chance miles norm dale glen cliff ray max"
    " min tab don chip dot joe drop back post box line mobile call fast all any one not kann wird war mit gross klein"
    " lang kurz neu klaus ernst stark engel sommer berg bach stein braun schwarz weiss roth jung alt koch bauer"
    " fischer"
)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_PLAIN = str.maketrans("äöüÄÖÜáàâéèêëíïîóôúùûñçÁÀÂÉÈÊËÍÏÎÓÔÚÙÛÑÇ", "aouAOUaaaeeeeiiioouuuncAAAEEEEIIIOOUUUNC")


def known_values(
    customer_name: str | None, customer_contact: str | None, company_name: str | None,
    company_external_id: str | None = None, *, texts: Iterable[str] = (),
) -> tuple[str, ...]:
    """Values to take out wherever they occur, longest first.

    A customer is called by a first or a last name and a company by a word of its name, in any capitals and also without
    its accents. Such a part counts when one of ``texts`` has it, unless it is an ordinary word of company names or of
    our subject; a name that is an ordinary word of the language counts only where it is written like a name.
    """
    contacts = [part.strip() for part in re.split(r"[,;/\n]", customer_contact or "")]
    whole = [value for value in (customer_name, customer_contact, company_name, *contacts) if value]
    if company_external_id and len(company_external_id) >= _MIN_PART:
        whole.append(company_external_id)
    company = _words(company_name)
    parts = [*_words(customer_name), *company[:1], *(word for word in company[1:] if len(word) >= _LONG_PART)]
    written = {word for text in texts for word in _words(text)}
    found = [part for one in parts for part in _spellings(one) if _is_meant(part, written)]
    every = [spelling for value in whole for spelling in _spellings(value)]
    return tuple(sorted(dict.fromkeys([*every, *found]), key=len, reverse=True))


def _is_meant(part: str, written: set[str]) -> bool:
    folded = part.casefold()
    if folded in _FORMS:
        return False
    forms = {part, part + "s", part + "es"}  # a genitive is written on to the name in several languages
    if part[0].isupper() and forms & written:
        return True
    return folded not in _ORDINARY and not {form.casefold() for form in forms}.isdisjoint(map(str.casefold, written))


def _spellings(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((value, value.translate(_GERMAN), value.translate(_PLAIN))))


def _words(text: str | None) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", text or "") if len(word) >= _MIN_PART]

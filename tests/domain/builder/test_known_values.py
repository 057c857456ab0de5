"""What of a customer and a company is taken out of texts before a model reads them."""

from __future__ import annotations

import pytest

from domain.builder.known_values import known_values
from domain.builder.masking import mask


def masked(text: str, **given: str) -> str:
    names = {"customer_name": None, "customer_contact": None, "company_name": None, "company_external_id": None, **given}
    return mask(text, known_values(**names, texts=(text,)))


@pytest.mark.parametrize(("given", "text", "expected"), [
    ({"customer_name": "Jane Doe"}, "Jane cannot print. Mrs Doe called.", "[name] cannot print. Mrs [name] called."),
    ({"customer_name": "Jane Doe"}, "Jane Doe cannot print.", "[name] cannot print."),
    ({"company_name": "Contoso Drachenbau GmbH"}, "Contoso has no network.", "[name] has no network."),
    ({"company_name": "Contoso Ltd"}, "Nobody at Contoso Ltd can print.", "Nobody at [name] can print."),
    ({"company_external_id": "CW-90817"}, "Account CW-90817 is slow.", "Account [name] is slow."),
    ({"customer_contact": "desk 12"}, "Sits at desk 12.", "Sits at [name]."),
    ({"customer_contact": "Flo; desk 12"}, "Flo sits at desk 12.", "[name] sits at [name]."),
    ({"customer_name": "Jane Doe"}, "jane and DOE cannot print", "[name] and [name] cannot print"),
    ({"customer_name": "Marlene Haverkamp"}, "Haverkamps Drucker, marlenes Maus", "[name] Drucker, [name] Maus"),
    ({"customer_name": "Jürgen Groß"}, "Juergen Gross and jurgen", "[name] and [name]"),
    ({"customer_name": "Mark Green"}, "Mark says the light is green.", "[name] says the light is green."),
    ({"company_name": "Contoso Drachenbau GmbH"}, "drachenbau is offline", "[name] is offline"),
])
def test_values_and_what_people_make_of_them(given: dict, text: str, expected: str) -> None:
    assert masked(text, **given) == expected


@pytest.mark.parametrize(("given", "text"), [
    ({"customer_name": "Mark Green"}, "The light is green and there is a mark on the page."),
    ({"company_name": "Printer World Inc"}, "Printer does not print."),
    ({"company_name": "Blue Data Network Services Ltd"}, "The Network is down, Services do not start, data is lost."),
    ({"customer_name": "Will May"}, "It will print and may stop."),
    ({"company_external_id": "12"}, "Windows 12 does not start."),
    ({}, "Nothing to take out."),
])
def test_ordinary_words_stay(given: dict, text: str) -> None:
    assert masked(text, **given) == text


def test_the_longest_value_goes_first() -> None:
    assert known_values("Jane Doe", None, "Jane", texts=("Jane Doe",)) == ("Jane Doe", "Jane", "Doe")

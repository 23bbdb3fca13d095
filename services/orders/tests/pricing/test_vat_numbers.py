"""VAT numbers: examples of each country as published, and numbers that nobody has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.pricing import WrongVatNumber, vat_number
from orders.pricing.domain.vat import MAX_WRITTEN

GOOD = (
    *("ATU13585627", "BE0403019261", "BG175074752", "CHE107787577IVA", "CY10259033P", "CZ25123891", "DE136695976"),
    *("DK13585628", "EE100931558", "EL094259216", "ESA13585625", "FI20774740", "FR40303265045", "FR23334175221"),
    *("GB980780684", "HR33392005961", "HU12892312", "IE6433435F", "IT00743110157", "LT119511515", "LU15027442"),
    *("LV40003521600", "MT11679112", "NL004495445B01", "NO995525828MVA", "PL8567346215", "PT501964843", "RO18547290"),
    *("SE123456789701", "SI50223054", "SK2022749619", "GBGD001", "XI980780684"),
)
COUNTRY = {"EL": "GR", "CH": "CH", "XI": "GB"}


@pytest.mark.parametrize("number", GOOD)
def test_a_published_example_is_taken(number: str):
    found = vat_number(number)
    assert (found.number, found.country) == (number, COUNTRY.get(number[:2], number[:2]))


@pytest.mark.parametrize(
    "number", ["DE 136 695 976", "de-136.695.976", "GR094259216", "CHE-107.787.577 IVA", "FR 40 303265045"]
)
def test_it_may_be_written_with_punctuation(number: str):
    assert vat_number(number).number in {"DE136695976", "EL094259216", "CHE107787577IVA", "FR40303265045"}


def _off_by_one(number: str) -> str:
    """With its first digit after the prefix that can be changed, changed."""
    place = next(place for place in range(len(number) - 1, 1, -1) if number[place].isdecimal())
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]


# Of some countries the form alone is looked at, and of some numbers another rule holds after the change.
UNCHECKED = ("BG", "CY", "CZ", "ES", "IE", "LT", "LV", "RO", "SK", "GBGD", "NL", "SE")
CHECKED = [each for each in GOOD if not each.startswith(UNCHECKED)]


@pytest.mark.parametrize("number", CHECKED)
def test_one_wrong_digit_is_noticed(number: str):
    with pytest.raises(WrongVatNumber, match="check digit"):
        vat_number(_off_by_one(number))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "XX123456789",
        "DE12345678",
        "DE1234567890",
        "ATU1234567A",
        "US123456789",
        "DE13669597\uff16",
    ],
)
def test_what_is_no_number_is_refused(wrong: str):
    with pytest.raises(WrongVatNumber):
        vat_number(wrong)


def test_a_sole_trader_of_the_netherlands_has_a_number_by_another_rule():
    assert vat_number("NL002455799B11").country == "NL"
    with pytest.raises(WrongVatNumber):
        vat_number("NL002455799B12")


@given(st.text(max_size=3 * MAX_WRITTEN))
def test_any_text_is_a_number_or_refused(text: str):
    try:
        found = vat_number(text)
    except WrongVatNumber:
        return
    assert vat_number(found.number) == found

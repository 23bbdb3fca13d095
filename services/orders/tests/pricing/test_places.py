"""Places: regions, patterns of postal codes, and which is the narrowest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.pricing.domain.basket import Destination
from orders.pricing.domain.places import (
    Place,
    Whereabouts,
    WrongPattern,
    bare,
    fits,
    narrowness,
    normal_pattern,
    within,
)
from orders.pricing.domain.regions import region_code


@pytest.mark.parametrize(
    ("pattern", "code", "fit"),
    [
        *(("SW1*", "sw1y 4le", True), ("SW1*", "SW10 9AA", True), ("SW1*", "W1A 1AA", False)),
        *(("sw1a 1aa", "SW1A1AA", True), ("SW1A 1AA", "SW1A 1AB", False)),
        *(("1000-1999", "1000", True), ("1000-1999", "1999", True), ("1000-1999", "2000", False)),
        *(("90001-91899", "90012-1234", True), ("1000-1999", "100", False), ("10-19", "1A", False)),
        *(("00001", "00-001", True), ("1540023", "154-0023", True), ("K1A-0B1", "K1A 0B1", True)),
    ],
)
def test_a_code_fits_a_pattern(pattern: str, code: str, fit: object):
    assert fits(normal_pattern(pattern), bare(code)) is fit


@pytest.mark.parametrize("wrong", ["", "*", "1*2", "(a+)+$", "[0-9]", "1999-1000", "10-100", "A-B*", "1" * 13, "Ä1"])
def test_what_is_no_pattern_is_refused(wrong: str):
    with pytest.raises(WrongPattern):
        normal_pattern(wrong)


@given(st.text(max_size=30))
def test_any_text_is_a_normal_pattern_or_refused(text: str):
    try:
        found = normal_pattern(text)
    except WrongPattern:
        return
    assert normal_pattern(found) == found
    fits(found, bare(text))


@pytest.mark.parametrize(
    ("country", "written", "pattern"),
    [
        *(("DE", "D-27498", "27498"), ("DE", "DE 27498", "27498"), ("DE", "27498", "27498"), ("FR", "F-20000", "20*")),
        *(("AT", "A-1010", "1000-1999"), ("LV", "LV-1010", "1010"), ("GB", "SW1Y 4LE", "SW1*")),
    ],
)
def test_letters_before_a_code_lead_out_of_no_place(country: str, written: str, pattern: str):
    """As addresses are taken with them."""
    assert within(Place(country, postal=normal_pattern(pattern)), Whereabouts.of(Destination(country, None, written)))


def test_narrower_patterns_are_those_that_fix_more_signs():
    narrowing = ["1*", "1000-1999", "10*", "1000-1099", "100*", "1000"]
    assert sorted(narrowing, key=narrowness) == narrowing


@pytest.mark.parametrize(
    ("country", "written", "code"),
    [
        *(("US", "New York", "NY"), ("US", "new  york", "NY"), ("US", "N.Y.", "NY"), ("US", "NY", "NY")),
        *(("CA", "Québec", "QC"), ("AU", "Victoria", "VIC"), ("DE", "Hessen", "HESSEN"), ("US", "", "")),
    ],
)
def test_a_region_is_known_by_name_and_code(country: str, written: str, code: str):
    assert region_code(country, written) == code


def test_letters_of_the_country_before_a_code_do_not_count():
    lithuania = Whereabouts.of(Destination("LT", None, "LT-01100"))
    assert within(Place("LT", "", "01*"), lithuania)
    andorra = Whereabouts.of(Destination("AD", None, "AD500"))
    assert within(Place("AD", "", "AD500"), andorra)


def test_monaco_is_taxed_as_france():
    assert within(Place("FR"), Whereabouts.of(Destination("MC", None, "98000")))


def test_a_region_and_a_code_must_both_fit():
    place = Place("US", "NY", "100*")
    assert within(place, Whereabouts.of(Destination("US", "New York", "10001")))
    assert not within(place, Whereabouts.of(Destination("US", "NJ", "10001")))
    assert not within(place, Whereabouts.of(Destination("US", "NY", "12207")))
    assert not within(place, Whereabouts.of(Destination("US", "NY", None)))

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.money import MismatchedCurrency, Money, exponent

amounts = st.integers(-(10**12), 10**12)


@given(amounts, amounts)
def test_adding_and_taking_away_are_inverse(a, b):
    assert Money(a, "EUR") + Money(b, "EUR") - Money(b, "EUR") == Money(a, "EUR")


@given(amounts, st.integers(0, 999))
def test_times_is_repeated_addition(a, quantity):
    assert Money(a, "EUR").times(quantity) == sum((Money(a, "EUR") for _ in range(quantity)), Money.zero("EUR"))


@pytest.mark.parametrize("operation", ["__add__", "__sub__"])
def test_currencies_do_not_mix(operation):
    with pytest.raises(MismatchedCurrency, match="JPY and EUR"):
        getattr(Money(1, "JPY"), operation)(Money(1, "EUR"))


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1250, "EUR"), "12.50 EUR"),
        (Money(5, "EUR"), "0.05 EUR"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(1250, "JPY"), "1250 JPY"),
        (Money(1250, "KWD"), "1.250 KWD"),
    ],
)
def test_people_read_it_in_major_units(money, text):
    assert str(money) == text


def test_exponents_follow_iso_4217():
    assert [exponent(code) for code in ("EUR", "JPY", "BHD")] == [2, 0, 3]

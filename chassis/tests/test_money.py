from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.values import CURRENCIES, MismatchedCurrency, Money, charge_step, exponent, sellable

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
def test_money_is_formatted_in_major_units(money, text):
    assert str(money) == text


# Values of ISO 4217's list one, where others (CLDR, payment providers) often have another one.
EXPONENTS = {
    "EUR": 2,
    "JPY": 0,
    "BHD": 3,
    "ISK": 0,
    "UGX": 0,
    "MGA": 2,
    "HUF": 2,
    "TWD": 2,
    "IDR": 2,
    "MRU": 2,
    "IQD": 3,
}
EXPONENTS |= {
    "CLP": 0,
    "CLF": 4,
    "UYW": 4,
    "UYI": 0,
    "LAK": 2,
    "COP": 2,
    "AFN": 2,
    "XAF": 0,
    "XPF": 0,
    "VND": 0,
    "TND": 3,
}


@pytest.mark.parametrize(("currency", "places"), EXPONENTS.items())
def test_exponents_follow_iso_4217(currency, places):
    assert exponent(currency) == CURRENCIES[currency] == places


def test_the_table_is_complete_and_without_duplicates():
    assert len(CURRENCIES) == 167
    assert not {"XXX", "XTS", "XAU", "XDR", "HRK", "EEK"} & CURRENCIES.keys()
    assert exponent("XXX") == 2


@pytest.mark.parametrize(
    ("currency", "step"), [("EUR", 1), ("JPY", 1), ("ISK", 1), ("KWD", 10), ("TND", 10), ("MGA", 100)]
)
def test_a_total_can_be_charged_in_steps(currency, step):
    assert charge_step(currency) == step


@pytest.mark.parametrize(
    ("amount", "currency", "by"),
    [
        *((5124, "KWD", -4), (5125, "KWD", 5), (5120, "KWD", 0), (4, "KWD", -4), (5, "KWD", 5)),
        *((1249, "MGA", -49), (1250, "MGA", 50), (1201, "EUR", 0), (5000, "ISK", 0), (0, "KWD", 0)),
    ],
)
def test_what_cannot_be_charged_is_rounded_half_up(amount, currency, by):
    assert Money(amount, currency).rounding() == Money(by, currency)


@given(st.integers(0, 10**12), st.sampled_from(sorted(CURRENCIES)))
def test_rounding_gives_the_nearest_step(amount, currency):
    rounded = Money(amount, currency) + Money(amount, currency).rounding()
    assert rounded.amount % charge_step(currency) == 0
    assert 2 * abs(rounded.amount - amount) <= charge_step(currency)
    assert rounded.rounding() == Money.zero(currency)


def test_only_currencies_in_circulation_can_be_sold_in():
    assert all(sellable(code) for code in ("EUR", "ISK", "UGX", "MGA", "KWD", "HUF"))
    assert not any(sellable(code) for code in ("CLF", "UYW", "XXX", "ZZZ", "eur", ""))

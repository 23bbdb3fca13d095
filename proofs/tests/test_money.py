"""Every currency, from an order's total to Stripe and to what a person reads: tables written apart agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.values import CURRENCIES, Money, charge_step, sellable
from payments.provider.amounts import from_provider, step, to_provider
from stripe_double.objects import currencies
from stripe_double.objects.errors import StripeError


def known(code: str) -> bool:
    try:
        return bool(currencies.supported(code))
    except StripeError:
        return False


BOTH = sorted(code for code in CURRENCIES if sellable(code) and known(code))


def test_most_currencies_are_both_ours_and_stripes():
    assert len(BOTH) == 138
    assert {"ISK", "UGX", "MGA", "KWD", "HUF", "TWD", "JPY", "IDR", "EUR"} <= set(BOTH)


@given(st.sampled_from(BOTH), st.integers(0, 10**11))
def test_a_rounded_total_is_taken_shown_and_read_back_as_it_is(code: str, amount: int):
    total = Money(amount, code) + Money(amount, code).rounding()
    sent = to_provider(total.amount, code)
    assert currencies.chargeable("amount", sent, code.lower()) == sent
    assert currencies.format_amount(sent, code.lower()) == str(total)
    assert from_provider(sent, code) == total.amount


@pytest.mark.parametrize("code", [code for code in BOTH if charge_step(code) > 1 or step(code) > 1])
def test_no_smaller_difference_can_be_charged(code: str):
    sent = to_provider(charge_step(code), code)
    assert sent == step(code)
    if sent > 1:
        with pytest.raises(StripeError):
            currencies.chargeable("amount", sent // 2, code.lower())

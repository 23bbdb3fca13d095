"""What is true of each price, whatever the order and the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chassis.values import charge_step
from orders.pricing.domain.basket import Wanted
from orders.pricing.domain.price import price
from orders.pricing.domain.priced import Priced
from orders.pricing.domain.rounding import half_up, spread, tax_in, tax_on
from orders.pricing.domain.rules import Rules
from orders.tests.pricing.samples import NOW, some_rules, some_wanted

SUMS = (
    *("subtotal", "discount", "shipping", "shipping_discount", "shipping_tax", "shipping_charged", "tax"),
    *("tax_added", "tax_relief", "total"),
)


def sums(priced: Priced) -> dict[str, Any]:
    return {name: getattr(priced, name) for name in (*SUMS, "rounding", "taxes")}


@settings(max_examples=80)
@given(some_wanted, some_rules())
def test_all_sums_are_exact_and_nothing_is_below_zero(wanted: Wanted, rules: Rules):
    found = price(wanted, rules, NOW)
    off = found.discount + found.shipping_discount + found.tax_relief
    assert found.total == found.subtotal + found.shipping + found.tax_added + found.rounding - off
    assert found.total == sum(line.charged for line in found.lines) + found.shipping_charged + found.rounding
    assert found.tax == sum(line.tax for line in found.lines) + found.shipping_tax
    assert found.tax_added == (0 if found.tax_included else found.tax)
    assert found.subtotal == sum(line.unit_price * line.quantity for line in wanted.lines)
    assert all(getattr(found, name) >= 0 for name in SUMS)
    assert found.total % charge_step(wanted.currency) == 0
    assert abs(found.rounding) * 2 <= charge_step(wanted.currency)
    assert not (found.tax and found.reverse_charge)


@settings(max_examples=80)
@given(some_wanted, some_rules())
def test_each_line_and_each_rate_adds_up(wanted: Wanted, rules: Rules):
    found = price(wanted, rules, NOW)
    for line in found.lines:
        added = 0 if found.tax_included else line.tax
        assert line.charged == line.line.listed - line.discount - line.relief + added
        assert line.discount == sum(part.amount for part in line.allocations)
        assert min(line.charged, line.tax, line.relief, line.charged - line.tax) >= 0
    assert sum(share.net + share.tax for share in found.taxes) == found.total - found.rounding
    assert sum(share.tax for share in found.taxes) == found.tax
    assert sum(share.net + share.tax for share in found.shipping_taxes) == found.shipping_charged


@settings(max_examples=60)
@given(some_wanted, some_rules(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_sum(wanted: Wanted, rules: Rules, random: Any):
    # Of equal shares the first line gets the unit that is left: who pays it may differ, and its tax with it.
    rules = replace(rules, discounts=())
    turned = list(wanted.lines)
    random.shuffle(turned)
    other = price(replace(wanted, lines=tuple(turned)), rules, NOW)
    assert sums(other) == sums(price(wanted, rules, NOW))


@settings(max_examples=60)
@given(some_wanted, some_rules())
def test_a_line_in_two_parts_costs_the_same_and_its_tax_is_a_unit_apart_at_most(wanted: Wanted, rules: Rules):
    rules = replace(rules, discounts=())
    first = wanted.lines[0]
    whole, split = replace(first, quantity=5), (replace(first, quantity=2), replace(first, quantity=3))
    one = price(replace(wanted, lines=(whole, *wanted.lines[1:])), rules, NOW)
    two = price(replace(wanted, lines=(*split, *wanted.lines[1:])), rules, NOW)
    assert (one.subtotal, one.shipping, one.shipping_charged) == (two.subtotal, two.shipping, two.shipping_charged)
    assert abs(one.tax - two.tax) <= 1
    assert abs((one.total - one.rounding) - (two.total - two.rounding)) <= 1


@given(st.integers(0, 10**12), st.integers(0, 1_000_000))
def test_tax_that_is_added_is_the_tax_that_is_in_the_sum(net: int, rate: int):
    tax = tax_on(net, rate)
    assert abs(tax * 1_000_000 - net * rate) <= 500_000
    assert abs(tax_in(net + tax, rate) - tax) <= 1


@given(st.integers(0, 10**15), st.integers(1, 10**9))
@example(1, 2)
@example(5, 10)
@example(7, 2)
def test_a_half_is_rounded_up(numerator: int, denominator: int):
    found = half_up(numerator, denominator)
    assert -denominator <= 2 * (numerator - found * denominator) < denominator


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any))
def test_what_is_spread_sums_exactly_and_is_near_its_share(amount: int, weights: list[int]):
    parts = spread(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < 1

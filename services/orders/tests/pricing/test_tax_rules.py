"""Which tax is owed where, when, and by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orders.pricing.domain.basket import Destination, VatNumber, Wanted
from orders.pricing.domain.price import price
from orders.pricing.domain.priced import Priced
from orders.pricing.domain.rules import Rules
from orders.pricing.domain.shipping import FlatRate, ShippingRules
from orders.pricing.domain.taxes import Due, ShippingTaxRule, TaxRate, TaxRules, highest
from orders.tests.pricing.samples import FRENCH, NOW, line, rate, wanted

HOME = Destination("DE")
GERMAN, FRENCH_RATE = rate("DE", 190_000), rate("FR", 200_000)


def priced(wish: Wanted, *rates: TaxRate, home: Destination | None = HOME, **fields: Any) -> Priced:
    flat = ShippingRules.of((), {"EUR": FlatRate(500, None)})
    return price(wish, Rules(1, flat, TaxRules.of(rates, home, **fields)), NOW)


def rate_of(found: Priced) -> int:
    return found.lines[0].tax_rate


def test_a_rate_counts_from_its_first_moment_to_before_its_last():
    old = rate("DE", 160_000, valid_until=NOW)
    new = replace(GERMAN, valid_from=NOW)
    assert rate_of(priced(wanted(), old, new)) == 190_000
    later = rate("DE", 200_000, valid_from=NOW + timedelta(microseconds=1))
    assert rate_of(priced(wanted(), replace(old, valid_until=NOW + timedelta(seconds=1)), later)) == 160_000


def test_rates_of_a_place_are_added_unless_one_stands_alone():
    at = wanted(to=None, destination=Destination("US", "Texas", "75201"))
    country, state = rate("US", 10_000), rate("US", 62_500, region="TX")
    city = rate("US", 20_000, region="TX", codes=("752*",), title="Dallas")
    found = priced(at, country, state, city, home=None)
    assert (rate_of(found), found.taxes[0].title) == (92_500, "US 10000 + US 62500 + Dallas")
    assert rate_of(priced(at, country, replace(state, alone=True), city, home=None)) == 82_500
    assert rate_of(priced(at, country, state, replace(city, alone=True), home=None)) == 20_000
    elsewhere = wanted(to=None, destination=Destination("US", "TX", "77001"))
    assert rate_of(priced(elsewhere, country, state, replace(city, alone=True), home=None)) == 72_500


def test_a_class_without_a_rate_is_taxed_as_the_standard_one():
    reduced = rate("DE", 70_000, tax_class="reduced")
    assert rate_of(priced(wanted(line(tax_class="reduced")), GERMAN, reduced)) == 70_000
    assert rate_of(priced(wanted(line(tax_class="books")), GERMAN, reduced)) == 190_000
    never = priced(wanted(line(tax_class="none")), GERMAN)
    assert (rate_of(never), never.lines[0].treatment) == (0, "untaxed")


def test_zero_exempt_and_untaxed_are_told_apart():
    zero = priced(wanted(), rate("DE", 0))
    exempt = priced(wanted(), rate("DE", 0, exempt=True))
    assert [each.lines[0].treatment for each in (zero, exempt, priced(wanted()))] == ["zero", "exempt", "untaxed"]
    assert {each.total for each in (zero, exempt)} == {1_500}


@pytest.mark.parametrize(
    ("home", "to", "vat", "reverse", "treatment"),
    [
        ("DE", "FR", FRENCH, True, "reverse_charge"),
        ("DE", "AT", FRENCH, True, "reverse_charge"),
        ("DE", "FR", None, False, "taxed"),
        ("DE", "FR", VatNumber("DE", "DE136695976"), False, "taxed"),
        ("DE", "FR", VatNumber("GB", "GB980780684"), False, "taxed"),
        ("DE", "DE", FRENCH, False, "taxed"),
        ("DE", "CH", FRENCH, False, "outside"),
        ("CH", "FR", FRENCH, False, "taxed"),
        ("DE", "PL", None, False, "taxed"),
    ],
)
def test_who_owes_the_tax(home: str, to: str, vat: VatNumber | None, reverse: object, treatment: str):
    rates = (GERMAN, FRENCH_RATE)
    found = priced(wanted(to=to, vat=vat), *rates, home=Destination(home))
    assert (found.reverse_charge, found.lines[0].treatment) == (reverse, treatment)


def test_without_a_home_nothing_is_an_export():
    found = priced(wanted(to="CH"), GERMAN, home=None)
    assert (found.lines[0].treatment, found.tax_relief, found.total) == ("untaxed", 0, 1_500)
    nowhere = priced(wanted(to=None), GERMAN, home=None)
    assert nowhere.lines[0].treatment == "untaxed"


def test_without_a_destination_the_tax_is_that_of_the_shop():
    assert rate_of(priced(wanted(to=None), GERMAN)) == 190_000


def test_a_region_of_the_shops_country_without_a_rate_keeps_the_price():
    found = priced(
        wanted(to=None, destination=Destination("US", "OR")),
        rate("US", 72_500, region="CA"),
        home=Destination("US", "CA"),
    )
    assert (found.lines[0].treatment, found.tax_relief) == ("untaxed", 0)


@pytest.mark.parametrize(
    ("how", "tax", "told"),
    [
        # By value 500 is 133.33 for 200 at 19 % and 366.67 for 550 at 7 %: 133 x 19/119 = 21.24, 367 x 7/107 = 24.01.
        # Without tax these are 112 and 343: their mean rate is (112 x 19 + 343 x 7) / 455 = 9.953846 %.
        ("proportional", 21 + 24, 99_538),
        # 500 x 19/119 = 79.83; 500 x 7/107 = 32.71.
        ("highest", 80, 190_000),
        ("own", 33, 70_000),
        ("untaxed", 0, 0),
    ],
)
def test_how_shipping_is_taxed(how: Any, tax: int, told: int):
    goods = (line(200), line(550, tax_class="reduced"))
    rules = {("DE", ""): ShippingTaxRule(how, "reduced")}
    found = priced(wanted(*goods), GERMAN, rate("DE", 70_000, tax_class="reduced"), shipping=rules)
    assert (found.shipping_tax, found.shipping_tax_rate) == (tax, told)
    assert sum(share.net + share.tax for share in found.shipping_taxes) == 500


def test_a_rule_of_a_region_comes_before_that_of_its_country():
    at = wanted(to=None, destination=Destination("US", "NY"))
    rules = {("US", ""): ShippingTaxRule("untaxed"), ("US", "NY"): ShippingTaxRule("highest")}
    found = priced(at, rate("US", 40_000, region="NY"), home=None, shipping=rules, without_tax=("EUR",))
    assert (found.shipping_tax, found.tax_added, found.total) == (20, 60, 1_560)


def test_shipping_of_goods_that_cost_nothing_is_taxed_at_their_highest_rate():
    goods = (line(0), line(0, tax_class="reduced", quantity=2))
    found = priced(wanted(*goods), GERMAN, rate("DE", 70_000, tax_class="reduced"))
    assert (found.shipping_tax, found.shipping_tax_rate) == (80, 190_000)


def test_a_total_that_no_card_can_be_charged_with_is_rounded_after_tax():
    flat = ShippingRules.of((), {"KWD": FlatRate(0, None)})
    rules = Rules(1, flat, TaxRules.of([GERMAN], HOME, ["KWD"]))
    found = price(wanted(line(5_127), currency="KWD"), rules, NOW)
    # 5.127 + 0.974 = 6.101 -> 6.100
    assert (found.tax, found.rounding, found.total) == (974, -1, 6_100)


def test_of_equal_rates_it_makes_no_difference_which_comes_first():
    untaxed, reverse = Due(0, "", "untaxed"), Due(0, "", "reverse_charge")
    assert highest([untaxed, reverse]) == highest([reverse, untaxed])

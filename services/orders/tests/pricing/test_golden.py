"""Orders worked by hand, to the cent: golden/README.md."""

from __future__ import annotations

from collections import Counter

import pytest

from orders.pricing import price
from orders.tests.pricing.orders_by_hand import Golden, discounts_of, golden_orders, rules_for, wanted_of
from orders.tests.pricing.samples import NOW

ORDERS = golden_orders()


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_an_order_costs_what_was_worked_by_hand(order: Golden):
    coded = tuple(each for each in discounts_of(order) if not each.automatic)
    found = price(wanted_of(order), rules_for(order), NOW, coded=coded)
    lines = [
        {"discount": each.discount, "tax": each.tax, "tax_rate": each.tax_rate, "charged": each.charged}
        for each in found.lines
    ]
    sums = {name: getattr(found, name) for name in order.expected if name not in {"lines", "taxes"}}
    net, tax = Counter[int](), Counter[int]()
    for share in found.taxes:
        net[share.rate] += share.net
        tax[share.rate] += share.tax
    taxes = [{"rate": rate, "net": net[rate], "tax": tax[rate]} for rate in sorted(net, reverse=True)]
    assert {"lines": lines, **sums, "taxes": taxes} == order.expected
    assert (found.shipping_problem, found.rejected) == (None, ())


@pytest.mark.parametrize(
    "order", [each for each in ORDERS if each.refunds], ids=lambda each: f"{each.file}: {each.name}"
)
def test_what_goes_back_was_worked_without_a_slip(order: Golden):
    """By the rule in golden/README.md; that refunds keep to it is tested with them."""
    gone, shipping = Counter[int](), 0
    for step in order.refunds:
        amount = tax = 0
        for each in step["lines"]:
            line = order.expected["lines"][each["line"] - 1]
            pieces, before = order.given["lines"][each["line"] - 1]["quantity"], gone[each["line"]]
            upto = before + each["pieces"]
            sold = (line["charged"], line["tax"], line["discount"])
            worth = [value * upto // pieces - value * before // pieces for value in sold]
            assert worth == [each["amount"], each["tax"], each["discount"]]
            gone[each["line"]] += each["pieces"]
            amount, tax = amount + worth[0], tax + worth[1]
        if "shipping" in step:
            shipping += step["shipping"]["amount"]
            amount, tax = amount + step["shipping"]["amount"], tax + step["shipping"]["tax"]
        assert (amount + step.get("rounding", 0), tax) == (step["amount"], step["tax"])
    refunded = sum(step["amount"] for step in order.refunds)
    assert refunded <= order.expected["total"]
    whole = all(line["quantity"] == gone[number] for number, line in enumerate(order.given["lines"], start=1))
    if whole and shipping == order.expected["shipping_charged"]:
        assert refunded == order.expected["total"]
        assert sum(step["tax"] for step in order.refunds) == order.expected["tax"]


def test_there_are_forty_orders_and_refunds_of_most():
    assert len(ORDERS) >= 40
    assert sum(bool(each.refunds) for each in ORDERS) >= 30
    assert {each.file for each in ORDERS} == {
        *("abroad", "america", "britain", "eu-businesses", "eu-consumers", "japan", "switzerland")
    }

"""What an order costs: discounts come off, then comes tax, then the total is rounded so that it can be charged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.values import Money
from orders.pricing.discounts.domain.discount import Discount
from orders.pricing.discounts.domain.discounting import discounted
from orders.pricing.domain.basket import (
    NEVER_USED,
    Allocation,
    BasketLine,
    Discounted,
    ShippingCharge,
    Used,
    Wanted,
)
from orders.pricing.domain.priced import Priced, PricedLine, TaxShare, Treatment
from orders.pricing.domain.rounding import tax_in, tax_on
from orders.pricing.domain.rules import Rules
from orders.pricing.domain.shipping import Shipped, shipped
from orders.pricing.domain.shipping_tax import mean_rate, shares_of
from orders.pricing.domain.taxes import Due, TaxPlace, taxed_at

# Whose share of the shipping is not told apart.
NO_DISCOUNT = UUID(int=0)


def price(
    wanted: Wanted,
    rules: Rules,
    now: datetime,
    *,
    coded: Sequence[Discount] = (),
    used: Mapping[UUID, Used] = NEVER_USED,
) -> Priced:
    """What an order costs. `coded`: the discounts that its codes stand for. `used`: how often discounts were used."""
    ways = shipped(wanted, rules.shipping)
    off = discounted(
        *(wanted.lines, (*rules.discounts, *coded), wanted.codes),
        *(ShippingCharge(ways.method.price, ways.method.id) if ways.method else None, now, used),
        currency=wanted.currency,
        customer=wanted.customer,
    )
    return _taxed(wanted, rules, now, ways, off)


def reprice(
    wanted: Wanted, rules: Rules, now: datetime, lines: tuple[tuple[Allocation, ...], ...], shipping_off: int
) -> Priced:
    """What an order would cost whose discounts are fixed, such as one that goes to another address. `lines`: what they
    take off each line; `shipping_off`: what they take off shipping, if it costs so much.
    """
    ways = shipped(wanted, rules.shipping)
    taken = min(shipping_off, ways.method.price) if ways.method else 0
    off = Discounted(lines, (Allocation(NO_DISCOUNT, "", None, taken),) if taken else ())
    return _taxed(wanted, rules, now, ways, off)


def _taxed(wanted: Wanted, rules: Rules, now: datetime, ways: Shipped, off: Discounted) -> Priced:
    place = taxed_at(wanted, ways.method, rules.taxes, now)
    included = wanted.currency not in rules.taxes.without_tax
    lines = tuple(
        _line(line, parts, place.due(line.tax_class), included=included)
        for line, parts in zip(wanted.lines, off.lines, strict=True)
    )
    return _summed(wanted, ways, off, lines, place, included=included)


def _line(line: BasketLine, parts: tuple[Allocation, ...], due: Due, *, included: bool) -> PricedLine:
    discount = sum(part.amount for part in parts)
    base = line.listed - discount
    tax = tax_in(base, due.rate) if included else tax_on(base, due.rate)
    relief = tax_in(base, due.relief) if included else 0
    charged = base - relief if included else base + tax
    return PricedLine(line, discount, parts, tax, due.rate, due.title, due.treatment, relief, charged)


def _summed(
    wanted: Wanted, ways: Shipped, off: Discounted, lines: tuple[PricedLine, ...], place: TaxPlace, *, included: bool
) -> Priced:
    shipping = ways.method.price if ways.method else 0
    shipping_discount = sum(part.amount for part in off.shipping)
    shares = _shipping_shares(shipping - shipping_discount, lines, place, included=included) if ways.method else ()
    shipping_tax = sum(share.tax for share in shares)
    shipping_charged = sum(share.net for share in shares) + shipping_tax
    relief = sum(each.relief for each in lines)
    relief += shipping - shipping_discount - shipping_charged if included else 0
    tax = sum(each.tax for each in lines) + shipping_tax
    before = Money(sum(each.charged for each in lines) + shipping_charged, wanted.currency)
    return Priced(
        currency=wanted.currency,
        lines=lines,
        subtotal=sum(line.listed for line in wanted.lines),
        discount=sum(each.discount for each in lines),
        shipping=shipping,
        shipping_discount=shipping_discount,
        shipping_tax=shipping_tax,
        shipping_tax_rate=mean_rate(shares),
        shipping_charged=shipping_charged,
        tax=tax,
        tax_added=0 if included else tax,
        tax_relief=relief,
        tax_included=included,
        reverse_charge=place.free == "reverse_charge",
        rounding=before.rounding().amount,
        total=(before + before.rounding()).amount,
        requires_shipping=ways.requires_shipping,
        method=ways.method,
        methods=ways.methods,
        shipping_problem=ways.problem,
        shipping_taxes=shares,
        taxes=_by_rate(lines, shares),
        discounts=off.applied,
        shipping_allocations=off.shipping,
        rejected=off.rejected,
        uses=off.uses,
    )


def _shipping_shares(
    amount: int, lines: Sequence[PricedLine], place: TaxPlace, *, included: bool
) -> tuple[TaxShare, ...]:
    """What shipping costs by the rates that it is taxed at, which may depend on the goods."""
    goods = [
        (place.due(each.line.tax_class), each.line.listed - each.discount)
        for each in lines
        if each.line.requires_shipping
    ]
    return shares_of(amount, place, goods, included=included)


def _by_rate(lines: Sequence[PricedLine], shares: Sequence[TaxShare]) -> tuple[TaxShare, ...]:
    """All that is charged by what it is taxed with, the highest rate first."""
    of_lines = [
        TaxShare(each.tax_rate, each.tax_title, each.treatment, each.charged - each.tax, each.tax) for each in lines
    ]
    found: dict[tuple[int, str, Treatment], TaxShare] = {}
    for share in (*of_lines, *shares):
        key = (-share.rate, share.title, share.treatment)
        so_far = found.get(key, replace(share, net=0, tax=0))
        found[key] = replace(share, net=so_far.net + share.net, tax=so_far.tax + share.tax)
    return tuple(found[key] for key in sorted(found))

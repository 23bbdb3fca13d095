"""What is wrong with a discount that somebody describes."""

from __future__ import annotations

from collections.abc import Iterator

from orders.pricing.discounts.domain.discount import EVERYTHING, Discount, Kind, Target
from orders.pricing.discounts.domain.taking import FORMS

Fault = tuple[str, str]
"""A field, and what is wrong with it."""


def faults(discount: Discount) -> Iterator[Fault]:
    """Each fault. What is bounded by a type (amounts, rates, lengths) is right already."""
    kind = discount.kind
    if (kind, discount.target) not in FORMS:
        able = ", ".join(sorted(target.value for of, target in FORMS if of is kind))
        yield "target", f"A discount of the kind {kind.value} is taken off: {able}"
    if (kind is Kind.AMOUNT) != bool(discount.amounts):
        yield "amounts", "Say what is taken off in each currency, for the kind amount and no other"
    if (kind is Kind.BUY_GET) != (discount.buy_get is not None):
        yield "buy_get", "Say what is to be bought and got, for the kind buy_get and no other"
    if discount.target is Target.ORDER and discount.articles != EVERYTHING:
        yield "articles", "What is taken off the order is for all its lines; choose the target lines"
    if discount.starts_at and discount.ends_at and discount.starts_at >= discount.ends_at:
        yield "ends_at", "It must end after it starts"

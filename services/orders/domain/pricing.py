"""What a basket costs, from the catalog's prices and the shop's shipping rates. No amount ever comes from a client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.values import Money

MAX_LINES = 50
MAX_QUANTITY = 999
# Payment providers take at most twelve digits.
MAX_TOTAL = 999_999_999_999


@dataclass(frozen=True, slots=True)
class VariantQuantity:
    """A quantity of a variant."""

    variant_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What a shopper asks to order. Without `lines`, the cart. Its JSON is what an idempotency key is bound to."""

    email: str
    shipping_address: dict[str, Any] | None
    expected_total: Money
    lines: list[VariantQuantity] | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Shipping:
    """A flat rate; free from a subtotal on (None: never). Minor units of one currency."""

    flat_rate: int
    free_from: int | None

    def cost(self, subtotal: Money) -> Money:
        """What shipping costs for goods of this value."""
        free = self.free_from is not None and subtotal.amount >= self.free_from
        return Money(0 if free else self.flat_rate, subtotal.currency)


NOTHING_SHIPS = Shipping(0, None)


@dataclass(frozen=True, slots=True)
class Totals:
    """`total`, which is charged, is `subtotal` plus `shipping` plus `rounding`, which may be negative."""

    subtotal: Money
    shipping: Money
    rounding: Money
    total: Money


def gathered(lines: Iterable[VariantQuantity]) -> list[VariantQuantity]:
    """One line a variant, quantities summed, in the order of first mention."""
    sums: dict[UUID, int] = {}
    for line in lines:
        sums[line.variant_id] = sums.get(line.variant_id, 0) + line.quantity
    return [VariantQuantity(variant_id, quantity) for variant_id, quantity in sums.items()]


def totals(lines: Iterable[VariantQuantity], prices: Mapping[UUID, int], shipping: Shipping, currency: str) -> Totals:
    """The totals of lines at these unit prices (minor units).

    Raises:
        KeyError: a variant has no price.
    """
    subtotal = Money.zero(currency)
    for line in lines:
        subtotal += Money(prices[line.variant_id], currency).times(line.quantity)
    cost = shipping.cost(subtotal)
    rounding = (subtotal + cost).rounding()
    return Totals(subtotal, cost, rounding, subtotal + cost + rounding)

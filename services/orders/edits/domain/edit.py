"""What staff want to change of a placed order, and what it would cost then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from orders.checkout import Order, OrderStatus, Progress
from orders.pricing import STANDARD, Allocation, BasketLine, Destination, Priced, VatNumber, Wanted
from orders.quantities import MAX_TOTAL

# The fields that can be changed; their names are columns of orders.
FIELDS = ("email", "shipping_address", "billing_address", "vat_id")
_ENDED = {OrderStatus.CANCELLING.value, OrderStatus.CANCELLED.value}
_AMOUNTS = ("shipping", "shipping_discount", "shipping_charged", "tax", "tax_added", "tax_relief", "total")


@dataclass(frozen=True, slots=True)
class Edit:
    """New values by the names of FIELDS, of those that are to change. `vat_id` is in its plain form."""

    values: Mapping[str, Any]

    def of(self, order: Order) -> Edit:
        """Only what is not so already."""
        return Edit({name: value for name, value in self.values.items() if value != getattr(order, name)})

    @property
    def fields(self) -> list[str]:
        """What changes."""
        return [name for name in FIELDS if name in self.values]


def obstacle(order: Order, progress: Progress) -> str | None:
    """Why nothing of it can be changed any more; None where it can."""
    if order.erased:
        return "erased"
    if order.status in _ENDED:
        return "ended"
    return "sent" if progress.fulfilled else None


def wanted_of(order: Order, destination: Destination | None, vat: VatNumber | None) -> Wanted:
    """The order's lines at the prices that it was placed with."""
    lines = tuple(
        BasketLine(
            variant_id=line.variant_id,
            product_id=line.product_id,
            product_type="",
            collections=(),
            quantity=line.quantity,
            unit_price=line.unit_price,
            weight_grams=line.weight_grams or 0,
            requires_shipping=line.requires_shipping,
            tax_class=line.tax_class or STANDARD,
        )
        for line in order.lines
    )
    method = (order.shipping_method or {}).get("id")
    return Wanted(lines, order.currency, destination, UUID(method) if method else None, vat=vat)


def discounts_of(order: Order) -> tuple[tuple[tuple[Allocation, ...], ...], int]:
    """What discounts take off each line, and off shipping: off free shipping whatever it costs."""
    lines = tuple(
        tuple(
            Allocation(UUID(part["discount_id"]), part["title"], part["code"], part["amount"])
            for part in line.discounts or ()
        )
        for line in order.lines
    )
    free = 0 < order.shipping == order.shipping_discount
    return lines, MAX_TOTAL if free else order.shipping_discount


def same_price(before: Priced, after: Priced) -> bool:
    """Whether all amounts and rates of tax are the same."""

    def told(priced: Priced) -> tuple[object, ...]:
        lines = tuple((line.tax_rate, line.tax, line.charged) for line in priced.lines)
        amounts = tuple(getattr(priced, name) for name in _AMOUNTS)
        return lines, amounts, priced.shipping_tax_rate, priced.reverse_charge

    return after.shipping_problem is None and told(before) == told(after)
